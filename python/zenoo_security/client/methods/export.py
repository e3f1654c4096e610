"""`export_data`: the cells of encrypted fields are exported from their columns and opened line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zenoo_security.client.target import EncryptedTarget, Target
from zenoo_security.errors import OdooError, QueryRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.client.call import Call

__all__ = ["export_data"]

#: Odoo exports these as a label, and in the time zone of the user: it cannot with ciphertext.
_FORMATTED = {"datetime", "selection"}
_ID = ".id"


def export_data(call: Call, target: Target) -> None:
    """Export the columns, and put the values into their places.

    Raises:
        QueryRefused: a path leads to an encrypted field of another model, or a field is one that Odoo formats.
    """
    paths = call.get("fields_to_export")
    if not isinstance(paths, (list, tuple)) or not all(isinstance(path, str) for path in paths):
        raise QueryRefused("fields_to_export is a list of paths, such as 'name' or 'parent_id/name'")
    own = [path for path in paths if path in target.names]
    target.require_plain("export", [path for path in paths if path not in target.names])
    if not isinstance(target, EncryptedTarget):
        target.request(own)
    elif own:
        export = _Export(target, paths, own)
        call.set("fields_to_export", export.paths)
        call.finish = export.finish


class _Export:
    """One export with encrypted fields.

    Args:
        target: the model.
        asked: the paths that the caller asked for.
        own: those of them that are encrypted fields.
    """

    def __init__(self, target: EncryptedTarget, asked: Sequence[str], own: list[str]) -> None:
        self._target = target
        self._own = frozenset(own)
        self._types = {name: field.declared.type for name, field in target.model.fields.items() if name in self._own}
        if formatted := sorted(name for name, kind in self._types.items() if kind in _FORMATTED):
            raise QueryRefused(f"{formatted[0]!r} is encrypted, so Odoo cannot format it: read it instead")
        self._places = [(place, path) for place, path in enumerate(asked) if path in self._own]
        self._width = len(asked)
        self._columns = [name for name in target.request(dict.fromkeys(own)) if name != "id"]
        shown = ["" if path in self._own else path for path in asked]
        #: What Odoo is asked for: the caller's paths with gaps, then the columns and the id of each record.
        self.paths = [*(path or _ID for path in shown), *map(_path, self._columns), _ID]

    def finish(self, result: Any) -> Any:
        """Open the cells; a line that continues a record, such as one of a child, has none."""
        if not isinstance(result, dict) or not isinstance(result.get("datas"), list):
            raise OdooError("Odoo answered with something else than an export")
        lines = result["datas"]
        heads = [line for line in lines if line[-1]]
        opened = self._target.open([self._row(line) for line in heads], self._own)
        for line in lines:
            for place, _ in self._places:
                line[place] = ""
        for line, row in zip(heads, opened, strict=True):
            for place, name in self._places:
                line[place] = self._cell(name, row[name])
        return {**result, "datas": [line[: self._width] for line in lines]}

    def _row(self, line: list[Any]) -> dict[str, Any]:
        cells = zip(self._columns, line[self._width : -1], strict=True)
        return {"id": int(line[-1]), **{column: _stored(column, cell) for column, cell in cells}}

    def _cell(self, name: str, value: Any) -> Any:
        return "" if value is None or (value is False and self._types.get(name) != "boolean") else value


def _path(column: str) -> str:
    return f"{column}/{_ID}" if column == "company_id" else column


def _stored(column: str, cell: Any) -> Any:
    """What `read` would have given for an exported cell."""
    if cell == "":
        return False
    return [int(cell), ""] if column == "company_id" else cell

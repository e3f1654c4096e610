"""What comes back: only what may be read, and masked where it may not be read in full."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from zenoo_security.client.access.contexts import FORMATTED
from zenoo_security.client.access.filters import require_order
from zenoo_security.client.access.names import FORMATTED_NAME, NAMES, names_of
from zenoo_security.client.access.paths import require_field, require_not_narrowed, require_plain_context
from zenoo_security.client.target import rows_of
from zenoo_security.policy.masks import HIDDEN, mask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from zenoo_security.client.access.grants import Grants
    from zenoo_security.client.access.schema import Field

    Change: TypeAlias = Callable[[Any], Any]

__all__ = ["View", "view_of_fields", "view_of_specification"]

_ALWAYS: Final = frozenset({"id"})
_NESTED_WHATEVER: Final = frozenset({"display_name", "id"})
_MAX_DEPTH: Final = 16

#: Where a property has records that it leads to.
_WITH_NAMES: Final = frozenset({"default", "value"})


class View:
    """One user's view of the rows of one model.

    Args:
        keep: the names that are handed on; None for all.
        changes: what is shown instead of the values.
    """

    def __init__(self, keep: frozenset[str] | None, changes: Mapping[str, Change]) -> None:
        self.keep = keep
        self.changes = dict(changes)

    def rows(self, rows: Any) -> list[dict[str, Any]]:
        """Return the rows as the user may see them."""
        found = rows_of(rows)
        return found if self.keep is None and not self.changes else [self.row(row) for row in found]

    def row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return one row as the user may see it."""
        kept = row if self.keep is None else {name: row[name] for name in row if name in self.keep}
        return {name: self.changes[name](value) if name in self.changes else value for name, value in kept.items()}


async def view_of_fields(
    grants: Grants, model: str, given: object, *, with_names: bool = True
) -> tuple[list[str] | None, View]:
    """Check a list of fields; return the list to ask for, or None for all, and the view of the rows.

    Args:
        grants: of the user.
        model: that is read.
        given: the names that the caller asks for; nothing for all, which becomes all that may be read.
        with_names: whether Odoo answers a many2one with a name.

    Raises:
        PermissionDenied: a field may not be read.
    """
    if given:
        names = _names(grants, model, given)
        for name in names:
            await require_field(grants, model, name, "read", full=False)
    else:
        names = await _readable(grants, model)
    changes = await _changes(grants, model, names, with_names=with_names)
    if not given and not changes and grants.reads_everything(model) and await _is_all(grants, model, names):
        return None, View(None, {})
    return names or ["id"], View(_ALWAYS.union(names), changes)


def _names(grants: Grants, model: str, given: object) -> list[str]:
    if not isinstance(given, (list, tuple, set, frozenset)):
        grants.refuse(model, "read", "arguments", f"the fields to read of {model} are a list of names")
    return list(given)


async def _readable(grants: Grants, model: str) -> list[str]:
    names, refused = await names_of(grants, model), await grants.known_refused(model)
    return [
        name
        for name in await grants.schema(model)
        if name == "id"
        or (names.allowed if name in NAMES else name not in refused and await _may_read(grants, model, name))
    ]


async def _is_all(grants: Grants, model: str, names: Iterable[str]) -> bool:
    """Whether these are all fields of a model, but for helper columns."""
    return all(grants.owner(model, name) != name for name in (await grants.schema(model)).keys() - set(names))


async def _may_read(grants: Grants, model: str, name: str) -> bool:
    """Whether a field is one of those that are read when none are named: a helper column is not."""
    if grants.owner(model, name) != name or not grants.may(model, "read", name):
        return False
    return not (await grants.computed_from(model, name) or await grants.narrowed_by(model, name))


async def _changes(grants: Grants, model: str, names: Iterable[str], *, with_names: bool) -> dict[str, Change]:
    schema = await grants.schema(model)
    found = {name: await _change(grants, model, name, schema.get(name), with_names=with_names) for name in names}
    return {name: change for name, change in found.items() if change}


async def _change(grants: Grants, model: str, name: str, field: Field | None, *, with_names: bool) -> Change | None:
    style = (await names_of(grants, model)).style if name in NAMES else grants.style(model, name)
    if style:
        return partial(mask, style)
    if field and field.type == "properties":
        return partial(_properties, grants)
    if field and field.type == "many2one" and with_names:
        style = (await names_of(grants, field.relation)).style
        return partial(_masked_name, style) if style else None
    return None


def _masked_name(style: str, value: Any) -> Any:
    """A many2one as `read` answers it, without its name."""
    return [value[0], mask(style, value[1])] if isinstance(value, (list, tuple)) and len(value) == 2 else value  # noqa: PLR2004


def _properties(grants: Grants, value: Any) -> Any:
    """Properties, without the names of records of models that may not be read as a whole."""
    if not isinstance(value, (list, tuple)):
        return value
    return [
        {name: _nameless(part) if name in _WITH_NAMES else part for name, part in item.items()}
        if isinstance(item, dict) and item.get("comodel") and not grants.reads_everything(str(item["comodel"]))
        else item
        for item in value
    ]


def _nameless(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [HIDDEN if isinstance(part, str) else _nameless(part) for part in value]
    return value


async def view_of_specification(grants: Grants, model: str, given: object, depth: int = 0) -> View:
    """Check the specification of a `web_read`; return the view of its rows.

    Raises:
        PermissionDenied: a field may not be read, on whatever level.
    """
    if not isinstance(given, dict) or depth > _MAX_DEPTH:
        grants.refuse_field(model, "read", None, "read by this specification the fields of")
    if FORMATTED_NAME in given:
        grants = grants.under({FORMATTED: True})
    for name in given:
        await require_field(grants, model, name, "read", full=False)
    changes = await _changes(grants, model, [*given, *(NAMES if NAMES & given.keys() else ())], with_names=False)
    schema = await grants.schema(model)
    for name, inner in given.items():
        field = schema.get(name)
        change = await _nested(grants, model, name, field, inner=inner, depth=depth) if inner else _only_ids(field)
        if change and name not in changes:
            changes[name] = change
    return View(_ALWAYS.union(given, NAMES if NAMES & given.keys() else ()), changes)


async def _nested(
    grants: Grants, model: str, name: str, field: Field | None, *, inner: Any, depth: int
) -> Change | None:
    if not isinstance(inner, dict):
        grants.refuse_field(model, "read", name, "read by this specification")
    require_plain_context(grants, inner.get("context"))
    grants = grants.under(inner.get("context"))
    if not inner.keys() - {"context", "limit"}:
        return _only_ids(field)
    if field is None or not field.relation:
        grants.refuse_field(model, "read", name, "read the records of")
    await require_order(grants, field.relation, inner.get("order"))
    asked = inner.get("fields") or {}
    view = await view_of_specification(grants, field.relation, asked, depth + 1)
    if inner.get("order") or asked.keys() - _NESTED_WHATEVER:
        require_not_narrowed(grants, field.relation, None, "read")
    return partial(_nested_rows, view)


def _only_ids(field: Field | None) -> Change | None:
    """Without fields of their own, records that a field leads to are ids, with or without a dict around."""
    return partial(_nested_rows, View(_ALWAYS, {})) if field and field.relation else None


def _nested_rows(view: View, value: Any) -> Any:
    if isinstance(value, list):
        return [view.row(row) if isinstance(row, dict) else row for row in value]
    return view.row(value) if isinstance(value, dict) else value

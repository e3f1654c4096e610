"""What a model's encrypted fields need in Odoo, and what of it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from zenoo_security.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from zenoo_security.fields import Encrypted, EncryptedFields
    from zenoo_security.odoo_client import Client

__all__ = ["Column", "ModelColumns", "Part", "look"]

_ATTRIBUTES = ["name", "ttype", "store", "size", "translate", "related", "compute", "index", "copied", "state"]


class Part(NamedTuple):
    """Something that encrypted fields need in Odoo.

    Attributes:
        kind: `column` for tokens, `index` for the column of a blind index, `action` for the server action.
        model: the model it belongs to.
        name: the column; empty for an action.
        rows: when it is dropped: how many records have a value in it, archived ones included.
    """

    kind: Literal["column", "index", "action"]
    model: str
    name: str = ""
    rows: int = 0

    def __str__(self) -> str:
        return f"{self.kind} of {self.model}" if self.kind == "action" else f"{self.kind} {self.model}.{self.name}"


class Column(NamedTuple):
    """A column as it should be."""

    name: str
    is_index: bool
    copied: bool

    def part(self, model: str, rows: int = 0) -> Part:
        """Return it as what callers are told of."""
        return Part("index" if self.is_index else "column", model, self.name, rows)

    def values(self) -> dict[str, bool]:
        """Return its settings in `ir.model.fields`."""
        return {"index": self.is_index, "copied": self.copied}


class ModelColumns(NamedTuple):
    """A declared model, its fields in Odoo (what `ir.model.fields` says of each), and whether all of it is meant."""

    name: str
    wanted: list[Column]
    present: dict[str, dict[str, Any]]
    whole: bool

    def missing(self) -> list[Column]:
        """Return the columns that are not there."""
        return [column for column in self.wanted if column.name not in self.present]

    def different(self) -> list[Column]:
        """Return the columns that were made here for another declaration."""
        return [column for column in self.made() if _differs(column, self.present[column.name])]

    def made(self) -> list[Column]:
        """Return the columns that are there and that belong to no module."""
        return [c for c in self.wanted if self.present.get(c.name, {}).get("state") == "manual"]


async def look(
    client: Client, encrypted_fields: EncryptedFields, model: str, names: set[str] | None = None
) -> ModelColumns:
    """Look at a model.

    Args:
        client: logged in as a user who may read `ir.model.fields`.
        encrypted_fields: the declaration.
        model: one of its models.
        names: the fields that are meant; all that are declared unless given.

    Raises:
        ConfigurationError: Odoo has no such model.
    """
    rows = await client.execute_kw("ir.model.fields", "search_read", [[["model", "=", model]]], {"fields": _ATTRIBUTES})
    if not rows:
        raise ConfigurationError(f"Odoo has no model {model!r} that this user may see")
    present = {row["name"]: row for row in rows}
    fields = encrypted_fields.for_model(model) or {}
    meant = {name: field for name, field in fields.items() if names is None or name in names}
    return ModelColumns(model, list(_wanted(meant, present)), present, whole=len(meant) == len(fields))


def _wanted(fields: Mapping[str, Encrypted], present: Mapping[str, Mapping[str, Any]]) -> Iterator[Column]:
    for name, field in fields.items():
        # A copy of a record has another id and may get another company: tokens that are bound to them do not open.
        copied = bool(present.get(name, {}).get("copied")) and not {"company", "record"} & set(field.bind)
        if field.column and not field.in_place:
            yield Column(field.column, is_index=False, copied=copied)
        if field.index_column:
            yield Column(field.index_column, is_index=True, copied=copied)


def _differs(column: Column, found: dict[str, Any]) -> bool:
    return any(found[name] != value for name, value in column.values().items())

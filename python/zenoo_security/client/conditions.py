"""Conditions of a search on encrypted fields: what asks the same of the columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from zenoo_security.client.field import TOKEN
from zenoo_security.errors import QueryRefused
from zenoo_security.sanitize import escape_like

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.client.field import ModelField
    from zenoo_security.fields.values import Plain

__all__ = ["condition", "refuse_helper"]

Terms: TypeAlias = list[Any]

_POSITIVE = {"=": "=", "!=": "=", "in": "in", "not in": "in"}
#: So many patterns are compared with plaintext at most; Odoo has no index for them.
_MAX_PATTERNS = 1000


def condition(field: ModelField, operator: str, value: Any) -> Terms:
    """The domain, in prefix form, that finds what `(field, operator, value)` finds without encryption.

    Only equality survives encryption. Odoo takes an empty value for different from every other.

    Raises:
        QueryRefused: the operator asks for something else, or the field has no index.
        InvalidInput: a value has the wrong type.
    """
    if operator not in _POSITIVE:
        field.require_index()
        raise QueryRefused(
            f"{operator!r} cannot be answered for {field.name!r}, which is encrypted: its index knows '=', '!=', 'in' "
            "and 'not in' with whole values only",
        )
    given = [field.plain(item) for item in (value if _POSITIVE[operator] == "in" else [value])]
    values = [item for item in given if item is not None]
    if not field.plaintext:
        return [_encrypted(field, operator, values, given)]
    found = _either(*_plain_or_encrypted(field, values), *([_empty(field)] if None in given else []))
    return found if operator == _POSITIVE[operator] else ["!", *found]


def refuse_helper(field: ModelField, _operator: str, _value: object) -> Terms:
    """Refuse a condition on a column of the field."""
    raise QueryRefused(f"this column is filled by encryption: compare {field.name!r}, to which it belongs")


def _encrypted(field: ModelField, operator: str, values: Sequence[Plain], given: Sequence[Plain | None]) -> Terms:
    several = _POSITIVE[operator] == "in"
    if given == [None]:
        return [field.column, operator, [False] if several else False]
    indexes = [*field.index(values), *([False] if None in given else [])]
    return [field.index_column, operator, indexes if several else indexes[0]]


def _plain_or_encrypted(field: ModelField, values: Sequence[Plain]) -> list[Terms]:
    """Plaintext that is there counts, beside a token too: see `zenoo_security.client.opening`."""
    if not values:
        return []
    counts = [field.name, "=", False] if field.shadow else [field.name, "=like", f"{TOKEN}%"]
    return [["&", counts, [field.index_column, "in", field.index(values)]], *_plain(field, values)]


def _plain(field: ModelField, values: Sequence[Plain]) -> list[Terms]:
    if field.declared.index not in {"casefold", "email"}:
        return [[[field.name, "in", list(values)]]]
    if len(values) > _MAX_PATTERNS:
        raise QueryRefused(f"{field.name!r} may hold plaintext, of which {_MAX_PATTERNS} values are found at a time")
    return [[[field.name, "=ilike", escape_like(str(value).strip())]] for value in values]


def _empty(field: ModelField) -> Terms:
    nothing = [field.name, "=", False]
    return ["&", nothing, [field.column, "=", False]] if field.shadow else [nothing]


def _either(*parts: Terms) -> Terms:
    """Join domains by OR; none of them finds nothing."""
    if not parts:
        return [["id", "in", []]]
    return ["|"] * (len(parts) - 1) + [term for part in parts for term in part]

"""Whether a field of this Odoo can be encrypted as it is declared, and why not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from zenoo_security.fields import Encrypted

__all__ = ["FIELD_ATTRIBUTES", "why_not"]

FieldsGet: TypeAlias = "Mapping[str, Mapping[str, Any]]"

FIELD_ATTRIBUTES = (
    "company_dependent",
    "depends",
    "related",
    "relation",
    "required",
    "sanitize",
    "size",
    "store",
    "translate",
    "type",
)
"""What `why_not` wants of `fields_get`."""

_NAMED = 3
"""How many of the fields that are computed from a field an explanation names."""


def why_not(model: str, field: str, declaration: Encrypted, found: FieldsGet) -> Iterator[str]:
    """Give each reason why a field cannot be encrypted as it is declared.

    Args:
        model: the Odoo model.
        field: the field.
        declaration: as `EncryptedFields.for_model(model)` has it.
        found: what `fields_get` of the model returned for all fields, with at least `FIELD_ATTRIBUTES`.
    """
    own = found.get(field)
    if own is None:
        yield "Odoo has no such field, or this user may not see it"
        return
    if own["type"] != declaration.type:
        yield f"it is of the type {own['type']}, declare it: Encrypted(type={own['type']!r})"
    if "company" in declaration.bind and found.get("company_id", {}).get("relation") != "res.company":
        yield f"bind=('company',) needs a field company_id, which {model} does not have"
    yield from _stored_elsewhere(own)
    yield from _in_place(model, field, declaration, found) if declaration.in_place else _in_columns(own)


def _stored_elsewhere(own: Mapping[str, Any]) -> Iterator[str]:
    if own.get("related"):
        yield f"it shows a field of another record ({own['related']}): declare the field there"
    elif not own["store"]:
        yield "Odoo computes it and stores nothing"
    if own.get("company_dependent"):
        yield "it has a value for each company, and there is one token a record"
    if own.get("translate"):
        yield "it has a value for each language, and there is one token a record"


def _in_columns(own: Mapping[str, Any]) -> Iterator[str]:
    if own.get("required"):
        yield "it is required, so Odoo does not let it be empty, and it is emptied when it has a column of its own"
    if own["store"] and own.get("depends") and not own.get("related"):
        yield f"Odoo computes it from {_some(own['depends'])} and would store the value in the clear again"


def _in_place(model: str, field: str, declaration: Encrypted, found: FieldsGet) -> Iterator[str]:
    own = found[field]
    if own.get("size"):
        yield f"it holds {own['size']} characters, and a token has more: leave in_place out"
    if own.get("sanitize"):
        yield "Odoo cleans what is written to it (sanitize), and a token does not survive that: leave in_place out"
    if declaration.force:
        return
    if own.get("depends"):
        yield f"Odoo computes it from {_some(own['depends'])} and would overwrite the token: leave in_place out"
    if computed := [name for name in found if name != field and _reads(name, field, model, found)]:
        yield f"Odoo computes {_some(computed)} from it: leave in_place out, or add force=True"


def _reads(name: str, field: str, model: str, found: FieldsGet) -> bool:
    """Whether a field is computed from `field` of the same model, also by way of another record of it."""
    return any(_leads_to(path.split("."), field, model, found) for path in found[name].get("depends") or ())


def _leads_to(path: list[str], field: str, model: str, found: FieldsGet) -> bool:
    first, *rest = path
    if first == field:
        return True
    return bool(rest) and found.get(first, {}).get("relation") == model and _leads_to(rest, field, model, found)


def _some(names: list[str]) -> str:
    listed = ", ".join(sorted(names)[:_NAMED])
    return listed + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")

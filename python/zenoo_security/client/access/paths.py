"""Fields and paths that a call would read or look into."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Final

from zenoo_security.client.access.contexts import partner_fields_under
from zenoo_security.client.access.names import NAMES, names_of, searched_by_name
from zenoo_security.client.access.schema import Field

if TYPE_CHECKING:
    from zenoo_security.client.access.grants import Grants

__all__ = [
    "require_field",
    "require_names",
    "require_not_narrowed",
    "require_one_model",
    "require_path",
    "require_plain_context",
    "require_searchable_names",
]

#: Fields whose parts have names: `create_date.month_number`, and the properties of a record.
_WITH_PARTS: Final = frozenset({"date", "datetime", "properties"})
_OF_ANY_MODEL: Final = frozenset({"properties", "reference"})
_PATH: Final = re.compile(r"\.id|[A-Za-z_]\w*(?:[./]\w+)*(?:/\.id)?", re.ASCII)
_FIELD: Final = re.compile(r"[A-Za-z_]\w{0,63}", re.ASCII)
_MAX_STEPS: Final = 16
_ID: Final = Field("integer")
_TEXT: Final = Field("char")


async def require_field(grants: Grants, model: str, name: object, purpose: str, *, full: bool = True) -> Field | None:
    """Refuse a field that may not be read; return what Odoo tells of it, or None for one that it does not tell.

    Args:
        grants: of the user.
        model: that has the field.
        name: of the field.
        purpose: what the call would do with it.
        full: whether a masked field is refused too.
    """
    if not isinstance(name, str) or not _FIELD.fullmatch(name):
        grants.refuse_field(model, "read", name, purpose)
    if name == "id":
        grants.require(model, "read")
        return _ID
    if name in NAMES:
        await require_names(grants, model, purpose, full=full)
        return _TEXT
    if not grants.may(model, "read", name):
        grants.refuse_field(model, "read", name, purpose)
    if source := await grants.computed_from(model, name):
        text = f"{model}: {name!r} is computed from {source!r}, which is kept from this user: {model}:read:{name}"
        grants.refuse(model, "read", "computed", text, field=name)
    if narrowed := await grants.narrowed_by(model, name):
        text = f"{model}: {name!r} is a field of {narrowed}, which a domain narrows: {model}:read:{name}"
        grants.refuse(model, "read", "narrowed", text, field=name)
    if full and grants.style(model, name):
        grants.refuse_field(model, "read", name, purpose, masked=True)
    return _TEXT if grants.owner(model, name) != name else (await grants.schema(model)).get(name)


async def require_path(grants: Grants, model: str, path: object, purpose: str) -> Field | None:
    """Refuse a path of which one field may not be read in full; return what Odoo tells of the last."""
    steps = _steps(path)
    if not steps:
        grants.refuse_field(model, "read", path, purpose)
    field = await require_field(grants, model, steps[0], purpose)
    for before, name in itertools.pairwise(steps):
        if field is not None and field.type in _WITH_PARTS:
            return field
        if field is None or not field.relation:
            grants.refuse_field(model, "read", before, "follow")
        model = field.relation
        if name != "id":
            require_not_narrowed(grants, model, name, purpose)
        field = await require_field(grants, model, name, purpose)
    return field


def _steps(path: object) -> list[str]:
    """The fields of a path; none of what is no path. `.id` and `parent_id/.id` are the database ids in an export."""
    if not isinstance(path, str) or not _PATH.fullmatch(path):
        return []
    steps = path.removesuffix(".id").replace("/", ".").rstrip(".").split(".") if path != ".id" else []
    steps = [*filter(None, steps), *(["id"] if path.endswith(".id") else [])]
    return steps if len(steps) <= _MAX_STEPS else []


def require_not_narrowed(grants: Grants, model: str, name: object, purpose: str) -> None:
    """Refuse to look into records through a relation where only some of them may be seen: Odoo would not narrow it."""
    if grants.narrowing(model, "read"):
        text = f"a relation leads around the domain that narrows {model}: {purpose} its fields in a call of its own"
        grants.refuse(model, "read", "narrowed", text, field=name)


def require_one_model(grants: Grants, model: str, path: object, field: Field, purpose: str) -> None:
    """Refuse fields that lead to records of any model where the names of these would be shown."""
    if field.type in _OF_ANY_MODEL and not grants.reads_everything("*"):
        text = f"to {purpose} properties and references shows names of records of any model: read them instead"
        grants.refuse(model, "read", "names", text, field=path)


async def require_names(grants: Grants, model: str, purpose: str, *, full: bool = True) -> None:
    """Refuse where the names of a model's records may not be asked for, or not in full."""
    names = await names_of(grants, model)
    if not names.allowed or (full and names.style):
        grants.refuse_field(model, "read", "display_name", purpose, masked=names.allowed)


async def require_searchable_names(grants: Grants, model: str, purpose: str) -> None:
    """Refuse to find records by their names where Odoo would look into a field that may not be read in full."""
    await require_names(grants, model, purpose)
    for path in await searched_by_name(grants, model):
        await require_path(grants, model, path, purpose)


def require_plain_context(grants: Grants, context: object) -> None:
    """Refuse a context under which names of partners show fields that may not be read in full."""
    shown = {key for key, value in context.items() if value} if isinstance(context, dict) else set[str]()
    for key in shown:
        for name in partner_fields_under(str(key)):
            masked = bool(grants.style("res.partner", name))
            if masked or not grants.may("res.partner", "read", name):
                grants.refuse_field("res.partner", "read", name, f"show by {key}", masked=masked)

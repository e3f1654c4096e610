"""What a call filters, sorts, groups and sums by: each field of it needs the right to be read in full.

Whoever may filter by a field finds out its values one question at a time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from zenoo_security.client.access.paths import (
    require_names,
    require_not_narrowed,
    require_one_model,
    require_path,
    require_searchable_names,
)
from zenoo_security.client.domains import normalize
from zenoo_security.client.specs import texts

if TYPE_CHECKING:
    from collections.abc import Collection

    from zenoo_security.client.access.grants import Grants

__all__ = ["require_aggregates", "require_domain", "require_groups", "require_having", "require_order"]

_AGGREGATE: Final = re.compile(r"(?P<name>\w+)(?::\w+(?:\((?P<inner>\w+)\))?)?", re.ASCII)
_HIERARCHY: Final = frozenset({"child_of", "parent_of"})
#: Odoo 19's `_parent_name`, which RPC does not tell, where it is not `parent_id`.
_PARENTS: Final = {
    "stock.location": "location_id",
    "stock.package": "parent_package_id",
    "uom.uom": "relative_uom_id",
}
_SUB_DOMAIN: Final = frozenset({"any", "not any"})


async def require_domain(grants: Grants, model: str, domain: object) -> None:
    """Refuse a domain that compares a field which may not be read in full, by whatever path.

    Raises:
        PermissionDenied: it does.
        InvalidInput: it is malformed.
    """
    for leaf in normalize(domain):
        if not isinstance(leaf, str) and isinstance(leaf[0], str):
            await _require_leaf(grants, model, *leaf)


async def _require_leaf(grants: Grants, model: str, path: str, operator: str, value: Any) -> None:
    field = await require_path(grants, model, path, "filter by")
    relation = field.relation if field else ""
    if path.rpartition(".")[2] == "display_name":
        await require_searchable_names(grants, await _owner(grants, model, path), "filter by")
    if operator in _SUB_DOMAIN:
        if not relation:
            grants.refuse_field(model, "read", path, "look into the records of")
        require_not_narrowed(grants, relation, None, "filter by")
        await require_domain(grants, relation, value)
        return
    if operator in _HIERARCHY:
        relation = relation or await _owner(grants, model, path)  # of `id`: the records themselves
        await _require_hierarchy(grants, relation)
    if relation and any(texts(value)):
        require_not_narrowed(grants, relation, None, "filter by")
        await require_searchable_names(grants, relation, "filter by")


async def _owner(grants: Grants, model: str, path: str) -> str:
    """The model that the last field of a path belongs to."""
    for name in path.split(".")[:-1]:
        model = (await grants.schema(model))[name].relation
    return model


async def _require_hierarchy(grants: Grants, model: str) -> None:
    parent = _PARENTS.get(model, "parent_id")
    if parent in await grants.schema(model):
        await require_path(grants, model, parent, "filter by")


async def require_groups(grants: Grants, model: str, groups: object, purpose: str = "group by") -> None:
    """Refuse a grouping, or several of them, by a field that may not be read in full, or by nameless records."""
    for spec in (part.strip() for text in texts(groups) for part in text.split(",")):
        path = spec.partition(":")[0]
        if not path.startswith("__"):
            field = await require_path(grants, model, path, purpose)
            if field and field.relation:
                await require_names(grants, field.relation, purpose)
            if field and purpose == "group by":
                require_one_model(grants, model, path, field, purpose)


async def require_order(grants: Grants, model: str, order: object, aliases: Collection[str] = ()) -> None:
    """Refuse an order by a field that may not be read in full; records that it leads to are sorted by what names them.

    Args:
        grants: of the user.
        model: that is sorted.
        order: such as `name desc, id`.
        aliases: names in it that are no fields.
    """
    if not order:
        return
    if not isinstance(order, str):
        grants.refuse_field(model, "read", order, "sort by")
    specs = [part.split()[0] for part in order.split(",") if part.strip()]
    await require_groups(grants, model, [spec for spec in specs if spec not in aliases], "sort by")


async def require_aggregates(grants: Grants, model: str, aggregates: object) -> set[str]:
    """Refuse sums and the like of a field that may not be read in full; return the names that they give."""
    aliases = set()
    for spec in texts(aggregates):
        match = _AGGREGATE.fullmatch(spec.strip())
        if match is None:
            grants.refuse_field(model, "read", spec, "aggregate")
        name = match["inner"] or match["name"]
        if not name.startswith("__"):
            await require_path(grants, model, name, "aggregate")
        if match["inner"] and match["name"] not in await grants.schema(model):
            aliases.add(match["name"])
    return aliases


async def require_having(grants: Grants, model: str, having: object) -> None:
    """Refuse a condition on a group that compares what may not be read in full."""
    for leaf in having if isinstance(having, (list, tuple)) else ():
        if not isinstance(leaf, str):
            await require_aggregates(grants, model, leaf[0] if isinstance(leaf, (list, tuple)) and leaf else leaf)
    if having and not isinstance(having, (list, tuple)):
        grants.refuse_field(model, "read", having, "compare")

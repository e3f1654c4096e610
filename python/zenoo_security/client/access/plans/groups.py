"""Groups, what they are grouped, summed and sorted by, and the records of open ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zenoo_security.client.access import filters
from zenoo_security.client.access.paths import require_path
from zenoo_security.client.access.records import narrow
from zenoo_security.client.access.views import View, view_of_specification
from zenoo_security.client.target import rows_of

if TYPE_CHECKING:
    from zenoo_security.client.access.grants import Grants
    from zenoo_security.client.call import Call, Finish

__all__ = ["groups", "read_progress_bar", "web_read_group"]


async def groups(grants: Grants, call: Call) -> None:
    """Groupings, aggregates, `having` and order, and a domain."""
    model = call.model
    await filters.require_domain(grants, model, call.get("domain") or [])
    await filters.require_groups(grants, model, [call.get("groupby"), call.get("grouping_sets")])
    aliases = await filters.require_aggregates(grants, model, [call.get("fields"), call.get("aggregates")])
    await filters.require_having(grants, model, call.get("having"))
    await filters.require_order(grants, model, call.get("order") or call.get("orderby"), aliases)
    narrow(grants, call)


async def read_progress_bar(grants: Grants, call: Call) -> None:
    """Counts and sums for each group."""
    bar = call.get("progress_bar")
    bar = bar if isinstance(bar, dict) else {}
    await filters.require_domain(grants, call.model, call.get("domain") or [])
    await filters.require_groups(grants, call.model, [call.get("group_by"), bar.get("field")])
    await filters.require_aggregates(grants, call.model, bar.get("sum_field"))
    narrow(grants, call)


async def web_read_group(grants: Grants, call: Call) -> Finish | None:
    """Groups, and the records of the open ones."""
    await groups(grants, call)
    await _require_opening(grants, call.model, call.get("opening_info"))
    specifications = call.get("groupby_read_specification") or {}
    if not isinstance(specifications, dict):
        grants.refuse(call.model, "read", "arguments", "groupby_read_specification is a dict")
    for grouping, specification in specifications.items():
        field = await require_path(grants, call.model, str(grouping).partition(":")[0], "group by")
        if field is None or not field.relation or grants.narrowing(field.relation, "read"):
            grants.refuse_field(call.model, "read", grouping, "read the records of")
        if (await view_of_specification(grants, field.relation, specification)).changes:
            grants.refuse_field(call.model, "read", grouping, "read the records of", masked=True)
    if not call.get("unfold_read_specification"):
        return None
    view = await view_of_specification(grants, call.model, call.get("unfold_read_specification"))
    return lambda result: {**result, "groups": _open_groups(view, result["groups"])}


async def _require_opening(grants: Grants, model: str, opening: Any) -> None:
    for group in opening or ():
        if not isinstance(group, dict):
            grants.refuse(model, "read", "arguments", "opening_info is a list of dicts")
        await filters.require_domain(grants, model, group.get("progressbar_domain") or [])
        await _require_opening(grants, model, group.get("groups"))


def _open_groups(view: View, given: Any) -> list[dict[str, Any]]:
    shown = []
    for group in rows_of(given):
        copied = dict(group)
        if "__records" in group:
            copied["__records"] = view.rows(group["__records"])
        if "__groups" in group:
            copied["__groups"] = {**group["__groups"], "groups": _open_groups(view, group["__groups"]["groups"])}
        shown.append(copied)
    return shown

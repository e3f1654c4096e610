"""Searches, reads and exports."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from zenoo_security.client.access import filters
from zenoo_security.client.access.paths import require_names, require_one_model, require_path, require_searchable_names
from zenoo_security.client.access.records import ids_of, narrow, records_domain, require_called
from zenoo_security.client.access.views import View, view_of_fields, view_of_specification
from zenoo_security.client.errors import AccessRefused
from zenoo_security.client.methods import METHODS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.client.access.grants import Grants
    from zenoo_security.client.call import Call, Finish
    from zenoo_security.client.late import Send

__all__ = [
    "export_data",
    "name_search",
    "read",
    "search",
    "search_instead",
    "search_read",
    "web_name_search",
    "web_read",
    "web_search_read",
]


async def search(grants: Grants, call: Call) -> None:
    """A domain and an order."""
    await filters.require_domain(grants, call.model, call.get("domain") or [])
    await filters.require_order(grants, call.model, call.get("order"))
    narrow(grants, call)


async def search_read(grants: Grants, call: Call) -> Finish:
    """A search, and the fields of what it finds."""
    await search(grants, call)
    return (await _fields(grants, call)).rows


async def read(grants: Grants, call: Call) -> Finish:
    """Fields of records; where a domain narrows them, they are searched in the same request."""
    view = await _fields(grants, call)
    ids = await search_instead(grants, call, "search_read", ("fields", "load"))
    return view.rows if ids is None else lambda result: _ordered(ids, view.rows(result))


async def web_read(grants: Grants, call: Call) -> Finish:
    """The same by a specification."""
    view = await view_of_specification(grants, call.model, call.get("specification"))
    ids = await search_instead(grants, call, "web_search_read", ("specification",))
    return view.rows if ids is None else lambda result: _ordered(ids, view.rows(_records(result)))


async def web_search_read(grants: Grants, call: Call) -> Finish:
    """A search, and what a specification names."""
    await search(grants, call)
    view = await view_of_specification(grants, call.model, call.get("specification"))
    return lambda result: {"records": view.rows(_records(result)), "length": result.get("length")}


async def name_search(grants: Grants, call: Call) -> None:
    """Names of records, found by a name."""
    if call.get("name"):
        await require_searchable_names(grants, call.model, "search by")
    await require_names(grants, call.model, "read")
    await search(grants, call)


async def web_name_search(grants: Grants, call: Call) -> Finish:
    """The same, and what a specification names."""
    await name_search(grants, call)
    return (await view_of_specification(grants, call.model, call.get("specification"))).rows


async def export_data(grants: Grants, call: Call) -> None:
    """Paths; nothing in an export is masked, so each field needs to be readable in full."""
    paths = call.get("fields_to_export")
    for path in paths if isinstance(paths, (list, tuple)) else [paths]:
        field = await require_path(grants, call.model, path, "export")
        if field and field.relation:
            await require_names(grants, field.relation, "export")
        if field:
            require_one_model(grants, call.model, path, field, "export")
    await require_called(grants, call, "read")


async def _fields(grants: Grants, call: Call) -> View:
    given = call.get("fields")
    names, view = await view_of_fields(grants, call.model, given)
    if names is not None:
        call.set("fields", names)
    if not given:
        call.perform = partial(_what_odoo_lets_read, grants, call)
    return view


async def _what_odoo_lets_read(grants: Grants, call: Call, send: Send) -> Any:
    """Read all fields, and where Odoo refuses one that it told of, those that the user may read."""
    try:
        return await send(call.method, call.args, call.kwargs, tell=False)
    except AccessRefused:
        refused = await grants.refused_fields(call.model)
    names = call.get("fields") or list(await grants.schema(call.model))
    call.set("fields", [name for name in names if name not in refused] or ["id"])
    return await send(call.method, call.args, call.kwargs)


async def search_instead(grants: Grants, call: Call, method: str, kept: Sequence[str]) -> list[int] | None:
    """Turn a call on records into a narrowed search for them; return their ids, or None where nothing narrows it."""
    if not (narrowing := grants.narrowing(call.model, "read")):
        return None
    ids = ids_of(grants, call.model, "read", call.get(""))
    given = {*call.parameters[: len(call.args)], *call.kwargs}
    arguments = {name: call.get(name) for name in kept if name in given}
    domain = await records_domain(grants, call.model, ids, narrowing)
    call.method, call.args, call.kwargs = method, [], {"domain": domain, **arguments}
    call.parameters = METHODS[method].parameters
    return ids


def _records(result: Any) -> Any:
    """The rows of a `web_search_read`; `View.rows` refuses what is none."""
    return result.get("records") if isinstance(result, dict) else None


def _ordered(ids: list[int], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a search as a read of the ids gives them: in their order, without those that are gone."""
    by_id = {row["id"]: row for row in rows}
    return [dict(by_id[record]) for record in ids if record in by_id]

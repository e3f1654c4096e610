"""For each method: where its fields, its domain, its values and its records are, and what becomes of the result."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from zenoo_security.client.access import filters
from zenoo_security.client.access.names import NAMES, names_of
from zenoo_security.client.access.paths import (
    require_field,
    require_names,
    require_no_property,
    require_path,
    require_searchable_names,
)
from zenoo_security.client.access.records import ids_of, narrow, records_domain, require_records
from zenoo_security.client.access.values import Writing
from zenoo_security.client.access.views import View, view_of_fields, view_of_specification
from zenoo_security.client.methods import METHODS
from zenoo_security.client.target import rows_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from zenoo_security.client.access.grants import Grants
    from zenoo_security.client.call import Call, Finish

    Plan: TypeAlias = Callable[[Grants, Call], Awaitable[Finish | None]]

__all__ = ["PLANS", "of_unknown"]

#: A value that matches no condition, and none that is to be false either.
_NOT_KNOWN: Final = object()
#: Fields of users that a copy would have as its original.
_RIGHTS: Final = frozenset({"group_ids", "groups_id"})
_ACTIVE: Final = {"action_archive": False, "action_unarchive": True}
#: Texts that PostgreSQL takes for the id of a record.
_ID: Final = re.compile(r"\s*[+-]?(?:0[box])?[0-9a-f_]*[0-9][0-9a-f_]*\s*", re.IGNORECASE)


# --- searches and reads ---


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
    ids = await _search_instead(grants, call, "search_read", ("fields", "load"))
    return view.rows if ids is None else lambda result: _ordered(ids, view.rows(result))


async def web_read(grants: Grants, call: Call) -> Finish:
    """The same by a specification."""
    view = await view_of_specification(grants, call.model, call.get("specification"))
    ids = await _search_instead(grants, call, "web_search_read", ("specification",))
    return view.rows if ids is None else lambda result: _ordered(ids, view.rows(result["records"]))


async def web_search_read(grants: Grants, call: Call) -> Finish:
    """A search, and what a specification names."""
    await search(grants, call)
    view = await view_of_specification(grants, call.model, call.get("specification"))
    return lambda result: {**result, "records": view.rows(result["records"])}


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
            require_no_property(grants, call.model, path, field, "export")
    await _require_called(grants, call, "read")


async def _fields(grants: Grants, call: Call) -> View:
    names, view = await view_of_fields(grants, call.model, call.get("fields"))
    if names is not None:
        call.set("fields", names)
    return view


async def _search_instead(grants: Grants, call: Call, method: str, kept: Sequence[str]) -> list[int] | None:
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


def _ordered(ids: list[int], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a search as a read of the ids gives them: in their order, without those that are gone."""
    by_id = {row["id"]: row for row in rows}
    return [dict(by_id[record]) for record in ids if record in by_id]


# --- groups ---


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


# --- writes ---


async def create(grants: Grants, call: Call) -> None:
    """Values of new records."""
    writing = Writing(grants, call.context)
    await writing.defaults(call.model, "create")
    await writing.rows(call.model, "create", call.get("vals_list"))


async def write(grants: Grants, call: Call) -> None:
    """Values for records."""
    await _write(grants, call, [call.get("vals")])


async def copy(grants: Grants, call: Call) -> None:
    """Values that the copies have instead of the originals'."""
    writing = Writing(grants, call.context)
    await writing.defaults(call.model, "create")
    default = call.get("default") or {}
    await writing.rows(call.model, "create", default, with_defaults=False)
    for name in _RIGHTS & (await grants.schema(call.model)).keys() - default.keys():
        if not grants.may(call.model, "create", name):
            grants.refuse_field(call.model, "create", name, "copy")
    await _require_called(grants, call, "read")


async def unlink(grants: Grants, call: Call) -> None:
    """Records that go."""
    await _require_called(grants, call, "unlink")


async def archive(grants: Grants, call: Call) -> None:
    """A write of `active`."""
    if not grants.may(call.model, "write", "active"):
        grants.refuse_field(call.model, "write", "active", "write")
    await _require_called(grants, call, "write", values={"active": _ACTIVE.get(call.method, _NOT_KNOWN)})


async def web_save(grants: Grants, call: Call) -> Finish:
    """Values for one record, new or not, and what a specification names of it or of the next one."""
    view = await view_of_specification(grants, call.model, call.get("specification"))
    if call.get("next_id"):
        await _require_called(grants, call, "read", call.get("next_id"))
    if call.get(""):
        await _write(grants, call, [call.get("vals")])
        await _require_called(grants, call, "read")
    else:
        writing = Writing(grants, call.context)
        await writing.defaults(call.model, "create")
        await writing.rows(call.model, "create", call.get("vals"))
    return view.rows


async def web_save_multi(grants: Grants, call: Call) -> Finish:
    """Values for each record, and what a specification names."""
    view = await view_of_specification(grants, call.model, call.get("specification"))
    vals = call.get("vals_list")
    await _write(grants, call, list(vals) if isinstance(vals, (list, tuple)) else [vals])
    await _require_called(grants, call, "read")
    return view.rows


async def web_resequence(grants: Grants, call: Call) -> Finish:
    """Numbers in one field, and what a specification names."""
    view = await view_of_specification(grants, call.model, call.get("specification"))
    await _write(grants, call, [{call.get("field_name") or "sequence": _NOT_KNOWN}])
    await _require_called(grants, call, "read")
    return view.rows


async def _write(grants: Grants, call: Call, rows: list[Any]) -> None:
    writing = Writing(grants, call.context)
    await writing.defaults(call.model, "write")
    await writing.rows(call.model, "write", rows)
    for row in rows:
        await _require_called(grants, call, "write", values=row)


async def _require_called(
    grants: Grants, call: Call, operation: str, given: object = None, values: dict[str, Any] | None = None
) -> None:
    """Look for the records that a call names, where a domain narrows the operation."""
    if grants.narrowing(call.model, operation):
        ids = ids_of(grants, call.model, operation, call.get("") if given is None else given)
        await require_records(grants, call.context, call.model, operation, ids, values=values)


# --- what carries no values ---


async def check(grants: Grants, call: Call) -> None:
    """A question to Odoo's own rules, about records that the user may see."""
    if "" in call.parameters:
        await _require_called(grants, call, "read")


async def has_access(grants: Grants, call: Call) -> Finish:
    """The same with an answer, which is no where the policy says no."""
    await check(grants, call)
    asked = call.get("operation")
    return lambda result: (
        bool(result) and asked in {"read", "write", "create", "unlink"} and grants.fields(call.model, asked).any
    )


async def exists(grants: Grants, call: Call) -> Finish | None:
    """The ids that there are, of those that the user may see."""
    ids = await _search_instead(grants, call, "search", ())
    return None if ids is None else lambda result: [record for record in ids if record in set(result)]


async def get_metadata(grants: Grants, call: Call) -> None:
    """Who made and changed records."""
    for name in ("create_date", "create_uid", "write_date", "write_uid"):
        await require_field(grants, call.model, name, "read")
    await require_names(grants, "res.users", "read")
    await _require_called(grants, call, "read")


async def fields_get(grants: Grants, call: Call) -> Finish:
    """What fields there are, of those that the user may read or write."""
    names = (await names_of(grants, call.model)).allowed

    def may(name: str) -> bool:
        if name == "id" or (name in NAMES and names):
            return True
        return any(grants.may(call.model, operation, name) for operation in ("read", "write", "create"))

    def finish(result: Any) -> Any:
        return {name: found for name, found in result.items() if may(name)} if isinstance(result, dict) else result

    return finish


# --- methods of single models ---


async def of_unknown(grants: Grants, call: Call) -> None:
    """A method that is an operation of its own: its records, where it names some, and defaults in its context."""
    await Writing(grants, call.context).defaults(call.model, "write")
    if not grants.narrowing(call.model, "write") or not call.args:
        return
    given = call.args[0]
    items = given if isinstance(given, (list, tuple, dict)) else [given]
    if any(isinstance(item, (int, float)) or (isinstance(item, str) and _ID.fullmatch(item)) for item in items):
        await require_records(
            grants, call.context, call.model, "write", ids_of(grants, call.model, "write", given or [])
        )


PLANS: Final[dict[str, Plan]] = {
    "action_archive": archive,
    "action_unarchive": archive,
    "check_access": check,
    "check_access_rights": check,
    "check_access_rule": check,
    "copy": copy,
    "create": create,
    "exists": exists,
    "export_data": export_data,
    "fields_get": fields_get,
    "formatted_read_group": groups,
    "formatted_read_grouping_sets": groups,
    "get_metadata": get_metadata,
    "has_access": has_access,
    "name_search": name_search,
    "read": read,
    "read_group": groups,
    "read_progress_bar": read_progress_bar,
    "search": search,
    "search_count": search,
    "search_read": search_read,
    "toggle_active": archive,
    "unlink": unlink,
    "web_name_search": web_name_search,
    "web_read": web_read,
    "web_read_group": web_read_group,
    "web_resequence": web_resequence,
    "web_save": web_save,
    "web_save_multi": web_save_multi,
    "web_search_read": web_search_read,
    "write": write,
}

"""Questions about records and fields, which carry no values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zenoo_security.client.access.names import NAMES, names_of
from zenoo_security.client.access.paths import require_field, require_names
from zenoo_security.client.access.plans.reads import search_instead
from zenoo_security.client.access.records import require_called

if TYPE_CHECKING:
    from zenoo_security.client.access.grants import Grants
    from zenoo_security.client.call import Call, Finish

__all__ = ["check", "exists", "fields_get", "get_metadata", "has_access"]


async def check(grants: Grants, call: Call) -> None:
    """A question to Odoo's own rules, about records that the user may see."""
    if "" in call.parameters:
        await require_called(grants, call, "read")


async def has_access(grants: Grants, call: Call) -> Finish:
    """The same with an answer, which is no where the policy says no."""
    await check(grants, call)
    asked = call.get("operation")
    return lambda result: (
        bool(result) and asked in {"read", "write", "create", "unlink"} and grants.fields(call.model, asked).any
    )


async def exists(grants: Grants, call: Call) -> Finish | None:
    """The ids that there are, of those that the user may see."""
    ids = await search_instead(grants, call, "search", ())
    return None if ids is None else lambda result: [record for record in ids if record in set(result)]


async def get_metadata(grants: Grants, call: Call) -> None:
    """Who made and changed records."""
    for name in ("create_date", "create_uid", "write_date", "write_uid"):
        await require_field(grants, call.model, name, "read")
    await require_names(grants, "res.users", "read")
    await require_called(grants, call, "read")


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

"""Server actions of this package in an Odoo: found, installed, and put in the place of other versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from zenoo_security.client.errors import AccessRefused
from zenoo_security.errors import OdooError

if TYPE_CHECKING:
    from zenoo_security.odoo_client import Client

__all__ = ["Action", "install", "installed", "unchanged"]


class Action(NamedTuple):
    """A server action as it should be.

    Attributes:
        name: what administrators see.
        model: the model that it belongs to.
        mark: what the code of each version begins with.
        code: that of this version.
        groups: external ids of the groups that may run it; without any, whoever may write the model.
        bound_to: the model that it is bound to, or empty.
        views: the names of the views of that model that show it.
    """

    name: str
    model: str
    mark: str
    code: str
    groups: tuple[str, ...] = ()
    bound_to: str = ""
    views: str = ""


async def installed(client: Client, action: Action) -> list[dict[str, Any]]:
    """Return the server actions of a model that this package installed, of any version: id, code, groups and binding.

    Raises:
        AccessRefused: the user may not read server actions.
    """
    domain = [["model_id.model", "=", action.model], ["state", "=", "code"], ["code", "=like", f"{action.mark}%"]]
    fields = ["binding_model_id", "binding_view_types", "code", "group_ids"]
    try:
        rows: list[dict[str, Any]] = await client.execute_kw(
            "ir.actions.server", "search_read", [domain, fields], {"order": "id"}
        )
    except AccessRefused:
        pass
    else:
        return rows
    raise AccessRefused("only a user with the group Settings (base.group_system) may read server actions")


async def unchanged(client: Client, action: Action) -> list[int]:
    """Return the ids of those that are of this version and as they were installed.

    Raises:
        AccessRefused: the user may not read server actions.
    """
    rows = await installed(client, action)
    values = await _values(client, action) if rows else {}
    return [row["id"] for row in rows if all(_plain(row[name]) == value for name, value in values.items())]


async def install(client: Client, action: Action, *, dry_run: bool = False) -> bool:
    """Install a server action, or put the one of this version in the place of another.

    Args:
        client: logged in as a user with `base.group_system`.
        action: which.
        dry_run: change nothing.

    Returns:
        False if it was there already.
    """
    if await unchanged(client, action):
        return False
    if dry_run:
        return True
    values = await _values(client, action)
    values["group_ids"] = [[6, 0, values["group_ids"]]]
    rows = await installed(client, action)
    if rows:
        await client.execute_kw("ir.actions.server", "write", [[rows[0]["id"]], values])
    else:
        named = {"name": action.name, "model_id": await _model_id(client, action.model), "state": "code"}
        await client.execute_kw("ir.actions.server", "create", [{**named, **values}])
    return True


async def _values(client: Client, action: Action) -> dict[str, Any]:
    """The settings as an action of this version has them."""
    values = {"code": action.code, "group_ids": sorted([await _group_id(client, group) for group in action.groups])}
    if not action.bound_to:
        return values
    bound_to = await _model_id(client, action.bound_to)
    return {**values, "binding_model_id": bound_to, "binding_view_types": action.views}


def _plain(value: Any) -> Any:
    """A many2one without the name of its record; the ids of a many2many in one order."""
    if not isinstance(value, list):
        return value
    return sorted(value) if all(isinstance(part, int) for part in value) else value[0]


async def _model_id(client: Client, model: str) -> int:
    return _only(await client.execute_kw("ir.model", "search", [[["model", "=", model]]]))


async def _group_id(client: Client, group: str) -> int:
    module, _, name = group.partition(".")
    domain = [["module", "=", module], ["name", "=", name], ["model", "=", "res.groups"]]
    rows = await client.execute_kw("ir.model.data", "search_read", [domain, ["res_id"]], {})
    return _only([row["res_id"] for row in rows])


def _only(ids: list[int]) -> int:
    if len(ids) != 1:
        raise OdooError("this Odoo lacks a model or a group that every Odoo 19 has")
    return ids[0]

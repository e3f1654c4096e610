"""The server action that tells which records are accessible, installed and removed by an administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.client import actions
from zenoo_security.client.actions import Action
from zenoo_security.objects.action import BOUND_TO, CODE, GROUPS, MARK, VIEWS

if TYPE_CHECKING:
    from zenoo_security.odoo_client import Client

__all__ = ["install_object_action", "remove_object_action"]

_ACTION: Final = Action(
    "zenoo-security: accessible records", BOUND_TO, MARK, CODE, groups=GROUPS, bound_to=BOUND_TO, views=VIEWS
)


async def install_object_action(client: Client, *, dry_run: bool = False) -> bool:
    """Install the action with which `filter_accessible` takes one request, or put this version in the place of another.

    Args:
        client: logged in as a user with `base.group_system`.
        dry_run: change nothing.

    Returns:
        Whether something was changed, or would be.

    Raises:
        AccessRefused: the user is not an administrator.
    """
    return await actions.install(client, _ACTION, dry_run=dry_run)


async def remove_object_action(client: Client, *, dry_run: bool = False) -> bool:
    """Remove it; `filter_accessible` asks Odoo's own methods then.

    Args:
        client: logged in as a user with `base.group_system`.
        dry_run: change nothing.

    Returns:
        Whether something was removed, or would be.

    Raises:
        AccessRefused: the user is not an administrator.
    """
    found = [row["id"] for row in await actions.installed(client, _ACTION)]
    if found and not dry_run:
        await client.execute_kw("ir.actions.server", "unlink", [found])
    return bool(found)

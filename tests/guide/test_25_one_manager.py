"""Defect 25: the guide's decorator asks a manager that was made for the call: an administrator is refused."""

from __future__ import annotations

import pytest

from zenoo_security import (
    AccessControlManager,
    Permission,
    Principal,
    Role,
    acting_as,
    get_current_user,
    require_permission,
)
from zenoo_security.errors import PermissionDenied
from zenoo_security.roles import configured

ALICE = Principal("shop", 7, "alice")


def guides_require_permission(permission, manager_class):
    """The guide's listing; its undefined `get_current_user` is ours."""

    def decorator(func):
        async def wrapper(*args, **kwargs):
            current_user = get_current_user()
            access_manager = manager_class()
            if not access_manager.has_permission(current_user, permission):
                raise PermissionDenied(f"Permission denied: {permission.value}")
            return await func(*args, **kwargs)

        return wrapper

    return decorator


async def create_partner(client, partner_data: dict) -> int:
    """Create partner with permission check."""
    return 42


async def test_the_guide_refuses_an_administrator() -> None:
    manager = AccessControlManager()
    manager.assign_role(ALICE, Role.ADMIN)
    guarded = guides_require_permission(Permission.WRITE_PARTNERS, AccessControlManager)(create_partner)
    with acting_as(ALICE), pytest.raises(PermissionDenied, match="write_partners"):
        await guarded(None, {})


@pytest.mark.asvs("v5.0.0-8.2.1")
async def test_ours_asks_the_manager_that_was_configured_or_given() -> None:
    manager = AccessControlManager()
    manager.assign_role(ALICE, Role.ADMIN)
    bare = require_permission(Permission.WRITE_PARTNERS)(create_partner)
    given = require_permission(Permission.WRITE_PARTNERS, access=manager)(create_partner)
    with configured(manager), acting_as(ALICE):
        assert await bare(None, {}) == 42
    with acting_as(ALICE):
        assert await given(None, {}) == 42
        manager.revoke_role(ALICE, Role.ADMIN)
        with pytest.raises(PermissionDenied):
            await given(None, {})

"""Roles by groups of a real Odoo: read at the login, and again while the session lives."""

from __future__ import annotations

import pytest

from zenoo_security import (
    AccessControlManager,
    KeyRing,
    SecureAuthManager,
    SecurityConfig,
    require_permission,
    require_role,
)
from zenoo_security.clock import FakeClock
from zenoo_security.errors import PermissionDenied
from zenoo_security.policy import Policy, RoleRules
from zenoo_security.principal import current_principal_or_none
from zenoo_security.stores.memory import MemoryStore

pytestmark = pytest.mark.odoo

POLICY = Policy(
    {
        "contacts": RoleRules(allow=["merge_contacts"], groups=["base.group_partner_manager"]),
        "staff": RoleRules(allow=["lunch"], groups=["base.group_user"]),
        "customer": RoleRules(allow=["my_orders"], deny=["lunch"], groups=["base.group_portal"]),
        "root": RoleRules(allow=["restart"], inherits=["contacts"], groups=["base.group_system"]),
    }
)
ACCESS = AccessControlManager(POLICY)


@require_permission("merge_contacts", access=ACCESS)
async def merge_contacts() -> str:
    return "merged"


@require_role("staff", access=ACCESS)
def lunch() -> str:
    return "soup"


@pytest.fixture
async def auth(odoo_database):
    clock = FakeClock(1_800_000_000.0)
    config = SecurityConfig(odoo_url=odoo_database.url, refusal_duration_ms=500)
    auth = SecureAuthManager(config, store=MemoryStore(clock=clock), key_ring=KeyRing.generate(), clock=clock)
    auth.test_clock = clock
    yield auth
    await auth.aclose()


async def merges(auth: SecureAuthManager, token: str) -> bool:
    async with auth.acting(token):
        try:
            return await merge_contacts() == "merged"
        except PermissionDenied:
            return False


@pytest.mark.asvs("v5.0.0-8.3.2", "v5.0.0-8.2.1")
async def test_a_group_that_was_taken_away_in_odoo_takes_the_role_away(auth, odoo_user, odoo_database):
    """Within the 45 seconds after which Odoo is asked again; and a group that was given gives it."""
    user = odoo_user(["base.group_user", "base.group_partner_manager"])
    token = await auth.authenticate(user.login, user.password, odoo_database.name)
    assert await merges(auth, token)
    for groups, may in ((["base.group_user"], False), (["base.group_user", "base.group_partner_manager"], True)):
        ids = [odoo_database.resolve(group) for group in groups]
        odoo_database.call("res.users", "write", [user.uid], {"group_ids": [(6, 0, ids)]})
        auth.test_clock.advance(46)
        assert await merges(auth, token) == may
    assert current_principal_or_none() is None


async def test_implied_groups_count_and_portal_users_are_no_staff(auth, odoo_user, odoo_database):
    seen = {}
    for groups in (["base.group_user", "base.group_system"], ["base.group_user"], ["base.group_portal"]):
        user = odoo_user(groups)
        token = await auth.authenticate(user.login, user.password, odoo_database.name)
        async with auth.acting(token) as session:
            seen[groups[-1]] = (
                sorted(ACCESS.rights_now(session.principal).roles),
                ACCESS.get_user_permissions(user.login),
            )
    assert seen == {
        "base.group_system": (["contacts", "root", "staff"], {"merge_contacts", "restart", "lunch"}),
        "base.group_user": (["staff"], {"lunch"}),
        "base.group_portal": (["customer"], {"my_orders"}),
    }


async def test_an_assignment_is_by_the_login_that_odoo_has(auth, odoo_user, odoo_database):
    user = odoo_user(login="Mixed.Case@Example.com")
    await ACCESS.grant("Mixed.Case@Example.com", "contacts", database=odoo_database.name)
    token = await auth.authenticate(user.login, user.password, odoo_database.name)
    assert await merges(auth, token)
    async with auth.acting(token):
        assert lunch() == "soup"
    await ACCESS.withdraw("Mixed.Case@Example.com", "contacts", database=odoo_database.name)
    assert not await merges(auth, token)

"""Defect 11: the guide's failures were an attribute of one object; a second one, or another process, knew nothing."""

from __future__ import annotations

import pytest

from scripted_odoo import DATABASE, LOGIN, PASSWORD
from zenoo_security import KeyRing, SecureAuthManager, SecurityConfig
from zenoo_security.errors import LoginFailed, SessionEnded

RING = KeyRing.generate()


def manager(odoo, url):
    return SecureAuthManager(SecurityConfig(store_url=url, refusal_duration_ms=100), key_ring=RING, odoo=odoo)


@pytest.mark.parametrize("place", ["memory", "file"])
async def test_failures_and_sessions_are_those_of_all_managers(odoo, tmp_path, place):
    url = "memory://" if place == "memory" else f"sqlite:///{tmp_path / 'state.db'}"
    async with manager(odoo, url) as one, manager(odoo, url) as other:
        token = await one.authenticate(LOGIN, PASSWORD, DATABASE)
        assert (await other.session(token)).principal.login == LOGIN
        await other.logout(token)
        with pytest.raises(SessionEnded):
            await one.session(token)
        for auth in (one, other, one, other, one):
            with pytest.raises(LoginFailed):
                await auth.authenticate("bob", "wrong", DATABASE)
        with pytest.raises(LoginFailed):
            await other.authenticate("bob", "six more words of bob", DATABASE)
        await one.unlock("bob", DATABASE)

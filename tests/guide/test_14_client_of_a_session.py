"""Defect 14, the client: the guide dropped the client that it had logged in, open, so a session could call nothing."""

from __future__ import annotations

import pytest

from fake_odoo import DATABASE, LOGIN, PASSWORD, UID, FakeOdoo
from zenoo_security import KeyRing, SecureAuthManager, SecurityConfig
from zenoo_security.client import NotLoggedIn
from zenoo_security.stores.memory import MemoryStore


async def test_a_session_has_a_client_of_its_user_which_closes_with_it():
    fake = FakeOdoo()
    fake.answers["res.users.read"] = lambda ids, _: [{"id": ids[0], "login": LOGIN, "all_group_ids": []}]
    auth = SecureAuthManager(SecurityConfig(odoo_url=fake.url), store=MemoryStore(), key_ring=KeyRing.generate())
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    client = await auth.client(token)
    assert await client.read("res.partner", [1]) is True
    assert fake.calls("read")[-1]["uid"] == UID
    await auth.logout(token)
    with pytest.raises(NotLoggedIn):
        await client.read("res.partner", [1])
    fake.close()

"""Defect 13: the guide logged in at `ZenooClient("localhost", port=8069)`, whatever was configured, over plain http."""

from __future__ import annotations

import pytest

from fake_odoo import DATABASE, LOGIN, PASSWORD, FakeOdoo
from zenoo_security import KeyRing, SecureAuthManager, SecurityConfig
from zenoo_security.errors import InsecureTransport
from zenoo_security.stores.memory import MemoryStore


async def test_the_login_goes_where_the_settings_say():
    fake = FakeOdoo()
    fake.answers["res.users.read"] = lambda ids, _: [{"id": ids[0], "login": LOGIN, "all_group_ids": []}]
    auth = SecureAuthManager(SecurityConfig(odoo_url=fake.url), store=MemoryStore(), key_ring=KeyRing.generate())
    assert await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    assert fake.requests
    fake.close()


@pytest.mark.asvs("v5.0.0-12.2.1")
def test_a_password_does_not_travel_in_the_clear_to_another_machine():
    with pytest.raises(InsecureTransport):
        SecureAuthManager(SecurityConfig(odoo_url="http://odoo.example.com"), key_ring=KeyRing.generate())

"""The README's example of the client, run as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zenoo_security.client import SecureZenooClient
from zenoo_security.client.columns import ensure_columns
from zenoo_security.keyring import KeyRing

README = Path(__file__).parents[2] / "README.md"

pytestmark = pytest.mark.odoo


async def test_the_example_of_the_client_does_what_it_says(odoo_database, odoo_user):
    """Ada is created encrypted, found by her address in capitals, and read back by a user with few rights."""
    [block] = [
        code for code in re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL) if "async def main" in code
    ]
    namespace: dict[str, object] = {}
    exec(block, namespace)
    async with SecureZenooClient(odoo_database.url) as admin:
        await admin.login(odoo_database.name, odoo_database.admin_login, odoo_database.admin_password)
        await ensure_columns(admin, namespace["FIELDS"])
    user = odoo_user(groups=["base.group_user", "base.group_partner_manager"])
    await namespace["main"](odoo_database.url, odoo_database.name, user.login, user.password, KeyRing.generate())
    [row] = odoo_database.sql("SELECT * FROM res_partner WHERE name = 'Ada'")
    assert not row["email"]
    assert not row["vat"]
    assert row["x_email_enc"].startswith("zs1.")

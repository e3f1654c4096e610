"""The README's examples that need an Odoo, run as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zenoo_security import Principal, acting_as
from zenoo_security.cli import app
from zenoo_security.client import SecureZenooClient
from zenoo_security.client.columns import ensure_columns
from zenoo_security.errors import LoginFailed, NoPrincipal, PermissionDenied
from zenoo_security.keyring import KeyRing

README = Path(__file__).parents[2] / "README.md"

pytestmark = pytest.mark.odoo


def example(line: str) -> dict[str, object]:
    """What the only example with this line defines."""
    [block] = [code for code in re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL) if line in code]
    namespace: dict[str, object] = {}
    exec(block, namespace)
    return namespace


async def test_the_example_of_the_login_does_what_it_says(odoo_database, odoo_user, monkeypatch, tmp_path):
    """With the settings above it, made by the line above it; no password is readable in the store."""
    monkeypatch.chdir(tmp_path)
    [make_key_ring] = re.findall(r"^zenoo-security (keys .+)$", README.read_text(), re.MULTILINE)
    assert CliRunner().invoke(app, make_key_ring.split()).exit_code == 0
    settings = dict(re.findall(r"export (ZENOO_SECURITY_\w+)=(\S+)", README.read_text()))
    settings["ZENOO_SECURITY_ODOO_URL"] = odoo_database.url
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    visit, user = example("async def visit")["visit"], odoo_user()
    await visit(user.login, user.password, odoo_database.name, "203.0.113.7")
    with pytest.raises(LoginFailed):
        await visit(user.login, "another password", odoo_database.name, "203.0.113.7")
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("logins.db*"))
    assert stored
    assert user.password.encode() not in stored


async def test_the_example_of_the_policy_does_what_it_says(odoo_database, odoo_user):
    """A clerk by a group in Odoo writes phones and nothing else, and sees no VAT number."""
    namespace = example("async def set_phone")
    user = odoo_user(groups=["base.group_user", "base.group_partner_manager"])
    [row] = odoo_database.sql("SELECT partner_id FROM res_users WHERE id = %s", [user.uid])
    partner = row["partner_id"]
    async with SecureZenooClient(odoo_database.url, access=namespace["access"]) as client:
        await client.login(odoo_database.name, user.login, user.password)
        groups = frozenset({"base.group_user"})
        with acting_as(Principal(odoo_database.name, client.uid, user.login, groups=groups)):
            await namespace["set_phone"](client, partner, "+49 30 1")
            with pytest.raises(PermissionDenied):
                await client.write("res.partner", [partner], {"name": "x"})
            [row] = await client.read("res.partner", [partner], ["phone", "email"])
            assert row == {"id": partner, "phone": "+49 30 1", "email": "****"}
            with pytest.raises(PermissionDenied):
                await client.read("res.partner", [partner], ["vat"])
        with pytest.raises(NoPrincipal):
            await namespace["set_phone"](client, partner, "+49 30 2")


async def test_the_example_of_the_client_does_what_it_says(odoo_database, odoo_user):
    """Ada is created encrypted, found by her address in capitals, and read back by a user with few rights."""
    namespace = example("async def main")
    async with SecureZenooClient(odoo_database.url) as admin:
        await admin.login(odoo_database.name, odoo_database.admin_login, odoo_database.admin_password)
        await ensure_columns(admin, namespace["FIELDS"])
    user = odoo_user(groups=["base.group_user", "base.group_partner_manager"])
    await namespace["main"](odoo_database.url, odoo_database.name, user.login, user.password, KeyRing.generate())
    [row] = odoo_database.sql("SELECT * FROM res_partner WHERE name = 'Ada'")
    assert not row["email"]
    assert not row["vat"]
    assert row["x_email_enc"].startswith("zs1.")

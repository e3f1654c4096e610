"""The functions of docs/from-the-guide.md that need an Odoo, run as they stand there."""

from __future__ import annotations

import pytest

from docs.page import code
from zenoo_security import KeyRing, Principal, SecureZenooClient, acting_as
from zenoo_security.client.columns import ensure_columns
from zenoo_security.errors import RecordNotFound

pytestmark = pytest.mark.odoo


def example(line):
    """What the block with this line defines."""
    [block] = [block for block in code("docs/from-the-guide.md", "python") if line in block]
    names = {"SecureZenooClient": SecureZenooClient}
    exec(block, names)
    return names


async def test_the_login_is_one(odoo_database, odoo_user, monkeypatch, tmp_path):
    monkeypatch.setenv("ZENOO_SECURITY_ODOO_URL", odoo_database.url)
    monkeypatch.setenv("ZENOO_SECURITY_STORE_URL", f"sqlite:///{tmp_path}/store.db")
    monkeypatch.setenv("ZENOO_SECURITY_KEY_RING", KeyRing.generate().to_json())
    user = odoo_user()
    log_in_and_out = example("async def log_in_and_out")["log_in_and_out"]
    assert await log_in_and_out(user.login, user.password, odoo_database.name) == user.login


async def test_a_record_is_read_by_keyword_and_one_that_is_gone_is_not_found(odoo_database, odoo_user):
    names, user = example("async def get_partner"), odoo_user()
    async with SecureZenooClient(odoo_database.url) as client:
        await client.login(odoo_database.name, user.login, user.password)
        [me] = await client.read("res.users", [client.uid], ["partner_id"])
        partner = me["partner_id"][0]
        with acting_as(Principal(odoo_database.name, client.uid, user.login)):
            [row] = await names["get_partner"](client, partner_id=partner)
            assert row["id"] == partner
            with pytest.raises(RecordNotFound):
                await names["get_partner"](client, partner_id=2**30)
            assert not await names["may_write"](client, user.login, 2**30)


async def test_sensitive_data_is_stored_as_ciphertext_and_comes_back(odoo_database):
    names = example("async def store_and_read")
    login = (odoo_database.name, odoo_database.admin_login, odoo_database.admin_password)
    async with SecureZenooClient(odoo_database.url) as admin:
        await admin.login(*login)
        await ensure_columns(admin, names["FIELDS"])
    async with SecureZenooClient(
        odoo_database.url, encrypted_fields=names["FIELDS"], key_ring=KeyRing.generate()
    ) as client:
        await client.login(*login)
        row = await names["store_and_read"](client, {"name": "Ada", "email": "ada@example.com", "vat": "DE136695976"})
    assert (row["name"], row["email"], row["vat"]) == ("Ada", "ada@example.com", "DE136695976")
    [stored] = odoo_database.sql("SELECT email, vat FROM res_partner WHERE id = %s", [row["id"]])
    assert (stored["email"], stored["vat"]) == (None, None)

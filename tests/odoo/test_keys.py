"""The end of a key on a real Odoo 19 and a real store: refused with the counts, allowed once nothing is left."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from mfa_users import PRINCIPAL, code_of, enrolled, manager_with
from zenoo_security import KeyRing, SecureZenooClient, jobs, keyring
from zenoo_security.client import ensure_columns
from zenoo_security.clock import FakeClock
from zenoo_security.fields import Encrypted, EncryptedFields, FieldCipher
from zenoo_security.fields.context import context_of
from zenoo_security.sessions import Sessions
from zenoo_security.stores import open_store

pytestmark = pytest.mark.odoo

MODEL = "res.partner"
DECLARATION = {MODEL: {"email": {"index": "email"}, "phone": {}}}
FIELDS = EncryptedFields({MODEL: {"email": Encrypted(index="email"), "phone": Encrypted()}})
NOW = 1_700_000_010.0


class Installation:
    """A ring in its file, a declaration, a store, and the program that retires keys."""

    def __init__(self, folder, database, store_url):
        self.folder, self.database, self.store_url = folder, database, store_url
        self.path = folder / "keys.json"
        keyring.save(KeyRing.generate(), self.path)
        (folder / "fields.json").write_text(json.dumps(DECLARATION))

    @property
    def ring(self):
        return keyring.load(self.path)

    def client(self, fields=None):
        return SecureZenooClient(self.database.url, encrypted_fields=fields, key_ring=self.ring if fields else None)

    async def logged_in(self, client):
        await client.login(self.database.name, self.database.admin_login, self.database.admin_password)

    def keys(self, *arguments, login=None, password=None):
        """Run the program with everything in its environment, as a service has it."""
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ZENOO_SECURITY_")},
            "ZENOO_SECURITY_KEY_RING_FILE": str(self.path),
            "ZENOO_SECURITY_STORE_URL": self.store_url,
            "ZENOO_SECURITY_FIELDS_FILE": str(self.folder / "fields.json"),
            "ZENOO_SECURITY_ODOO_URL": self.database.url,
            "ZENOO_SECURITY_ODOO_DATABASE": self.database.name,
            "ZENOO_SECURITY_ODOO_LOGIN": login or self.database.admin_login,
            "ZENOO_SECURITY_ODOO_PASSWORD": password or self.database.admin_password,
        }
        command = [sys.executable, "-m", "zenoo_security.cli", "keys", *map(str, arguments)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def installation(tmp_path, odoo_database, store_url):
    return Installation(tmp_path, odoo_database, store_url)


async def fill(installation, store, clock):
    """Three partners, a second factor and a session, all of key 1. Returns the session's token and the TOTP secret."""
    async with installation.client() as raw:
        await installation.logged_in(raw)
        await ensure_columns(raw, FIELDS)
        await raw.unlink(MODEL, await raw.execute_kw(MODEL, "search", [[("ref", "=", "keys")]]))
    async with installation.client(FIELDS) as client:
        await installation.logged_in(client)
        for number in range(3):
            values = {"name": f"P{number}", "email": f"p{number}@example.com", "phone": "+49 30 1", "ref": "keys"}
            await client.create(MODEL, values)
    secret, _ = await enrolled(manager_with(store, installation.ring, clock), clock)
    token = await Sessions(store, installation.ring).start(PRINCIPAL, "password of alice")
    return secret, token


@pytest.mark.asvs("v5.0.0-11.2.2", "v5.0.0-11.1.1")
async def test_a_key_retires_when_fields_second_factors_and_sessions_need_it_no_more(installation):
    """The whole life of a key, with the commands of the runbook; at its end every value still reads."""
    store, clock = open_store(installation.store_url), FakeClock(now=NOW)
    secret, token = await fill(installation, store, clock)
    for step in (["add"], ["promote", 2]):
        assert installation.keys(*step).returncode == 0

    refused = installation.keys("retire", 1, "--format", "json")
    assert refused.returncode == 1
    counts = {use["place"]: use["records"] for use in json.loads(refused.stdout)["uses"] if use["records"]}
    assert counts == {"res.partner.email": 3, "res.partner.phone": 3, "second factors": 1, "sessions": 1}
    assert "fields rotate; zenoo-security keys reseal; wait a day" in refused.stderr

    async with installation.client() as raw:
        await installation.logged_in(raw)
        await jobs.rotate(raw, FIELDS, installation.ring)
    resealed = installation.keys("reseal")
    assert "1 of 1 second factors" in resealed.stdout
    refused = installation.keys("retire", 1)
    assert "key 1 is in use: sessions 1." in refused.stderr
    await Sessions(store, installation.ring).end(token)

    retired = installation.keys("retire", 1)
    assert (retired.returncode, retired.stderr) == (0, "")
    assert installation.ring.states == {1: "retired", 2: "primary"}
    async with installation.client(FIELDS) as client:
        await installation.logged_in(client)
        [row] = await client.search_read(MODEL, [("email", "=", "p1@example.com")], ["name", "email", "phone"])
        assert (row["name"], row["email"], row["phone"]) == ("P1", "p1@example.com", "+49 30 1")
    clock.advance(30)
    mfa = manager_with(store, installation.ring, clock)
    assert await mfa.verify("shop", 7, code_of(secret, clock)) == "totp"
    await store.aclose()


async def test_a_user_who_does_not_see_all_records_cannot_retire_a_key(installation, odoo_user):
    """What record rules hide is not counted, so the key stays."""
    keyring.save(installation.ring.rotate(), installation.path, overwrite=True)
    async with installation.client() as raw:
        await installation.logged_in(raw)
        await ensure_columns(raw, FIELDS)
    user = odoo_user()
    refused = installation.keys("retire", 1, login=user.login, password=user.password)
    assert refused.returncode == 1
    assert "may hide records from this user" in refused.stderr
    assert installation.ring.states[1] == "decrypt-only"


async def test_a_token_in_the_own_field_of_odoo_keeps_the_key(installation):
    """It stands there from the time when that was the column, and no other count has it."""
    async with installation.client() as raw:
        await installation.logged_in(raw)
        await ensure_columns(raw, FIELDS)
        token = FieldCipher(installation.ring).encrypt("+49 30 1", context=context_of(MODEL, "phone"))
        partner = await raw.create(MODEL, {"name": "P", "phone": token, "active": False})
        assert installation.keys("add").returncode == installation.keys("promote", 2).returncode == 0
        refused = installation.keys("retire", 1)
        await raw.unlink(MODEL, [partner])
    assert "1 tokens in res.partner.phone itself: run zenoo-security fields encrypt first" in refused.stderr
    assert installation.ring.states[1] == "decrypt-only"


async def test_an_odoo_that_is_down_or_refuses_keeps_the_key(installation):
    """One line, and no password in it."""
    keyring.save(installation.ring.rotate(), installation.path, overwrite=True)
    for arguments, password in ((["--url", "http://127.0.0.1:9"], None), ([], "WRONG-PASSWORD")):
        refused = installation.keys("retire", 1, *arguments, password=password)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr.count("\n") == 1
        assert "WRONG-PASSWORD" not in refused.stderr
    assert installation.ring.states[1] == "decrypt-only"

"""Jobs on a real Odoo 19: every type and binding, the guide's values, and what a user does not see."""

from __future__ import annotations

import asyncio
import base64

import pytest
from cryptography.fernet import Fernet

from zenoo_security import SecureZenooClient, jobs
from zenoo_security.client import AccessRefused, ensure_columns
from zenoo_security.errors import ConfigurationError, PermissionDenied
from zenoo_security.fernet import FernetReader
from zenoo_security.fields import Encrypted, EncryptedFields
from zenoo_security.keyring import KeyRing

pytestmark = pytest.mark.odoo

MODEL = "res.partner"
TYPES = {
    "color": Encrypted(type="integer", index="exact", bind=("company", "record"), plaintext="allow"),
    "comment": Encrypted(type="html", bind=("company",), padding=64, plaintext="allow"),
    "partner_latitude": Encrypted(type="float", bind=("record",), plaintext="allow"),
    "employee": Encrypted(type="boolean", plaintext="allow"),
    "type": Encrypted(type="selection", bind=("database",), plaintext="allow"),
    "email": Encrypted(index="email", plaintext="allow"),
    "ref": Encrypted(in_place=True, plaintext="allow"),
}
FIELDS = EncryptedFields({MODEL: TYPES})
INDEXED = [f"{MODEL}.color", f"{MODEL}.email"]
RING = KeyRing.generate()
VALUES = {
    "name": "types",
    "color": 7,
    "comment": "<p>Prefers <b>tea</b> &amp; calm</p>",
    "partner_latitude": 52.5,
    "employee": True,
    "type": "invoice",
    "email": "Anna@Example.com",
    "ref": "K-17",
}


@pytest.fixture(scope="module")
def database(odoo_database):
    async def prepare():
        async with SecureZenooClient(odoo_database.url) as admin:
            await admin.login(odoo_database.name, odoo_database.admin_login, odoo_database.admin_password)
            await ensure_columns(admin, FIELDS)

    asyncio.run(prepare())
    return odoo_database


@pytest.fixture
async def client(database, odoo_client):
    async with odoo_client() as client:
        yield client


async def test_every_type_and_binding_comes_back_as_odoo_had_it(database, client, odoo_client):
    company = database.call("res.company", "create", [{"name": "second"}])[0]
    one, two, none = database.call(MODEL, "create", [{**VALUES, "company_id": 1}, VALUES, {"name": "empty"}])
    before = read_plain(database, [one, two, none])
    rotated = RING.rotate()
    for operation, ring in (("encrypt", RING), ("rotate", rotated), ("reindex", rotated)):
        report = await getattr(jobs, operation)(client, FIELDS, ring, INDEXED if operation == "reindex" else None)
        assert report.ok, report.to_json()
        async with odoo_client(encrypted_fields=FIELDS, key_ring=ring) as reader:
            assert await reader.read(MODEL, [one, two, none], list(VALUES)) == before
    assert (await jobs.verify(client, FIELDS, rotated)).ok
    database.call(MODEL, "write", [two], {"company_id": company})
    moved = await jobs.verify(client, FIELDS, rotated)
    assert moved.fields[f"{MODEL}.color"].found.undecryptable == {"altered": 1}
    database.call(MODEL, "write", [two], {"company_id": False})
    assert (await jobs.decrypt(client, FIELDS, rotated)).ok
    assert read_plain(database, [one, two, none]) == before


def read_plain(database, ids):
    return database.call(MODEL, "read", ids, list(VALUES))


async def test_the_values_of_the_guide_are_migrated_or_left(database, client, odoo_client):
    key = Fernet.generate_key()
    token = Fernet(key).encrypt(b"anna@example.com")
    foreign = Fernet(Fernet.generate_key()).encrypt(b"lost@example.com").decode()
    once, twice, lost = database.call(
        MODEL,
        "create",
        [{"name": "guide", "ref": ref} for ref in (token.decode(), base64.urlsafe_b64encode(token).decode(), foreign)],
    )
    target = [f"{MODEL}.ref"]
    report = await jobs.encrypt(client, FIELDS, RING, target, fernet=FernetReader(key=key.decode()))
    field = report.fields[target[0]]
    assert (field.done["migrated"], field.left, field.ids) == (2, {"fernet": 1}, {"fernet": [lost]})
    assert not report.ok
    async with odoo_client(encrypted_fields=FIELDS, key_ring=RING) as reader:
        rows = await reader.read(MODEL, [once, twice, lost], ["ref"])
    assert [row["ref"] for row in rows] == ["anna@example.com", "anna@example.com", foreign]
    database.call(MODEL, "unlink", [lost])


async def test_what_the_chatter_keeps_is_counted_and_what_a_job_writes_is_not_kept(database, client):
    partner = database.call(MODEL, "create", {"name": "chatter", "email": "first@example.com"})
    database.call(MODEL, "write", [partner], {"email": "second@example.com"})
    target = [f"{MODEL}.email"]
    before = (await jobs.status(client, FIELDS, RING, target)).fields[target[0]].found
    assert before.chatter > 0
    report = await jobs.encrypt(client, FIELDS, RING, target)
    assert report.fields[target[0]].found.chatter == before.chatter
    assert any("chatter keeps" in warning for warning in report.warnings)


async def test_a_user_with_fewer_rights_is_told_or_refused(database, odoo_client, odoo_user):
    database.call("res.company", "create", [{"name": "elsewhere"}])
    async with odoo_client(odoo_user(["base.group_user"])) as employee:
        with pytest.raises(PermissionDenied, match="may not write"):
            await jobs.encrypt(employee, FIELDS, RING, [f"{MODEL}.ref"])
        status = await jobs.status(employee, FIELDS, RING, [f"{MODEL}.ref"])
        assert "record rules may hide records" in status.warnings[0]
        assert status.fields[f"{MODEL}.ref"].found.chatter is None
    manager = odoo_user(["base.group_user", "base.group_partner_manager"])
    async with odoo_client(manager) as writer:
        with pytest.raises(AccessRefused, match=r"base\.group_system"):
            await jobs.encrypt(writer, FIELDS, RING, [f"{MODEL}.ref"])
    async with odoo_client(odoo_user(["base.group_user", "base.group_system"])) as administrator:
        report = await jobs.status(administrator, FIELDS, RING, [f"{MODEL}.ref"])
        assert any("is not in" in warning for warning in report.warnings)


async def test_without_the_columns_the_command_that_makes_them_is_named(client):
    fields = EncryptedFields({"res.partner.category": {"name": Encrypted(in_place=True)}})
    with pytest.raises(ConfigurationError, match="zenoo-security fields create"):
        await jobs.encrypt(client, fields, RING)

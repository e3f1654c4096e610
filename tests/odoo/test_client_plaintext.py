"""Plaintext beside tokens on a real Odoo 19: reads and searches answer as if nothing were encrypted."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from zenoo_security import SecureZenooClient
from zenoo_security.client import ensure_columns
from zenoo_security.fields import Encrypted, EncryptedFields
from zenoo_security.keyring import KeyRing

pytestmark = pytest.mark.odoo

RING = KeyRing.generate()


def declared(plaintext):
    options = {"index": "email", "plaintext": plaintext}
    fields = {"email": Encrypted(**options), "ref": Encrypted(in_place=True, index_column="x_ref_idx", **options)}
    return EncryptedFields({"res.partner": fields})


FIELDS = {plaintext: declared(plaintext) for plaintext in ("allow", "warn", "refuse")}
ONE, TWO, GONE = "One_%@example.com", "two@example.com", "gone@example.com"
#: What is written through the client, what somebody then writes in the clear, and what counts.
STATES = [(ONE, None, ONE), (None, ONE, ONE), (TWO, ONE, ONE), (GONE, TWO, TWO), (None, None, False), (TWO, None, TWO)]
LEAVES = [
    ("=", ONE),
    ("=", " one_%@EXAMPLE.com "),
    ("=", GONE),
    ("!=", ONE),
    ("in", [ONE, TWO]),
    ("in", [ONE, False]),
    ("in", [False]),
    ("in", []),
    ("not in", [ONE]),
    ("not in", [TWO, False]),
    ("not in", [GONE]),
    ("=", False),
    ("!=", False),
    ("=", "oneX%@example.com"),
]


@pytest.fixture(scope="module")
def database(odoo_database):
    async def create():
        async with SecureZenooClient(odoo_database.url) as admin:
            await admin.login(odoo_database.name, odoo_database.admin_login, odoo_database.admin_password)
            await ensure_columns(admin, FIELDS["allow"])

    asyncio.run(create())
    return odoo_database


@pytest.fixture
def connect(database):
    @contextlib.asynccontextmanager
    async def connect(plaintext):
        async with SecureZenooClient(database.url, encrypted_fields=FIELDS[plaintext], key_ring=RING) as client:
            await client.login(database.name, database.admin_login, database.admin_password)
            yield client

    return connect


@pytest.fixture
async def partners(database, connect):
    """A partner in each of the states, by what counts."""
    async with connect("allow") as client:
        rows = [{"name": "x", **({"email": written, "ref": written} if written else {})} for written, _, _ in STATES]
        ids = await client.create("res.partner", rows)
    for partner, (_, plain, _) in zip(ids, STATES, strict=True):
        if plain:
            database.call("res.partner", "write", [partner], {"email": plain, "ref": plain})
    yield dict(zip(ids, (counts for _, _, counts in STATES), strict=True))
    database.call("res.partner", "unlink", ids)


@pytest.mark.parametrize("field", ["email", "ref"])
@pytest.mark.parametrize("plaintext", ["allow", "warn"])
async def test_searches_find_what_a_field_without_encryption_would(database, connect, partners, field, plaintext):
    reference = dict(zip(partners, _plain_partners(database, partners), strict=True))
    async with connect(plaintext) as client:
        assert {row["id"]: row[field] for row in await client.read("res.partner", [*partners], [field])} == partners
        for operator, value in LEAVES:
            lowered = value.strip().lower() if isinstance(value, str) else value
            lowered = [item and item.lower() for item in value] if isinstance(value, list) else lowered
            plain = ("function", operator, lowered)
            for negated in ([], ["!"]):
                domain = [("id", "in", [*reference.values()]), *negated, plain]
                expected = database.call("res.partner", "search", domain)
                found = await client.search(
                    "res.partner", [("id", "in", [*partners]), *negated, (field, operator, value)]
                )
                assert {reference[partner] for partner in found} == set(expected), (negated, operator, value)


def _plain_partners(database, partners):
    rows = [{"name": "plain", "function": value and value.lower()} for value in partners.values()]
    return database.call("res.partner", "create", rows)


async def test_where_plaintext_is_refused_the_tokens_count(connect, partners):
    async with connect("refuse") as client:
        rows = await client.read("res.partner", [*partners], ["email", "ref"])
        assert [row["email"] for row in rows] == [written or False for written, _, _ in STATES]
        marks = [getattr(row["ref"], "reason", row["ref"]) for row in rows]
        assert marks == [ONE, "plaintext", "plaintext", "plaintext", False, TWO]
        ids = [*partners]
        assert await client.search("res.partner", [("id", "in", ids), ("email", "=", ONE)]) == [ids[0]]
        found = await client.search("res.partner", [("id", "in", ids), ("email", "=", TWO)], order="id")
        assert found == [ids[2], ids[5]]


async def test_a_write_ends_the_plaintext(database, connect, partners):
    ids = [*partners]
    async with connect("allow") as client:
        await client.write("res.partner", ids, {"email": GONE, "ref": GONE})
        rows = await client.read("res.partner", ids, ["email", "ref"])
        assert rows == [{"id": partner, "email": GONE, "ref": GONE} for partner in ids]
        assert len(await client.search("res.partner", [("id", "in", ids), ("email", "=", GONE)])) == len(ids)
    stored = database.sql(f"SELECT email, ref FROM res_partner WHERE id IN ({', '.join(map(str, ids))})")
    assert all(row["email"] is None and row["ref"].startswith("zs1.") for row in stored)

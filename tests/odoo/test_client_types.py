"""Each type of field on a real Odoo 19: beside a field of the same type that is not encrypted, the same answers."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import date, datetime

import pytest

from zenoo_security import SecureZenooClient
from zenoo_security.client import ensure_columns
from zenoo_security.fields import Encrypted, EncryptedFields
from zenoo_security.keyring import KeyRing

pytestmark = pytest.mark.odoo

KINDS = ("boolean", "char", "date", "datetime", "float", "html", "integer", "selection", "text")
FIELDS = EncryptedFields(
    {"res.partner": {f"x_{kind}": Encrypted(type=kind, column=f"x_{kind}_token") for kind in KINDS}},
)
CHOICES = [[0, 0, {"value": value, "name": value, "sequence": n}] for n, value in enumerate(("one", "two"))]
VALUES = {
    "boolean": [True, False, None],
    "char": ["O'Brien & <Söhne>", " padded ", "漢字", False, None],
    "date": ["2026-11-24", "2026-11-24 23:59:59", False, None, ""],
    "datetime": ["2026-11-24 23:59:59", "2026-11-24 23:59", "2026-11-24", False, None],
    "float": [1.5, 2, "2.5", -0.25, 0, False, None],
    "html": ["<p>hello</p>", "<p>a &amp; b</p><ul><li>c</li></ul>", "<p onclick='x()'>y</p>", "<h1>T</h1>", False],
    "integer": [17, "17", 17.9, -(2**31), 2**31 - 1, True, 0, False, None],
    "selection": ["one", "two", False],
    "text": ["two\nlines", " x ", False],
}


@pytest.fixture(scope="module")
def database(odoo_database):
    """The module's database with an encrypted field of each type and a plain one beside it."""
    [model] = odoo_database.call("ir.model", "search", [("model", "=", "res.partner")])
    for kind in KINDS:
        for name in (f"x_{kind}", f"x_plain_{kind}"):
            values = {"name": name, "model_id": model, "ttype": kind, "state": "manual", "field_description": name}
            more = {"selection_ids": CHOICES} if kind == "selection" else {}
            odoo_database.call("ir.model.fields", "create", {**values, **more})

    async def create():
        async with SecureZenooClient(odoo_database.url) as admin:
            await admin.login(odoo_database.name, odoo_database.admin_login, odoo_database.admin_password)
            await ensure_columns(admin, FIELDS)

    asyncio.run(create())
    return odoo_database


@pytest.fixture
def connect(database):
    @contextlib.asynccontextmanager
    async def connect():
        async with SecureZenooClient(database.url, encrypted_fields=FIELDS, key_ring=KeyRing.generate()) as client:
            await client.login(database.name, database.admin_login, database.admin_password)
            yield client

    return connect


@pytest.mark.parametrize("kind", KINDS)
async def test_an_encrypted_field_answers_as_a_plain_one_does(connect, kind):
    names = [f"x_{kind}", f"x_plain_{kind}"]
    async with connect() as client:
        rows = [{"name": kind, **dict.fromkeys(names, value)} for value in VALUES[kind]]
        ids = await client.create("res.partner", rows)
        read = await client.read("res.partner", ids, names)
        for value, row in zip(VALUES[kind], read, strict=True):
            assert row[names[0]] == row[names[1]], value
            assert type(row[names[0]]) is type(row[names[1]]), value
        everything = await client.search_read("res.partner", [("id", "in", ids)], order="id")
        assert [row[names[0]] for row in everything] == [row[names[0]] for row in read]


async def test_dates_may_be_objects(connect):
    async with connect() as client:
        values = {"x_date": date(2026, 11, 24), "x_datetime": datetime(2026, 11, 24, 1, 2, 3)}  # noqa: DTZ001
        partner = await client.create("res.partner", {"name": "dates", **values})
        [row] = await client.read("res.partner", [partner], list(values))
        assert row == {"id": partner, "x_date": "2026-11-24", "x_datetime": "2026-11-24 01:02:03"}


async def test_what_is_read_can_be_written_back(connect):
    names = [f"x_{kind}" for kind in KINDS]
    async with connect() as client:
        partner = await client.create("res.partner", {"name": "x", **{f"x_{k}": v[0] for k, v in VALUES.items()}})
        [before] = await client.read("res.partner", [partner], names)
        await client.write("res.partner", [partner], {name: before[name] for name in names})
        assert await client.read("res.partner", [partner], names) == [before]

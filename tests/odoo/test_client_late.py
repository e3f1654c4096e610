"""Values that are bound to company and record, and reading in pages, on a real Odoo 19."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from zenoo_security import SecureZenooClient
from zenoo_security.client import AccessRefused, ensure_columns
from zenoo_security.errors import IncompleteCreate
from zenoo_security.fields import Encrypted, EncryptedFields, Undecryptable
from zenoo_security.keyring import KeyRing

pytestmark = pytest.mark.odoo

RING = KeyRing.generate()
FIELDS = EncryptedFields(
    {
        "res.partner": {
            "email": Encrypted(bind=("company",), index="email"),
            "phone": Encrypted(bind=("record",)),
            "vat": Encrypted(bind=("database", "company", "record")),
        },
    },
)
DATA = {"email": "anna@example.com", "phone": "+49 30 1", "vat": "DE123456789"}


@pytest.fixture(scope="module")
def database(odoo_database):
    async def create():
        async with SecureZenooClient(odoo_database.url) as admin:
            await admin.login(odoo_database.name, odoo_database.admin_login, odoo_database.admin_password)
            await ensure_columns(admin, FIELDS)

    asyncio.run(create())
    return odoo_database


@pytest.fixture
def connect(database):
    @contextlib.asynccontextmanager
    async def connect(user=None):
        login = user.login if user else database.admin_login
        password = user.password if user else database.admin_password
        async with SecureZenooClient(database.url, encrypted_fields=FIELDS, key_ring=RING) as client:
            await client.login(database.name, login, password)
            yield client

    return connect


@pytest.mark.asvs("v5.0.0-11.3.2")
async def test_a_token_that_is_copied_to_another_record_or_company_does_not_open(database, connect):
    async with connect() as client:
        one, two = await client.create("res.partner", [{"name": "one", **DATA}, {"name": "two", **DATA}])
        assert await client.read("res.partner", [one], [*DATA]) == [{"id": one, **DATA}]
        found = await client.search("res.partner", [("email", "=", DATA["email"]), ("id", "in", [one, two])])
        assert set(found) == {one, two}
        copied = "UPDATE res_partner b SET x_email_enc = a.x_email_enc, x_phone_enc = a.x_phone_enc, "
        database.sql(
            f"{copied} x_vat_enc = a.x_vat_enc FROM res_partner a WHERE a.id = {one} AND b.id = {two} RETURNING b.id",
        )
        [row] = await client.read("res.partner", [two], [*DATA])
        assert [isinstance(row[name], Undecryptable) for name in DATA] == [False, True, True]


async def test_records_move_between_companies_with_their_values(database, connect):
    company = database.call("res.company", "create", {"name": "Second"})
    admin = database.call("res.users", "search", [("login", "=", database.admin_login)])
    database.call("res.users", "write", admin, {"company_ids": [(4, company)]})
    async with connect() as client:
        ids = await client.create(
            "res.partner", [{"name": "moves", **DATA}, {"name": "moves", "email": "b@example.com"}]
        )
        for target in (company, 1, False):
            await client.write("res.partner", ids, {"company_id": target, "name": "moved"})
            first, second = await client.read("res.partner", ids, [*DATA, "company_id", "name"])
            assert {name: first[name] for name in DATA} == DATA
            assert (second["email"], second["phone"], second["name"]) == ("b@example.com", False, "moved")
            assert (first["company_id"][0] if target else first["company_id"]) == target
        contact = await client.create("res.partner", {"name": "contact", "parent_id": ids[0], **DATA})
        await client.write("res.partner", ids, {"company_id": company})
        [moved] = await client.read("res.partner", [contact], [*DATA, "company_id"])
        assert ({name: moved[name] for name in DATA}, moved["company_id"][0]) == (DATA, company)
        await client.write("res.partner", ids, {"phone": "+49 30 2"})
        assert {row["phone"] for row in await client.read("res.partner", ids, ["phone"])} == {"+49 30 2"}
        stored = database.sql(f"SELECT x_phone_enc, phone FROM res_partner WHERE id IN ({ids[0]}, {ids[1]})")
        assert len({row["x_phone_enc"] for row in stored}) == 2
        assert all(row["phone"] is None for row in stored)


async def test_what_a_user_may_not_write_stays_as_it_was(database, connect, odoo_user):
    async with connect() as client:
        partner = await client.create("res.partner", {"name": "kept", **DATA})
    before = database.sql(f"SELECT x_phone_enc FROM res_partner WHERE id = {partner}")
    async with connect(user=odoo_user(["base.group_user"])) as employee:
        with pytest.raises(AccessRefused):
            await employee.write("res.partner", [partner], {"phone": "+49 30 9"})
        with pytest.raises(AccessRefused):
            await employee.create("res.partner", {"name": "x", **DATA})
    assert database.sql(f"SELECT x_phone_enc FROM res_partner WHERE id = {partner}") == before


async def test_a_create_that_loses_its_second_request_leaves_no_value(database, connect):
    async with connect() as client:
        send = client._transport.json_rpc_call

        async def lose(service, method, params, request_id=None):
            if "web_save_multi" in params.get("args", []):
                raise AccessRefused("lost")
            return await send(service, method, params, request_id)

        client._transport.json_rpc_call = lose
        with pytest.raises(IncompleteCreate) as caught:
            await client.create("res.partner", [{"name": "half", **DATA}])
        del client._transport.json_rpc_call
        [partner] = caught.value.ids
        assert await client.read("res.partner", [partner], [*DATA]) == [{"id": partner, **dict.fromkeys(DATA, False)}]
        await client.write("res.partner", [partner], DATA)
        assert await client.read("res.partner", [partner], [*DATA]) == [{"id": partner, **DATA}]


async def test_pages_hold_each_record_once(connect):
    async with connect() as client:
        rows = [{"name": "pages", "email": f"{n}@pages.example"} for n in range(23)]
        ids = await client.create("res.partner", rows)
        read = client.search_read_pages("res.partner", [("name", "=", "pages")], ["email"], page_size=5)
        pages = [page async for page in read]
        assert [len(page) for page in pages] == [5, 5, 5, 5, 3]
        assert [row["id"] for page in pages for row in page] == sorted(ids)
        assert {row["email"] for page in pages for row in page} == {row["email"] for row in rows}


async def test_a_record_that_is_moved_between_two_requests_keeps_what_is_written(database, connect):
    company = database.call("res.company", "create", {"name": "Third"})
    admin = database.call("res.users", "search", [("login", "=", database.admin_login)])
    database.call("res.users", "write", admin, {"company_ids": [(4, company)]})
    async with connect() as client:
        partner = await client.create("res.partner", {"name": "moves", **DATA})
        send, moves = client._transport.json_rpc_call, [company]

        async def moved(service, method, params, request_id=None):
            if "web_save_multi" in params.get("args", []) and moves:
                database.call("res.partner", "write", [partner], {"company_id": moves.pop()})
            return await send(service, method, params, request_id)

        client._transport.json_rpc_call = moved
        await client.write("res.partner", [partner], {**DATA, "email": "new@example.com"})
        del client._transport.json_rpc_call
        [row] = await client.read("res.partner", [partner], [*DATA, "company_id"])
        assert not moves
        assert row == {"id": partner, **DATA, "email": "new@example.com", "company_id": [company, "Third"]}


async def test_records_may_move_to_a_company_where_their_user_does_not_see_them(database, connect, odoo_user):
    company = database.call("res.company", "create", {"name": "Fourth"})
    async with connect(user=odoo_user(["base.group_user", "base.group_partner_manager"])) as manager:
        partner = await manager.create("res.partner", {"name": "moves", **DATA})
        await manager.write("res.partner", [partner], {"company_id": company})
    admin = database.call("res.users", "search", [("login", "=", database.admin_login)])
    database.call("res.users", "write", admin, {"company_ids": [(4, company)]})
    async with connect() as client:
        assert await client.read("res.partner", [partner], [*DATA]) == [{"id": partner, **DATA}]

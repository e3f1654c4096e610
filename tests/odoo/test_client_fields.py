"""Encrypted fields on a real Odoo 19: ciphertext in PostgreSQL, values in the client, searches in between."""

from __future__ import annotations

import contextlib

import pytest
from zenoo_rpc.models.common import ResPartner

from zenoo_security import SecureDataHandler, SecureZenooClient
from zenoo_security.client import AccessRefused, ensure_columns
from zenoo_security.errors import ConfigurationError, DecryptionError, QueryRefused
from zenoo_security.fields import Encrypted, EncryptedFields, Undecryptable
from zenoo_security.keyring import KeyRing

pytestmark = pytest.mark.odoo

FIELDS = EncryptedFields(
    {
        "res.partner": {
            "email": Encrypted(index="email", column="x_email_enc", index_column="x_email_idx"),
            "phone": Encrypted(index="digits", column="x_phone_enc"),
            "vat": Encrypted(column="x_vat_enc"),
            "ref": Encrypted(in_place=True),
        },
    },
)
COLUMNS = ["x_email_enc", "x_email_idx", "x_phone_enc", "x_phone_idx", "x_vat_enc"]
RING = KeyRing.generate()
DATA = {
    "name": "O'Brien & Söhne",
    "email": "Anna@Example.com",
    "phone": "+49 30 1234567",
    "vat": "+49 170 7654321",
    "ref": "K-17",
}


@pytest.fixture(scope="module")
def database(odoo_database):
    """The module's database with the columns of `FIELDS`."""
    import asyncio

    async def create():
        async with SecureZenooClient(odoo_database.url) as admin:
            await admin.login(odoo_database.name, odoo_database.admin_login, odoo_database.admin_password)
            first = await ensure_columns(admin, FIELDS)
            return first, await ensure_columns(admin, FIELDS)

    first, second = asyncio.run(create())
    assert [part.name for part in first if part.kind != "action"] == COLUMNS
    assert second == []
    return odoo_database


@pytest.fixture
def connect(database):
    @contextlib.asynccontextmanager
    async def connect(user=None, ring=RING, fields=FIELDS, **options):
        login = user.login if user else database.admin_login
        password = user.password if user else database.admin_password
        async with SecureZenooClient(database.url, encrypted_fields=fields, key_ring=ring, **options) as client:
            await client.login(database.name, login, password)
            yield client

    return connect


def row(database, partner):
    return database.sql(f"SELECT * FROM res_partner WHERE id = {int(partner)}")[0]


@pytest.mark.asvs("v5.0.0-14.2.4", "v5.0.0-11.3.2")
async def test_postgresql_holds_ciphertext_and_the_client_reads_values(database, connect):
    async with connect() as client:
        partner = await client.create("res.partner", DATA)
        stored = row(database, partner)
        assert stored["name"] == DATA["name"]
        assert stored["email"] is None
        assert stored["phone"] is None
        assert all(stored[column].startswith("zs1.") for column in ("x_email_enc", "x_phone_enc", "x_vat_enc", "ref"))
        assert stored["x_email_idx"].startswith("zi1.")
        text = repr(stored)
        assert all(DATA[name] not in text for name in ("email", "phone", "vat", "ref"))
        [read] = await client.read("res.partner", [partner], list(DATA))
        assert read == {"id": partner, **DATA}
        [everything] = await client.search_read("res.partner", [("id", "=", partner)])
        assert {name: everything[name] for name in DATA} == DATA
        assert not set(COLUMNS) & set(everything)


async def test_a_partner_is_found_by_exact_value_only(connect):
    async with connect() as client:
        one, two, none = await client.create(
            "res.partner",
            [
                {"name": "search", "email": "one@example.com", "phone": "030 111"},
                {"name": "search", "email": "two@example.com", "phone": "(030) 222"},
                {"name": "search"},
            ],
        )

        async def found(*leaves):
            return set(await client.search("res.partner", [("name", "=", "search"), *leaves]))

        assert await found(("email", "=", " ONE@EXAMPLE.COM ")) == {one}
        assert await found(("email", "!=", "one@example.com")) == {two, none}
        assert await found(("email", "in", ["one@example.com", "two@example.com"])) == {one, two}
        assert await found(("email", "in", ["one@example.com", False])) == {one, none}
        assert await found(("email", "not in", ["one@example.com"])) == {two, none}
        assert await found(("email", "=", False)) == {none}
        assert await found(("email", "!=", False)) == {one, two}
        assert await found(("phone", "=", "030/222")) == {two}
        assert await found(("vat", "=", False)) == {one, two, none}
        assert await found("|", ("email", "=", "one@example.com"), ("phone", "=", "030222")) == {one, two}
        assert await client.search_count("res.partner", [("email", "=", "two@example.com")]) == 1
        for leaf in (("email", "ilike", "one"), ("vat", "=", "1"), ("parent_id.email", "=", "one@example.com")):
            with pytest.raises(QueryRefused):
                await found(leaf)


async def test_plaintext_search_semantics_are_those_of_the_index(database, connect):
    """Odoo answers `!=` and `not in` with the empty rows too; the index column keeps that."""
    plain = [{"name": "same", "function": value} for value in ("one@x.com", "two@x.com", False)]
    ids = database.call("res.partner", "create", plain)
    async with connect() as client:
        encrypted = await client.create("res.partner", [{"name": "same", "email": v["function"]} for v in plain])
        one = "one@x.com"
        for operator, value in (("=", one), ("!=", one), ("in", [one]), ("not in", [one]), ("in", [False])):
            expected = database.call("res.partner", "search", [("id", "in", ids), ("function", operator, value)])
            found = await client.search("res.partner", [("id", "in", encrypted), ("email", operator, value)])
            assert [ids.index(i) for i in sorted(expected)] == [encrypted.index(i) for i in sorted(found)], operator


async def test_a_write_changes_value_and_index_and_emptying_empties_both(database, connect):
    async with connect() as client:
        partner = await client.create("res.partner", DATA)
        await client.write("res.partner", [partner], {"email": "new@example.com"})
        assert await client.search("res.partner", [("email", "=", "new@example.com")]) == [partner]
        await client.write("res.partner", [partner], {"email": ""})
        stored = row(database, partner)
        assert (stored["x_email_enc"], stored["x_email_idx"]) == (None, None)
        assert (await client.read("res.partner", [partner], ["email"]))[0]["email"] is False


async def test_typed_records_batches_and_the_cache_use_the_same_fields(database, connect):
    async with connect() as client:
        await client.setup_cache_manager()
        record = await client.model(ResPartner).create(name="typed", email="typed@example.com")
        assert record.email == "typed@example.com"
        await record.update(email="typed2@example.com")
        assert (await client.model(ResPartner).get(email="typed2@example.com")).id == record.id
        cached = str(list(client.cache_manager.backends["memory"]._data.values()))
        assert "typed2@example.com" not in cached
        await client.setup_batch_manager(max_chunk_size=10)
        async with client.batch() as batch:
            await batch.create("res.partner", [{"name": "bulk", "email": f"{n}@bulk.example"} for n in range(25)])
        assert await client.search_count("res.partner", [("name", "=", "bulk"), ("email", "!=", False)]) == 25
        emails = [line["x_email_enc"] for line in database.sql("SELECT * FROM res_partner WHERE name = 'bulk'")]
        assert len(set(emails)) == 25
        assert all(email.startswith("zs1.") for email in emails)


async def test_another_key_reads_nothing_and_what_was_read_cannot_destroy(database, connect):
    async with connect() as client:
        partner = await SecureDataHandler().store_sensitive_partner_data(client, DATA)
    async with connect(ring=KeyRing.generate()) as stranger:
        assert await stranger.search("res.partner", [("email", "=", DATA["email"])]) == []
        seen = await SecureDataHandler().retrieve_sensitive_partner_data(stranger, partner)
        assert seen["name"] == DATA["name"]
        assert isinstance(seen["email"], Undecryptable)
        before = row(database, partner)
        with pytest.raises(QueryRefused):
            await stranger.write("res.partner", [partner], {"email": seen["email"]})
        assert row(database, partner) == before
        assert await SecureDataHandler().retrieve_sensitive_partner_data(stranger, 10**9) is None


@pytest.mark.asvs("v5.0.0-11.3.2")
async def test_a_token_that_is_moved_in_the_database_does_not_open(database, connect):
    async with connect() as client:
        partner = await client.create("res.partner", DATA)
        database.sql("UPDATE res_partner SET x_email_enc = x_phone_enc WHERE id = %s RETURNING id", [partner])
        [row] = await client.read("res.partner", [partner], ["name", "email", "phone"])
        assert (row["name"], row["email"].reason, row["phone"]) == (DATA["name"], "altered", DATA["phone"])
    async with connect(undecryptable="raise") as client:
        with pytest.raises(DecryptionError, match=f"email of {partner}"):
            await client.search_read("res.partner", [("id", "=", partner)], ["name", "email"])


async def test_the_handler_returns_what_was_stored(connect):
    async with connect() as client:
        handler = SecureDataHandler()
        partner = await handler.store_sensitive_partner_data(client, DATA)
        assert await handler.retrieve_sensitive_partner_data(client, partner) == {"id": partner, **DATA}


async def test_columns_need_an_administrator_and_a_name_that_odoo_can_make(connect, odoo_user):
    more = EncryptedFields({"res.partner": {"function": Encrypted(column="x_function_enc")}})
    async with connect(user=odoo_user(["base.group_user"])) as employee:
        with pytest.raises(AccessRefused):
            await ensure_columns(employee, more)
    async with connect() as admin:
        for model, field, declaration in (
            ("res.partner", "function", Encrypted(column="function_enc")),
            ("res.partner", "color", Encrypted(in_place=True)),
            ("res.partner", "display_name", Encrypted(in_place=True)),
            ("no.such.model", "name", Encrypted(in_place=True)),
        ):
            with pytest.raises(ConfigurationError):
                await ensure_columns(admin, EncryptedFields({model: {field: declaration}}))


LEAK = "leak@example.com"
AROUND = [
    ("res.partner", "create", [{"name": "around"}], {"default_child_ids": [[0, 0, {"name": "c", "email": LEAK}]]}),
    ("res.partner", "create", [{"name": "around"}], {"default_x_email_enc": LEAK}),
    ("res.partner", "create", [{"name": "around", "child_ids": [[0, 0, {"name": "c", "x_email_enc": LEAK}]]}], {}),
    ("res.users", "create", [{"name": "around", "login": "around"}], {"default_email": LEAK}),
    ("res.company", "create", [{"name": "around", "email": LEAK}], {}),
    ("res.company", "web_save", [[], {"name": "around by web_save", "email": LEAK}, {"id": {}}], {}),
    ("res.partner.category", "create", [{"name": "around", "partner_ids": [[0, 0, {"name": "c", "email": LEAK}]]}], {}),
    ("res.users", "load", [["name", "login", "email"], [["around", "around by load", LEAK]]], {}),
]


@pytest.mark.parametrize("call", AROUND, ids=lambda call: f"{call[0]}-{call[1]}")
async def test_what_odoo_would_store_in_the_clear_is_refused(database, connect, call):
    """Each of these calls leaves plaintext in `res_partner` when it is sent as it is."""
    model, method, args, context = call
    leaked = f"SELECT count(*) AS n FROM res_partner WHERE '{LEAK}' IN (email, x_email_enc)"
    before = database.sql(leaked)[0]["n"]
    async with connect() as client:
        with pytest.raises(QueryRefused):
            await client.execute_kw(model, method, args, context=context)
    assert database.sql(leaked)[0]["n"] == before
    database.call(model, method, *args, context=context)
    assert database.sql(leaked)[0]["n"] == before + 1

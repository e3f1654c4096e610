"""`SecureZenooClient` on a real Odoo 19, side by side with the plain client, which shows each fault."""

from __future__ import annotations

import asyncio
import contextlib
import os

import pytest
from zenoo_rpc import ZenooClient
from zenoo_rpc.cache.decorators import async_cached
from zenoo_rpc.cache.manager import CacheManager
from zenoo_rpc.exceptions import base as rpc
from zenoo_rpc.models.common import ResPartner
from zenoo_rpc.models.relationships import LazyRelationship
from zenoo_rpc.query.filters import Q

from zenoo_security import SecureZenooClient, errors
from zenoo_security.client import (
    AccessRefused,
    CredentialRefused,
    LoginRefused,
    OdooFailed,
    RecordMissing,
    ValidationRefused,
)
from zenoo_security.testing.database import hash_as_odoo

pytestmark = pytest.mark.odoo
BOTH = pytest.mark.parametrize("secure", [False, True], ids=["plain", "secure"])


@pytest.fixture(autouse=True)
def forget_relations():
    yield
    for name in ("_prefetch_cache", "_batch_queue", "_batch_tasks"):
        getattr(LazyRelationship, name, {}).clear()


@pytest.fixture
def connect(odoo_database):
    """Log in as a user, or as the administrator, with either client."""

    @contextlib.asynccontextmanager
    async def connect(secure, user=None, **options):
        login = user.login if user else odoo_database.admin_login
        password = user.password if user else odoo_database.admin_password
        async with (SecureZenooClient if secure else ZenooClient)(odoo_database.url, **options) as client:
            await client.login(odoo_database.name, login, password)
            yield client

    return connect


@pytest.fixture(scope="module")
def portal(odoo_database):
    return odoo_database.create_user(["base.group_portal"])


@pytest.fixture(scope="module")
def employee(odoo_database):
    return odoo_database.create_user(["base.group_user"])


@pytest.fixture
def partner(odoo_database):
    return odoo_database.call("res.partner", "create", {"name": "Hidden GmbH", "email": "hidden@example.com"})


# --- leaks between users ---


@pytest.mark.asvs("v5.0.0-8.2.2")
@BOTH
async def test_a_cache_does_not_serve_a_portal_user_what_the_administrator_read(connect, portal, partner, secure):
    shared = CacheManager()
    await shared.setup_memory_cache()
    async with connect(secure) as admin, connect(secure, portal) as visitor:
        admin.cache_manager = visitor.cache_manager = shared
        assert await visitor.search_count("res.partner", [("id", "=", partner)]) == 0
        for client in (admin, visitor):
            rows = await client.model(ResPartner).filter(id=partner).values("name")
    assert [row["name"] for row in rows] == ([] if secure else ["Hidden GmbH"])
    await shared.close()


@pytest.mark.asvs("v5.0.0-8.2.2")
@BOTH
async def test_a_relation_does_not_hand_a_portal_user_the_administrators_client(connect, portal, partner, secure):
    def relation(client):
        manager = ResPartner(id=1, name="x", client=client).relationship_manager
        return manager.create_relationship("parent_id", "res.partner", [partner, "x"])

    async with connect(secure) as admin, connect(secure, portal) as visitor:
        assert (await relation(admin)).name == "Hidden GmbH"
        seen = await relation(visitor)
        if secure:
            assert seen is None
        else:
            assert (seen.name, seen.client.uid) == ("Hidden GmbH", admin.uid)
            await seen.update(comment="written with the rights of the administrator")


@BOTH
async def test_relations_awaited_together_are_read_with_the_rights_of_each(connect, portal, partner, secure):
    def relation(client):
        manager = ResPartner(id=1, name="x", client=client).relationship_manager
        return manager.create_relationship("parent_id", "res.partner", [partner, "x"])

    async with connect(secure) as admin, connect(secure, portal) as visitor:
        seen = await asyncio.gather(relation(admin).load(), relation(visitor).load())
    assert [record and record.name for record in seen] == ["Hidden GmbH", None if secure else "Hidden GmbH"]


@async_cached(ttl=60)
async def partner_names(client, ids):
    return [row["name"] for row in await client.search_read("res.partner", [("id", "in", ids)], ["name"])]


@BOTH
async def test_a_cached_function_does_not_give_one_client_the_result_of_another(connect, portal, partner, secure):
    async with connect(secure) as admin, connect(secure, portal) as visitor:
        for client in (admin, visitor):
            await client.setup_cache_manager()
        seen = await asyncio.gather(partner_names(admin, [partner]), partner_names(visitor, [partner]))
    assert seen == [["Hidden GmbH"], [] if secure else ["Hidden GmbH"]]


# --- sessions ---


@pytest.mark.asvs("v5.0.0-13.2.1")
@BOTH
async def test_an_api_key_logs_in_and_then_works(odoo_database, employee, secure):
    key = os.urandom(20).hex()
    odoo_database.sql(
        "INSERT INTO res_users_apikeys (name, user_id, scope, expiration_date, key, index) "
        "VALUES ('test', %s, 'rpc', now() + interval '1 day', %s, %s)",
        [employee.uid, hash_as_odoo(key), key[:8]],
    )
    async with (SecureZenooClient if secure else ZenooClient)(odoo_database.url) as client:
        await client.login_with_api_key(odoo_database.name, employee.login, key)
        if secure:
            assert await client.search("res.users", [("id", "=", employee.uid)]) == [employee.uid]
        else:
            with pytest.raises(rpc.AccessError):
                await client.search_count("res.users", [])


@BOTH
async def test_the_language_and_time_zone_are_the_users(odoo_database, connect, employee, secure):
    odoo_database.call("res.users", "write", [employee.uid], {"tz": "Asia/Tokyo"})
    async with connect(secure, employee) as client:
        assert client._session.context["tz"] == ("Asia/Tokyo" if secure else "UTC")


async def test_an_unknown_database_is_not_a_wrong_password(odoo_database):
    async with SecureZenooClient(odoo_database.url) as client:
        with pytest.raises(errors.OdooUnavailable, match="name of the database"):
            await client.login("no_such_database", odoo_database.admin_login, odoo_database.admin_password)
        with pytest.raises(LoginRefused):
            await client.login(odoo_database.name, odoo_database.admin_login, "wrong")
    async with ZenooClient(odoo_database.url) as plain:
        with pytest.raises(rpc.AuthenticationError):
            await plain.login("no_such_database", odoo_database.admin_login, odoo_database.admin_password)


async def test_a_password_that_was_changed_ends_the_session_with_a_typed_error(odoo_database, connect, odoo_user):
    user = odoo_user()
    async with connect(True, user) as client:
        odoo_database.call("res.users", "write", [user.uid], {"password": "another one 123"})
        with pytest.raises(CredentialRefused) as caught:
            await client.search("res.users", [])
    assert isinstance(caught.value, rpc.AccessError)
    assert isinstance(caught.value, errors.AuthenticationError)


# --- errors ---


@pytest.mark.asvs("v5.0.0-16.5.1")
async def test_errors_of_odoo_have_their_class_and_no_traceback(connect, portal, partner):
    async with connect(True) as admin, connect(True, portal) as visitor:
        with pytest.raises(AccessRefused) as access:
            await visitor.write("res.partner", [partner], {"name": "x"})
        with pytest.raises(RecordMissing) as missing:
            await admin.write("res.partner", [10**9], {"name": "x"})
        with pytest.raises(ValidationRefused) as refused:
            await admin.create("res.partner", {"name": False, "vat": "SECRET-VAT"})
        with pytest.raises(OdooFailed, match="no field 'emial'") as field:
            await admin.read("res.partner", [partner], ["emial"])
        with pytest.raises(ValidationRefused, match=r"no model 'no\.such\.model'") as model:
            await admin.search("no.such.model", [])
        with pytest.raises(OdooFailed, match=r"no method 'res\.partner\.no_such_method'") as method:
            await admin.execute_kw("res.partner", "no_such_method", [[partner]])
    for caught in (access, missing, refused, field, model, method):
        assert isinstance(caught.value, rpc.ZenooError)
        seen = repr(caught.value) + repr({**vars(caught.value), "odoo_message": None})
        assert "Traceback" not in seen
        assert "SECRET" not in seen
        assert caught.value.__context__ is None
    assert access.value.odoo_type == "odoo.exceptions.AccessError"
    assert "partner" in access.value.odoo_message.lower() or "contact" in access.value.odoo_message.lower()


async def test_plain_hands_out_the_traceback_of_the_server(connect, portal, partner):
    async with connect(False, portal) as visitor:
        with pytest.raises(rpc.AccessError) as caught:
            await visitor.execute_kw("res.partner", "write", [[partner], {"name": "x"}])
    assert "Traceback" in repr(vars(caught.value))


# --- rights ---


@BOTH
async def test_rights_to_a_model_are_those_that_odoo_then_enforces(connect, employee, secure):
    async with connect(secure, employee) as client:
        assert await client.check_model_access("res.partner", "read")
        assert await client.check_model_access("ir.cron", "create") is not secure
        assert (await client.get_user_permissions("res.users"))["create"] is not secure
        with pytest.raises(rpc.AccessError):
            await client.create("res.users", {"name": "x", "login": "x"})


@BOTH
async def test_an_archived_record_can_be_brought_back(odoo_database, connect, secure):
    archived = odoo_database.call("res.partner", "create", {"name": "old", "active": False})
    async with connect(secure) as admin:
        if secure:
            assert await admin.write("res.partner", [archived], {"active": True})
        else:
            with pytest.raises(rpc.AccessError):
                await admin.write("res.partner", [archived], {"active": True})


@BOTH
async def test_a_denial_in_a_batch_and_in_a_safe_call_is_raised(connect, portal, partner, secure):
    async with connect(secure, portal) as visitor:
        await visitor.setup_batch_manager()
        denied = pytest.raises(rpc.AccessError) if secure else contextlib.nullcontext()
        with denied:
            async with visitor.batch() as batch:
                await batch.update("res.partner", [partner], {"name": "x"})
        denied = pytest.raises(rpc.AccessError) if secure else contextlib.nullcontext()
        with denied:
            assert await visitor.safe_create("res.users", {"name": "x", "login": "x"}) is None


async def test_a_batch_creates_updates_and_deletes(odoo_database, connect):
    async with connect(True) as admin:
        await admin.setup_batch_manager(max_chunk_size=3)
        async with admin.batch() as batch:
            await batch.create("res.partner", [{"name": f"batch {n}"} for n in range(7)], context={"lang": "en_US"})
        ids = await admin.search("res.partner", [("name", "=like", "batch _")])
        assert len(ids) == 7
        async with admin.batch() as batch:
            await batch.delete("res.partner", ids[:2])
            await batch.update("res.partner", ids[2:], {"name": "batched"})
        assert await admin.search_count("res.partner", [("name", "=", "batched")]) == 5


# --- the query builder ---


@BOTH
async def test_a_tenant_filter_that_stands_last_is_not_part_of_the_or(odoo_database, connect, secure):
    mine, other = odoo_database.call(
        "res.partner",
        "create",
        [{"name": "A", "function": "F", "ref": "mine"}, {"name": "A", "function": "F", "ref": "other"}],
    )
    async with connect(secure) as admin:
        query = admin.model(ResPartner).filter(id__in=[mine, other])
        rows = await query.filter(Q(name="A") | Q(function="F"), ref="mine").values("id")
    assert {row["id"] for row in rows} == ({mine} if secure else {mine, other})


@BOTH
async def test_an_exclusion_needs_all_of_its_conditions(odoo_database, connect, secure):
    both, one = odoo_database.call(
        "res.partner",
        "create",
        [{"name": "N", "ref": "R1"}, {"name": "N", "ref": "R2"}],
    )
    async with connect(secure) as admin:
        query = admin.model(ResPartner).filter(id__in=[both, one]).exclude(name="N", ref="R1")
        assert [row["id"] for row in await query.values("id")] == ([one] if secure else [])


@BOTH
async def test_iexact_is_not_contains(odoo_database, connect, secure):
    emails = ["bob@x.com", "Bob@X.com", "xbob@x.com.au", "b_b@x.com"]
    ids = odoo_database.call("res.partner", "create", [{"name": "iexact", "email": email} for email in emails])
    async with connect(secure) as admin:
        query = admin.model(ResPartner).filter(id__in=ids)
        rows = await query.filter(email__iexact="bob@x.com").values("email")
        wild = await query.filter(email__iexact="b_b@x.com").values("email")
    assert len(rows) == (2 if secure else 3)
    assert len(wild) == (1 if secure else 4)


@BOTH
async def test_a_query_with_a_context_can_be_counted(connect, secure):
    async with connect(secure) as admin:
        query = admin.model(ResPartner).filter(id__gt=0).with_context(active_test=False)
        if secure:
            assert await query.count() > 0
        else:
            with pytest.raises(rpc.ZenooError):
                await query.count()


@BOTH
async def test_a_context_inside_the_arguments_reaches_odoo(odoo_database, connect, secure):
    archived = odoo_database.call("res.partner", "create", {"name": "old", "active": False})
    async with connect(secure) as admin:
        kwargs = {"context": {"active_test": False}}
        found = await admin.execute_kw("res.partner", "search", [[["id", "=", archived]]], kwargs)
    assert found == ([archived] if secure else [])


async def test_typed_records_work_as_with_the_plain_client(connect):
    async with connect(True) as admin:
        record = await admin.model(ResPartner).create(name="O'Brien & Söhne <GmbH>")
        await record.update(name="O'Brien")
        assert (await admin.model(ResPartner).get(record.id)).name == "O'Brien"
        assert await admin.model(ResPartner).filter(name="O'Brien").exists()
        await record.delete()
        assert not await admin.model(ResPartner).filter(id=record.id).exists()
        rows = await admin.model(ResPartner).bulk_create([{"name": "one"}, {"name": "two"}])
        assert sorted(row.name for row in rows) == ["one", "two"]

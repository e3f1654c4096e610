"""What zenoo-rpc keeps for the whole process is kept apart by user: query cache, relations, cached functions.

Each test runs for the plain client too and shows the leak there. The server answers every user with the user's own id,
so that an answer tells for whom it was made.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading

import pytest
from zenoo_rpc import ZenooClient
from zenoo_rpc.cache.decorators import async_cached
from zenoo_rpc.cache.manager import CacheManager
from zenoo_rpc.models.common import ResPartner
from zenoo_rpc.models.relationships import LazyRelationship

from fake_odoo import DATABASE, PASSWORD, FakeOdoo
from zenoo_security import SecureZenooClient
from zenoo_security.fields import Encrypted, EncryptedFields, FieldCipher
from zenoo_security.keyring import KeyRing

ADMIN, PORTAL = 2, 9
BOTH = pytest.mark.parametrize("secure", [False, True], ids=["plain", "secure"])


class TwoUsers(FakeOdoo):
    """Logs in `2` and `9` with their number as user id, and answers with a row that belongs to the user."""

    def __init__(self):
        self.asked, self.may_answer = threading.Event(), threading.Event()
        self.may_answer.set()
        super().__init__()

    def answer(self, params):
        if params["method"] == "authenticate":
            return int(params["args"][1])
        if params["method"] == "execute_kw" and params["args"][4] == "search_read":
            self.requests.append(params)
            self.asked.set()
            self.may_answer.wait(10)
            return [self.row(params["args"][1])]
        return super().answer(params)

    def row(self, uid):
        return {"id": 42, "name": f"seen by {uid}", "display_name": f"seen by {uid}"}


@pytest.fixture
def fake():
    server = TwoUsers()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def forget_relations():
    stores = ("_prefetch_cache", "_batch_queue", "_batch_tasks")
    yield
    for name in stores:
        getattr(LazyRelationship, name, {}).clear()


@contextlib.asynccontextmanager
async def two_users(fake, secure):
    client = SecureZenooClient if secure else ZenooClient
    async with client(fake.url) as admin, client(fake.url) as portal:
        await admin.login(DATABASE, str(ADMIN), PASSWORD)
        await portal.login(DATABASE, str(PORTAL), PASSWORD)
        yield admin, portal


# --- the query cache ---


@pytest.mark.asvs("v5.0.0-8.2.2")
@BOTH
async def test_a_shared_cache_does_not_serve_one_user_what_another_may_see(fake, secure):
    shared = CacheManager()
    await shared.setup_memory_cache()
    async with two_users(fake, secure) as (admin, portal):
        admin.cache_manager = portal.cache_manager = shared
        await admin.model(ResPartner).filter(name="x").values("name")
        rows = await portal.model(ResPartner).filter(name="x").values("name")
    assert rows[0]["name"] == ("seen by 9" if secure else "seen by 2")


@BOTH
async def test_another_login_on_the_same_client_does_not_get_the_rows_of_the_first(fake, secure):
    async with two_users(fake, secure) as (client, _):
        await client.setup_cache_manager()
        await client.model(ResPartner).filter(name="x").values("name")
        await client.login(DATABASE, str(PORTAL), PASSWORD)
        rows = await client.model(ResPartner).filter(name="x").values("name")
    assert rows[0]["name"] == ("seen by 9" if secure else "seen by 2")


@BOTH
async def test_a_query_that_is_asked_again_after_another_login_is_asked_anew(fake, secure):
    fake.answers["search_count"] = 3
    async with two_users(fake, secure) as (client, _):
        query = client.model(ResPartner).filter(name="x")
        await query.all()
        await query.count()
        await client.login(DATABASE, str(PORTAL), PASSWORD)
        assert [row.name for row in await query.all()] == ["seen by 9" if secure else "seen by 2"]
        await query.count()
        await query.all()
    assert len(fake.calls("search_count")) == len(fake.calls("search_read")) == (2 if secure else 1)


@BOTH
async def test_rows_that_arrive_after_another_login_are_not_cached_for_that_user(fake, secure):
    async with two_users(fake, secure) as (client, _):
        await client.setup_cache_manager()
        query = client.model(ResPartner).filter(name="x")
        fake.may_answer.clear()
        asked = asyncio.create_task(query.values("name"))
        assert await asyncio.to_thread(fake.asked.wait, 10)
        await client.login(DATABASE, str(PORTAL), PASSWORD)
        fake.may_answer.set()
        assert (await asked)[0]["name"] == "seen by 2"
        assert (await query.values("name"))[0]["name"] == ("seen by 9" if secure else "seen by 2")


@BOTH
async def test_the_cache_holds_neither_the_client_nor_plaintext(fake, secure):
    async with two_users(fake, secure) as (admin, _):
        await admin.setup_cache_manager()
        query = admin.model(ResPartner).filter(name="x")
        await query.all()
        stored = str(list(admin.cache_manager.backends["memory"]._data.values()))
        rows = await admin.model(ResPartner).filter(name="x").values()
    assert ("client" in rows[0]) is not secure
    assert ("seen by 2" in stored) is not secure


async def test_the_cache_still_saves_the_call_for_the_same_user(fake):
    async with two_users(fake, secure=True) as (admin, _):
        await admin.setup_cache_manager()
        for _ in range(3):
            rows = await admin.model(ResPartner).filter(name="x").values("name")
    assert rows == [{"id": 42, "name": "seen by 2", "display_name": "seen by 2"}]
    assert len(fake.calls("search_read")) == 1


@BOTH
async def test_a_write_makes_the_cached_rows_of_its_model_invalid(fake, secure):
    async with two_users(fake, secure) as (admin, _):
        await admin.setup_cache_manager()
        await admin.model(ResPartner).filter(name="x").values("name")
        await admin.execute_kw("res.partner", "write", [[42], {"name": "y"}])
        await admin.model(ResPartner).filter(name="x").values("name")
    assert len(fake.calls("search_read")) == (2 if secure else 1)


async def test_a_cached_value_that_was_tampered_with_is_a_miss(fake):
    async with two_users(fake, secure=True) as (admin, portal):
        await admin.setup_cache_manager()
        portal.cache_manager = admin.cache_manager
        cache = admin.cache_manager
        assert await cache.set("k", [1, {"a": None}])
        assert await cache.get("k") == [1, {"a": None}]
        assert await portal.cache_manager.get("k") is None
        data = cache.backends["memory"]._data
        [(key, sealed)] = data.items()
        data[f"k@{portal.scope()}"] = sealed
        assert await portal.cache_manager.get("k") is None
        for wrong in (sealed[:-2] + "AA", "zs1.", "[1]", 7, None, [1]):
            data[key] = wrong
            assert await cache.get("k") is None


@BOTH
async def test_what_an_application_caches_by_hand_is_kept_apart_and_sealed(fake, secure):
    async with two_users(fake, secure) as (admin, portal):
        await admin.setup_cache_manager()
        portal.cache_manager = admin.cache_manager
        await admin.cache_manager.cache_query_result("res.partner", [["id", "=", 42]], ["SECRET-ROW"])
        await admin.cache_manager.cache_model_record("res.partner", 42, {"name": "SECRET-RECORD"})
        stored = str(list(admin.cache_manager.backends["memory"]._data.values()))
        assert await admin.cache_manager.get_cached_query_result("res.partner", [["id", "=", 42]]) == ["SECRET-ROW"]
        rows = await portal.cache_manager.get_cached_query_result("res.partner", [["id", "=", 42]])
        record = await portal.cache_manager.get_cached_model_record("res.partner", 42)
    assert ("SECRET" in stored) is not secure
    assert (rows, record) == ((None, None) if secure else (["SECRET-ROW"], {"name": "SECRET-RECORD"}))


async def test_a_cached_value_does_not_open_under_another_key(fake):
    async with two_users(fake, secure=True) as (admin, _):
        await admin.setup_cache_manager()
        await admin.cache_manager.set("k", 1)
        data = admin.cache_manager.backends["memory"]._data
        data[f"other@{admin.scope()}"] = data[f"k@{admin.scope()}"]
        assert await admin.cache_manager.get("k") == 1
        assert await admin.cache_manager.get("other") is None


async def test_nothing_is_cached_for_nobody_and_nothing_but_plain_data(fake):
    async with SecureZenooClient(fake.url) as client:
        await client.setup_cache_manager()
        assert not await client.cache_manager.set("k", 1)
        assert await client.cache_manager.get("k") is None
        await client.login(DATABASE, str(ADMIN), PASSWORD)
        assert not await client.cache_manager.set("k", [client])
        assert await client.cache_manager.set("k", 1)
        assert await client.cache_manager.exists("k")
        assert await client.cache_manager.delete("k")
        assert not await client.cache_manager.exists("k")


async def test_logging_out_empties_the_cache_of_this_user_only(fake):
    async with two_users(fake, secure=True) as (admin, portal):
        await admin.setup_cache_manager()
        portal.cache_manager = admin.cache_manager
        await admin.cache_manager.set("k", 1)
        await portal.cache_manager.set("k", 2)
        inner = admin.cache_manager.inner
        await admin.logout()
        assert len(inner.backends["memory"]._data) == 1
        assert await portal.cache_manager.get("k") == 2


async def test_a_model_is_invalidated_with_the_keys_of_the_query_builder(fake):
    async with two_users(fake, secure=True) as (admin, _):
        await admin.setup_cache_manager()
        for key in ("query:res.partner:1", "res.partner:2", "query:res.users:3"):
            await admin.cache_manager.set(key, 1)
        assert await admin.cache_manager.invalidate_model("res.partner") == 2
        assert await admin.cache_manager.invalidate_pattern("query:res.users:3") == 1


# --- relations ---


def parent_of(client):
    return ResPartner(id=1, name="x", client=client).relationship_manager.create_relationship(
        "parent_id",
        "res.partner",
        [42, "x"],
    )


@pytest.mark.asvs("v5.0.0-8.2.2")
@BOTH
async def test_a_relation_is_not_served_from_what_another_user_loaded(fake, secure):
    async with two_users(fake, secure) as (admin, portal):
        await parent_of(admin)
        seen = await parent_of(portal)
    assert seen.name == ("seen by 9" if secure else "seen by 2")
    assert (seen.client is portal) is secure


@BOTH
async def test_relations_that_are_awaited_together_are_not_fetched_with_one_users_rights(fake, secure):
    async with two_users(fake, secure) as (admin, portal):
        seen = await asyncio.gather(parent_of(admin).load(), parent_of(portal).load())
    assert [record.name for record in seen] == (["seen by 2", "seen by 9"] if secure else ["seen by 2", "seen by 2"])


async def test_a_secure_client_ignores_what_a_plain_one_has_loaded(fake):
    async with two_users(fake, secure=False) as (plain, _), two_users(fake, secure=True) as (_, portal):
        await parent_of(plain)
        assert (await parent_of(portal)).name == "seen by 9"


async def test_a_relation_is_fetched_once_and_invalidated_on_demand(fake):
    async with two_users(fake, secure=True) as (admin, _):
        relation = parent_of(admin)
        assert await relation is await relation
        assert [record.name for record in await relation.all()] == ["seen by 2"]
        assert len(fake.calls("search_read")) == 1
        relation.invalidate()
        await relation
        assert len(fake.calls("search_read")) == 2


# --- cached functions ---


@async_cached(ttl=60)
async def names(client, prefix):
    await asyncio.sleep(0.02)
    return [row["name"] for row in await client.search_read("res.partner", [("name", "=", prefix)])]


@async_cached(ttl=60)
async def all_names(client):
    await asyncio.sleep(0.02)
    return [row["name"] for row in await client.search_read("res.partner", [])]


class Service:
    def __init__(self, client):
        self.client = client
        self.cache_manager = client.cache_manager

    @async_cached(ttl=60)
    async def names(self, prefix):
        await asyncio.sleep(0.02)
        return await names.__wrapped__(self.client, prefix)


@BOTH
async def test_two_clients_that_call_a_cached_function_together_get_their_own_result(fake, secure):
    async with two_users(fake, secure) as (admin, portal):
        for client in (admin, portal):
            await client.setup_cache_manager()
        together = await asyncio.gather(names(admin, "x"), names(portal, "x"))
        methods = await asyncio.gather(Service(admin).names("y"), Service(portal).names("y"))
    expected = [["seen by 2"], ["seen by 9"]] if secure else [["seen by 2"], ["seen by 2"]]
    assert together == methods == expected


async def test_one_users_clients_with_different_keys_or_fields_do_not_share_results(fake):
    fields, ring = EncryptedFields({"res.partner": {"name": Encrypted(in_place=True, force=True)}}), KeyRing.generate()
    token = FieldCipher(ring).encrypt("Bob", context=("res.partner", "name"))
    fake.row = lambda _uid: {"id": 42, "name": token}
    shared = CacheManager()
    await shared.setup_memory_cache()

    async def ask(**options):
        client = SecureZenooClient(fake.url, **options)
        await client.login(DATABASE, str(ADMIN), PASSWORD)
        client.cache_manager = shared
        return client

    plain, right = await ask(key_ring=ring), await ask(key_ring=ring, encrypted_fields=fields)
    wrong = await ask(key_ring=KeyRing.generate(), encrypted_fields=fields)
    together = await asyncio.gather(*(all_names(c) for c in (right, wrong, plain)), return_exceptions=True)
    assert together[0] == ["Bob"]
    assert [(mark.reason, mark.key_id) for mark in together[1]] == [("altered", 1)]
    assert together[2] == [token]
    assert await plain.model(ResPartner).all().values("name") == [{"id": 42, "name": token}]
    assert await right.model(ResPartner).all().values("name") == [{"id": 42, "name": "Bob"}]


@pytest.mark.parametrize("other", ["user", "database", "host"])
async def test_a_shared_cache_keeps_decrypted_rows_apart(fake, other):
    """Not even the same user id in another database, or on another host, gets rows that were decrypted for the first."""
    fields, ring = EncryptedFields({"res.partner": {"name": Encrypted(in_place=True, force=True)}}), KeyRing.generate()
    host, shared = TwoUsers(), CacheManager()
    await shared.setup_memory_cache()
    for server, value in ((fake, "PLAIN-FIRST"), (host, "PLAIN-OTHER")):
        token = FieldCipher(ring).encrypt(value, context=("res.partner", "name"))
        server.row = lambda uid, token=token: {"id": 42 + uid, "name": token}

    async def rows(server, database, uid):
        async with SecureZenooClient(server.url, encrypted_fields=fields, key_ring=ring) as client:
            client.cache_manager = shared
            await client.login(database, str(uid), PASSWORD)
            return await client.model(ResPartner).filter(ref="x").values("name")

    try:
        assert await rows(fake, DATABASE, ADMIN) == [{"id": 42 + ADMIN, "name": "PLAIN-FIRST"}]
        stored = list(shared.backends["memory"]._data.values())
        assert len(stored) == 1
        assert "PLAIN-FIRST" not in str(stored)
        place = {"user": (fake, DATABASE, PORTAL), "database": (fake, "other", ADMIN), "host": (host, DATABASE, ADMIN)}
        asked = len(fake.calls("search_read")) + len(host.calls("search_read"))
        [row] = await rows(*place[other])
        assert row["name"] == ("PLAIN-OTHER" if other == "host" else "PLAIN-FIRST")
        assert len(fake.calls("search_read")) + len(host.calls("search_read")) == asked + 1
    finally:
        host.close()


async def test_a_cached_function_is_still_cached_and_merged_for_one_client(fake):
    async with two_users(fake, secure=True) as (admin, _):
        await admin.setup_cache_manager()
        await asyncio.gather(names(admin, "x"), names(admin, "x"))
        await names(admin, "x")
        assert len(fake.calls("search_read")) == 1
        await names(admin, "other")
        assert len(fake.calls("search_read")) == 2

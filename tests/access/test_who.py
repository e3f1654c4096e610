"""Who asks: the user that the client is logged in as, with the groups that Odoo gives, and the rights of this moment."""

from __future__ import annotations

import asyncio

import pytest
from zenoo_rpc.cache.decorators import async_cached
from zenoo_rpc.cache.manager import CacheManager
from zenoo_rpc.models.common import ResPartner

from access.world import UID, USER, Manager, policy
from fake_odoo import DATABASE, LOGIN, PASSWORD, OdooError
from zenoo_security.client import AccessRefused, NotLoggedIn
from zenoo_security.client.access import asker
from zenoo_security.client.errors import from_answer
from zenoo_security.errors import AuthenticationError, OdooUnavailable, PermissionDenied
from zenoo_security.policy import Narrowing, Policy, RoleRules
from zenoo_security.principal import Principal, acting_as

READER = policy("res.partner:read")
NOBODY = policy("sale.order:read")


async def test_the_principal_is_the_user_of_the_client(world):
    manager = Manager(READER, "clerk")
    async with world.client(manager) as client:
        await client.search("res.partner", [])
    assert manager.asked == [Principal(DATABASE, UID, LOGIN, frozenset({"base.group_user"}))]


@pytest.mark.asvs("v5.0.0-8.2.2")
async def test_a_client_does_not_act_for_somebody_else(world, refusals):
    async with world.client(Manager(READER, "clerk")) as client:
        for other in (Principal(DATABASE, UID + 1, LOGIN), Principal("other", UID, LOGIN)):
            with acting_as(other), pytest.raises(PermissionDenied, match="somebody else"):
                await client.search("res.partner", [])
        assert world.asked() == []
        assert [event["reason"] for event in refusals()] == ["other_user", "other_user"]
        with acting_as(Principal(DATABASE, UID, "whatever")):
            await client.search("res.partner", [])


async def test_a_group_gives_a_role(world):
    rules = {"member": RoleRules(allow=["res.partner:read"], groups=["base.group_user"])}
    async with world.client(Manager(Policy(rules))) as client:
        await client.search("res.partner", [])


async def test_the_user_is_read_once_a_login_and_anew_after_a_minute(world, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(asker.time, "monotonic", lambda: now[0])

    def read() -> int:
        return sum(call["model"] == "res.users" for call in world.calls("read"))

    async with world.client(Manager(READER, "clerk")) as client:
        await asyncio.gather(*(client.search("res.partner", []) for _ in range(5)))
        assert read() == 1
        now[0] = 61
        await client.search("res.partner", [])
        assert read() == 2
        await client.login(DATABASE, LOGIN, PASSWORD)
        await client.search("res.partner", [])
        assert read() == 3


@pytest.mark.parametrize(
    "answer",
    [[], [{}], None, [{**USER, "partner_id": False}], [{**USER, "company_ids": None}], [USER, USER], "rows"],
)
async def test_nothing_is_allowed_to_who_cannot_be_read(world, answer):
    world.answers["res.users.read"] = answer
    async with world.client(Manager(policy("*:*"), "clerk")) as client:
        with pytest.raises(AuthenticationError if answer == [] else OdooUnavailable):
            await client.search("res.partner", [])
    assert world.asked() == []


async def test_nobody_else_is_asked_about_when_the_user_changes_meanwhile(world):
    manager = Manager(READER, "clerk")
    async with world.client(manager) as client:
        await client.search("res.partner", [])
        rights = manager.rights

        async def slow(principal):
            await client.logout()
            return await rights(principal)

        manager.rights = slow
        with pytest.raises(NotLoggedIn):
            await client.search("res.partner", [])
    assert len(world.asked()) == 1


async def test_rights_and_masks_are_of_one_policy(world):
    """A policy that is replaced while it is asked for is asked again."""
    strict = policy("res.partner:read", masks={"res.partner": {"vat": "last4"}})

    class Changing(Manager):
        async def rights(self, principal):
            rights = await super().rights(principal)
            self.policy = strict
            return rights

    async with world.client(Changing(READER, "clerk")) as client:
        [row] = await client.search_read("res.partner", [], ["vat"])
    assert row["vat"] == "****6789"


# --- a right that is taken away counts at the next call, for stored rows too ---


@pytest.fixture
async def cache():
    manager = CacheManager()
    await manager.setup_memory_cache()
    yield manager
    await manager.close()


@pytest.mark.asvs("v5.0.0-8.2.2")
async def test_a_cached_result_does_not_outlive_the_right(world, cache):
    manager = Manager(READER, "clerk")
    async with world.client(manager) as client:
        client.cache_manager = cache
        query = client.model(ResPartner).filter(name="x")
        for _ in range(3):
            assert (await query.values("vat"))[0]["vat"] == "DE123456789"
        assert len(world.calls("search_read")) == 1

        manager.policy = policy("res.partner:read", masks={"res.partner": {"vat": "last4"}})
        assert (await query.values("vat"))[0]["vat"] == "****6789"
        manager.policy = policy("res.partner:read:name")
        with pytest.raises(PermissionDenied):
            await query.values("vat")
        manager.policy = READER
        manager.roles = frozenset()
        with pytest.raises(PermissionDenied):
            await query.values("vat")
        manager.roles = frozenset({"clerk"})
        assert (await query.values("vat"))[0]["vat"] == "DE123456789"


async def test_a_logout_empties_the_cache_of_the_user(world, cache):
    async with world.client(Manager(READER, "clerk")) as client:
        client.cache_manager = cache
        await client.cache_manager.set("key", [1])
        assert await client.cache_manager.get("key") == [1]
        await client.logout()
        await client.login(DATABASE, LOGIN, PASSWORD)
        assert await client.cache_manager.get("key") is None


async def test_a_cache_does_not_answer_somebody_else(world, cache):
    async with world.client(Manager(READER, "clerk")) as client:
        client.cache_manager = cache
        await client.cache_manager.set("key", [1])
        with acting_as(Principal(DATABASE, UID + 1, "eve")), pytest.raises(PermissionDenied):
            await client.cache_manager.get("key")


async def test_rows_of_a_query_are_not_kept_longer_than_the_right(world):
    manager = Manager(READER, "clerk")
    async with world.client(manager) as client:
        query = client.model(ResPartner).filter(name="x").only("name")
        assert [row.name for row in await query.all()] == ["Alice GmbH"]
        assert await query.count() == 1
        manager.policy = NOBODY
        for call in (query.all(), query.count()):
            with pytest.raises(PermissionDenied):
                await call


async def test_a_relation_is_not_kept_longer_than_the_right(world):
    manager = Manager(READER, "clerk")
    async with world.client(manager) as client:
        relations = ResPartner(id=1, name="x", client=client).relationship_manager
        relation = relations.create_relationship("parent_id", "res.partner", [2, "x"])
        assert (await relation.load()).name == "Alice GmbH"
        await relation.load()
        assert len(world.calls("search_read")) == 1
        manager.policy = NOBODY
        with pytest.raises(PermissionDenied):
            await relation.load()


@async_cached(ttl=60)
async def vats(client):
    return [row["vat"] for row in await client.search_read("res.partner", [], ["vat"])]


async def test_a_cached_function_is_asked_again(world):
    manager = Manager(READER, "clerk")
    async with world.client(manager) as client:
        assert await vats(client) == await vats(client) == ["DE123456789"]
        manager.policy = NOBODY
        with pytest.raises(PermissionDenied):
            await vats(client)


async def test_pages_are_asked_for_with_the_rights_of_their_moment(world):
    manager = Manager(policy("res.partner:read:name"), "clerk")
    ids = iter(range(1, 9))
    world.answers["search_read"] = lambda *_args, **_kwargs: [{"id": next(ids), "name": "x", "vat": "DE123456789"}]
    async with world.client(manager) as client:
        pages = client.search_read_pages("res.partner", [], page_size=1)
        assert await anext(pages) == [{"id": 1, "name": "x"}]
        manager.policy = NOBODY
        assert await anext(pages) == [{"id": 2, "name": "x"}]  # it was on its way
        with pytest.raises(PermissionDenied):
            await anext(pages)
        await pages.aclose()


async def _batch(client):
    async with client.batch() as batch:
        await batch.update("res.partner", [1], {"name": "x"})
        await batch.update("res.partner", [1], {"email": "x"})
        await batch.delete("res.partner", [1])
        await batch.create("res.partner", [{"name": "x"}])


async def test_a_batch_is_refused_operation_by_operation(world):
    async with world.client(Manager(policy("res.partner:write:name"), "clerk")) as client:
        await client.setup_batch_manager()
        with pytest.raises(PermissionDenied):
            await _batch(client)
    assert [(method, args[1:]) for _, method, args, _ in world.asked()] == [("write", [{"name": "x"}])]


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.safe_read("res.partner", [1], ["email"]),
        lambda c: c.safe_read("res.partner", [1], ["email"], use_search_read=False),
        lambda c: c.get_accessible_records("res.partner", [1], ["email"]),
        lambda c: c.safe_create("res.partner", {"email": "x"}),
        lambda c: c.safe_create_record("res.partner", {"email": "x"}),
        lambda c: c.execute("res.partner", "write", [1], {"email": "x"}),
        lambda c: c.execute("res.partner", "search", [("email", "=", "x")]),
        lambda c: c.model(ResPartner).filter(email="x").all(),
        lambda c: c.model(ResPartner).filter(email__ilike="x").count(),
        lambda c: c.model(ResPartner).filter(name="x").only("email").all(),
        lambda c: c.model(ResPartner).filter(name="x").order_by("email").all(),
        lambda c: c.model(ResPartner).create(email="x"),
        lambda c: c.model(ResPartner).bulk_create([{"email": "x"}]),
        lambda c: ResPartner(id=1, name="x", client=c).update(email="x"),
        lambda c: ResPartner(id=1, name="x", client=c).delete(),
        lambda c: c.search_read_pages("res.partner", [], ["email"]).__anext__(),
        lambda c: c.search_read_pages("res.partner", [("email", "=", "x")]).__anext__(),
    ],
)
async def test_no_name_of_the_client_leads_around_the_policy(world, call):
    allow = ("res.partner:read:name", "res.partner:create:name", "res.partner:write:name")
    async with world.client(Manager(policy(*allow), "clerk")) as client:
        with pytest.raises(PermissionDenied):
            await call(client)
    assert world.asked() == []


async def test_what_odoo_refuses_is_told_too(world, refusals):
    error = OdooError("odoo.exceptions.AccessError").error
    world.answers["write"] = from_answer(error, "write on res.partner")
    async with world.client(None) as client:
        with pytest.raises(AccessRefused):
            await client.write("res.partner", [1, 2], {"name": "SECRET"})
    [event] = refusals()
    assert event == {
        "name": "authz_fail",
        "database": DATABASE,
        "uid": UID,
        "needs": "res.partner:write",
        "reason": "odoo",
        "model": "res.partner",
        "operation": "write",
        "ids": [1, 2],
    }


async def test_a_narrowing_domain_is_part_of_what_is_cached(world, cache):
    manager = Manager(READER, "clerk")
    async with world.client(manager) as client:
        client.cache_manager = cache
        query = client.model(ResPartner).filter(name="x")
        await query.values("name")
        own = Narrowing("res.partner", (("user_id", "=", "{uid}"),))
        manager.policy = policy("res.partner:read", narrow=[own])
        await query.values("name")
    assert len(world.calls("search_read")) == 2


async def test_the_companies_of_the_user_are_part_of_what_is_cached(world, cache, monkeypatch):
    """Whoever moves to another company in Odoo does not see the rows of the one before."""
    now = [0.0]
    monkeypatch.setattr(asker.time, "monotonic", lambda: now[0])
    own = Narrowing("res.partner", (("company_id", "=", "{company_id}"),))
    async with world.client(Manager(policy("res.partner:read", narrow=[own]), "clerk")) as client:
        client.cache_manager = cache
        query = client.model(ResPartner).filter(name="x")
        for _ in range(2):
            await query.values("name")
        world.answers["res.users.read"] = [{**USER, "company_id": [2, "D"]}]
        now[0] = 61
        await query.values("name")
    sent = [call["args"][0] for call in world.calls("search_read")]
    assert [domain[-1] for domain in sent] == [["company_id", "=", 1], ["company_id", "=", 2]]


async def test_rows_that_arrive_under_other_rights_are_not_cached(world, cache):
    manager = Manager(READER, "clerk")
    strict = policy("res.partner:read", masks={"res.partner": {"vat": "last4"}})

    def answer(*_args, **_kwargs):
        manager.policy = strict
        return [{"id": 1, "vat": "DE123456789"}]

    world.answers["search_read"] = answer
    async with world.client(manager) as client:
        client.cache_manager = cache
        query = client.model(ResPartner).filter(name="x")
        assert (await query.values("vat"))[0]["vat"] == "DE123456789"
        assert (await query.values("vat"))[0]["vat"] == "****6789"


async def test_a_transaction_is_no_way_around(world):
    async with world.client(Manager(policy("res.partner:write:name"), "clerk")) as client:
        await client.setup_transaction_manager()
        async with client.transaction():
            await client.write("res.partner", [1], {"name": "x"})
            with pytest.raises(PermissionDenied):
                await client.write("res.partner", [1], {"email": "x"})
    assert [args[1] for _, _, args, _ in world.asked()] == [{"name": "x"}]

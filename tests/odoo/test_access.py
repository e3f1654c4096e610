"""A policy on a real Odoo 19: a viewer, an editor and a portal user, two companies, and ways around."""

from __future__ import annotations

import contextlib
import logging

import pytest
from zenoo_rpc.cache.manager import CacheManager
from zenoo_rpc.models.common import ResPartner

from zenoo_security import KeyRing, SecureAuthManager, SecureZenooClient, SecurityConfig
from zenoo_security.audit import LOGGER_NAME
from zenoo_security.client import AccessRefused
from zenoo_security.errors import PermissionDenied, RecordNotFound
from zenoo_security.policy import Narrowing, Policy, RoleRules
from zenoo_security.roles import AccessControlManager
from zenoo_security.stores.memory import MemoryStore

pytestmark = [pytest.mark.odoo, pytest.mark.asvs("v5.0.0-8.2.2", "v5.0.0-8.2.3")]

SHOWN = ("name", "email", "vat", "parent_id", "child_ids", "city", "active", "country_id", "create_date")
COMPANY = Narrowing("res.partner", (("company_id", "in", "{company_ids}"),), unless=frozenset({"editor"}))
POLICY = Policy(
    {
        "viewer": RoleRules(
            groups=["base.group_user"], allow=[*(f"res.partner:read:{name}" for name in SHOWN), "res.country:read:name"]
        ),
        "editor": RoleRules(
            groups=["base.group_partner_manager"],
            inherits=["viewer"],
            allow=[
                "res.partner:write:name",
                "res.partner:write:email",
                "res.partner:write:child_ids",
                "res.partner:create:name",
                "res.partner:unmask",
                "res.partner:unlink",
                "res.users:*",
            ],
        ),
        "visitor": RoleRules(groups=["base.group_portal"], allow=["res.partner:read:name", "res.partner:read:email"]),
    },
    masks={"res.partner": {"vat": "last4"}},
    narrow=[COMPANY],
)


@pytest.fixture
def connect(odoo_database):
    """Log in as a user, with the policy unless another one is given."""

    @contextlib.asynccontextmanager
    async def connect(user, policy=POLICY):
        manager = AccessControlManager(policy) if policy else None
        async with SecureZenooClient(odoo_database.url, access=manager) as client:
            await client.login(odoo_database.name, user.login, user.password)
            yield client

    return connect


@pytest.fixture(scope="module")
def viewer(odoo_database):
    return odoo_database.create_user(["base.group_user"])


@pytest.fixture(scope="module")
def editor(odoo_database):
    return odoo_database.create_user(["base.group_user", "base.group_partner_manager"])


@pytest.fixture(scope="module")
def visitor(odoo_database):
    return odoo_database.create_user(["base.group_portal"])


@pytest.fixture(scope="module")
def company(odoo_database):
    [company] = odoo_database.call("res.company", "search", [], limit=1, order="id")
    return company


@pytest.fixture
def partners(odoo_database, company):
    """A partner of the users' company with two contacts, one of them archived, and one of another company."""
    other = odoo_database.call("res.company", "create", {"name": "Other company"})
    rows = [
        {
            "name": "Alice GmbH",
            "email": "alice@example.com",
            "vat": "DE123456788",
            "comment": "secret",
            "company_id": company,
        },
        {"name": "Hidden AG", "email": "hidden@example.com", "company_id": other},
    ]
    ids = odoo_database.call("res.partner", "create", rows)
    contacts = [
        {"name": "A contact", "parent_id": ids[0], "company_id": company},
        {"name": "Gone", "parent_id": ids[0], "active": False, "company_id": company},
    ]
    yield (*ids, *odoo_database.call("res.partner", "create", contacts))
    odoo_database.call("res.company", "write", [other], {"name": f"Other company {other}"})


async def test_a_viewer_reads_what_the_rules_name(connect, viewer, partners):
    alice, *_ = partners
    async with connect(viewer) as client:
        [row] = await client.read("res.partner", [alice])
        assert row.keys() == {*SHOWN, "id", "display_name"}
        assert (row["name"], row["vat"]) == ("Alice GmbH", "****6788")
        assert await client.search_read("res.partner", [("id", "=", alice)], ["vat"]) == [
            {"id": alice, "vat": "****6788"}
        ]
        found = await client.execute_kw("res.partner", "fields_get", [], {"attributes": ["type"]})
        assert found.keys() == {*SHOWN, "id", "display_name"}


async def test_a_read_with_a_domain_is_the_read_that_odoo_makes(connect, viewer, partners):
    alice, hidden, contact, gone = partners
    async with connect(viewer, None) as plain, connect(viewer) as client:
        for context in (None, {"active_test": False}, {"active_test": True}):
            for load in ({}, {"load": None}):
                arguments = [[gone, alice, contact, alice], ["name", "child_ids", "parent_id", "active"]]
                expected = await plain.execute_kw("res.partner", "read", arguments, dict(load), context)
                assert await client.execute_kw("res.partner", "read", arguments, dict(load), context) == expected
        spec = {"name": {}, "parent_id": {"fields": {"display_name": {}}}}
        arguments = [[gone, alice, contact], spec]
        expected = await plain.execute_kw("res.partner", "web_read", arguments)
        assert await client.execute_kw("res.partner", "web_read", arguments) == expected
        assert await client.read("res.partner", [hidden, 10**8], ["name"]) == []


@pytest.mark.asvs("v5.0.0-8.4.1")
async def test_records_of_another_company_are_not_there(connect, viewer, partners, odoo_database):
    """Odoo shows them to a user of both; the policy narrows further, for searches, reads and methods on records."""
    alice, hidden, *_ = partners
    other = odoo_database.call("res.partner", "read", [hidden], ["company_id"])[0]["company_id"][0]
    [user] = odoo_database.call("res.users", "search", [("login", "=", viewer.login)])
    odoo_database.call("res.users", "write", [user], {"company_ids": [(4, other)]})
    narrow = [Narrowing("res.partner", (("company_id", "=", "{company_id}"),))]
    policy = Policy(
        {"member": RoleRules(groups=["base.group_user"], allow=["res.partner:read", "res.partner:message_post"])},
        narrow=narrow,
    )
    ids, context = [alice, hidden], {"allowed_company_ids": [1, other]}
    async with connect(viewer, None) as plain, connect(viewer, policy) as client:
        assert len(await plain.read("res.partner", ids, ["name"], context)) == 2
        assert [row["id"] for row in await client.read("res.partner", ids, ["name"], context)] == [alice]
        assert await client.search("res.partner", [("id", "in", ids)], context=context) == [alice]
        assert await client.search("res.partner", ["|", ("id", "=", hidden), ("id", "=", alice)], context=context) == [
            alice
        ]
        assert await client.search_count("res.partner", [("id", "=", hidden)], context=context) == 0
        assert await client.execute_kw("res.partner", "exists", [ids], None, context) == [alice]
        for record in (hidden, 10**8):
            with pytest.raises(RecordNotFound):
                await client.execute_kw("res.partner", "export_data", [[record], ["name"]], None, context)
            with pytest.raises(RecordNotFound):
                await client.execute_kw("res.partner", "message_post", [[record]], {"body": "x"}, context)
    odoo_database.call("res.users", "write", [user], {"company_ids": [(3, other)]})


REFUSED = [
    lambda c, i: c.read("res.partner", [i], ["comment"]),
    lambda c, i: c.search("res.partner", [("comment", "ilike", "secret")]),
    lambda c, i: c.search("res.partner", [("vat", "like", "DE1")]),
    lambda c, i: c.search("res.partner", [("child_ids.phone", "=", "1")]),
    lambda c, i: c.search("res.partner", [("parent_id", "any", [("phone", "=", "1")])]),
    lambda c, i: c.search("res.partner", [], order="phone"),
    lambda c, i: c.search_read("res.partner", [("id", "=", i)], ["email_normalized"]),
    lambda c, i: c.execute_kw("res.partner", "formatted_read_group", [[], ["phone"], ["__count"]]),
    lambda c, i: c.execute_kw("res.partner", "formatted_read_group", [[], [], ["vat:max"]]),
    lambda c, i: c.execute_kw("res.partner", "export_data", [[i], ["comment"]]),
    lambda c, i: c.execute_kw("res.partner", "web_read", [[i], {"child_ids": {"fields": {"phone": {}}}}]),
    lambda c, i: c.execute_kw("res.partner", "name_search", ["DE123"]),
    lambda c, i: c.execute_kw("res.partner", "copy_data", [[i]]),
    lambda c, i: c.execute_kw("res.partner", "onchange", [[i], {}, [], {"comment": {}}]),
    lambda c, i: c.execute_kw("res.partner", "default_get", [["comment"]]),
    lambda c, i: c.write("res.partner", [i], {"comment": "x"}),
    lambda c, i: c.create("res.partner", {"name": "x", "comment": "x"}),
    lambda c, i: c.create("res.partner", {"name": "x"}, context={"default_comment": "x"}),
    lambda c, i: c.unlink("res.partner", [i]),
    lambda c, i: c.execute_kw("res.partner", "action_archive", [[i]]),
    lambda c, i: c.execute_kw("res.partner", "message_post", [[i]], {"body": "x"}),
    lambda c, i: c.search("res.users", []),
    lambda c, i: c.model(ResPartner).filter(phone="1").all(),
    lambda c, i: c.safe_read("res.partner", [i], ["comment"]),
]


@pytest.mark.parametrize("call", REFUSED)
async def test_a_viewer_does_not_get_around(connect, viewer, partners, call):
    async with connect(viewer) as client:
        with pytest.raises(PermissionDenied):
            await call(client, partners[0])


@pytest.mark.asvs("v5.0.0-15.3.3")
async def test_an_editor_writes_what_the_rules_name(connect, editor, partners, odoo_database):
    alice, *_ = partners
    async with connect(editor) as client:
        await client.write(
            "res.partner", [alice], {"name": "Alice & Co", "child_ids": [[0, 0, {"name": "New contact"}]]}
        )
        [row] = await client.read("res.partner", [alice], ["name", "vat"])
        assert (row["name"], row["vat"]) == ("Alice & Co", "DE123456788")
        for values in (
            {"active": False},
            {"company_id": False},
            {"child_ids": [[0, 0, {"name": "x", "comment": "x"}]]},
            {"child_ids": [[5]]},
            {"category_id": [[6, 0, []]]},
        ):
            with pytest.raises(PermissionDenied):
                await client.write("res.partner", [alice], values)
        for name, value in (
            ("group_ids", [[4, 1]]),
            ("role", "group_system"),
            ("password", "x"),
            ("company_ids", [[4, 1]]),
        ):
            with pytest.raises(PermissionDenied, match=name):
                await client.write("res.users", [client.uid], {name: value})
    [row] = odoo_database.call("res.partner", "read", [alice], ["active", "child_ids", "comment"])
    assert row["active"]
    assert len(row["child_ids"]) == 2
    assert "secret" in row["comment"]


async def test_a_portal_user_sees_what_both_allow(connect, visitor, partners, odoo_database, caplog):
    alice, *_ = partners
    own = Narrowing("res.partner", (("id", "=", "{partner_id}"),))
    policy = Policy(POLICY.roles, narrow=[own])
    async with connect(visitor, policy) as client:
        [row] = await client.search_read("res.partner", [])
        assert row.keys() == {"id", "name", "email", "display_name"}
        assert await client.read("res.partner", [alice]) == []
    caplog.set_level(logging.INFO, logger=LOGGER_NAME)
    async with connect(visitor, Policy({"all": RoleRules(groups=["base.group_portal"], allow=["*:*"])})) as client:
        with pytest.raises(AccessRefused):
            await client.write("res.partner", [alice], {"name": "x"})
    [event] = [record.event for record in caplog.records if getattr(record, "event", {}).get("name") == "authz_fail"]
    assert (event["reason"], event["needs"], event["ids"]) == ("odoo", "res.partner:write", [alice])


async def test_every_reading_method_works_under_a_policy(connect, odoo_database, partners):
    exporter = odoo_database.create_user(["base.group_user", "base.group_allow_export"])
    alice, _, contact, _ = partners
    domain = [("id", "in", [alice, contact])]
    policy = Policy(
        {
            "reader": RoleRules(
                groups=["base.group_user"],
                allow=[
                    *(f"res.partner:read:{name}" for name in SHOWN),
                    *(f"res.partner:read:{name}" for name in ("complete_name", "ref", "company_registry", "color")),
                    "res.country:read",
                    "res.partner:unmask:vat",
                ],
            )
        },
        masks={"res.partner": {"vat": "last4"}},
        narrow=[Narrowing("res.partner", (("name", "!=", "A contact"),), frozenset({"read"}))],
    )
    async with connect(exporter, policy) as client:
        call = client.execute_kw
        assert await client.search_count("res.partner", domain) == 1
        assert await call("res.partner", "name_search", ["Alice", domain]) == [[alice, "Alice GmbH"]]
        found = await call("res.partner", "web_name_search", ["Alice", {"display_name": {}}, domain])
        assert [row["display_name"] for row in found] == ["Alice GmbH"]
        found = await call("res.partner", "web_search_read", [domain, {"name": {}, "child_ids": {}}])
        assert found["records"] == [{"id": alice, "name": "Alice GmbH", "child_ids": [contact]}]
        assert await call("res.partner", "export_data", [[alice], ["name", ".id"]]) == {
            "datas": [["Alice GmbH", str(alice)]]
        }
        [group] = await call("res.partner", "formatted_read_group", [domain, ["name"], ["__count"]])
        assert group["__count"] == 1
        [[_]] = await call("res.partner", "formatted_read_grouping_sets", [domain, [["name"]], ["__count"]])
        [group] = await call("res.partner", "read_group", [domain, ["color:sum"], ["name"]])
        assert group["name_count"] == 1
        found = await call(
            "res.partner",
            "web_read_group",
            [domain, ["name"]],
            {"auto_unfold": True, "unfold_read_specification": {"email": {}}},
        )
        assert [group["__records"] for group in found["groups"]] == [[{"id": alice, "email": "alice@example.com"}]]
        bar = {"field": "name", "colors": {"Alice GmbH": "success"}}
        assert await call("res.partner", "read_progress_bar", [domain, "name", bar]) == {
            "Alice GmbH": {"Alice GmbH": 1}
        }
        assert await call("res.partner", "has_access", [[alice], "read"]) is True
        assert await client.check_model_access("res.partner", "write") is False


async def test_a_role_of_a_group_that_odoo_takes_away_is_gone_at_the_next_login(connect, odoo_database, partners):
    user = odoo_database.create_user(["base.group_user", "base.group_partner_manager"])
    [record] = odoo_database.call("res.users", "search", [("login", "=", user.login)])
    [group] = odoo_database.call("res.groups", "search", [("user_ids", "=", record), ("name", "=", "Creation")])
    async with connect(user) as client:
        await client.write("res.partner", [partners[0]], {"name": "Alice II"})
        odoo_database.call("res.users", "write", [record], {"group_ids": [(3, group)]})
        await client.login(odoo_database.name, user.login, user.password)
        with pytest.raises(PermissionDenied):
            await client.write("res.partner", [partners[0]], {"name": "Alice III"})


async def test_a_cache_is_not_shared_between_roles(connect, viewer, editor, partners):
    shared = CacheManager()
    await shared.setup_memory_cache()
    async with connect(editor) as one, connect(viewer) as two:
        one.cache_manager = two.cache_manager = shared
        seen = [(await c.model(ResPartner).filter(id=partners[0]).values("vat"))[0]["vat"] for c in (one, two, one)]
    assert seen == ["DE123456788", "****6788", "DE123456788"]
    await shared.close()


async def test_roles_that_are_assigned_count_at_the_next_call(odoo_database, viewer, partners):
    rules = Policy({"reader": RoleRules(allow=["res.partner:read:name"])})
    manager = AccessControlManager(rules)
    async with SecureZenooClient(odoo_database.url, access=manager) as client:
        await client.login(odoo_database.name, viewer.login, viewer.password)
        for _ in range(2):
            with pytest.raises(PermissionDenied):
                await client.read("res.partner", [partners[0]])
            await manager.grant(viewer.login, "reader", database=odoo_database.name)
            assert (await client.read("res.partner", [partners[0]]))[0]["name"] == "Alice GmbH"
            await manager.withdraw(viewer.login, "reader", database=odoo_database.name)


async def test_the_client_of_a_session_holds_the_policy(odoo_database, viewer, partners):
    config = SecurityConfig(odoo_url=odoo_database.url)
    manager = AccessControlManager(POLICY)
    async with SecureAuthManager(config, store=MemoryStore(), key_ring=KeyRing.generate(), access=manager) as auth:
        token = await auth.authenticate(viewer.login, viewer.password, odoo_database.name)
        client = await auth.client(token)
        assert (await client.read("res.partner", [partners[0]]))[0]["vat"] == "****6788"
        with pytest.raises(PermissionDenied):
            await client.write("res.partner", [partners[0]], {"name": "x"})


async def test_names_and_computed_fields_do_not_lead_around(odoo_database, connect, editor, company, partners):
    alice, *_ = partners
    author = odoo_database.call("res.users", "read", [editor.uid], ["partner_id"])[0]["partner_id"][0]
    odoo_database.call("res.partner", "write", [author], {"email": "Editor@example.com", "phone": "+49 30 1"})
    rules = RoleRules(
        groups=["base.group_user"],
        allow=["res.users:read", "res.users:write", "res.partner:read", "res.partner:write:company_id"],
        deny=["res.partner:read:email", "res.partner:read:name", "res.partner:write:phone"],
    )
    named = Policy({"clerk": RoleRules(groups=["base.group_user"], allow=["res.partner:read:parent_id"])})
    where = Narrowing("res.partner", (("company_id", "in", [company, False]),))
    async with connect(editor, named) as client:
        for value in ("DE123456788", ["alice@example.com"]):
            with pytest.raises(PermissionDenied):
                await client.search("res.partner", [("id", "child_of", value)])
    async with connect(editor, Policy({"clerk": rules}, narrow=[where])) as client:
        for name in ("email", "email_normalized", "email_formatted", "name", "avatar_128"):
            with pytest.raises(PermissionDenied, match=name):
                await client.read("res.users", [editor.uid], [name])
        [row] = await client.read("res.users", [editor.uid], ["display_name", "partner_id"])
        assert (row["display_name"], row["partner_id"]) == ("****", [author, "****"])
        with pytest.raises(PermissionDenied, match="phone"):
            await client.write("res.users", [editor.uid], {"phone": "1"})
        with pytest.raises(PermissionDenied, match="company_id"):
            await client.execute_kw("res.partner", "web_resequence", [[alice], {}, "company_id", company + 1])

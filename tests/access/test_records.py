"""Records: the domain that narrows an operation holds for searches, for reads of ids, and before every write."""

from __future__ import annotations

import pytest

from access.world import PARTNER, Manager, policy
from zenoo_security.client.access.operations import PARAMETERS
from zenoo_security.client.access.plans import PLANS
from zenoo_security.client.methods import METHODS, Method
from zenoo_security.errors import PermissionDenied, RecordNotFound
from zenoo_security.policy import Narrowing

OWN = Narrowing("res.partner", (("user_id", "=", "{uid}"),))
EVERYTHING = ("res.partner:*", "res.partner:write:user_id", "res.partner:write:active", "res.partner:write:child_ids")
LEAF = ["user_id", "=", 7]
ACTIVE = ["active", "in", [True, False]]
NAMED = ["&", "&", ["id", "in", [1]], ACTIVE, LEAF]

#: What these methods take beside ids, for they refuse a call without it sooner.
REST = {"web_read": [{}], "web_save": [{}, {}], "web_save_multi": [[{}], {}], "web_resequence": [{}], "write": [{}]}

pytestmark = pytest.mark.asvs("v5.0.0-8.2.2")


@pytest.fixture
def manager():
    return Manager(policy(*EVERYTHING, "res.partner.category:read", narrow=[OWN]), "clerk")


@pytest.fixture
async def client(world, manager):
    async with world.client(manager) as client:
        yield client


@pytest.mark.parametrize(
    ("method", "args", "kwargs"),
    [
        ("search", [[]], {}),
        ("search", [], {"domain": [("name", "=", "x")], "limit": 3}),
        ("search_count", [["|", ("name", "=", "x"), ("name", "=", "y")]], {}),
        ("search_read", [], {}),
        ("search_read", [None, ["name"]], {}),
        ("web_search_read", [[], {"name": {}}], {}),
        ("name_search", ["x"], {}),
        ("web_name_search", ["x", {"name": {}}], {}),
        ("read_group", [[], ["color"], ["name"]], {}),
        ("formatted_read_group", [[], ["name"]], {}),
        ("formatted_read_grouping_sets", [[], [["name"]]], {}),
        ("web_read_group", [[], ["name"]], {}),
        ("read_progress_bar", [[], "name", {"field": "name", "colors": {}}], {}),
    ],
)
async def test_every_search_is_narrowed(client, world, method, args, kwargs):
    await client.execute_kw("res.partner", method, args, kwargs)
    [(_, _, sent, named)] = world.asked()
    place = 2 if "name_search" in method and len(sent) > 2 else 0
    domain = named["domain"] if "domain" in named else sent[place]
    assert domain[-1] == LEAF
    assert domain[0] == "&" or len(domain) == 1
    if "|" in domain:
        assert domain == ["&", "|", ["name", "=", "x"], ["name", "=", "y"], LEAF]


async def test_records_are_read_in_one_request_and_as_read_gives_them(client, world):
    rows = [{"id": 2, "name": "B"}, {"id": 1, "name": "A"}]
    world.answers["search_read"] = rows
    assert await client.read("res.partner", [1, 3, 2, 1], ["name"]) == [rows[1], rows[0], rows[1]]
    assert world.asked() == [
        (
            "res.partner",
            "search_read",
            [],
            {
                "domain": ["&", "&", ["id", "in", [1, 3, 2, 1]], ACTIVE, LEAF],
                "fields": ["name"],
                "context": {"lang": "de_DE", "tz": "Europe/Berlin"},
            },
        )
    ]


async def test_a_read_keeps_its_options(client, world):
    world.answers["search_read"] = [{"id": 1, "parent_id": 2}]
    context = {"active_test": True}
    [row] = await client.execute_kw("res.partner", "read", [1], {"load": None}, context)
    assert row == {"id": 1, "parent_id": 2}
    [(_, _, _, sent)] = world.asked()
    assert sent["load"] is None
    assert sent["context"]["active_test"] is True
    assert sent["domain"] == NAMED


async def test_a_web_read_becomes_a_search_too(client, world):
    world.answers["web_search_read"] = {"length": 1, "records": [{"id": 1, "name": "A"}]}
    assert await client.execute_kw("res.partner", "web_read", [[1], {"name": {}}]) == [{"id": 1, "name": "A"}]
    [(_, method, _, sent)] = world.asked()
    assert (method, sent["domain"], sent["specification"]) == ("web_search_read", NAMED, {"name": {}})


async def test_what_exists_is_what_may_be_seen(client, world):
    assert await client.execute_kw("res.partner", "exists", [[1, 2]]) == [1]
    assert [method for _, method, _, _ in world.asked()] == ["search"]


CALLS = [
    ("write", [[1], {"name": "x"}], {}),
    ("unlink", [[1]], {}),
    ("copy", [[1], {"user_id": 7}], {}),
    ("export_data", [[1], ["name"]], {}),
    ("action_archive", [[1]], {}),
    ("toggle_active", [1], {}),
    ("web_save", [[1], {"name": "x"}, {}], {}),
    ("web_save_multi", [[1], [{"name": "x"}], {}], {}),
    ("web_resequence", [[1], {}, "color"], {}),
    ("check_access", [[1], "read"], {}),
    ("has_access", [[1], "write"], {}),
    ("message_post", [[1]], {"body": "x"}),
    ("message_post", [1], {"body": "x"}),
    ("message_post", [{"1": 1}], {"body": "x"}),
    ("message_post", [["1"]], {"body": "x"}),
    ("message_post", ["1"], {"body": "x"}),
    ("message_post", [[1.0]], {"body": "x"}),
    ("message_post", [[True]], {"body": "x"}),
    ("web_save", [[], {"name": "x", "user_id": 7}, {}], {"next_id": 1}),
]


@pytest.mark.parametrize("called", CALLS)
async def test_records_that_do_not_match_are_not_touched(client, world, refusals, called):
    method, args, kwargs = called
    world.found = []
    with pytest.raises(PermissionDenied) as caught:
        await client.execute_kw("res.partner", method, args, kwargs)
    assert {called for _, called, _, _ in world.asked()} <= {"search"}
    whole = [1] if args[0] in (1, [1], []) and type(args[0][0] if args[0] and args[0] != 1 else 1) is int else None
    if whole:
        assert isinstance(caught.value, RecordNotFound)
        assert refusals()[0]["ids"] == [1]
        assert refusals()[0]["reason"] == "record"


@pytest.mark.parametrize(("method", "args", "kwargs"), [c for c in CALLS if c[1][0] in (1, [1]) and c[1][0] != [True]])
async def test_records_that_match_are_looked_for_once_and_then_touched(client, world, method, args, kwargs):
    if args[0] != 1 and type(args[0][0]) is not int:
        return
    await client.execute_kw("res.partner", method, args, kwargs)
    *looked, (_, called, _, _) = world.asked()
    assert called == method
    assert looked
    assert all((name, sent) == ("search", [NAMED]) for _, name, sent, _ in looked)


OF_RECORDS = sorted(
    name for name in PLANS if "" in METHODS.get(name, Method(None, PARAMETERS.get(name, ()))).parameters
)


@pytest.mark.parametrize("method", OF_RECORDS)
@pytest.mark.parametrize("narrow", [[], [OWN]], ids=["wide", "narrow"])
async def test_what_is_no_id_is_refused_and_not_sent(world, refusals, method, narrow):
    """Odoo itself finds record 1 by "1", writes nothing for None, and fails at the others in its own ways."""
    many = [1] * 10_001
    async with world.client(Manager(policy("*", narrow=narrow), "clerk")) as client:
        for given in ([-1], -1, [0], ["1"], "1", [True], True, [1.0], 1.5, [10**20], 10**20, [None], [[1]], [{}], many):
            with pytest.raises(PermissionDenied, match=r"res\.partner"):
                await client.execute_kw("res.partner", method, [given, *REST.get(method, ())])
        assert {event["reason"] for event in refusals()} == {"ids"}
    assert world.asked() == []


async def test_gone_and_forbidden_look_the_same(client, world):
    world.found = [2]
    texts = set()
    for record in (1, 99):
        with pytest.raises(RecordNotFound) as caught:
            await client.write("res.partner", [record], {"name": "x"})
        texts.add(str(caught.value))
    assert len(texts) == 1


async def test_a_record_cannot_be_written_out_of_its_domain(client, world, refusals):
    for values in ({"user_id": 8}, {"user_id": False}, {"name": "x", "user_id": 8}):
        with pytest.raises(PermissionDenied, match="'user_id'"):
            await client.write("res.partner", [1], values)
    assert world.asked() == []
    assert {event["reason"] for event in refusals()} == {"narrowed"}
    await client.write("res.partner", [1], {"user_id": 7})


async def test_a_domain_of_alternatives_holds_after_the_write(world):
    either = Narrowing("res.partner", ("|", ("user_id", "=", "{uid}"), ("color", "=", 3)), frozenset({"write"}))
    async with world.client(Manager(policy("res.partner:*", narrow=[either]), "clerk")) as client:
        await client.write("res.partner", [1], {"user_id": 8})
        await client.write("res.partner", [1], {"user_id": 7})
    after = [args[0][-3:] for _, method, args, _ in world.asked() if method == "search"]
    assert after == [["|", [0, "=", 1], ["color", "=", 3]], ["|", [1, "=", 1], ["color", "=", 3]]]


async def test_a_new_record_has_to_match(client, world, refusals):
    with pytest.raises(PermissionDenied, match="'user_id': give a value"):
        await client.create("res.partner", {"name": "x"})
    with pytest.raises(PermissionDenied, match="'user_id': the value does not match"):
        await client.create("res.partner", [{"name": "x", "user_id": 7}, {"name": "y", "user_id": 8}])
    with pytest.raises(PermissionDenied, match="'user_id'"):
        await client.execute_kw("res.partner", "copy", [[1]])
    assert world.asked() == []
    assert {event["field"] for event in refusals()} == {"user_id"}
    assert await client.create("res.partner", {"name": "x", "user_id": 7}) == 9
    assert await client.create("res.partner", {"name": "x"}, context={"default_user_id": 7}) == 9


@pytest.mark.parametrize(
    ("command", "sent"),
    [
        ([1, 1, {"name": "x"}], ["search", "write"]),
        ([2, 1], ["search", "write"]),
        ([3, 1], ["search", "write"]),
        ([4, 1], ["search", "write"]),
        ([0, 0, {"name": "x", "user_id": 7}], ["search", "write"]),
        ([0, 0, {"name": "x", "user_id": 8}], None),
        ([0, 0, {"name": "x"}], None),
        ([1, 5, {"name": "x"}], None),
        ([1, 1, {"user_id": 8}], None),
        ([2, 5], None),
        ([3, 5], None),
        ([4, 5], None),
        ([5], None),
        ([6, 0, [1]], None),
    ],
)
async def test_commands_touch_only_records_that_match(world, client, command, sent):
    narrow = [OWN, Narrowing("res.partner", (("user_id", "=", "{uid}"),))]
    manager = Manager(policy(*EVERYTHING, narrow=narrow), "clerk")
    client._enforcer._manager = manager
    call = client.write("res.partner", [1], {"child_ids": [command]})
    if sent is None:
        with pytest.raises(PermissionDenied):
            await call
        assert not [method for _, method, _, _ in world.asked() if method == "write"]
    else:
        await call
        assert sorted({method for _, method, _, _ in world.asked()}) == sent


@pytest.mark.parametrize(
    ("method", "args"),
    [
        ("search_read", [[("parent_id.name", "=", "x")]]),
        ("search", [[("child_ids", "any", [("name", "=", "x")])]]),
        ("web_read", [[1], {"parent_id": {"fields": {"name": {}}}}]),
        ("web_search_read", [[], {"child_ids": {"fields": {"name": {}}}}]),
        ("export_data", [[1], ["parent_id/name"]]),
        ("formatted_read_group", [[], ["parent_id.name"]]),
    ],
)
async def test_a_relation_does_not_lead_around_the_domain(client, world, method, args):
    with pytest.raises(PermissionDenied, match="leads around"):
        await client.execute_kw("res.partner", method, args)
    assert world.asked() == []


async def test_roles_that_are_exempt_see_everything(world):
    narrow = [Narrowing("res.partner", OWN.domain, unless=frozenset({"clerk"}))]
    async with world.client(Manager(policy("res.partner:*", narrow=narrow), "clerk")) as client:
        await client.search("res.partner", [])
        await client.read("res.partner", [1], ["name"])
    assert [(method, args) for _, method, args, _ in world.asked()] == [("search", [[]]), ("read", [[1]])]


async def test_the_facts_of_the_user_fill_the_domain(world):
    domain = (
        ("company_id", "in", "{company_ids}"),
        ("company_id", "=", "{company_id}"),
        ("parent_id", "=", "{partner_id}"),
    )
    narrow = [Narrowing("res.partner", domain, frozenset({"read"}))]
    async with world.client(Manager(policy("res.partner:*", narrow=narrow), "clerk")) as client:
        await client.search("res.partner", [])
    [(_, _, [sent], _)] = world.asked()
    assert sent == ["&", "&", ["company_id", "in", [1, 2]], ["company_id", "=", 1], ["parent_id", "=", 3]]


async def test_a_hidden_record_is_not_linked(world):
    narrow = [Narrowing("res.partner.category", (("color", "=", 1),), frozenset({"read"}))]
    manager = Manager(policy("res.partner:write:category_id", narrow=narrow), "clerk")
    world.found = []
    async with world.client(manager) as client:
        for command in ([4, 1], [6, 0, [1]], [3, 1]):
            with pytest.raises(RecordNotFound):
                await client.write("res.partner", [1], {"category_id": [command]})
        with pytest.raises(RecordNotFound):
            await client.write("res.partner", [1], {"category_id": [1]})
    assert {method for _, method, _, _ in world.asked()} == {"search"}


LINKS = {
    "write": ("write", [[1], {"parent_id": 9}], {}),
    "create": ("create", [[{"name": "x"}, {"name": "y", "parent_id": 9}]], {}),
    "copy": ("copy", [[1], {"parent_id": 9}], {}),
    "web_save": ("web_save", [[1], {"parent_id": 9}, {"name": {}}], {}),
    "default": ("create", [[{"name": "x"}]], {"default_parent_id": 9}),
    "command": ("write", [[1], {"child_ids": [[0, 0, {"name": "x", "parent_id": 9}]]}], {}),
    "name and id": ("write", [[1], {"parent_id": [9, "x"]}], {}),
    "values": ("write", [[1], {"parent_id": {"id": 9}}], {}),
    "text": ("write", [[1], {"parent_id": "9"}], {}),
    "reference": ("write", [[1], {"about": "res.partner,9"}], {}),
    "reference that is none": ("write", [[1], {"about": "res.partner, 9"}], {}),
}


@pytest.mark.parametrize("link", LINKS)
async def test_a_value_does_not_lead_to_a_hidden_record(world, monkeypatch, link):
    """What it holds would come along: Odoo gives a contact the VAT number of its parent."""
    monkeypatch.setitem(PARTNER, "about", {"type": "reference"})
    world.answers["res.partner.fields_get"] = PARTNER
    method, args, context = LINKS[link]
    narrow = [Narrowing("res.partner", (("company_id", "=", 1),), frozenset({"read"}))]
    rules = ("res.partner:*", "res.partner:write:child_ids", "res.partner:create:child_ids")
    world.found = [1]
    async with world.client(Manager(policy(*rules, narrow=narrow), "clerk")) as client:
        with pytest.raises((RecordNotFound, PermissionDenied)):
            await client.execute_kw("res.partner", method, args, {}, context)
        assert {called for _, called, _, _ in world.asked()} <= {"search"}
        world.found = [1, 9]
        if link in {"write", "create", "copy", "web_save", "default", "command", "reference"}:
            await client.execute_kw("res.partner", method, args, {}, context)
            assert world.asked()[-1][1] == method
    async with world.client(Manager(policy(*rules), "clerk")) as client:
        before = len(world.asked())
        await client.execute_kw("res.partner", method, args, {}, context)
        assert [called for _, called, _, _ in world.asked()[before:]] == [method]


async def test_records_that_many_values_lead_to_are_looked_for_at_once(world):
    narrow = [Narrowing("res.partner", (("company_id", "=", 1),), frozenset({"read"}))]
    world.found = [7, 9]
    async with world.client(Manager(policy("res.partner:*", narrow=narrow), "clerk")) as client:
        await client.create("res.partner", [{"name": "x", "parent_id": parent} for parent in (7, 9, 7, False)])
        assert [called for _, called, _, _ in world.asked()] == ["search", "create"]

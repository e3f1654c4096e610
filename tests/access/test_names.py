"""Names of records are a field of theirs, wherever they stand."""

from __future__ import annotations

import pytest

from access.world import Manager, policy
from zenoo_security.errors import PermissionDenied

pytestmark = pytest.mark.asvs("v5.0.0-8.2.3")


def clerk(*allow, **options):
    return Manager(policy(*allow, **options), "clerk")


PARTNERS = ("res.partner:read:parent_id", "res.partner:read:country_id", "res.partner:read:color")


@pytest.mark.parametrize(
    ("allow", "options", "parent", "country"),
    [
        ((), {}, "****", "****"),
        (("res.partner:read:display_name",), {}, "Bob AG", "****"),
        (("res.partner:read:name", "res.country:read"), {}, "Bob AG", "Germany"),
        (("res.partner:read:name",), {"deny": ("res.partner:read:complete_name",)}, "****", "****"),
        (("res.partner:read", "res.country:read"), {"deny": ("res.partner:read:name",)}, "****", "Germany"),
        (("res.partner:read",), {"deny": ("res.partner:read:email",)}, "Bob AG", "****"),
        (("*:read",), {"masks": {"res.partner": {"name": "last4"}}}, "****", "Germany"),
        (("*:read",), {"masks": {"res.partner": {"display_name": "last4"}}}, "****", "Germany"),
        (("*:read", "*:unmask"), {"masks": {"res.partner": {"name": "last4"}}}, "Bob AG", "Germany"),
    ],
)
async def test_a_relation_shows_a_name_to_who_may_see_it(world, allow, options, parent, country):
    async with world.client(clerk(*PARTNERS, *allow, **options)) as client:
        for call in (
            client.read("res.partner", [1], ["parent_id", "country_id"]),
            client.search_read("res.partner", [], ["parent_id", "country_id"]),
            client.read("res.partner", [1]),
        ):
            [row] = await call
            assert (row["parent_id"], row["country_id"]) == ([2, parent], [57, country])


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.read("res.partner", [1], ["display_name"]),
        lambda c: c.search("res.partner", [("display_name", "ilike", "x")]),
        lambda c: c.search("res.partner", [("parent_id", "ilike", "x")]),
        lambda c: c.search("res.partner", [("parent_id", "=", "Bob AG")]),
        lambda c: c.search("res.partner", [("parent_id", "in", [1, "Bob AG"])]),
        lambda c: c.search("res.partner", [("parent_id.display_name", "=", "x")]),
        lambda c: c.search("res.partner", [], order="parent_id"),
        lambda c: c.execute_kw("res.partner", "name_search", []),
        lambda c: c.execute_kw("res.partner", "web_name_search", ["", {"color": {}}]),
        lambda c: c.execute_kw("res.partner", "formatted_read_group", [[], ["parent_id"]]),
        lambda c: c.execute_kw("res.partner", "export_data", [[1], ["parent_id"]]),
        lambda c: c.execute_kw("res.partner", "web_read", [[1], {"parent_id": {"fields": {"display_name": {}}}}]),
        lambda c: c.execute_kw("res.partner", "web_read", [[1], {"__formatted_display_name": {}}]),
    ],
)
async def test_names_that_may_not_be_seen_are_not_asked_for_either(world, call):
    async with world.client(clerk(*PARTNERS)) as client:
        with pytest.raises(PermissionDenied, match="display_name"):
            await call(client)
    assert world.asked() == []


async def test_a_search_by_name_looks_into_fields_that_may_be_seen(world):
    allow = [f"res.partner:read:{name}" for name in ("name", "complete_name", "email", "ref")]
    async with world.client(clerk(*allow)) as client:
        for call in (
            client.execute_kw("res.partner", "name_search", ["alice"]),
            client.search("res.partner", [("display_name", "ilike", "alice")]),
        ):
            with pytest.raises(PermissionDenied, match=r"res\.partner:read:vat"):
                await call
        assert world.asked() == []
        await client.execute_kw("res.partner", "name_search", [""])
    async with world.client(clerk(*allow, "res.partner:read:vat")) as client:
        assert await client.execute_kw("res.partner", "name_search", ["alice"]) == [[1, "Alice GmbH"]]


@pytest.mark.parametrize("key", ["show_vat", "show_email", "show_address"])
async def test_a_context_does_not_put_more_into_a_name(world, key):
    async with world.client(clerk("res.partner:read:name", "res.partner:read:parent_id")) as client:
        with pytest.raises(PermissionDenied, match=key):
            await client.read("res.partner", [1], ["display_name"], context={key: True})
        spec = {"parent_id": {"fields": {"display_name": {}}, "context": {key: 1}}}
        with pytest.raises(PermissionDenied, match=key):
            await client.execute_kw("res.partner", "web_read", [[1], spec])
        assert world.asked() == []
        await client.read("res.partner", [1], ["display_name"], context={key: False})


async def test_a_hierarchy_is_a_field_too(world):
    async with world.client(clerk("res.partner:read:name")) as client:
        for operator in ("child_of", "parent_of"):
            with pytest.raises(PermissionDenied, match="parent_id"):
                await client.search("res.partner", [("id", operator, 5)])
    assert world.asked() == []


@pytest.mark.parametrize(
    "path",
    ["parent_id..vat", "", "name.x", "parent_id.name.x", "1", "nowhere.name", ".".join(["parent_id"] * 40)],
)
async def test_paths_that_lead_nowhere_are_refused(world, path):
    async with world.client(clerk("*:read")) as client:
        with pytest.raises((PermissionDenied, ValueError)):
            await client.execute_kw("res.partner", "formatted_read_group", [[], [path]])
    assert world.asked() == []


async def test_parts_of_dates_and_properties_are_their_field(world):
    async with world.client(clerk("res.partner:read:create_date")) as client:
        await client.execute_kw("res.partner", "formatted_read_group", [[], ["create_date:month"], ["__count"]])
        await client.search("res.partner", [("create_date.month_number", "=", 3)])
        await client.search("res.partner", [(1, "=", 1)])
        await client.search("res.partner", [("id", ">", 3)], order="id desc")
    assert len(world.asked()) == 4


@pytest.mark.parametrize(
    "order", ["comment", "name,comment", "name asc nulls last , comment desc", "COMMENT", 5, ["comment"]]
)
async def test_an_order_by_a_hidden_field_is_refused(world, order):
    async with world.client(clerk("res.partner:read:name")) as client:
        with pytest.raises(PermissionDenied):
            await client.execute_kw("res.partner", "search", [[]], {"order": order})
    assert world.asked() == []


async def test_fields_get_tells_of_fields_that_may_be_read_or_written(world):
    async with world.client(clerk("res.partner:read:name", "res.partner:write:email")) as client:
        found = await client.get_model_fields("res.partner")
        assert sorted(found) == ["display_name", "email", "id", "name"]


async def test_metadata_names_users(world):
    world.answers["get_metadata"] = [{"id": 1}]
    names = ("create_date", "create_uid", "write_date", "write_uid")
    allow = [f"res.partner:read:{name}" for name in names]
    async with world.client(clerk(*allow)) as client:
        with pytest.raises(PermissionDenied, match=r"res\.users"):
            await client.execute_kw("res.partner", "get_metadata", [[1]])
    async with world.client(clerk(*allow, "res.users:read:name")) as client:
        await client.execute_kw("res.partner", "get_metadata", [[1]])


async def test_has_access_says_no_where_the_policy_does(world):
    async with world.client(clerk("res.partner:read:name", "res.partner:write:name")) as client:
        found = await client.get_user_permissions("res.partner")
        assert found == {"create": False, "read": True, "write": True, "unlink": False}
        with pytest.raises(PermissionDenied):
            await client.check_model_access("res.users")


@pytest.mark.parametrize(
    "options", [{"deny": ("res.partner:read:email",)}, {"masks": {"res.partner": {"email": "email"}}}]
)
async def test_what_is_computed_from_a_kept_field_is_kept_too(world, options):
    world.answers["search_read"] = lambda _domain, fields: [dict.fromkeys(fields, "alice@example.com")]
    names = ("email_normalized", "email_again", "parent_email")
    async with world.client(clerk("res.partner:read", **options)) as client:
        [row] = await client.search_read("res.partner", [])
        assert not {*names} & row.keys()
        for name in names:
            with pytest.raises(PermissionDenied, match=f"'{name}' is computed from"):
                await client.read("res.partner", [1], [name])
            with pytest.raises(PermissionDenied, match="computed"):
                await client.search("res.partner", [(name, "=", "x")])
    async with world.client(clerk("res.partner:read", "res.partner:read:email_again", **options)) as client:
        assert await client.search_read("res.partner", [], ["email_again"]) == [{"email_again": "alice@example.com"}]


@pytest.mark.parametrize(
    ("method", "args", "kwargs"),
    [
        ("read", [[1], ["name ", "name"]], {}),
        ("read", [[1], [5]], {}),
        ("read", [[1], "name"], {}),
        ("search_read", [[], {"name": 1}], {}),
        ("search", [[("name", "any", [("id", "=", 1)])]], {}),
        ("search", [[("country_id.id", "=", 1)]], {}),
        ("export_data", [[1], ["country_id/.id"]], {}),
        ("formatted_read_group", [[], ["name"], ["max(comment)"]], {}),
        ("formatted_read_group", [[], ["name"]], {"having": "comment"}),
        ("formatted_read_group", [[], ["name"]], {"having": [["max(comment)", ">", 1]]}),
        ("web_read_group", [[], ["name"]], {"opening_info": ["x"]}),
        ("web_read_group", [[], ["name"]], {"groupby_read_specification": [["name"]]}),
        ("web_read", [[1], ["name"]], {}),
        ("web_read", [[1], {"name": "x"}], {}),
        ("web_read", [[1], {"name": {"fields": {"id": {}}}}], {}),
    ],
)
async def test_what_cannot_be_understood_is_refused(world, method, args, kwargs):
    async with world.client(clerk("res.partner:read", deny=("res.partner:read:comment",))) as client:
        with pytest.raises(PermissionDenied):
            await client.execute_kw("res.partner", method, args, kwargs)
    assert world.asked() == []


async def test_a_text_is_no_list_of_fields(world, refusals):
    """A user who may read the name is not told that they may not."""
    async with world.client(Manager(policy("res.partner:read"), "clerk")) as client:
        for method, args in (("read", [[1], "name"]), ("search_read", [[], "name"])):
            with pytest.raises(PermissionDenied, match="a list of names"):
                await client.execute_kw("res.partner", method, args)
    assert world.asked() == []
    assert {event["reason"] for event in refusals()} == {"arguments"}

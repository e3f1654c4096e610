"""Ways around the rules that Odoo itself offers: by names, by computed and related fields, by texts that are ids."""

from __future__ import annotations

import pytest

from access.world import PARTNER, SCHEMAS, Manager, policy
from zenoo_security.errors import OdooError, PermissionDenied, RecordNotFound
from zenoo_security.policy import Narrowing
from zenoo_security.policy.methods import INSTEAD

pytestmark = pytest.mark.asvs("v5.0.0-8.2.2", "v5.0.0-8.2.3")

ALICE = Narrowing("res.partner", (("name", "=", "Alice GmbH"),))
COMPANY = Narrowing("res.partner", (("company_id", "in", [1, False]),))
NAMES = tuple(f"res.partner:read:{name}" for name in ("name", "complete_name", "email", "ref", "vat"))
RELATED = {
    "email_normalized": {
        "type": "char",
        "depends": ["partner_id.email_normalized"],
        "related": "partner_id.email_normalized",
    },
    "name": {"type": "char", "depends": ["partner_id.name"], "related": "partner_id.name"},
    "phone": {"type": "char", "depends": ["partner_id.phone"], "related": "partner_id.phone"},
}
PROPERTIES = {"properties": {"type": "properties"}, "about": {"type": "reference"}}


def clerk(*allow, **options):
    return Manager(policy(*allow, **options), "clerk")


@pytest.fixture
def related(world):
    """Users with the fields of their partner, as Odoo has them, and partners with properties."""
    world.answers["res.users.fields_get"] = {**SCHEMAS["res.users"], **RELATED}
    world.answers["res.partner.fields_get"] = {**PARTNER, **PROPERTIES}


@pytest.mark.parametrize(
    "domain",
    [
        [("id", "child_of", "DE123456789")],
        [("id", "parent_of", ["DE123456789"])],
        [("parent_id.id", "child_of", "DE123456789")],
        [("child_ids", "any", [("id", "child_of", "DE123456789")])],
    ],
)
async def test_ids_are_not_found_by_names_either(world, domain):
    async with world.client(clerk(*(f"res.partner:read:{n}" for n in ("name", "parent_id", "child_ids")))) as client:
        with pytest.raises(PermissionDenied, match="complete_name"):
            await client.search("res.partner", domain)
    assert world.asked() == []


async def test_the_hierarchy_of_the_model_at_the_end_of_a_path_is_what_is_asked_for(world):
    async with world.client(clerk("res.users:read:partner_id", "res.partner:read:name")) as client:
        with pytest.raises(PermissionDenied, match=r"res\.partner:read:parent_id"):
            await client.search("res.users", [("partner_id.id", "child_of", 5)])


@pytest.mark.parametrize("name", ["parent_id", "child_ids"])
@pytest.mark.parametrize("operator", ["=", "ilike", "child_of"])
async def test_hidden_records_are_not_found_by_what_a_name_finds(world, name, operator):
    rights = (*NAMES, "res.partner:read:company_registry", "res.partner:read:parent_id", "res.partner:read:child_ids")
    async with world.client(clerk(*rights, narrow=[ALICE])) as client:
        with pytest.raises(PermissionDenied, match="leads around"):
            await client.search("res.partner", [(name, operator, "hidden@example.com")])
        await client.search("res.partner", [("parent_id", "in", [2])])


async def test_what_is_computed_from_a_computed_field_of_another_model_is_kept(world, related, refusals):
    manager = clerk("res.users:read", "res.partner:read", deny=("res.partner:read:email",))
    async with world.client(manager) as client:
        with pytest.raises(PermissionDenied, match=r"partner_id\.email_normalized"):
            await client.read("res.users", [7], ["email_normalized"])
        await client.read("res.users", [7], ["phone"])
    assert [event["reason"] for event in refusals()] == ["computed"]


@pytest.mark.parametrize("kept", [{"deny": ("res.partner:read:name",)}, {"masks": {"res.partner": {"name": "last4"}}}])
async def test_the_names_of_users_are_those_of_their_partners(world, related, kept):
    world.answers["read"] = [{"id": 1, "user_id": [7, "Ann"]}]
    async with world.client(clerk("res.users:read", "res.partner:read", **kept)) as client:
        assert await client.read("res.partner", [1], ["user_id"]) == [{"id": 1, "user_id": [7, "****"]}]
        world.answers["web_read"] = [{"id": 7, "display_name": "Ann"}]
        [row] = await client.execute_kw("res.users", "web_read", [[7], {"display_name": {}}])
        assert row["display_name"] == "****"
        with pytest.raises(PermissionDenied, match="display_name"):
            await client.search("res.users", [("display_name", "ilike", "a")])


@pytest.mark.parametrize(
    ("method", "args", "kwargs"),
    [
        ("read", [[7], ["phone"]], {}),
        ("web_read", [[7], {"phone": {}}], {}),
        ("search", [[("phone", "=", "1")]], {}),
        ("search", [[]], {"order": "phone"}),
        ("formatted_read_group", [[], ["phone"]], {}),
        ("export_data", [[7], ["phone"]], {}),
    ],
    ids=["read", "web_read", "filter", "sort", "group", "export"],
)
async def test_a_field_of_a_hidden_record_is_not_read_through_one_that_is_related_to_it(
    world, related, method, args, kwargs
):
    rights = ("res.users:read", "res.partner:read")
    async with world.client(clerk(*rights, narrow=[ALICE])) as client:
        with pytest.raises(PermissionDenied, match=r"a field of res\.partner, which a domain narrows"):
            await client.execute_kw("res.users", method, args, kwargs)
        assert world.asked() == []
        world.answers["search_read"] = [{"id": 7, "login": "ann", "phone": "1"}]
        assert await client.search_read("res.users", []) == [{"id": 7, "login": "ann"}]
    for named in (clerk(*rights, "res.users:read:phone", narrow=[ALICE]), clerk(*rights)):
        async with world.client(named) as client:
            await client.execute_kw("res.users", method, args, kwargs)


async def test_a_field_is_not_written_through_one_that_is_related_to_it(world, related):
    users = ("res.users:write", "res.partner:write")
    async with world.client(clerk(*users, deny=("res.partner:write:phone",))) as client:
        with pytest.raises(PermissionDenied, match=r"res\.partner:write:phone"):
            await client.write("res.users", [7], {"phone": "1"})
        await client.write("res.users", [7], {"name": "Ann"})
    async with world.client(clerk(*users, narrow=[ALICE])) as client:
        with pytest.raises(PermissionDenied, match=r"a domain narrows res\.partner"):
            await client.write("res.users", [7], {"name": "Ann"})
    async with world.client(clerk(*users, "res.users:write:name", narrow=[ALICE])) as client:
        await client.write("res.users", [7], {"name": "Ann"})


@pytest.mark.parametrize("given", [["7"], [" 7"], ["+7"], ["0x7"], ["1_0"], {" 7": 1}, " 7"])
async def test_texts_that_are_ids_are_refused_where_records_are_narrowed(world, given):
    async with world.client(clerk("res.partner:create_company", narrow=[ALICE])) as client:
        with pytest.raises(PermissionDenied, match="whole number"):
            await client.execute_kw("res.partner", "create_company", [given])
    assert world.asked() == []


@pytest.mark.parametrize("given", [["name", "street2", "abc", "a1"], {"email": "x"}, "2026-01-31", [], None])
async def test_texts_that_are_no_ids_are_arguments(world, given):
    async with world.client(clerk("res.partner:find_it", narrow=[ALICE])) as client:
        await client.execute_kw("res.partner", "find_it", [given])
    assert len(world.asked()) == 1


async def test_a_number_of_a_sequence_is_not_known_before(world):
    async with world.client(clerk("res.partner:read", "res.partner:write:company_id", narrow=[COMPANY])) as client:
        with pytest.raises(PermissionDenied, match="company_id"):
            await client.execute_kw("res.partner", "web_resequence", [[1], {}, "company_id", 2])
    assert world.asked() == []


@pytest.mark.parametrize("method", ["action_archive", "toggle_active"])
async def test_archiving_is_a_write_that_a_domain_may_refuse(world, method):
    active = Narrowing("res.partner", (("active", "=", True),))
    async with world.client(clerk("res.partner:write:active", narrow=[active])) as client:
        with pytest.raises(PermissionDenied, match="active"):
            await client.execute_kw("res.partner", method, [[1]])
        await client.execute_kw("res.partner", "action_unarchive", [[1]])
    assert [called for _, called, _, _ in world.asked()] == ["search", "action_unarchive"]


async def test_a_copy_does_not_hand_on_groups(world):
    async with world.client(clerk("res.users:create", "res.users:read")) as client:
        with pytest.raises(PermissionDenied, match="group_ids"):
            await client.execute_kw("res.users", "copy", [[7]])
    async with world.client(clerk("res.users:create", "res.users:read", "res.users:create:group_ids")) as client:
        await client.execute_kw("res.users", "copy", [[7]])


@pytest.mark.parametrize("key", ["definition_changed", "definition_deleted"])
async def test_properties_do_not_write_their_definition(world, related, key):
    async with world.client(clerk("res.partner:write")) as client:
        with pytest.raises(PermissionDenied, match="defines"):
            await client.write("res.partner", [1], {"properties": [{"name": "a", "type": "char", key: True}]})
        await client.write("res.partner", [1], {"properties": {"a": "x"}})


async def test_properties_show_no_names_that_may_not_be_seen(world, related):
    given = [
        {"name": "a", "type": "many2one", "comodel": "res.users", "value": [7, "Ann"], "default": [8, "Bob"]},
        {"name": "b", "type": "many2many", "comodel": "res.users", "value": [[7, "Ann"], [8, None]]},
        {"name": "c", "type": "char", "value": "text"},
    ]
    hidden = [
        {**given[0], "value": [7, "****"], "default": [8, "****"]},
        {**given[1], "value": [[7, "****"], [8, None]]},
        given[2],
    ]
    for method in ("read", "web_read"):
        world.answers[method] = [{"id": 1, "properties": given}]
    rights = ("res.partner:read", "res.users:read:login")
    async with world.client(clerk(*rights)) as client:
        assert await client.read("res.partner", [1], ["properties"]) == [{"id": 1, "properties": hidden}]
        rows = await client.execute_kw("res.partner", "web_read", [[1], {"properties": {}}])
        assert rows == [{"id": 1, "properties": hidden}]
        for method, arguments in (
            ("formatted_read_group", [[], ["properties.a"]]),
            ("read_group", [[], [], ["properties.a"]]),
            ("export_data", [[1], ["properties"]]),
            ("export_data", [[1], ["properties.a"]]),
            ("export_data", [[1], ["about"]]),
        ):
            with pytest.raises(PermissionDenied, match="names of records of any model"):
                await client.execute_kw("res.partner", method, arguments)
    async with world.client(clerk("*:read")) as client:
        assert await client.read("res.partner", [1], ["properties"]) == [{"id": 1, "properties": given}]
        await client.execute_kw("res.partner", "formatted_read_group", [[], ["properties.a"]])


def test_methods_that_write_values_or_read_fields_of_any_record_are_known():
    assert {"message_new", "message_process", "message_update", "create_unique"} <= INSTEAD.keys()
    assert {"get_mention_suggestions", "html_field_history_get_content_at_revision"} <= INSTEAD.keys()


async def test_a_copy_has_the_values_of_the_original_before_defaults(world):
    new = Narrowing("res.partner", (("company_id", "=", 1),), operations=frozenset({"create"}))
    rights = ("res.partner:read", "res.partner:create", "res.partner:create:company_id", "res.partner:create:child_ids")
    async with world.client(clerk(*rights, narrow=[new])) as client:
        default = {"context": {"default_company_id": 1}}
        with pytest.raises(PermissionDenied, match="give a value"):
            await client.execute_kw("res.partner", "copy", [[1]], default)
        values = {"child_ids": [[0, 0, {"name": "x"}]], "company_id": 1}
        with pytest.raises(PermissionDenied, match="give a value"):
            await client.execute_kw("res.partner", "create", [values], default)
        await client.execute_kw("res.partner", "copy", [[1], {"company_id": 1}])
        await client.execute_kw("res.partner", "create", [{"name": "x"}], default)
    assert [called for _, called, _, _ in world.asked()] == ["copy", "create"]


async def test_hidden_records_are_not_sorted_by_their_fields(world):
    async with world.client(clerk("res.partner:read", narrow=[ALICE])) as client:
        spec = {"child_ids": {"fields": {}, "order": "email"}}
        with pytest.raises(PermissionDenied, match="leads around"):
            await client.execute_kw("res.partner", "web_read", [[1], spec])


async def test_a_method_of_its_own_is_not_for_records_that_may_not_be_read(world):
    hidden = Narrowing("res.partner", (("name", "=", "Alice GmbH"),), operations=frozenset({"read"}))
    async with world.client(clerk("res.partner:create_company", narrow=[hidden])) as client:
        await client.execute_kw("res.partner", "create_company", [[1]])
        world.found = []
        with pytest.raises(RecordNotFound):
            await client.execute_kw("res.partner", "create_company", [[1]])
    assert [called for _, called, _, _ in world.asked()] == ["search", "create_company", "search"]


@pytest.mark.parametrize("fields", [[["vat", {}]], "vat", 1, [["name"]]])
async def test_fields_of_a_specification_are_a_dict(world, fields):
    async with world.client(clerk("res.partner:read")) as client:
        with pytest.raises(PermissionDenied, match="specification"):
            await client.execute_kw("res.partner", "web_read", [[1], {"parent_id": {"fields": fields}}])
    assert world.asked() == []


@pytest.mark.parametrize("nonsense", [None, 5, True, "x", [[1]], [True], {"1": 1}])
async def test_what_is_no_answer_is_an_error_and_grants_nothing(world, nonsense):
    world.answers.update(search=nonsense, web_search_read=nonsense)
    async with world.client(clerk("res.partner:write", "res.partner:read", narrow=[ALICE])) as client:
        for method, arguments in (
            ("write", [[1], {"color": 1}]),
            ("web_read", [[1], {"name": {}}]),
            ("web_search_read", [[], {"name": {}}]),
        ):
            with pytest.raises(OdooError):
                await client.execute_kw("res.partner", method, arguments)
    assert "write" not in [called for _, called, _, _ in world.asked()]


async def test_ids_and_values_that_another_task_changes_meanwhile_are_those_that_were_checked(world):
    ids, values = [1], {"phone": "1"}

    def found(domain, **_kwargs):
        ids[:] = [2]
        values["vat"] = "DE1"
        return [1]

    world.answers["search"] = found
    async with world.client(clerk("res.partner:write:phone", narrow=[ALICE])) as client:
        await client.execute_kw("res.partner", "write", [ids, values])
    assert world.asked()[-1][:3] == ("res.partner", "write", [[1], {"phone": "1"}])

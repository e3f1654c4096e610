"""Every method that is understood, with a field in every place where one can stand: refused before anything is sent."""

from __future__ import annotations

import json

import pytest

from access.world import Manager, policy
from zenoo_security.client.access.operations import PARAMETERS
from zenoo_security.client.access.plans import PLANS
from zenoo_security.client.methods import METHODS, READS, VALUE_FREE
from zenoo_security.errors import PermissionDenied, QueryRefused
from zenoo_security.policy.methods import INSTEAD, OPERATIONS_OF

FIELDS = ("name", "email", "ref", "complete_name", "company_registry", "parent_id", "color", "vat", "create_date")
POLICY = policy(
    *(f"res.partner:{operation}:{field}" for operation in ("read", "write", "create") for field in FIELDS),
    "res.partner:write:child_ids",
    "res.partner:create:child_ids",
    "res.partner:read:child_ids",
    "res.partner:unlink",
    masks={"res.partner": {"vat": "last4"}},
)
F = "@field"
LEAF = [[F, "=", "x"]]
PATH = [[f"parent_id.{F}", "=", "x"]]
ANY = [["parent_id", "any", [[F, "=", "x"]]]]
DEEP = ["|", ["name", "=", "x"], "!", ["child_ids", "not any", [["parent_id", "any", LEAF]]]]
NESTED = {"parent_id": {"fields": {F: {}}}}
TWICE = {"child_ids": {"fields": {"parent_id": {"fields": {F: {}}}}}}
DOMAINS = (LEAF, PATH, ANY, DEEP)
COMMANDS = [[[0, 0, {F: "x"}]], [[1, 5, {F: "x"}]], [[0, 0, {"child_ids": [[0, 0, {F: "x"}]]}]]]

# A place that is read may show the field masked; every other one needs it in full.
READ, FULL, WRITE = "read", "full", "write"


def _searches(method, *rest, **kwargs):
    return [(FULL, method, [domain, *rest], kwargs) for domain in DOMAINS]


def _orders(method, *args, name="order", **kwargs):
    return [(FULL, method, list(args), {**kwargs, name: f"name, {F} desc"})]


def _specs(method, *args, **kwargs):
    return [(READ, method, list(args), {**kwargs, "specification": spec}) for spec in ({F: {}}, NESTED, TWICE)] + [
        (FULL, method, list(args), {**kwargs, "specification": {"child_ids": {"fields": {}, "order": F}}})
    ]


def _writes(method, *args, many=False, name="vals", **kwargs):
    rows = [{F: "x"}, *({"child_ids": commands} for commands in COMMANDS)]
    return [(WRITE, method, list(args), {**kwargs, name: [row] if many else row}) for row in rows]


def _groups(method, **kwargs):
    return [
        *_searches(method, **kwargs),
        (FULL, method, [[]], {**kwargs, "groupby": [F]}),
        (FULL, method, [[]], {**kwargs, "groupby": [f"parent_id.{F}"]}),
        (FULL, method, [[]], {**kwargs, "groupby": ["name"], "aggregates": [f"{F}:max"]}),
        (FULL, method, [[]], {**kwargs, "groupby": ["name"], "order": f"{F}:max desc"}),
    ]


PLACES = [
    (WRITE, "copy", [[1]], {"default": {F: "x"}}),
    *_writes("create", name="vals_list"),
    *_writes("create", name="vals_list", many=True),
    (FULL, "export_data", [[1], [F]], {}),
    (FULL, "export_data", [[1], ["name", f"parent_id/{F}"]], {}),
    (FULL, "export_data", [[1], [f"child_ids/parent_id/{F}"]], {}),
    *_groups("formatted_read_group"),
    (FULL, "formatted_read_group", [[], ["name"], ["color:sum"]], {"having": [[f"{F}:max", ">", 1]]}),
    *_searches("formatted_read_grouping_sets", [["name"]]),
    (FULL, "formatted_read_grouping_sets", [[], [["name"], [F]]], {}),
    (FULL, "formatted_read_grouping_sets", [[], [["name"]], [f"{F}:sum"]], {}),
    *((FULL, "name_search", [""], {"domain": domain}) for domain in DOMAINS),
    (READ, "read", [[1], ["name", F]], {}),
    (READ, "read", [[1]], {"fields": [F]}),
    (FULL, "read_group", [LEAF, [], ["name"]], {}),
    (FULL, "read_group", [[], [F], ["name"]], {}),
    (FULL, "read_group", [[], [f"total:max({F})"], ["name"]], {}),
    (FULL, "read_group", [[], [], [F]], {}),
    (FULL, "read_group", [[], [], ["name"]], {"orderby": f"{F} desc"}),
    (FULL, "read_progress_bar", [LEAF, "name", {"field": "name", "colors": {}}], {}),
    (FULL, "read_progress_bar", [[], F, {"field": "name", "colors": {}}], {}),
    (FULL, "read_progress_bar", [[], "name", {"field": F, "colors": {}}], {}),
    (FULL, "read_progress_bar", [[], "name", {"field": "name", "colors": {}, "sum_field": F}], {}),
    *_searches("search"),
    *_orders("search", []),
    *_searches("search_count"),
    *_searches("search_read"),
    *_orders("search_read", [], fields=["name"]),
    (READ, "search_read", [[], [F]], {}),
    *((FULL, "web_name_search", ["", {"name": {}}], {"domain": domain}) for domain in DOMAINS),
    *_specs("web_name_search", ""),
    *_specs("web_read", [1]),
    *_groups("web_read_group"),
    (READ, "web_read_group", [[], ["name"]], {"unfold_read_specification": {F: {}}}),
    (FULL, "web_read_group", [[], ["parent_id"]], {"groupby_read_specification": {"parent_id": {F: {}}}}),
    (FULL, "web_read_group", [[], ["name"]], {"opening_info": [{"groups": [{"progressbar_domain": LEAF}]}]}),
    *_specs("web_resequence", [1], field_name="color"),
    (WRITE, "web_resequence", [[1], {}], {"field_name": F}),
    *_specs("web_save", [1], {}),
    *_writes("web_save", [1], specification={}),
    *_writes("web_save", [], specification={}),
    *_specs("web_save_multi", [1], [{}]),
    *_writes("web_save_multi", [1], specification={}, name="vals_list", many=True),
    *_specs("web_search_read", []),
    *_searches("web_search_read", {"name": {}}),
    *_orders("web_search_read", [], {"name": {}}),
    *_writes("write", [1]),
    (WRITE, "write", [[1], {}], {"context": {f"default_{F}": "x"}}),
    (WRITE, "create", [{"name": "x"}], {"context": {f"default_{F}": "x"}}),
    (WRITE, "web_save", [[], {"name": "x"}, {}], {"context": {f"default_{F}": "x"}}),
]
WITHOUT_NAMES = {"name_search", "web_name_search"}  # names of partners are found by their masked vat


def _filled(place, field):
    _, method, args, kwargs = place
    text = json.dumps([args, kwargs]).replace(F, field)
    args, kwargs = json.loads(text)
    for given in (args, kwargs.values()):
        for value in given:
            if isinstance(value, list):
                value[:] = [tuple(leaf) if isinstance(leaf, list) and len(leaf) == 3 else leaf for leaf in value]
    return method, args, kwargs


def _id(place):
    return f"{place[1]}-{json.dumps(place[2:])[:60]}"


def test_the_places_are_those_of_all_methods():
    assert {place[1] for place in PLACES} == set(METHODS)
    assert set(PLANS) == {*METHODS, *PARAMETERS}
    assert set(PARAMETERS) == VALUE_FREE
    assert not INSTEAD.keys() & PLANS.keys()
    assert set(OPERATIONS_OF) == set(PLANS)
    assert {method for method, needs in OPERATIONS_OF.items() if needs == ("read",)} == READS


@pytest.mark.asvs("v5.0.0-8.2.3", "v5.0.0-15.3.1", "v5.0.0-15.3.3")
@pytest.mark.parametrize("place", PLACES, ids=_id)
async def test_a_field_without_a_right_is_refused_in_every_place(world, refusals, place):
    async with world.client(Manager(POLICY, "clerk")) as client:
        method, args, kwargs = _filled(place, "comment")
        with pytest.raises(PermissionDenied, match="comment") as caught:
            await client.execute_kw("res.partner", method, args, kwargs)
    assert world.asked() == []
    assert "res.partner" in str(caught.value)
    assert [event["field"] for event in refusals()] == ["comment"]
    assert refusals()[0]["needs"].startswith("res.partner:")


@pytest.mark.parametrize("place", [place for place in PLACES if place[1] not in WITHOUT_NAMES], ids=_id)
async def test_a_field_with_a_right_is_let_through(world, refusals, place):
    field = "color" if "sum" in json.dumps(place) or "max" in json.dumps(place) else "email"
    async with world.client(Manager(POLICY, "clerk")) as client:
        method, args, kwargs = _filled(place, field)
        await client.execute_kw("res.partner", method, args, kwargs)
    assert [called for _, called, _, _ in world.asked()] == [method]
    assert field in json.dumps(world.asked())
    assert not refusals()


@pytest.mark.asvs("v5.0.0-8.2.3")
@pytest.mark.parametrize("place", [p for p in PLACES if p[0] == FULL], ids=_id)
async def test_a_masked_field_is_refused_where_its_value_would_be_found_out(world, refusals, place):
    async with world.client(Manager(POLICY, "clerk")) as client:
        method, args, kwargs = _filled(place, "vat")
        with pytest.raises(PermissionDenied, match=r"unmask:vat|which is masked"):
            await client.execute_kw("res.partner", method, args, kwargs)
    assert world.asked() == []
    assert [event["reason"] for event in refusals()] == ["masked"]


@pytest.mark.asvs("v5.0.0-14.2.6")
@pytest.mark.parametrize("place", [p for p in PLACES if p[0] == READ and p[1] not in WITHOUT_NAMES], ids=_id)
async def test_a_masked_field_is_shown_masked(world, place):
    world.answers["web_read_group"] = {"groups": [{"__records": [{"id": 1, "vat": "DE123456789"}]}]}
    nested = {"id": 2, "vat": "DE123456789"}
    row = {"id": 1, "vat": "DE123456789", "parent_id": nested, "child_ids": [{"id": 3, "parent_id": nested}]}
    for method in ("read", "search_read", "web_read", "web_save", "web_save_multi", "web_resequence"):
        world.answers[method] = [row]
    world.answers["web_search_read"] = {"length": 1, "records": [row]}
    async with world.client(Manager(POLICY, "clerk")) as client:
        method, args, kwargs = _filled(place, "vat")
        shown = json.dumps(await client.execute_kw("res.partner", method, args, kwargs))
    assert "****6789" in shown
    assert "DE123456789" not in shown


@pytest.mark.asvs("v5.0.0-15.3.3")
@pytest.mark.parametrize("place", [p for p in PLACES if p[0] == WRITE], ids=_id)
@pytest.mark.parametrize("mask", ["****6789", "****", "a***@example.com"])
async def test_a_mask_is_not_written_back(world, place, mask):
    method, args, kwargs = _filled(place, "vat")
    if method == "web_resequence":
        return
    args, kwargs = json.loads(json.dumps([args, kwargs]).replace('"x"', json.dumps(mask)))
    async with world.client(Manager(POLICY, "clerk")) as client:
        with pytest.raises(PermissionDenied, match="was masked"):
            await client.execute_kw("res.partner", method, args, kwargs)
    assert world.asked() == []


@pytest.mark.parametrize("method", sorted({*METHODS, *PARAMETERS}))
async def test_nothing_is_allowed_that_no_rule_allows(world, refusals, method):
    async with world.client(Manager(policy("sale.order:read"), "clerk")) as client:
        with pytest.raises(PermissionDenied, match=r"res\.partner"):
            await client.execute_kw("res.partner", method, [[1]])
    assert world.asked() == []
    assert [event["model"] for event in refusals()] == ["res.partner"]


@pytest.mark.parametrize("method", sorted(METHODS))
async def test_arguments_that_are_not_known_are_refused(world, method):
    async with world.client(Manager(policy("res.partner:*"), "clerk")) as client:
        with pytest.raises(PermissionDenied, match="takes"):
            await client.execute_kw("res.partner", method, [[1]], {"surprise": 1})
    assert world.asked() == []


@pytest.mark.parametrize("method", [*sorted(INSTEAD), "onchange_parent_id", "onchange_company_type"])
async def test_methods_that_go_around_fields_are_refused_whatever_the_rules_say(world, method):
    async with world.client(Manager(policy("*:*", f"res.partner:{method}"), "clerk")) as client:
        with pytest.raises(PermissionDenied, match="use "):
            await client.execute_kw("res.partner", method, [["comment"], [["x"]]])
    assert world.asked() == []


async def test_a_method_of_a_model_is_an_operation_of_its_own(world):
    async with world.client(Manager(policy("sale.order:action_confirm", "sale.order:read"), "clerk")) as client:
        await client.execute_kw("sale.order", "action_confirm", [[1]])
        for method in ("action_cancel", "write", "_action_confirm", "__init__", "Action"):
            with pytest.raises(PermissionDenied):
                await client.execute_kw("sale.order", method, [[1]])
    assert [(model, method) for model, method, _, _ in world.asked()] == [("sale.order", "action_confirm")]


async def test_a_private_method_is_refused_whatever_the_rules_say(world):
    async with world.client(Manager(policy("*", "*:*", "sale.order:_confirm"), "clerk")) as client:
        for method in ("_confirm", "__init__", "_"):
            with pytest.raises(PermissionDenied, match="not by _"):
                await client.execute_kw("sale.order", method, [[1]])
    assert world.asked() == []


async def test_without_a_policy_nothing_changes(world):
    async with world.client(None) as client:
        rows = await client.execute_kw("res.partner", "read", [[1]])
    assert rows[0]["comment"] == "a secret comment"
    assert [request["method"] for request in world.requests] == ["version", "authenticate", "execute_kw", "execute_kw"]


def test_query_refused_is_no_permission_denied():
    assert not issubclass(QueryRefused, PermissionDenied)

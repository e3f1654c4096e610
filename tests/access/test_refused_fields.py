"""A read without a list of fields, where Odoo tells of x2many fields whose records the user may not read."""

from __future__ import annotations

import pytest

from access.world import PARTNER, ROW, SCHEMAS, Manager, World, policy
from fake_odoo import DATABASE, LOGIN, PASSWORD, UID
from zenoo_security.client.errors import AccessRefused, NotLoggedIn
from zenoo_security.client.methods import METHODS
from zenoo_security.errors import PermissionDenied
from zenoo_security.policy import Narrowing

FIELDS = PARTNER | {"rtc_ids": {"type": "one2many", "relation": "discuss.rtc", "relation_field": "partner_id"}}
MAY_READ = {"res.partner": True, "res.partner.category": True, "discuss.rtc": False}
CALLS = {"read": [[1]], "search_read": [[("id", "=", 1)]]}


class Refusing(World):
    """An Odoo as version 19 is: it tells of a field of partners, and refuses to read it."""

    def __init__(self) -> None:
        super().__init__()
        self.answers |= {
            "res.partner.fields_get": FIELDS,
            "read": self.read,
            "search_read": self.read,
            "has_access": lambda _ids, _operation: MAY_READ[self.requests[-1]["args"][3]],
        }

    def read(self, _which=(), fields=(), **options):
        named = options.get("fields") or fields or list(FIELDS)
        return AccessRefused("Odoo refused") if "rtc_ids" in named else [{"id": 1, **{n: ROW.get(n) for n in named}}]

    def reads(self):
        return [method for _, method, *_ in self.asked()]


@pytest.fixture
def odoo():
    return Refusing()


@pytest.mark.parametrize("method", CALLS)
@pytest.mark.parametrize("narrow", [[], [Narrowing("res.partner", (("id", "!=", 99),))]], ids=["wide", "narrow"])
@pytest.mark.parametrize("rules", [{"allow": ["*"]}, {"allow": ["res.partner:read"], "deny": ["res.partner:read:vat"]}])
async def test_all_that_may_be_read_comes_back(odoo, refusals, method, narrow, rules):
    manager = Manager(policy(*rules["allow"], deny=tuple(rules.get("deny", ())), narrow=narrow), "clerk")
    async with odoo.client(manager) as client:
        [row] = await client.execute_kw("res.partner", method, list(CALLS[method]))
        assert "rtc_ids" not in row
        assert row["email"] == ROW["email"]
        assert ("vat" in row) == ("deny" not in rules)
        assert sorted({model for model, asked, *_ in odoo.asked() if asked == "has_access"}) == sorted(MAY_READ)
        before = len(odoo.asked())
        assert await client.execute_kw("res.partner", method, list(CALLS[method])) == [row]
        assert len(odoo.asked()) - before == 1
    assert not refusals()


@pytest.mark.parametrize("method", CALLS)
async def test_what_is_refused_for_another_reason_is_told_once(odoo, refusals, method):
    odoo.answers |= {"read": AccessRefused("Odoo refused"), "search_read": AccessRefused("Odoo refused")}
    async with odoo.client(Manager(policy("*"), "clerk")) as client:
        with pytest.raises(AccessRefused):
            await client.execute_kw("res.partner", method, list(CALLS[method]))
    assert [event["reason"] for event in refusals()] == ["odoo"]


@pytest.mark.parametrize("method", CALLS)
async def test_a_field_that_is_named_is_asked_for(odoo, refusals, method):
    async with odoo.client(Manager(policy("*"), "clerk")) as client:
        with pytest.raises(AccessRefused):
            await client.execute_kw("res.partner", method, [*CALLS[method], ["rtc_ids"]])
    assert len(odoo.reads()) == 1
    assert [event["reason"] for event in refusals()] == ["odoo"]


async def test_another_user_is_asked_about_anew(odoo):
    async with odoo.client(Manager(policy("*"), "clerk")) as client:
        await client.read("res.partner", [1])
        odoo.answers["authenticate"] = UID + 1
        odoo.answers["res.users.read"] = [{**odoo.answers["res.users.read"][0], "id": UID + 1}]
        await client.login(DATABASE, LOGIN, PASSWORD)
        before = odoo.reads().count("has_access")
        await client.read("res.partner", [1])
        assert odoo.reads().count("has_access") == 2 * before


async def test_a_call_of_several_requests_is_that_of_one_user(odoo):
    """Who logs in between two of them does not make the second one."""
    async with odoo.client(Manager(policy("*"), "clerk")) as client:
        answer = odoo.answers["has_access"]

        def meanwhile(ids, operation):
            client._session._uid = client._session.uid + 1
            return answer(ids, operation)

        odoo.answers["has_access"] = meanwhile
        with pytest.raises(NotLoggedIn):
            await client.read("res.partner", [1])
    assert odoo.reads().count("read") == 1


async def test_fields_that_are_asked_for_while_somebody_else_logs_in_are_not_theirs(odoo):
    async with odoo.client(Manager(policy("res.partner:read"), "clerk")) as client:
        schemas = client._enforcer._schemas
        send = schemas._send

        async def meanwhile(*args):
            answer = await send(*args)
            schemas.forget()
            return answer

        schemas._send = meanwhile
        await schemas.of("res.partner")
        await schemas.refused("res.partner.category")
        assert not schemas._known
        assert not schemas._refused


NAMED = {"display_name": {"type": "char", "depends": ["name"]}, "id": {"type": "integer"}, "name": {"type": "char"}}
LEAVES = {**NAMED, "max_leaves": {"type": "float"}, "virtual_remaining_leaves": {"type": "float"}}


@pytest.fixture
def leaves(monkeypatch):
    """An Odoo with types of leave, whose names show what is left of somebody's under a key of the context."""
    monkeypatch.setitem(SCHEMAS, "hr.leave.type", LEAVES)
    monkeypatch.setitem(SCHEMAS, "hr.leave", {**NAMED, "type_id": {"type": "many2one", "relation": "hr.leave.type"}})
    world = World()
    rows = [{"id": 1, "display_name": "Paid (3 of 20)", "name": "Paid", "type_id": [1, "Paid (3 of 20)"]}]
    world.answers |= dict.fromkeys(("read", "search_read", "web_read"), rows)
    return world


SOMEBODY = {"employee_id": 4}
READS = {
    "read": ("hr.leave.type", "read", [[1], ["display_name"]], {}),
    "web_read": ("hr.leave.type", "web_read", [[1], {"display_name": {}}], {}),
    "name_search": ("hr.leave.type", "name_search", [], {}),
    "export": ("hr.leave.type", "export_data", [[1], ["display_name"]], {}),
    "group": ("hr.leave", "formatted_read_group", [[], ["type_id"], ["__count"]], {}),
    "sort": ("hr.leave", "search", [[]], {"order": "type_id"}),
}


@pytest.mark.parametrize("read", READS)
async def test_a_context_does_not_put_fields_into_names_that_no_rule_allows(leaves, read):
    model, method, args, kwargs = READS[read]
    rules = ("hr.leave.type:read:name", "hr.leave:read:type_id")
    async with leaves.client(Manager(policy(*rules), "clerk")) as client:
        await client.execute_kw(model, method, list(args), dict(kwargs))
        before = len(leaves.asked())
        with pytest.raises(PermissionDenied):
            await client.execute_kw(model, method, list(args), dict(kwargs), SOMEBODY)
        assert len(leaves.asked()) == before
    more = ("hr.leave.type:read:max_leaves", "hr.leave.type:read:virtual_remaining_leaves")
    async with leaves.client(Manager(policy(*rules, *more), "clerk")) as client:
        await client.execute_kw(model, method, list(args), dict(kwargs), SOMEBODY)


async def test_nor_into_the_names_of_relations(leaves):
    rules = ("hr.leave.type:read:name", "hr.leave:read:type_id")
    specification = {"type_id": {"fields": {"display_name": {}}, "context": SOMEBODY}}
    async with leaves.client(Manager(policy(*rules), "clerk")) as client:
        [row] = await client.execute_kw("hr.leave", "read", [[1], ["type_id"]], {}, SOMEBODY)
        assert row["type_id"] == [1, "****"]
        [row] = await client.execute_kw("hr.leave", "read", [[1], ["type_id"]])
        assert row["type_id"] == [1, "Paid (3 of 20)"]
        with pytest.raises(PermissionDenied):
            await client.execute_kw("hr.leave", "web_read", [[1], specification])
        plain = {"type_id": {"fields": {"display_name": {}}, "context": {"employee_id": False}}}
        await client.execute_kw("hr.leave", "web_read", [[1], plain])


async def test_a_formatted_name_is_one_under_its_key(monkeypatch):
    monkeypatch.setitem(SCHEMAS, "stock.lot", {**NAMED, "expiration_date": {"type": "datetime"}})
    world = World()
    for rules, allowed in (
        (("stock.lot:read:name",), False),
        (("stock.lot:read:name", "stock.lot:read:expiration_date"), True),
    ):
        async with world.client(Manager(policy(*rules), "clerk")) as client:
            call = ("stock.lot", "web_name_search", ["", {"__formatted_display_name": {}}])
            if allowed:
                await client.execute_kw(*call)
            else:
                with pytest.raises(PermissionDenied):
                    await client.execute_kw(*call)


def test_the_calls_are_of_methods_that_are_known():
    assert {method for _, method, *_ in READS.values()} <= METHODS.keys()

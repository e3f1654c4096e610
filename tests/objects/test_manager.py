"""ObjectLevelAuthManager: what is asked, in how many requests, and what is refused."""

from __future__ import annotations

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_odoo import DATABASE, LOGIN, PASSWORD, UID
from objects.shop import DOWN, Shop, manager_of
from zenoo_security import ObjectLevelAuthManager, Principal, acting_as
from zenoo_security.errors import (
    InputTooLarge,
    InvalidInput,
    OdooError,
    OdooUnavailable,
    ParameterError,
    PermissionDenied,
    RecordNotFound,
)
from zenoo_security.policy import Narrowing

OPERATIONS = ["read", "write", "create", "unlink"]
MINE = [["user_id", "=", UID]]
NARROW = Narrowing("res.partner", (("company_id", "=", "{company_id}"),))
MANAGERS = {
    "no policy": None,
    "a policy": manager_of("res.partner:*", "res.nothing:*", narrow=[NARROW]),
}


@pytest.fixture(params=MANAGERS)
def access(request):
    return MANAGERS[request.param]


@pytest.fixture
def stocked(shop):
    """1 to 3 are the user's, 4 and 5 are not; 3 is archived; no others."""
    shop.add(1, 2, user_id=UID, company_id=1)
    shop.add(3, user_id=UID, company_id=1, active=False)
    shop.add(4, 5, user_id=8, company_id=1)
    return shop


@pytest.mark.asvs("v5.0.0-8.2.2")
@pytest.mark.parametrize("operation", OPERATIONS)
async def test_what_odoo_allows_is_accessible(stocked, access, operation):
    stocked.rules |= {"read": MINE, operation: MINE}
    async with stocked.client(access) as client:
        manager = ObjectLevelAuthManager(client)
        assert await manager.filter_accessible("res.partner", [5, 3, 99, 1, 3], operation) == [3, 1]
        assert await manager.check_object_access(LOGIN, "res.partner", 1, operation)
        assert await manager.check_object_access(LOGIN, "res.partner", 3, operation)
        for record_id in (4, 99):
            assert not await manager.check_object_access(LOGIN, "res.partner", record_id, operation)
            with pytest.raises(RecordNotFound):
                await manager.require("res.partner", [1, record_id], operation)
        assert await manager.require("res.partner", (3, 1), operation) is None


@pytest.mark.asvs("v5.0.0-8.2.2")
@pytest.mark.parametrize("operation", ["write", "create", "unlink"])
async def test_the_right_to_read_is_no_other_right(stocked, access, operation):
    stocked.rules[operation] = MINE
    async with stocked.client(access) as client:
        manager = ObjectLevelAuthManager(client)
        assert await manager.filter_accessible("res.partner", [1, 2, 3, 4, 5], "read") == [1, 2, 3, 4, 5]
        assert await manager.filter_accessible("res.partner", [1, 2, 3, 4, 5], operation) == [1, 2, 3]
        stocked.rules[operation] = None
        assert await manager.filter_accessible("res.partner", [1, 2], operation) == []


async def test_what_cannot_be_seen_cannot_be_written(stocked, access):
    """Odoo would: its rules may give `write` without `read`. A record that is not there has no other answer."""
    stocked.rules["read"] = MINE
    async with stocked.client(access) as client:
        assert await ObjectLevelAuthManager(client).filter_accessible("res.partner", [1, 4], "write") == [1]


@pytest.mark.asvs("v5.0.0-8.4.1")
@pytest.mark.parametrize("operation", OPERATIONS)
async def test_a_narrowing_domain_takes_away(stocked, operation):
    stocked.rows[2]["company_id"] = 2
    narrow = Narrowing("res.partner", (("company_id", "=", "{company_id}"),), operations=frozenset({operation}))
    async with stocked.client(manager_of("res.partner:*", narrow=[narrow])) as client:
        manager = ObjectLevelAuthManager(client)
        for asked in OPERATIONS:
            expected = [1, 3] if asked == operation else [1, 2, 3]
            assert await manager.filter_accessible("res.partner", [1, 2, 3], asked) == expected


async def test_without_the_right_of_the_policy_nothing_is_asked(stocked, refusals):
    async with stocked.client(manager_of("res.partner:read:name")) as client:
        manager = ObjectLevelAuthManager(client)
        assert await manager.filter_accessible("res.partner", [1], "read") == [1]
        before = len(stocked.asked())
        assert await manager.filter_accessible("res.partner", [1], "write") == []
        assert set(stocked.methods()[before:]) <= {"has_access"}
    assert {event["reason"] for event in refusals()} == {"no_right", "record"}


async def test_a_field_that_narrows_needs_no_right_to_be_read(stocked):
    async with stocked.client(manager_of("res.partner:read:name", narrow=[NARROW])) as client:
        assert await ObjectLevelAuthManager(client).filter_accessible("res.partner", [1], "read") == [1]


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_gone_and_forbidden_look_the_same(stocked, access, operation, refusals):
    stocked.rules |= {"read": MINE, operation: MINE}
    async with stocked.client(access) as client:
        manager = ObjectLevelAuthManager(client)
        await manager.check_object_access(LOGIN, "res.partner", 1, operation)
        seen = []
        for record_id in (4, 99):
            asked, told = len(stocked.asked()), len(refusals())
            with pytest.raises(RecordNotFound) as caught:
                await manager.require("res.partner", [record_id], operation)
            events = [{**event, "ids": None, "at": None} for event in refusals()[told:]]
            reasons = [(event["reason"], event["model"], event["operation"]) for event in events]
            seen.append((str(caught.value), caught.value.__context__, stocked.methods()[asked:], reasons))
        assert seen[0] == seen[1]
        assert seen[0][3] == [("record", "res.partner", operation)]
        assert refusals()[-1]["ids"] == [99]


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_existence_is_told_only_when_asked_for(stocked, access, operation):
    stocked.rules |= {"read": MINE, operation: MINE}
    async with stocked.client(access) as client:
        manager = ObjectLevelAuthManager(client)
        with pytest.raises(
            PermissionDenied, match=rf"^this user may not {operation} this record of res\.partner$"
        ) as caught:
            await manager.require("res.partner", [1, 4], operation, confirm_existence=True)
        assert not isinstance(caught.value, RecordNotFound)
        with pytest.raises(RecordNotFound):
            await manager.require("res.partner", [1, 99], operation, confirm_existence=True)
    assert {model for model, method, *_ in stocked.asked() if method != "get_bindings"} == {"res.partner"}


@pytest.mark.parametrize(("operation", "requests"), [("read", 1), ("write", 2), ("create", 2), ("unlink", 2)])
async def test_any_number_of_ids_takes_as_many_requests_as_one(stocked, access, operation, requests):
    stocked.add(*range(10, 5_000), company_id=1)
    async with stocked.client(access) as client:
        manager = ObjectLevelAuthManager(client)
        # Whether Odoo has an action of ours is asked once a minute.
        await manager.filter_accessible("res.partner", [10, 11], operation)
        for ids in ([10], list(range(10, 5_000))):
            before = len(stocked.asked())
            assert await manager.filter_accessible("res.partner", ids, operation) == ids
            assert len(stocked.asked()) - before == requests


async def test_more_than_a_request_takes_is_asked_in_pages(shop):
    shop.add(5, 30_000)
    async with shop.client(None) as client:
        found = await ObjectLevelAuthManager(client).filter_accessible("res.partner", list(range(1, 30_001)), "read")
    assert found == [5, 30_000]
    assert [len(args[0][0][2]) for _, _, args, _ in shop.asked()] == [10_000] * 3


@pytest.mark.parametrize("forbidden", [1, 2, 7, 400, 999, 1000])
async def test_forbidden_records_are_sorted_out_by_halves(shop, forbidden):
    shop.add(*range(1, 1001), user_id=UID)
    for record_id in random.Random(forbidden).sample(range(1, 1001), forbidden):
        shop.rows[record_id]["user_id"] = 8
    shop.rules["unlink"] = MINE
    async with shop.client(None) as client:
        found = await ObjectLevelAuthManager(client).filter_accessible("res.partner", list(range(1, 1001)), "unlink")
        assert found == [record_id for record_id, row in shop.rows.items() if row["user_id"] == UID]
        assert len(shop.asked()) <= 2_003
        if forbidden == 1:
            assert len(shop.asked()) <= 1 + 2 + 1 + 2 * 10
        before = len(shop.asked())
        with pytest.raises(RecordNotFound):
            await ObjectLevelAuthManager(client).require("res.partner", list(range(1, 1001)), "unlink")
        assert len(shop.asked()) == before + 2


async def test_of_two_records_the_one_that_is_allowed_is_sorted_out(stocked):
    stocked.rules["write"] = MINE
    async with stocked.client(None) as client:
        assert await ObjectLevelAuthManager(client).filter_accessible("res.partner", [1, 4], "write") == [1]


@pytest.mark.parametrize(("ids", "questions"), [([1], 1), ([1, 4], 2), ([1, 2, 3, 4], 2)])
async def test_where_all_of_a_model_is_refused_its_records_are_not_sorted_out(stocked, ids, questions):
    stocked.rules["write"] = None
    async with stocked.client(None) as client:
        assert await ObjectLevelAuthManager(client).filter_accessible("res.partner", ids, "write") == []
    assert stocked.methods().count("has_access") == questions


async def test_too_many_forbidden_records_are_refused_and_not_asked_for(shop, refusals):
    shop.add(*range(1, 4001, 2), user_id=UID)
    shop.add(*range(2, 4001, 2), user_id=8)
    shop.rules["unlink"] = MINE
    async with shop.client(None) as client:
        with pytest.raises(InputTooLarge, match=r"^ids: too many of these ids are forbidden: ask for 1000 at once$"):
            await ObjectLevelAuthManager(client).filter_accessible("res.partner", list(range(1, 4001)), "unlink")
    assert len(shop.asked()) <= 2_002
    assert refusals()[-1]["reason"] == "bad_ids"


BAD_IDS = [0, -1, True, False, "7", 7.0, None, 2**31, 10**20, [1], (1,), b"1", float("nan"), {"id": 1}]


@pytest.mark.parametrize("bad", BAD_IDS, ids=repr)
async def test_what_is_no_id_is_refused_before_anything_is_asked(shop, refusals, bad):
    async with shop.client(None) as client:
        manager = ObjectLevelAuthManager(client)
        with pytest.raises(InvalidInput) as caught:
            await manager.check_object_access(LOGIN, "res.partner", bad, "read")
        assert caught.value.field == "ids"
        for call in (manager.filter_accessible, manager.require):
            with pytest.raises(InvalidInput):
                await call("res.partner", [1, bad], "read")
    assert shop.asked() == []
    assert [event["reason"] for event in refusals()] == ["bad_ids"] * 3


@pytest.mark.parametrize(
    "ids", [None, 7, "12", {1: 2}, iter([1]), range(3), [1] * 1_000_001], ids=lambda v: repr(v)[:12]
)
async def test_what_is_no_list_of_ids_is_refused(shop, ids):
    async with shop.client(None) as client:
        with pytest.raises(InvalidInput):
            await ObjectLevelAuthManager(client).filter_accessible("res.partner", ids, "read")
    assert shop.asked() == []


async def test_nothing_is_required_of_no_records(shop):
    async with shop.client(None) as client:
        manager = ObjectLevelAuthManager(client)
        assert await manager.filter_accessible("res.partner", [], "write") == []
        with pytest.raises(InvalidInput, match=r"^ids: one id at least$") as refused:
            await manager.require("res.partner", [], "write")
        assert refused.value.code == "empty"
    assert shop.asked() == []


@pytest.mark.parametrize("operation", ["", "READ", "delete", "export_data", "read ", None, ["read"], 1])
async def test_an_unknown_operation_is_refused(shop, operation):
    async with shop.client(None) as client:
        for call in (ObjectLevelAuthManager(client).filter_accessible, ObjectLevelAuthManager(client).require):
            with pytest.raises(ParameterError, match=r"^an operation is one of read, write, create, unlink$"):
                await call("res.partner", [1], operation)
    assert shop.asked() == []


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_an_unknown_model_is_refused_as_a_forbidden_record_is(stocked, access, operation):
    stocked.rules = dict.fromkeys(OPERATIONS)
    async with stocked.client(access) as client:
        manager = ObjectLevelAuthManager(client)
        for model in ("res.nothing", "res.partner"):
            assert not await manager.check_object_access(LOGIN, model, 1, operation)
            with pytest.raises(RecordNotFound):
                await manager.require(model, [1], operation)


@pytest.mark.parametrize("model", ["", "Res.Partner", "res partner", "x" * 10_000, None, 7, "res.partner'--"])
async def test_what_is_no_model_is_refused(shop, model):
    async with shop.client(None) as client:
        with pytest.raises(InvalidInput) as caught:
            await ObjectLevelAuthManager(client).require(model, [1], "read")
    assert caught.value.field == "model"
    assert shop.asked() == []


async def test_a_refusal_is_told_with_what_was_asked_for_and_by_whom(stocked, refusals):
    asked = {
        "record": ("res.partner", list(range(1000, 1200))),
        "bad_ids": ("res.partner", [0]),
        "(no model)": ("Res Partner", [1]),
    }
    async with stocked.client(None) as client:
        for model, ids in asked.values():
            with pytest.raises((RecordNotFound, InvalidInput)):
                await ObjectLevelAuthManager(client).require(model, ids, "write")
    told = [(event["needs"], event["reason"], event["model"], event["operation"]) for event in refusals()]
    assert told == [
        ("res.partner:write", "record", "res.partner", "write"),
        ("res.partner:write", "bad_ids", "res.partner", "write"),
        ("(no model):write", "bad_ids", "(no model)", "write"),
    ]
    assert [event.get("ids") for event in refusals()] == [list(range(1000, 1100)), None, None]
    assert {event.get("uid") for event in refusals()} == {UID}


@pytest.mark.asvs("v5.0.0-8.3.3")
async def test_the_user_is_the_one_of_the_client(stocked, access, refusals):
    async with stocked.client(access) as client:
        manager = ObjectLevelAuthManager(client)
        says = "this client is not logged in as the one who asks: use a client of theirs, and their login as username"
        for name in ("bob", LOGIN.upper(), "", None, UID):
            with pytest.raises(PermissionDenied, match=f"^{says}$"):
                await manager.check_object_access(name, "res.partner", 1, "read")
        for other in (Principal(DATABASE, 8, LOGIN), Principal("other", UID, LOGIN)):
            with acting_as(other):
                with pytest.raises(PermissionDenied):
                    await manager.check_object_access(LOGIN, "res.partner", 1, "read")
                with pytest.raises(PermissionDenied):
                    await manager.filter_accessible("res.partner", [1], "read")
        assert stocked.asked() == []
        assert {event["reason"] for event in refusals()} == {"other_user"}
        with acting_as(Principal(DATABASE, UID, "another spelling")):
            assert await manager.check_object_access(LOGIN, "res.partner", 1, "read")


async def test_who_is_logged_out_or_changes_gets_no_answer(stocked):
    async with stocked.client(None) as client:
        manager = ObjectLevelAuthManager(client)

        def change(method):
            if method == "search":
                client._session._uid = 8

        stocked.before = change
        with pytest.raises(PermissionDenied):
            await manager.check_object_access(LOGIN, "res.partner", 1, "read")
        await client.logout()
        with pytest.raises(PermissionDenied):
            await manager.filter_accessible("res.partner", [1], "read")


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("method", ["search", "has_access", "read"])
async def test_when_odoo_is_down_nothing_is_granted(stocked, access, operation, method):
    stocked.rules |= {operation: MINE}
    async with stocked.client(access) as client:
        manager = ObjectLevelAuthManager(client)
        await manager.filter_accessible("res.partner", [1], operation)
        stocked.answers[method] = DOWN
        if method == "read":
            with pytest.raises(OdooUnavailable):
                await manager.require("res.partner", [4, 99], operation, confirm_existence=True)
        elif operation != "read" or method == "search":
            for call in (manager.filter_accessible, manager.require):
                with pytest.raises(OdooUnavailable):
                    await call("res.partner", [1], operation)


@pytest.mark.parametrize("answer", [True, None, {"1": 1}, "1", 1])
async def test_an_answer_that_is_none_grants_nothing(stocked, answer):
    async with stocked.client(None) as client:
        manager = ObjectLevelAuthManager(client)
        stocked.answers["search"] = answer
        with pytest.raises(OdooError):
            await manager.check_object_access(LOGIN, "res.partner", 1, "read")
        stocked.answers["search"] = [True, "1", [1], 7]
        with pytest.raises(OdooError):
            await manager.check_object_access(LOGIN, "res.partner", 1, "read")
        stocked.answers["search"] = [1]
        for other in ("yes", 1, [1], None):
            stocked.answers["has_access"] = other
            assert not await manager.check_object_access(LOGIN, "res.partner", 1, "write")


ROWS = st.dictionaries(
    st.integers(1, 40),
    st.fixed_dictionaries({name: st.integers(1, 3) for name in ("user_id", "company_id")}),
    max_size=30,
)
RULES = st.none() | st.sampled_from(
    [[], [["user_id", "in", [1, 2]]], [["company_id", "=", 1]], ["|", ["user_id", "=", 3], ["company_id", "=", 2]]]
)


@settings(max_examples=40)
@given(
    rows=ROWS,
    rules=st.tuples(RULES, RULES),
    ids=st.lists(st.integers(1, 45), max_size=40),
    operation=st.sampled_from(OPERATIONS),
    held=st.tuples(st.booleans(), st.booleans()),
)
def test_exactly_what_odoo_and_the_policy_allow_is_accessible(rows, rules, ids, operation, held):
    """With a policy that narrows and without, with the server action and without."""
    narrowed, installed = held
    shop = Shop()
    if installed:
        shop.install()
    for record_id, values in rows.items():
        shop.add(record_id, **values)
    shop.rules |= {operation: rules[0]}
    shop.rules |= {"read": rules[1]}

    async def ask():
        async with shop.client(manager_of("res.partner:*", narrow=[NARROW]) if narrowed else None) as client:
            assert client.username == LOGIN
            assert PASSWORD not in repr(client)
            return await ObjectLevelAuthManager(client).filter_accessible("res.partner", ids, operation)

    expected = [
        n
        for n in dict.fromkeys(ids)
        if n in rows
        and shop.allows(n, "read")
        and shop.allows(n, operation)
        and (not narrowed or rows[n]["company_id"] == 1)
    ]
    assert asyncio.run(ask()) == expected

"""The server action that tells which records are accessible: when it is asked, and what is believed of it."""

from __future__ import annotations

import pytest

from fake_odoo import DATABASE, LOGIN, PASSWORD, UID
from objects.shop import DOWN, REFUSED, manager_of
from zenoo_security import EncryptedFields, ObjectLevelAuthManager
from zenoo_security.client.errors import RecordMissing
from zenoo_security.errors import OdooError, OdooUnavailable
from zenoo_security.fields import Encrypted
from zenoo_security.keyring import KeyRing
from zenoo_security.objects import action
from zenoo_security.policy import Narrowing

OPERATIONS = ["write", "create", "unlink"]
MINE = [["user_id", "=", UID]]


@pytest.fixture
def stocked(shop):
    """Of a thousand every third is the user's; 2000 is archived."""
    shop.add(*range(1, 1001), company_id=1)
    for record_id, row in shop.rows.items():
        row["user_id"] = 8 if record_id % 3 else UID
    shop.add(2000, user_id=UID, company_id=1, active=False)
    shop.rules |= dict.fromkeys(OPERATIONS, MINE)
    shop.install()
    return shop


RIGHT = [n for n in range(1, 1001) if n % 3 == 0]


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("manager", [None, manager_of("res.partner:*")], ids=["no policy", "a policy"])
async def test_any_number_of_forbidden_records_takes_one_request(stocked, operation, manager):
    async with stocked.client(manager) as client:
        for turn in range(3):
            before = len(stocked.asked())
            asker = ObjectLevelAuthManager(client)
            assert await asker.filter_accessible("res.partner", [2000, *range(1, 1500)], operation) == [2000, *RIGHT]
            assert len(stocked.asked()) - before == (1 if turn else 2)


async def test_more_than_a_request_takes_is_asked_in_pages(stocked):
    async with stocked.client(None) as client:
        found = await ObjectLevelAuthManager(client).filter_accessible("res.partner", list(range(1, 25_001)), "write")
    assert found == [*RIGHT, 2000]
    assert stocked.methods() == ["get_bindings", "run", "run", "run"]


async def test_reading_and_one_record_take_odoos_own_methods(stocked):
    async with stocked.client(None) as client:
        manager = ObjectLevelAuthManager(client)
        await manager.filter_accessible("res.partner", [1, 3], "read")
        await manager.filter_accessible("res.partner", [3], "write")
        await manager.require("res.partner", [3, 6], "write")
        assert await manager.check_object_access(LOGIN, "res.partner", 3, "write")
    assert set(stocked.methods()) == {"search", "has_access"}


async def test_a_policy_narrows_the_question_and_refuses_without_one(stocked):
    narrow = Narrowing("res.partner", (("company_id", "=", "{company_id}"),))
    stocked.rows[3]["company_id"] = 2
    async with stocked.client(manager_of("res.partner:write:*", narrow=[narrow])) as client:
        manager = ObjectLevelAuthManager(client)
        assert await manager.filter_accessible("res.partner", [1, 3, 6], "write") == [6]
        before = len(stocked.asked())
        assert await manager.filter_accessible("res.partner", [1, 3, 6], "unlink") == []
        assert len(stocked.asked()) == before


async def test_a_domain_over_an_encrypted_field_is_turned(stocked):
    fields = EncryptedFields({"res.partner": {"ref": Encrypted(index="exact")}})
    narrow = Narrowing("res.partner", (("ref", "=", "K-7"),))
    options = {"encrypted_fields": fields, "key_ring": KeyRing.generate()}
    async with stocked.client(manager_of("res.partner:*", narrow=[narrow]), **options) as client:
        await ObjectLevelAuthManager(client).filter_accessible("res.partner", [3, 6], "write")
    question = stocked.requests[-1]["args"][6]["context"]["zenoo_security_objects"]
    assert "x_ref_idx" in repr(question["domain"])
    assert "K-7" not in stocked.sent()


@pytest.mark.parametrize("error", [REFUSED, RecordMissing("Odoo refused: the record does not exist")], ids=repr)
async def test_where_it_is_gone_odoos_own_methods_are_asked(stocked, error):
    async with stocked.client(None) as client:
        manager = ObjectLevelAuthManager(client)
        assert await manager.filter_accessible("res.partner", [2, 3, 4], "write") == [3]
        stocked.answers |= {"run": error, "get_bindings": {}}
        for _ in range(2):
            assert await manager.filter_accessible("res.partner", [2, 3, 4], "write") == [3]
    assert stocked.methods().count("get_bindings") == 2
    assert stocked.methods().count("run") == 2


@pytest.mark.parametrize(
    "bound",
    [REFUSED, None, True, [], {"action": None}, {"action": [7, "x", {}]}, {"action": [{"id": "44"}]}, {"report": []}],
    ids=repr,
)
async def test_what_is_not_found_is_not_asked(stocked, bound):
    stocked.answers["get_bindings"] = bound
    async with stocked.client(None) as client:
        assert await ObjectLevelAuthManager(client).filter_accessible("res.partner", [2, 3, 4], "write") == [3]
    assert "run" not in stocked.methods()


@pytest.mark.parametrize("other", ["zenoo-security-objects-0", "list,form", False, None, "zenoo-security-objects-1,x"])
async def test_another_version_and_other_actions_are_not_run(stocked, other):
    stocked.answers["get_bindings"] = {"action": [{"id": 44, "binding_view_types": other}]}
    async with stocked.client(None) as client:
        assert await ObjectLevelAuthManager(client).filter_accessible("res.partner", [2, 3, 4], "write") == [3]
    assert "run" not in stocked.methods()


@pytest.mark.parametrize(
    "answer",
    [False, True, None, [], {}, {"accessible": 3}, {"accessible": [True]}, {"accessible": ["3"]}, {"skipped": []}],
    ids=repr,
)
async def test_an_answer_that_is_none_grants_nothing(stocked, answer):
    stocked.answers["run"] = answer
    async with stocked.client(None) as client:
        with pytest.raises(OdooError, match="objects create"):
            await ObjectLevelAuthManager(client).filter_accessible("res.partner", [2, 3, 4], "write")


async def test_ids_that_were_not_asked_for_are_not_accessible(stocked):
    stocked.answers["run"] = {"accessible": [3, 6, 9]}
    async with stocked.client(None) as client:
        assert await ObjectLevelAuthManager(client).filter_accessible("res.partner", [2, 3, 4], "write") == [3]


async def test_an_odoo_that_is_down_grants_nothing(stocked):
    async with stocked.client(None) as client:
        manager = ObjectLevelAuthManager(client)
        for method in ("get_bindings", "run"):
            stocked.answers[method] = DOWN
            with pytest.raises(OdooUnavailable):
                await manager.filter_accessible("res.partner", [2, 3, 4], "write")
            stocked.install()


async def test_it_is_looked_for_again_after_a_minute_and_by_another_user(stocked, monkeypatch):
    async with stocked.client(None) as client:
        manager = ObjectLevelAuthManager(client)

        async def looked():
            before = stocked.methods().count("get_bindings")
            await manager.filter_accessible("res.partner", [2, 3, 4], "write")
            return stocked.methods().count("get_bindings") - before

        assert [await looked(), await looked()] == [1, 0]
        now = action.time.monotonic
        with monkeypatch.context() as patch:
            patch.setattr(action.time, "monotonic", lambda: now() + 61)
            assert [await looked(), await looked()] == [1, 0]
        stocked.answers["authenticate"] = UID + 1
        await client.login(DATABASE, LOGIN, PASSWORD)
        manager = ObjectLevelAuthManager(client)
        assert await looked() == 1

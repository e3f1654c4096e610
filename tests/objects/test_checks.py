"""What is asked of Odoo through a client that is not ours, and what its answers are taken for."""

from __future__ import annotations

from typing import Any

import pytest

from zenoo_security import ObjectLevelAuthManager
from zenoo_security.errors import InvalidInput, OdooError, OdooRefused, PermissionDenied
from zenoo_security.objects import ARCHIVED_TOO, Checks, InstalledAction
from zenoo_security.objects.action import VIEWS

MODEL = "res.partner"
ARCHIVED = {"active_test": False}


class Plain:
    """As much of a client as is needed: notes what is asked, and gives one answer or refuses."""

    database, uid, username = "shop", 7, "ann"

    def __init__(self, answer: Any = None) -> None:
        self.answer = answer
        self.asked: list[tuple[Any, ...]] = []

    async def execute_kw(self, *question: Any) -> Any:
        self.asked.append(question)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


REFUSED = OdooRefused("no")


async def test_records_are_looked_for_with_those_that_are_archived():
    client = Plain([2, 1, True, "3"])
    assert await Checks(client.execute_kw).find(MODEL, (1, 2, 3), "read") == {1, 2}
    assert client.asked == [(MODEL, "search", [[["id", "in", [1, 2, 3]]]], {}, ARCHIVED)]
    assert ARCHIVED_TOO == ARCHIVED


async def test_a_search_that_is_refused_finds_nothing():
    assert await Checks(Plain(REFUSED).execute_kw).find(MODEL, [1], "read") == set()


async def test_an_answer_to_a_search_that_is_no_list_is_an_error():
    text = r"^Odoo answered with something else than ids: check that no proxy changes its answers$"
    with pytest.raises(OdooError, match=text):
        await Checks(Plain({"records": [1]}).execute_kw).find(MODEL, [1], "read")


@pytest.mark.parametrize(
    ("answer", "allowed"), [(True, True), (False, False), (1, False), ("yes", False), (REFUSED, False)], ids=repr
)
async def test_allowed_is_what_odoo_says_is_true(answer, allowed):
    client = Plain(answer)
    assert await Checks(client.execute_kw).allows(MODEL, (1, 2), "write") is allowed
    assert client.asked == [(MODEL, "has_access", [[1, 2], "write"])]


@pytest.mark.parametrize(("answer", "exists"), [([{"id": 1}], True), ([], False), (REFUSED, True)], ids=repr)
async def test_a_record_that_odoo_refuses_to_read_exists(answer, exists):
    client = Plain(answer)
    assert await Checks(client.execute_kw).any_exists(MODEL, (1,)) is exists
    assert client.asked == [(MODEL, "read", [[1], ["create_date"]])]


async def test_without_an_action_nobody_tells_which_are_accessible():
    client = Plain()
    assert await Checks(client.execute_kw).accessible(MODEL, [1, 2], "write") is None
    assert client.asked == []


async def test_an_action_is_asked_for_the_records_with_those_that_are_archived():
    class Action(Plain):
        ask = Plain.execute_kw

    action = Action({1})
    assert await Checks(Plain().execute_kw, action).accessible(MODEL, (1, 2), "write") == {1}  # type: ignore[arg-type]
    assert action.asked == [(MODEL, [["id", "in", [1, 2]]], "write", ARCHIVED)]


async def test_an_action_is_run_with_the_question_in_its_context():
    asked: list[tuple[Any, ...]] = []

    async def call(*question: Any) -> Any:
        asked.append(question)
        if question[1] == "get_bindings":
            return {"action": [{"id": 5, "binding_view_types": VIEWS}]}
        return {"accessible": [1]}

    domain = [["id", "in", [1, 2]]]
    assert await InstalledAction(call, lambda: "ann").ask(MODEL, domain, "write", {"lang": "nl_NL"}) == {1}
    question = {"model": MODEL, "operation": "write", "domain": domain}
    context = {"lang": "nl_NL", "zenoo_security_objects": question}
    assert asked[1:] == [("ir.actions.server", "run", [[5]], {}, context)]


async def test_a_client_that_is_not_ours_is_asked_as_well():
    """One that has no checks of its own: its `execute_kw` is asked, for our action first."""
    client = Plain([1])
    assert await ObjectLevelAuthManager(client).filter_accessible(MODEL, [1, 2], "read") == [1]  # type: ignore[arg-type]
    assert [question[:2] for question in client.asked] == [(MODEL, "search")]
    client.asked.clear()
    assert await ObjectLevelAuthManager(client).filter_accessible(MODEL, [1, 2], "write") == []  # type: ignore[arg-type]
    assert client.asked[0] == ("ir.actions.actions", "get_bindings", ["base"])
    assert (MODEL, "has_access", [[1], "write"]) in client.asked


async def test_without_an_id_it_is_refused_with_its_reason_and_told(refusals):
    with pytest.raises(InvalidInput) as refused:
        await ObjectLevelAuthManager(Plain()).require(MODEL, [], "read")  # type: ignore[arg-type]
    assert (refused.value.message, refused.value.field, refused.value.code) == ("one id at least", "ids", "empty")
    (told,) = refusals()
    assert (told["reason"], told["needs"], told["uid"], told["database"]) == ("bad_ids", "res.partner:read", 7, "shop")


@pytest.mark.parametrize("missing", ["database", "uid"])
async def test_a_client_without_a_user_or_a_database_gets_no_answer(missing):
    client = Plain([1])
    setattr(client, missing, None)
    with pytest.raises(PermissionDenied):
        await ObjectLevelAuthManager(client).filter_accessible(MODEL, [1], "read")  # type: ignore[arg-type]
    assert client.asked == []


async def test_our_action_is_looked_for_again_as_another_user():
    client = Plain([1])
    manager = ObjectLevelAuthManager(client)  # type: ignore[arg-type]
    for uid, looked in ((7, 1), (7, 1), (8, 2)):
        client.uid = uid
        await manager.filter_accessible(MODEL, [1, 2], "write")
        assert client.asked.count(("ir.actions.actions", "get_bindings", ["base"])) == looked

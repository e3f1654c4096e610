"""The server action that tells which records are accessible, in a real Odoo 19: one request, and nothing to gain."""

from __future__ import annotations

import random

import pytest

from objects.place import MODEL, OPERATIONS, Place, agreed, counted, logged_in
from zenoo_security import ObjectLevelAuthManager
from zenoo_security.client import AccessRefused, install_object_action, remove_object_action
from zenoo_security.errors import OdooError
from zenoo_security.objects.action import BOUND_TO, CODE, VIEWS

pytestmark = [pytest.mark.odoo, pytest.mark.asvs("v5.0.0-8.2.2")]

KEY = "zenoo_security_objects"
FOUND = ["ir.actions.actions", "get_bindings"]
ASKED = ["ir.actions.server", "run"]
#: Odoo's own operator, past the record rules of the model that the field leads to.
ANY = [("parent_id", "any!", [("id", ">", 0)])]


@pytest.fixture(scope="module")
def place(odoo_database):
    return Place(odoo_database)


@pytest.fixture
async def action(place, odoo_client):
    """The action, installed by an administrator; its id."""
    async with odoo_client() as client:
        await install_object_action(client)
    [bound] = place.database.call("ir.actions.actions", "get_bindings", BOUND_TO)["action"]
    return bound["id"]


def asked(place, user, action, question, **context):
    """What the action tells somebody who calls it by hand, with a model, a domain and an operation."""
    named = dict(zip(("model", "domain", "operation"), question, strict=True))
    return place.database.call("ir.actions.server", "run", [action], context={KEY: named, **context}, user=user)


@pytest.mark.usefixtures("action")
@pytest.mark.parametrize("seed", [11, 12])
async def test_one_request_tells_exactly_what_odoo_allows_and_the_domain_matches(place, seed):
    await agreed(place, seed, rounds=4, requests=1)


async def test_it_is_installed_once_and_put_right_and_removed(place, odoo_client):
    call = place.database.call
    async with odoo_client() as client:
        await remove_object_action(client)
        assert not await remove_object_action(client)
        assert await install_object_action(client, dry_run=True)
        assert await install_object_action(client)
        assert not await install_object_action(client)
        assert not await install_object_action(client, dry_run=True)
        [bound] = call("ir.actions.actions", "get_bindings", BOUND_TO)["action"]
        for changed in (
            {"code": CODE + "\naction = {}"},
            {"group_ids": [(5, 0, 0)]},
            {"binding_model_id": False},
            {"binding_view_types": "list"},
        ):
            call("ir.actions.server", "write", [bound["id"]], changed)
            assert await install_object_action(client, dry_run=True)
            assert await install_object_action(client)
            [again] = call("ir.actions.actions", "get_bindings", BOUND_TO)["action"]
            assert (again["id"], again["binding_view_types"]) == (bound["id"], VIEWS)
        assert await remove_object_action(client, dry_run=True)
        assert await remove_object_action(client)
        assert call("ir.actions.actions", "get_bindings", BOUND_TO) == {}
    async with logged_in(place, place.users[2]) as user:
        for change in (install_object_action, remove_object_action):
            with pytest.raises(AccessRefused, match=r"base\.group_system"):
                await change(user)


async def test_without_it_and_after_its_removal_the_answers_are_the_same(place, odoo_client):
    ids = place.change(random.Random(3))
    user = place.users[1]
    allowed = place.decide([])["allowed"]
    right = sorted(set(allowed[f"{user.uid}:write"]) & set(allowed[f"{user.uid}:read"]))
    async with odoo_client() as administrator, logged_in(place, user) as client:
        manager = ObjectLevelAuthManager(client)
        await install_object_action(administrator)
        assert await manager.filter_accessible(MODEL, sorted(ids), "write") == right
        await remove_object_action(administrator)
        with counted(client) as sent:
            assert await manager.filter_accessible(MODEL, sorted(ids), "write") == right
            assert await manager.filter_accessible(MODEL, sorted(ids), "write") == right
    assert sent.count(FOUND) == 1
    assert sent.count(ASKED) == 1


async def test_who_calls_it_by_hand_learns_what_odoo_tells_them_anyway(place, action):
    """Rights, record rules, fields that are kept from the user, and who may run it at all."""
    place.change(random.Random(4))
    decided = place.decide([])["allowed"]
    for user in place.users:
        for operation in OPERATIONS:
            told = asked(place, user, action, (MODEL, [], operation), active_test=False)["accessible"]
            assert set(told) == set(decided[f"{user.uid}:{operation}"]) & set(decided[f"{user.uid}:read"])
    user, database = place.users[0], place.database
    for model in ("ir.cron", "ir.config_parameter", "res.nothing", "__class__", None, 7, "ir.actions.server"):
        assert asked(place, user, action, (model, [], "read")) == {"accessible": []}
    for operation in ("", "sudo", "read_group", None, ["read"]):
        assert asked(place, user, action, (MODEL, [], operation)) == {"accessible": []}
    everything = database.call("res.partner", "fields_get", [], ["type"])
    seen = database.call("res.partner", "fields_get", [], ["type"], user=user)
    hidden = sorted(name for name in everything.keys() - seen.keys() if everything[name]["type"] == "char")
    assert hidden
    with pytest.raises(OdooError) as refused:
        asked(place, user, action, ("res.partner", [(hidden[0], "!=", False)], "read"))
    assert refused.value.odoo_type == "odoo.exceptions.AccessError"
    for code in ("__import__('os')", "model.sudo()", [("id", "in", "SELECT 1")], {"a": 1}, "[(1, '=', 1)]", ANY):
        with pytest.raises(OdooError):
            asked(place, user, action, ("res.partner", code, "read"))
    assert database.call("ir.actions.server", "run", [action], user=user) == {"accessible": []}
    assert asked(place, user, action, ("res.users", [], "unlink")) == {"accessible": []}


async def test_users_cannot_put_something_else_in_its_place(place, action):
    """What is found by its name runs with the rights of whoever asks: only administrators may bind actions."""
    database = place.database
    [model] = database.call("ir.model", "search", [("model", "=", BOUND_TO)])
    values = {"name": "x", "binding_model_id": model, "binding_view_types": VIEWS}
    kinds = {
        "ir.actions.actions": {"type": "ir.actions.server"},
        "ir.actions.server": {"model_id": model, "state": "code", "code": "1"},
        "ir.actions.act_window": {"res_model": "res.partner"},
        "ir.actions.act_url": {"url": "/"},
        "ir.actions.client": {"tag": "x"},
        "ir.actions.report": {"model": "res.partner", "report_name": "x"},
    }
    for user in place.users[2:]:
        for kind, more in kinds.items():
            with pytest.raises(OdooError) as refused:
                database.call(kind, "create", [{**values, **more}], user=user)
            assert refused.value.odoo_type == "odoo.exceptions.AccessError"
        for change, arguments in (("write", [{"code": "1"}]), ("unlink", []), ("read", [["code"]])):
            with pytest.raises(OdooError) as refused:
                database.call("ir.actions.server", change, [action], *arguments, user=user)
            assert refused.value.odoo_type == "odoo.exceptions.AccessError"

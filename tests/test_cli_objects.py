"""`zenoo-security objects`: what it changes in an Odoo, and when it changes nothing."""

from __future__ import annotations

import pytest

from command_line import run
from fake_odoo import DATABASE, LOGIN, PASSWORD, FakeOdoo
from zenoo_security.objects.action import CODE, VIEWS

GROUPS = {"group_portal": 10, "group_user": 1}
INSTALLED = {
    "id": 44,
    "code": CODE,
    "group_ids": [10, 1],
    "binding_model_id": [5, "Base"],
    "binding_view_types": VIEWS,
}


@pytest.fixture
def fake():
    """An Odoo without the action, that remembers what it was asked."""
    fake = FakeOdoo()
    fake.answers["ir.actions.server.search_read"] = []
    fake.answers["ir.model.search"] = [5]
    fake.answers["ir.model.data.search_read"] = lambda domain, *_, **__: [{"id": 1, "res_id": GROUPS[domain[1][2]]}]
    yield fake
    fake.close()


@pytest.fixture
def settings(fake):
    return {"ODOO_URL": fake.url, "ODOO_DATABASE": DATABASE, "ODOO_LOGIN": LOGIN, "ODOO_PASSWORD": PASSWORD}


def changes(fake):
    """Model and arguments of what was changed."""
    calls = [call for method in ("create", "write", "unlink") for call in fake.calls(method)]
    return [(call["model"], call["args"]) for call in calls]


@pytest.mark.parametrize("command", ["create", "drop"])
def test_nothing_is_changed_unasked(fake, settings, command):
    if command == "drop":
        fake.answers["ir.actions.server.search_read"] = [INSTALLED]
    said = f"{command} the server action for accessible records\n"
    assert run("objects", command, "--dry-run", settings=settings) == (0, said, "")
    code, output, errors = run("objects", command, settings=settings)
    assert (code, output) == (1, said)
    assert errors.startswith("error: nobody can be asked here: give --yes")
    assert not changes(fake)


@pytest.mark.parametrize(("command", "there"), [("create", [INSTALLED]), ("drop", [])], ids=["create", "drop"])
def test_what_is_as_it_should_be_is_left_alone(fake, settings, command, there):
    fake.answers["ir.actions.server.search_read"] = there
    assert run("objects", command, "--yes", settings=settings) == (0, "There is nothing to do.\n", "")
    assert not changes(fake)


def test_the_action_is_for_all_users_and_in_no_view(fake, settings):
    assert run("objects", "create", "--yes", settings=settings).code == 0
    [(model, [values])] = changes(fake)
    assert model == "ir.actions.server"
    assert values["group_ids"] == [[6, 0, [1, 10]]]
    assert (values["model_id"], values["state"], values["code"]) == (5, "code", CODE)
    assert (values["binding_model_id"], values["binding_view_types"]) == (5, VIEWS)
    assert ".sudo(" not in CODE
    assert "eval" not in CODE


@pytest.mark.parametrize(
    "changed",
    [{"code": CODE + "\n"}, {"group_ids": []}, {"binding_model_id": False}, {"binding_view_types": "list,form"}],
    ids=lambda changed: next(iter(changed)),
)
def test_an_action_that_was_changed_is_put_right(fake, settings, changed):
    fake.answers["ir.actions.server.search_read"] = [{**INSTALLED, **changed}]
    assert run("objects", "create", "--yes", settings=settings).code == 0
    [(model, [[action], values])] = changes(fake)
    assert (model, action, values["code"], values["binding_view_types"]) == ("ir.actions.server", 44, CODE, VIEWS)


def test_it_is_removed(fake, settings):
    fake.answers["ir.actions.server.search_read"] = [INSTALLED]
    assert run("objects", "drop", "--yes", settings=settings).code == 0
    [(model, [[action]])] = changes(fake)
    assert (model, action) == ("ir.actions.server", 44)

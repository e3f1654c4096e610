"""What a user without rights reaches when they call methods as they like, and a stranger with the fields of the login page."""

from __future__ import annotations

import itertools
import json

import pytest

from odoo_entrances import Entrances
from odoo_second_factor import Enrolled
from zenoo_security.errors import OdooRefused

pytestmark = pytest.mark.odoo

JSON = {"Content-Type": "application/json"}
_addresses = (f"203.0.113.{number}" for number in itertools.count(1))


@pytest.fixture
def address():
    return next(_addresses)


@pytest.fixture(scope="module")
def enrolled(addon_database):
    return Enrolled(addon_database, next(_addresses))


def is_refused(database, user, model, method, arguments):
    try:
        database.call(model, method, *arguments, user=user)
    except OdooRefused:
        return True
    return False


@pytest.mark.asvs("8.2.1")
@pytest.mark.parametrize("group", ["base.group_user", "base.group_portal"])
def test_models_of_administrators_do_nothing_for_others(addon_database, group):
    """Of each every method that a view calls, also those for which Odoo itself asks for no right."""
    user = addon_database.create_user([group])
    for model, method, arguments in (
        ("zenoo.security.rotation", "default_get", [["total", "left"]]),
        ("zenoo.security.rotation", "onchange", [[], {}, [], {"total": {}}]),
        ("zenoo.security.rotation", "action_rotate", [[]]),
        ("zenoo.security.status", "onchange", [[], {}, [], {"keys": {}, "store": {}}]),
        ("zenoo.security.event", "init", [[]]),
        ("zenoo.security.event", "verify_rows", []),
        ("zenoo.security.event.verify", "action_verify", [[]]),
        ("zenoo.security.locked.login", "action_open", []),
        ("zenoo.security.locked.login", "action_unlock", [[]]),
        ("res.users", "clear_foreign_passwords", []),
    ):
        assert is_refused(addon_database, user, model, method, arguments), f"{model}.{method}"


@pytest.mark.asvs("8.2.1", "8.2.3")
@pytest.mark.parametrize("name", ["totp_secret", "totp_last_counter"])
def test_the_second_factor_is_read_and_written_by_nobody(addon_database, enrolled, name):
    """Administrators neither, and no search tells what it is."""
    for user in (None, addon_database.create_user()):
        assert name not in addon_database.call("res.users", "fields_get", user=user)
        for method, arguments in (
            ("read", [[enrolled.user.uid], [name]]),
            ("write", [[enrolled.user.uid], {name: 0}]),
            ("search", [[(name, "!=", False)]]),
            ("search_read", [[], ["login"], 0, 1, name]),
            ("export_data", [[enrolled.user.uid], [name]]),
            ("read_group", [[], ["__count"], [name]]),
            ("formatted_read_group", [[], [name]]),
        ):
            assert is_refused(addon_database, user, "res.users", method, arguments), method


@pytest.mark.asvs("8.2.2")
def test_what_shows_secrets_is_for_its_user_alone(addon_database, enrolled, address):
    """The wizard in which the second factor is enabled, and the one that shows recovery codes."""
    stranger = addon_database.create_user()
    with Entrances(addon_database).logged_in(stranger.login, stranger.password, address) as call:
        for model in ("auth_totp.wizard", "zenoo.security.recovery.codes"):
            table = model.replace(".", "_")
            for row in addon_database.sql(f"SELECT id FROM {table}"):
                assert "error" in call(model, "read", [row["id"]]), model
        assert "error" in call("auth_totp.wizard", "create", {"user_id": enrolled.user.uid, "secret": "A" * 32})


@pytest.mark.asvs("6.3.8")
@pytest.mark.parametrize(
    "fields",
    [{"type": "totp"}, {"type": "recovery_code"}, {"type": "totp_mail"}, {"type": "none"}, {"password": ""}],
    ids=str,
)
def test_odd_credentials_tell_nothing(addon_database, looked_at, address, fields):
    """Whether there is such a user shows neither in the answer nor in the work."""
    found = []
    for login in (addon_database.create_user().login, "nobody"):
        looked_at.write_text("")
        answer = Entrances(addon_database).login_page(login, address=address, **{"password": "guess", **fields})
        found.append((answer.status_code, "Wrong login/password" in answer.text, looked_at.read_text().strip("e")))
    assert found == [(200, True, "")] * 2


@pytest.mark.asvs("16.4.1")
@pytest.mark.parametrize(
    "method", ["_" + "x" * 100_000, "_\ud800", "_\x00\n\x1b[31m<b>"], ids=["long", "half", "control"]
)
def test_what_is_called_reaches_the_events_as_plain_text(addon_database, address, method):
    """Of a bounded length, in one line."""
    user = addon_database.create_user()
    with Entrances(addon_database)._client(address) as client:
        params = {"db": addon_database.name, "login": user.login, "password": user.password}
        assert "result" in client.post("/web/session/authenticate", json={"params": params}).json()
        params = {"model": "res.partner", "method": method, "args": [[]], "kwargs": {}}
        answer = client.post("/web/dataset/call_kw", content=json.dumps({"params": params}), headers=JSON)
    assert "error" in answer.json()
    query = "SELECT line FROM zenoo_security_event WHERE event = 'authz_fail' AND login = %s"
    [told] = addon_database.sql(query, [user.login])
    assert len(told["line"]) < 2_000
    operation = json.loads(told["line"])["details"]["operation"]
    assert operation.startswith("_")
    assert told["line"].isprintable()

"""The list of logins that have to wait: shown to administrators, who can unlock them there."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from zenoo_security.errors import OdooRefused

pytestmark = [pytest.mark.odoo, pytest.mark.asvs("6.3.1", "8.2.1")]

MODEL = "zenoo.security.locked.login"
LIMIT = 5
_addresses = (f"192.0.2.{number}" for number in itertools.count(1))


@pytest.fixture
def address():
    return next(_addresses)


@pytest.fixture
def listed(addon_database):
    """A function that gives the rows of a user, as a new administrator sees them."""
    administrator = addon_database.create_user(["base.group_user", "base.group_system"])

    def rows(user):
        action = addon_database.call(MODEL, "action_open", user=administrator)
        found = addon_database.call(
            MODEL, "search_read", action["domain"], ["user_id", "network", "until"], user=administrator
        )
        return [row for row in found if row["user_id"] and row["user_id"][0] == user.uid]

    rows.administrator = administrator
    return rows


def fail(entrances, user, address, times=LIMIT):
    for _ in range(times):
        assert not entrances["jsonrpc"](user.login, "guess", address)


def test_who_has_to_wait_is_listed_with_the_network_and_the_time(addon_database, entrances, listed, address):
    """One that has failed less often is not; nor what somebody typed who has no account."""
    user, other = addon_database.create_user(), addon_database.create_user()
    fail(entrances, user, address)
    fail(entrances, other, next(_addresses), times=LIMIT - 1)
    assert not entrances["jsonrpc"]("a password by mistake", "guess", next(_addresses))
    [row] = listed(user)
    assert row["network"] == address
    waits = dt.datetime.fromisoformat(row["until"]) - dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)
    assert dt.timedelta(seconds=200) < waits <= dt.timedelta(seconds=301)
    assert listed(other) == []


def test_an_administrator_unlocks_a_row(addon_database, entrances, listed, address):
    """Also from a network that was known; the audit log names who did it."""
    user = addon_database.create_user()
    assert entrances["jsonrpc"](user.login, user.password, address)
    fail(entrances, user, address)
    assert not entrances["jsonrpc"](user.login, user.password, address)
    [row] = listed(user)
    addon_database.call(MODEL, "action_unlock", [row["id"]], user=listed.administrator)
    assert listed(user) == []
    assert entrances["jsonrpc"](user.login, user.password, address)
    unlocked = [("event", "=", "authn_login_unlock"), ("uid", "=", listed.administrator.uid)]
    assert addon_database.call("zenoo.security.event", "search_count", unlocked) == 1


def test_who_is_stopped_has_no_time(addon_database, entrances, listed, address):
    user = addon_database.create_user()
    fail(entrances, user, address)
    latest = "(SELECT key FROM zenoo_security.counters WHERE key LIKE 'attempt/a/%%' ORDER BY next_at DESC LIMIT 1)"
    stop = f"UPDATE zenoo_security.counters SET next_at = 'Infinity', forget_at = 'Infinity' WHERE key = {latest}"
    addon_database.sql(f"{stop} RETURNING 1 AS one")
    [row] = listed(user)
    assert row["until"] is False
    addon_database.call(MODEL, "action_unlock", [row["id"]], user=listed.administrator)
    assert entrances["jsonrpc"](user.login, user.password, address)


def test_a_network_that_has_to_wait_is_a_row_of_its_own(addon_database, entrances, listed, address):
    user = addon_database.create_user()
    fail(entrances, user, address, times=1)
    latest = "(SELECT key FROM zenoo_security.counters WHERE key LIKE 'attempt/n/%%' ORDER BY next_at DESC LIMIT 1)"
    addon_database.sql(f"UPDATE zenoo_security.counters SET attempts = 99 WHERE key = {latest} RETURNING 1 AS one")
    fail(entrances, user, address, times=1)
    action = addon_database.call(MODEL, "action_open", user=listed.administrator)
    rows = addon_database.call(MODEL, "search_read", action["domain"], [], user=listed.administrator)
    [network] = [row for row in rows if not row["user_id"] and row["network"] == address]
    addon_database.call(MODEL, "action_unlock", [network["id"]], user=listed.administrator)
    assert entrances["jsonrpc"](user.login, user.password, address)


@pytest.mark.parametrize("method", ["action_open", "search_read", "create"])
def test_nobody_else_sees_the_list(addon_database, method):
    """Not those who manage users either, who are no administrators."""
    for groups in (["base.group_user"], ["base.group_user", "base.group_erp_manager"], ["base.group_portal"]):
        user = addon_database.create_user(groups)
        arguments = {"search_read": [[]], "create": [{}]}.get(method, [])
        with pytest.raises(OdooRefused):
            addon_database.call(MODEL, method, *arguments, user=user)


def test_nobody_else_unlocks(addon_database, entrances, listed, address):
    user, other = addon_database.create_user(), addon_database.create_user()
    fail(entrances, user, address)
    [row] = listed(user)
    with pytest.raises(OdooRefused):
        addon_database.call(MODEL, "action_unlock", [row["id"]], user=other)
    assert len(listed(user)) == 1


def test_the_list_opens_from_the_menu(addon_database, listed):
    """As the web client opens it: the action of the menu runs, and its view loads."""
    action = addon_database.resolve("zenoo_security.locked_login_action")
    found = addon_database.call("ir.actions.server", "run", [action], user=listed.administrator)
    assert (found["res_model"], found["view_mode"]) == (MODEL, "list")
    views = addon_database.call(MODEL, "get_views", [(False, "list")], user=listed.administrator)
    assert 'name="action_unlock"' in views["views"]["list"]["arch"]

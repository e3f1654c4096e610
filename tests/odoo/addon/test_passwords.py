"""Passwords of Odoo's users: argon2id, exactly as typed, by the policy, and the way back."""

from __future__ import annotations

import pytest

from odoo_entrances import Entrances
from zenoo_security import PasswordHasher
from zenoo_security.errors import OdooRefused
from zenoo_security.testing import LocalOdoo
from zenoo_security.testing.database import hash_as_odoo

pytestmark = pytest.mark.odoo

GOOD = "tulip lamp seven river"
STORED = "SELECT password FROM res_users WHERE id = %s"


def stored(database, user) -> str:
    [row] = database.sql(STORED, [user.uid])
    return row["password"]


@pytest.mark.asvs("11.4.2")
def test_new_passwords_are_argon2id(addon_database):
    user = addon_database.create_user()
    assert stored(addon_database, user).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert addon_database.login(user.login, user.password) == user.uid


@pytest.mark.parametrize("entrance", ["form", "jsonrpc"])
def test_old_hashes_verify_and_are_upgraded_at_login(addon_database, entrances, entrance):
    user = addon_database.create_user()
    addon_database.sql("UPDATE res_users SET password = %s WHERE id = %s", [hash_as_odoo(user.password), user.uid])
    assert not entrances[entrance](user.login, "wrong", "198.51.100.1")
    assert stored(addon_database, user).startswith("$pbkdf2-sha512$")
    assert entrances[entrance](user.login, user.password, "198.51.100.1")
    upgraded = stored(addon_database, user)
    assert upgraded.startswith("$argon2id$")
    assert entrances[entrance](user.login, user.password, "198.51.100.1")
    assert stored(addon_database, user) == upgraded


def test_a_hash_is_no_password(addon_database):
    """Odoo takes a hash of a scheme that it does not know for a password in the clear."""
    user = addon_database.create_user()
    addon_database.sql("UPDATE res_users SET password = '$unknown$abc$def' WHERE id = %s", [user.uid])
    assert addon_database.login(user.login, "$unknown$abc$def") is None


@pytest.mark.asvs("6.2.8")
def test_passwords_are_exactly_as_typed(addon_database):
    """Odoo strips a password that is changed, and so stores another one."""
    user = addon_database.create_user()
    typed = f"  {GOOD} "
    addon_database.call("res.users", "change_password", user.password, typed, user=user)
    assert addon_database.login(user.login, typed) == user.uid
    assert addon_database.login(user.login, GOOD) is None


@pytest.mark.asvs("6.2.1", "6.2.4", "6.2.11")
@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("too short", "at least 15 characters"),
        ("qwertyuiop12345", "many people use it"),
        ("Anna-Berg-2026!!", "names that an attacker tries first"),
    ],
)
def test_bad_passwords_are_refused_with_the_reason(addon_database, password, reason):
    """Wherever one is set: by its owner, by an administrator, with a new user, with the link of a reset."""
    user = addon_database.create_user(login=f"anna.berg.{len(password)}.{password[0]}@example.com")
    with pytest.raises(OdooRefused, match=reason):
        addon_database.call("res.users", "change_password", user.password, password, user=user)
    with pytest.raises(OdooRefused, match=reason):
        addon_database.call("res.users", "write", [user.uid], {"password": password})
    values = {"name": "Anna Berg", "login": "anna.berg@example.com", "password": password}
    with pytest.raises(OdooRefused, match=reason):
        addon_database.call("res.users", "create", values, context={"install_mode": True})
    assert addon_database.login(user.login, user.password) == user.uid


def test_bad_passwords_are_refused_in_a_reset(addon_database):
    """The page says why, and the link stays good for another password."""
    ways = Entrances(addon_database)
    user = addon_database.create_user()
    [row] = addon_database.call("res.users", "read", [user.uid], ["partner_id"])
    addon_database.call("res.partner", "signup_prepare", [row["partner_id"][0]], "reset")
    token = addon_database.call("res.partner", "make_signup_token", [row["partner_id"][0]])
    assert "at least 15 characters" in ways.reset(token, user.login, "too short")
    ways.reset(token, user.login, GOOD)
    assert addon_database.login(user.login, GOOD) == user.uid


def test_bad_passwords_are_refused_at_signup(addon_database):
    """Nobody is made whose password was refused."""
    ways = Entrances(addon_database)
    addon_database.call("ir.config_parameter", "set_param", "auth_signup.invitation_scope", "b2c")
    login = "new.one@example.com"
    assert "at least 15 characters" in ways.signup(login, "too short")
    assert addon_database.sql("SELECT id FROM res_users WHERE login = %s", [login]) == []
    ways.signup(login, GOOD)
    assert addon_database.login(login, GOOD)


def test_bad_passwords_are_refused_in_the_wizards(addon_database):
    """That of administrators for others, and that of users for themselves."""
    user = addon_database.create_user()
    lines = [(0, 0, {"user_id": user.uid, "user_login": user.login, "new_passwd": "too short"})]
    wizard = addon_database.call("change.password.wizard", "create", {"user_ids": lines})
    with pytest.raises(OdooRefused, match="at least 15 characters"):
        addon_database.call("change.password.wizard", "change_password_button", [wizard])
    with Entrances(addon_database).logged_in(user.login, user.password, "198.51.100.2") as call:
        typed = {"new_password": "too short", "confirm_password": "too short"}
        own = call("change.password.own", "create", typed)["result"]
        check = call("change.password.own", "change_password", [own])["result"]
        context = {"password": user.password}
        answer = call("res.users.identitycheck", "run_check", [check["res_id"]], context=context)
        assert "at least 15 characters" in answer["error"]["data"]["message"]
    assert addon_database.login(user.login, user.password) == user.uid


@pytest.fixture(scope="module")
def way_back():
    """An Odoo whose logins convert hashes to Odoo's own, with a database that has the addon."""
    with LocalOdoo(settings={"zenoo_security": {"password_scheme": "pbkdf2_sha512"}}) as server:
        database = server.create_database()
        database.install("zenoo_security")
        yield database


def test_without_a_key_ring_events_are_written_and_not_protected(way_back):
    """And the check says so, as the page does."""
    assert way_back.login("admin", "wrong") is None
    assert way_back.call("zenoo.security.event", "search_count", [("event", "=", "authn_login_fail")])
    wizard = way_back.call("zenoo.security.event.verify", "create", {})
    way_back.call("zenoo.security.event.verify", "action_verify", [wizard])
    [shown] = way_back.call("zenoo.security.event.verify", "read", [wizard], ["state", "message"])
    assert shown["state"] == "unprotected"
    assert "key_ring_file" in shown["message"]
    page = way_back.call("zenoo.security.status", "create", {})
    assert way_back.call("zenoo.security.status", "read", [page], ["has_key_ring"])[0]["has_key_ring"] is False


def test_uninstalling_leaves_everybody_able_to_log_in(way_back):
    """It is refused while a hash is left that Odoo cannot verify; logins convert them; the rest get new passwords."""
    users = [way_back.create_user() for _ in range(2)]
    for user in users:
        hashed = PasswordHasher().hash(user.password)
        way_back.sql("UPDATE res_users SET password = %s WHERE id = %s", [hashed, user.uid])
    with pytest.raises(OdooRefused, match="2 users have passwords that Odoo alone cannot verify"):
        way_back.uninstall("zenoo_security")
    assert way_back.login(users[0].login, users[0].password) == users[0].uid
    assert stored(way_back, users[0]).startswith("$pbkdf2-sha512$")
    with pytest.raises(OdooRefused, match="1 users"):
        way_back.uninstall("zenoo_security")
    with pytest.raises(OdooRefused):
        way_back.call("res.users", "clear_foreign_passwords", user=users[0])
    assert way_back.call("res.users", "clear_foreign_passwords") == [users[1].login]
    way_back.uninstall("zenoo_security")
    assert way_back.login("admin", way_back.admin_password)
    assert way_back.login(users[0].login, users[0].password) == users[0].uid
    assert way_back.login(users[1].login, users[1].password) is None
    way_back.call("res.users", "write", [users[1].uid], {"password": "new one"})
    assert way_back.login(users[1].login, "new one") == users[1].uid

"""What `--rpc` reads of a real Odoo 19, with the rights that the user has."""

from __future__ import annotations

import json

import pytest

from command_line import run
from zenoo_security import keyring
from zenoo_security.checks.live_rpc import VIEW
from zenoo_security.keyring import KeyRing

pytestmark = pytest.mark.odoo

RULED = {"RPC-01", "RPC-02", "RPC-03", "RPC-09", "RPC-10", "RPC-12", "RPC-19", "RPC-24", "RPC-25", "RPC-30", "RPC-31"}
"""A record rule may hide some of the rows that they look at."""


def check(database, login, password, **more):
    """The results by their ids, and all that was written."""
    settings = {
        "ODOO_URL": database.url,
        "ODOO_DATABASE": database.name,
        "ODOO_LOGIN": login,
        "ODOO_PASSWORD": password,
        **more,
    }
    outcome = run("check", "--rpc", "--format", "json", settings=settings)
    results = {one["id"]: one for one in reversed(json.loads(outcome.output)["results"])}
    return results, outcome.output + outcome.errors


def test_an_administrator_sees_everything_that_is_there(odoo_database):
    """What is not installed is a skip that says so; no value of a parameter is shown."""
    results, written = check(odoo_database, odoo_database.admin_login, odoo_database.admin_password)
    assert set(results) == {one.id for one in VIEW.checks}
    assert not [one for one in results.values() if one["status"] == "error"]
    skipped = {name: one["message"] for name, one in results.items() if one["status"] == "skip"}
    assert set(skipped) == {"RPC-21", "RPC-22", "RPC-26", "RPC-27", "RPC-32", "RPC-34", "RPC-35"}
    assert skipped["RPC-21"] == "this Odoo has no base.automation"
    assert odoo_database.admin_password not in written
    for parameter in odoo_database.sql("SELECT value FROM ir_config_parameter WHERE key = 'database.secret'"):
        assert parameter["value"] not in written


@pytest.mark.parametrize("group", ["base.group_user", "base.group_portal"])
def test_what_a_user_may_not_read_is_an_error_and_never_a_pass(odoo_database, group):
    """Nor a skip, which would leave a good grade to who reads nothing."""
    user = odoo_database.create_user([group])
    results, _ = check(odoo_database, user.login, user.password)
    assert {results[name]["status"] for name in RULED} == {"error"}
    assert results["RPC-30"]["message"] == "who is not in base.group_system sees only a part of res.device"
    assert results["RPC-07"]["message"] == "this user may not read ir.config_parameter"
    # Every employee may read which modules there are.
    assert {name for name, one in results.items() if one["status"] == "pass"} <= {"RPC-33"}


def test_a_wrong_password_is_an_error_of_every_check(odoo_database):
    results, written = check(odoo_database, odoo_database.admin_login, "not-the-password")
    assert {one["status"] for one in results.values()} == {"error"}
    assert "not-the-password" not in written


def test_an_address_that_would_show_the_password_is_refused():
    settings = {
        "ODOO_URL": "http://erp.example.com",
        "ODOO_DATABASE": "x",
        "ODOO_LOGIN": "x",
        "ODOO_PASSWORD": "SECRET",
    }
    outcome = run("check", "--rpc", settings=settings)
    assert (outcome.code, outcome.output) == (2, "")
    assert "SECRET" not in outcome.errors


@pytest.mark.asvs("v5.0.0-8.2.1")
def test_what_is_wrong_is_found_where_it_is(odoo_database):
    """A mail server with a password, a right for everybody, an account that is of two kinds."""
    odoo_database.call(
        "ir.mail_server", "create", {"name": "Out", "smtp_host": "mail.example.com", "smtp_pass": "S3CRET!"}
    )
    model = odoo_database.call("ir.model", "create", {"name": "Order", "model": "x_order"})
    right = {"name": "x_order all", "model_id": model, "perm_read": True, "perm_write": True}
    odoo_database.call("ir.model.access", "create", right)
    user = odoo_database.create_user(["base.group_portal"])
    group = odoo_database.resolve("base.group_user")
    odoo_database.sql("INSERT INTO res_groups_users_rel (gid, uid) VALUES (%s, %s) RETURNING uid", [group, user.uid])
    results, written = check(odoo_database, odoo_database.admin_login, odoo_database.admin_password)
    assert results["RPC-17"]["message"] == "passwords of the mail server Out"
    assert (results["RPC-13"]["status"], results["RPC-13"]["subject"]) == ("fail", "x_order")
    assert (results["RPC-12"]["status"], results["RPC-12"]["subject"]) == ("fail", user.login)
    assert results["RPC-14"]["message"] == "outsiders may read every record of x_order"
    assert "S3CRET!" not in written


@pytest.mark.asvs("v5.0.0-11.2.2")
def test_what_encrypted_fields_hold_is_counted(odoo_database, tmp_path):
    """A partner saved before the column was there is in the clear; its value is not shown."""
    declaration, ring = tmp_path / "fields.toml", tmp_path / "keys.json"
    declaration.write_text('["res.partner".vat]\n')
    keyring.save(KeyRing.generate(), ring)
    settings = {"FIELDS_FILE": str(declaration), "KEY_RING_FILE": str(ring)}
    results, _ = check(odoo_database, odoo_database.admin_login, odoo_database.admin_password, **settings)
    assert results["RPC-34"]["status"] == "error"
    assert "zenoo-security fields" in results["RPC-34"]["message"]
    odoo_database.call("res.partner", "create", [{"name": "Plain", "vat": "BE0477472701"}])
    login = {"ODOO_LOGIN": odoo_database.admin_login, "ODOO_PASSWORD": odoo_database.admin_password}
    place = {"ODOO_URL": odoo_database.url, "ODOO_DATABASE": odoo_database.name}
    assert run("fields", "create", "--yes", settings={**place, **login, **settings}).code == 0
    results, written = check(odoo_database, odoo_database.admin_login, odoo_database.admin_password, **settings)
    found = results["RPC-34"]
    assert (found["status"], found["subject"]) == ("fail", "res.partner.vat plaintext")
    assert "BE0477472701" not in written


@pytest.fixture
def connected(odoo_server):
    """A database of its own, for other tests tell what is not installed."""
    database = odoo_server.create_database()
    database.install("auth_oauth", "auth_timeout")
    yield database
    odoo_server.drop_database(database.name)


def test_what_comes_with_oauth_and_timeouts_is_at_most_a_warning(connected):
    """Only what somebody has set."""
    for name, value in (("auth_signup.invitation_scope", "b2b"), ("sessions.max_inactivity_seconds", "3600")):
        connected.call("ir.config_parameter", "set_param", name, value)
    results, _ = check(connected, connected.admin_login, connected.admin_password)
    assert (results["RPC-26"]["status"], results["RPC-26"]["severity"]) == ("warn", "low")
    assert (results["RPC-08"]["status"], results["RPC-08"]["subject"]) == ("warn", "longest")
    group = connected.resolve("base.group_user")
    connected.call("res.groups", "write", [group], {"lock_timeout": 90_000})
    results, _ = check(connected, connected.admin_login, connected.admin_password)
    assert (results["RPC-08"]["status"], results["RPC-08"]["subject"]) == ("fail", "longest")

"""Secrets of the second factor from before the installation and after, and servers whose keys are missing or wrong."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pyotp
import pytest

from odoo_entrances import Entrances
from odoo_second_factor import STORED, Enrolled, code_of
from zenoo_security import FieldCipher, KeyRing, keyring
from zenoo_security.errors import OdooRefused
from zenoo_security.testing import rpc
from zenoo_security.testing.processes import spawn

pytestmark = pytest.mark.odoo

MODULE = "zenoo_security_totp"
ADDRESS = "192.0.2.200"
REFUSED = "Codes cannot be checked at the moment. The server's log says why."
SET = "UPDATE res_users SET totp_secret = %s, totp_last_counter = %s, active = %s WHERE id = %s"
SECRETS = "SELECT id, totp_secret, totp_last_counter FROM res_users WHERE totp_secret IS NOT NULL ORDER BY id"


@pytest.fixture(scope="module")
def before(addon_server):
    """A database without the addon, where two users have a second factor, one of them archived; and what it had stored."""
    database = addon_server.create_database()
    users = [database.create_user() for _ in range(2)]
    for user, active in zip(users, (True, False), strict=True):
        database.sql(SET, [pyotp.random_base32(), 1_000 + user.uid, active, user.uid])
    stored = database.sql(SECRETS)
    database.install("zenoo_security")
    yield database, users[0], stored
    addon_server.drop_database(database.name)


@pytest.mark.asvs("11.3.2")
def test_installing_seals_what_is_there(before):
    """Also of who is archived; what was used stays used."""
    database, user, stored = before
    rows = database.sql(SECRETS)
    assert [row["id"] for row in rows] == [row["id"] for row in stored]
    assert all(FieldCipher.is_encrypted(row["totp_secret"]) for row in rows)
    steps = database.sql("SELECT user_id, step FROM zenoo_security_totp_step ORDER BY user_id")
    assert steps == [{"user_id": row["id"], "step": row["totp_last_counter"]} for row in stored]
    assert Entrances(database).code(user.login, user.password, code_of(stored[0]["totp_secret"]), ADDRESS)


def test_what_does_not_open_stops_an_uninstallation(before):
    """It would be lost."""
    database, user, _ = before
    [own] = database.sql(STORED, [user.uid])
    foreign = FieldCipher(KeyRing.generate()).encrypt("secret", context=("res.users", "totp_secret"))
    database.sql("UPDATE res_users SET totp_secret = %s WHERE id = %s", [foreign, user.uid])
    with pytest.raises(OdooRefused, match=f"disable it first: {user.login}"):
        database.uninstall(MODULE)
    database.sql("UPDATE res_users SET totp_secret = %s WHERE id = %s", [own["totp_secret"], user.uid])


def test_uninstalling_gives_the_secrets_back(before):
    """Odoo alone lets in with the codes that were not used."""
    database, user, stored = before
    secret, archived = stored[0]["totp_secret"], stored[1]
    database.uninstall(MODULE)
    rows = database.sql(SECRETS)
    assert [row["totp_secret"] for row in rows] == [row["totp_secret"] for row in stored]
    assert rows[0]["totp_last_counter"] > stored[0]["totp_last_counter"]
    assert rows[1] == archived
    assert not Entrances(database).code(user.login, user.password, code_of(secret, -1), ADDRESS)
    assert Entrances(database).code(user.login, user.password, code_of(secret, 1), ADDRESS)


def restart(server):
    """Odoo's process is another one, with the same database server, port and settings."""
    run = server._require_run()
    odoo = run.processes["odoo"]
    place = Path("/proc") / str(odoo.pid)
    command, environment = ((place / name).read_text().rstrip("\0").split("\0") for name in ("cmdline", "environ"))
    folder = (place / "cwd").readlink()
    odoo.stop(signal.SIGTERM)
    run.processes["odoo"] = spawn(
        command,
        log=server.log_path,
        env=dict(variable.split("=", 1) for variable in environment),
        cwd=folder,
        attached_signal=signal.SIGKILL,
    )
    run.save(server._cache)
    deadline = time.monotonic() + 120
    while not rpc.is_answering(server.url):
        assert time.monotonic() < deadline, "Odoo did not start again"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def enrolled(addon_database):
    return Enrolled(addon_database, ADDRESS)


@pytest.fixture
def server(addon_server, addon_keys):
    """The server, which has its keys again afterwards."""
    kept = addon_keys.with_suffix(".kept")
    addon_keys.rename(kept)
    yield addon_server
    kept.replace(addon_keys)
    restart(addon_server)


def told_of(log, user, since):
    """What the log says of a user's code."""
    [line] = {
        line.partition("because ")[2]
        for line in log.read_text()[since:].splitlines()
        if f"The code of user {user.uid} cannot be checked" in line
    }
    return line


@pytest.mark.asvs("16.5.3")
def test_odoo_starts_without_its_keys(addon_database, addon_keys, enrolled, server):
    """And with wrong ones: codes are refused in plain words, everybody else logs in, and nothing is overwritten or counted."""
    other, stored, code, log = addon_database.create_user(), enrolled.stored(), enrolled.next_code(), server.log_path
    for ring, reason in ((None, "key ring"), (KeyRing.generate(), "it was sealed with other keys")):
        if ring:
            keyring.save(ring, addon_keys)
        restart(server)
        since = len(log.read_text())
        assert {enrolled.enter(code) for _ in range(6)} == {REFUSED}
        assert reason in told_of(log, enrolled.user, since)
        with Entrances(addon_database).logged_in(other.login, other.password, ADDRESS) as call:
            asked = call("res.users", "action_totp_enable_wizard", [other.uid])["result"]
            context = {"password": other.password}
            answer = call("res.users.identitycheck", "run_check", [asked["res_id"]], context=context)
            assert ring or "set key_ring_file in the section" in answer["error"]["data"]["message"]
        assert enrolled.enter(enrolled.codes.pop()) is None
        assert enrolled.stored() == stored


def test_with_its_keys_all_is_as_before(enrolled):
    assert enrolled.enter(enrolled.next_code()) is None

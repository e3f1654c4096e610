"""Events in Odoo's database: written whatever becomes of the request, changed by nobody, and chained."""

from __future__ import annotations

import itertools
import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import psycopg
import pyotp
import pytest

from odoo_entrances import Entrances
from zenoo_security import keyring
from zenoo_security._native import AuditKey
from zenoo_security.addon.audit_rows import COLUMNS, AuditRow, read_line, row_of
from zenoo_security.addon.audit_verify import RowCheck
from zenoo_security.audit.chain import BEGINNING, parse, seal
from zenoo_security.audit.verify import verify as audit_files
from zenoo_security.auth.odoo import OdooServer
from zenoo_security.checks import Target, run
from zenoo_security.cli.connection import OdooLogin
from zenoo_security.errors import OdooRefused

pytestmark = pytest.mark.odoo

EVENT = "zenoo.security.event"
VERIFY = "zenoo.security.event.verify"
_addresses = (f"192.0.2.{number}" for number in itertools.count(1))


@pytest.fixture
def address():
    return next(_addresses)


def events(database, *domain):
    """The events that match, the oldest first."""
    names = ["event", "outcome", "reason", "address", "uid", "login", "account", "details"]
    return database.call(EVENT, "search_read", list(domain), names, order="id")


def verify(database, checkpoint=False):
    """What the button shows."""
    wizard = database.call(VERIFY, "create", {"checkpoint": checkpoint})
    database.call(VERIFY, "action_verify", [wizard])
    [shown] = database.call(VERIFY, "read", [wizard], ["state", "message", "next_checkpoint"])
    return shown


@pytest.mark.asvs("16.2.1", "16.3.1")
def test_logins_on_every_entrance_are_there(addon_database, entrances, address):
    """Who, from where, when and how it ended; a refused login is rolled back, and its event is not."""
    for name, way in entrances.items():
        user = addon_database.create_user()
        assert not way(user.login, "guess", address), name
        assert way(user.login, user.password, address), name
        found = events(addon_database, ("login", "=", user.login), ("event", "like", "authn_login"))
        assert [(each["event"], each["outcome"]) for each in found] == [
            ("authn_login_fail", "failure"),
            ("authn_login_success", "success"),
        ], name
        assert {each["address"] for each in found} == {address}
        assert {each["uid"] for each in found} == {user.uid}
        assert len({each["account"] for each in found}) == 1


@pytest.mark.asvs("16.2.5")
def test_what_is_typed_as_a_login_is_not_there(addon_database, entrances, address):
    """People type their password there; the digest tells whether it was the same text again."""
    for _ in range(2):
        assert not entrances["form"]("tulip lamp seven", "guess", address)
    found = events(addon_database, ("address", "=", address), ("event", "=", "authn_login_fail"))
    assert len(found) == 2
    assert {(each["login"], each["uid"]) for each in found} == {(False, 0)}
    assert len({each["account"] for each in found}) == 1
    assert addon_database.sql("SELECT id FROM zenoo_security_event WHERE line LIKE '%%tulip%%'") == []


@pytest.mark.asvs("16.3.1", "16.3.3")
def test_lockouts_unlocks_and_codes_are_there(addon_database, entrances, address):
    """What is refused unseen is told once in a minute for each account and worker, however often it is tried."""
    user = addon_database.create_user()
    for _ in range(30):
        assert not entrances["jsonrpc"](user.login, "guess", address)
    about = ("login", "=", user.login)
    assert len(events(addon_database, about, ("event", "=", "authn_login_fail"))) == 5
    refused = events(addon_database, about, ("event", "=", "authn_login_fail_max"))
    assert 1 <= len(refused) <= 8
    addon_database.call("res.users", "action_unlock_login", [user.uid])
    [unlocked] = events(addon_database, ("event", "=", "authn_login_unlock"), ("account", "=", refused[0]["account"]))
    assert unlocked["login"] == addon_database.admin_login


@pytest.mark.asvs("16.3.1")
def test_a_password_and_a_code_are_two_events(addon_database, address):
    user = addon_database.create_user()
    secret = pyotp.random_base32()
    addon_database.sql("UPDATE res_users SET totp_secret = %s WHERE id = %s", [secret, user.uid])
    addon_database.call("res.users", "action_unlock_login", [user.uid])
    assert Entrances(addon_database).code(user.login, user.password, pyotp.TOTP(secret).now(), address)
    pending, whole = events(addon_database, ("login", "=", user.login), ("event", "like", "authn_login"))
    assert (pending["event"], pending["reason"]) == ("authn_login_pending", "second_factor_required")
    assert whole["event"] == "authn_login_success"
    assert '"totp"' in whole["details"]


@pytest.mark.asvs("16.3.2")
def test_what_odoo_refuses_is_there(addon_database, address):
    """On the web and by RPC: who, which model, which method."""
    for way in ("web", "rpc"):
        user = addon_database.create_user()
        if way == "rpc":
            with pytest.raises(OdooRefused):
                addon_database.call(EVENT, "search_read", [], ["event"], user=user)
        else:
            with Entrances(addon_database).logged_in(user.login, user.password, address) as call:
                assert "error" in call(EVENT, "search_read", [], ["event"])
        [refused] = events(addon_database, ("login", "=", user.login), ("event", "=", "authz_fail"))
        assert EVENT in refused["details"], way
        assert "search_read" in refused["details"]
        assert refused["address"] == (address if way == "web" else "127.0.0.1")


def test_changes_of_passwords_are_there_when_they_are_made(addon_database):
    """A refusal at once; a change when it is committed."""
    user = addon_database.create_user()
    with pytest.raises(OdooRefused):
        addon_database.call("res.users", "change_password", user.password, "too short", user=user)
    addon_database.call("res.users", "change_password", user.password, "tulip lamp seven river", user=user)
    found = events(addon_database, ("login", "=", user.login), ("event", "like", "authn_password"))
    assert [each["event"] for each in found] == ["authn_password_change_fail", "authn_password_change"]
    addon_database.call("res.users", "write", [user.uid], {"password": "river seven lamp tulip"})
    changed = events(addon_database, ("event", "=", "authn_password_change"))[-1]
    assert changed["login"] == addon_database.admin_login
    assert f'"odoo.ids": [\n    {user.uid}\n  ]' in changed["details"]


@pytest.mark.asvs("16.4.2")
def test_nobody_changes_events_through_the_orm(addon_database):
    """Not an administrator by RPC or import, and not the superuser in code that runs inside Odoo."""
    values = {"event": "forged", "line": "{}"}
    [row] = addon_database.call(EVENT, "search", [], limit=1)
    for method, arguments in (
        ("create", [values]),
        ("write", [[row], values]),
        ("unlink", [[row]]),
        ("copy", [[row]]),
        ("web_save", [[], values, {}]),
        ("name_create", ["forged"]),
    ):
        with pytest.raises(OdooRefused):
            addon_database.call(EVENT, method, *arguments)
    imported = addon_database.call(EVENT, "load", ["event", "line"], [["forged", "{}"]])
    assert imported["ids"] is False
    before = addon_database.sql("SELECT * FROM zenoo_security_event WHERE id = %s", [row])
    for code in (
        "events.create({'event': 'forged', 'line': '{}'})",
        "events.browse(%d).write({'event': 'forged'})",
        "events.browse(%d).update({'event': 'forged'})",
        "events.browse(%d).unlink()",
        "events.browse(%d).copy()",
        "events._create([{'stored': {'event': 'forged'}}])",
        "events.browse(%d)._write({'event': 'forged'})",
        "events.browse(%d)._write_multi([{'event': 'forged'}])",
        "events._load_records([{'values': {'event': 'forged', 'line': '{}'}}])",
    ):
        with pytest.raises(OdooRefused, match="Nobody can change or delete them"):
            run_inside(addon_database, code.replace("%d", str(row)))
    assert addon_database.sql("SELECT * FROM zenoo_security_event WHERE id = %s", [row]) == before
    assert addon_database.sql("SELECT id FROM zenoo_security_event WHERE event = 'forged'") == []


def run_inside(database, code):
    """Run Python as the superuser."""
    action = {
        "name": "test",
        "model_id": database.call("ir.model", "search", [("model", "=", "res.partner")])[0],
        "state": "code",
        "code": f"events = env['{EVENT}'].with_user(1).sudo()\n{code}",
    }
    database.call("ir.actions.server", "run", [database.call("ir.actions.server", "create", action)])


@pytest.mark.asvs("8.2.1", "16.4.2")
def test_administrators_alone_read_check_and_export(addon_database, address):
    user = addon_database.create_user(["base.group_user", "base.group_erp_manager"])
    for model, method, arguments in (
        (EVENT, "search", [[]]),
        (EVENT, "read_group", [[], ["event"], ["event"]]),
        (EVENT, "verify_rows", []),
        (VERIFY, "create", [{}]),
        (VERIFY, "action_verify", [[]]),
    ):
        with pytest.raises(OdooRefused):
            addon_database.call(model, method, *arguments, user=user)
    assert export(addon_database, user.login, user.password, address).status_code == 403


def export(database, login, password, address):
    with Entrances(database)._client(address) as client:
        params = {"db": database.name, "login": login, "password": password}
        assert "result" in client.post("/web/session/authenticate", json={"params": params}).json()
        return client.get("/zenoo_security/events.jsonl")


@pytest.mark.asvs("16.4.2")
def test_parallel_events_of_all_workers_are_one_chain(addon_database, entrances):
    """Each attempt has its event, and each event follows one other."""
    users = [addon_database.create_user() for _ in range(8)]
    before = len(events(addon_database))
    with ThreadPoolExecutor(16) as pool:
        ways = itertools.cycle(entrances.values())
        tries = [pool.submit(next(ways), user.login, user.password, next(_addresses)) for user in users * 4]
        let_in = sum(each.result() for each in tries)
    assert len(events(addon_database)) >= before + let_in >= before + len(users)
    shown = verify(addon_database)
    assert shown["state"] == "intact", shown
    assert len({each["process.pid"] for each in lines(addon_database)}) >= 3


def lines(database):
    return [json.loads(row["line"]) for row in database.sql("SELECT line FROM zenoo_security_event ORDER BY id")]


TABLES = ("zenoo_security_event", "zenoo_security_event_head")
MIDDLE = "(SELECT id FROM zenoo_security_event ORDER BY id OFFSET 3 LIMIT 1)"
FIRST, LAST = "(SELECT min(id) FROM zenoo_security_event)", "(SELECT max(id) FROM zenoo_security_event)"


@pytest.fixture
def check(addon_database, addon_keys):
    """What the button does. A call of Odoo might write an event into what a test has done to the rows."""

    def findings(checkpoint=None):
        looking = RowCheck(AuditKey(keyring.load(addon_keys)), checkpoint)
        for row in addon_database.sql("SELECT * FROM zenoo_security_event ORDER BY id"):
            columns = {**row, "time": row["time"] and datetime.fromisoformat(row["time"])}
            looking.row(row["id"], row["line"], AuditRow(*(columns[name] for name in COLUMNS)))
        [head] = addon_database.sql("SELECT position FROM zenoo_security_event_head")
        return [finding.what for finding in looking.finish(head["position"]).findings]

    return findings


@pytest.fixture
def as_before(addon_database, entrances, address):
    """Some events. What a test does to the rows is undone."""
    for _ in range(6):
        entrances["jsonrpc"]("nobody", "guess", address)
    for table in TABLES:
        addon_database.sql(f"CREATE TABLE saved_{table} AS TABLE {table}")
    yield
    for table in TABLES:
        addon_database.sql(f"DELETE FROM {table}")
        addon_database.sql(f"INSERT INTO {table} SELECT * FROM saved_{table}")
        addon_database.sql(f"DROP TABLE saved_{table}")


@pytest.mark.asvs("16.4.2")
@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (
            f"UPDATE zenoo_security_event SET line = replace(line, 'authn', 'authz') WHERE id = {MIDDLE}",
            "written by somebody",
        ),
        (
            f"UPDATE zenoo_security_event SET login = 'somebody' WHERE id = {MIDDLE}",
            "columns are not what its line says",
        ),
        (f"DELETE FROM zenoo_security_event WHERE id = {MIDDLE}", "lines were removed before it"),
        (f"DELETE FROM zenoo_security_event WHERE id = {FIRST}", "not by the retention"),
        (f"UPDATE zenoo_security_event SET id = {LAST} + 1 WHERE id = {MIDDLE}", "out of order"),
        ("INSERT INTO zenoo_security_event (line, event) VALUES ('{}', 'forged')", "not chained"),
        (f"DELETE FROM zenoo_security_event WHERE id = {LAST}", "removed from the end: 1"),
        ("DELETE FROM zenoo_security_event", "removed from the end"),
        ("UPDATE zenoo_security_event_head SET position = NULL", "record of where the chain goes on was changed"),
    ],
)
def test_what_is_done_in_sql_is_found(addon_database, check, as_before, statement, found):
    assert check() == []
    addon_database.sql(statement)
    assert found in "; ".join(check())


@pytest.mark.asvs("16.4.2")
def test_an_end_that_is_cut_with_its_record_is_found_by_a_checkpoint(addon_database, check, as_before):
    """Which was kept elsewhere: without it the rows look whole."""
    kept, _, last = (
        parse(line.encode())
        for line in (json.dumps(each, separators=(",", ":")) for each in lines(addon_database)[-3:])
    )
    addon_database.sql(f"DELETE FROM zenoo_security_event WHERE id = {LAST}")
    addon_database.sql(f"DELETE FROM zenoo_security_event WHERE id = {LAST}")
    addon_database.sql("UPDATE zenoo_security_event_head SET position = %s", [kept.position.text])
    assert check() == []
    assert "removed from the end" in check(last.position)[0]


@pytest.mark.asvs("16.4.2")
def test_the_button_shows_what_was_changed(addon_database, entrances, address):
    """And which event it is; a checkpoint that it showed before is taken."""
    entrances["jsonrpc"]("nobody", "guess", address)
    kept = verify(addon_database)["next_checkpoint"]
    shown = verify(addon_database, kept)
    assert shown["state"] == "intact"
    assert "Nothing was removed since the checkpoint" in shown["message"]
    [row] = addon_database.sql(f"SELECT id FROM zenoo_security_event WHERE id = {MIDDLE}")
    addon_database.sql("UPDATE zenoo_security_event SET level = 'none' WHERE id = %s", [row["id"]])
    shown = verify(addon_database)
    assert (shown["state"], f"Event {row['id']}: changed" in shown["message"]) == ("altered", True)
    level = "(SELECT line::json->>'log.level' FROM zenoo_security_event WHERE id = %s)"
    addon_database.sql(f"UPDATE zenoo_security_event SET level = {level} WHERE id = %s", [row["id"], row["id"]])
    assert verify(addon_database)["state"] == "intact"
    with pytest.raises(OdooRefused, match="A checkpoint looks like"):
        verify(addon_database, "no checkpoint")


def age(dsn, key, last):
    """Write the whole chain anew, so that the events up to this one are of the year 2020."""
    at = BEGINNING
    with psycopg.connect(dsn) as connection:
        for number, line in connection.execute("SELECT id, line FROM zenoo_security_event ORDER BY id").fetchall():
            body = line.partition(',"chain.previous"')[0] + "}"
            if number <= last:
                body = re.sub(r'(?<="@timestamp":")\d{4}', "2020", body)
            sealed, at = seal(body.encode(), at, key, first=True)
            written = sealed.decode().rstrip("\n")
            columns = [written, row_of(read_line(written)).time, number]
            connection.execute("UPDATE zenoo_security_event SET line = %s, time = %s WHERE id = %s", columns)
        connection.execute("UPDATE zenoo_security_event_head SET position = %s", [at.text])


@pytest.mark.asvs("14.2.7", "16.4.2")
def test_old_events_are_deleted_and_the_rest_still_verifies(
    addon_server, addon_database, addon_keys, entrances, address
):
    """A row vouches for what is gone; more than that must not be."""
    for _ in range(4):
        entrances["jsonrpc"]("nobody", "guess", address)
    ids = addon_database.call(EVENT, "search", [], order="id")
    age(addon_server.dsn(addon_database.name), AuditKey(keyring.load(addon_keys)), ids[1])
    cron = addon_database.resolve("zenoo_security.ir_cron_expire_events")
    addon_database.call("ir.cron", "method_direct_trigger", [cron])
    assert addon_database.call(EVENT, "search", [], order="id")[: len(ids) - 2] == ids[2:]
    shown = verify(addon_database)
    assert shown["state"] == "intact", shown
    assert "2 older events were deleted" in shown["message"]
    assert addon_database.call(EVENT, "verify_rows") == {"protected": True, "altered": 0}
    assert [each["event"] for each in events(addon_database, ("event", "=", "audit_rows_expired"))]
    addon_database.call("ir.cron", "method_direct_trigger", [cron])
    assert addon_database.call(EVENT, "search", [], order="id")[: len(ids) - 2] == ids[2:]


def test_the_command_verifies_what_is_exported(addon_database, addon_keys, address, tmp_path):
    """The lines are those of a chained file."""
    exported = export(addon_database, addon_database.admin_login, addon_database.admin_password, address)
    assert exported.headers["cache-control"] == "no-store"
    path = tmp_path / "events.jsonl"
    path.write_bytes(exported.content)
    found = audit_files([path], keyring.load(addon_keys))
    assert found.intact, found.findings
    assert found.lines > 10


@pytest.mark.asvs("16.4.2")
def test_the_retention_does_not_cover_up_what_was_altered(addon_database, entrances, address):
    """Events that somebody has dated back are deleted like old ones; that they were altered stays."""
    for _ in range(4):
        entrances["jsonrpc"]("nobody", "guess", address)
    assert verify(addon_database)["state"] == "intact"
    ids = addon_database.call(EVENT, "search", [], order="id")
    addon_database.sql("UPDATE zenoo_security_event SET time = NULL WHERE id IN (%s, %s)", ids[:2])
    addon_database.call(
        "ir.cron", "method_direct_trigger", [addon_database.resolve("zenoo_security.ir_cron_expire_events")]
    )
    assert ids[0] not in addon_database.call(EVENT, "search", [])
    shown = verify(addon_database)
    assert shown["state"] == "altered"
    assert "what the retention deleted then was not as it was written, in 2 places" in shown["message"]
    place = OdooServer(addon_database.url), addon_database.name
    report = run(Target(rpc=OdooLogin(*place, addon_database.admin_login, addon_database.admin_password)))
    assert "audit" in {one.subject for one in report.findings if one.check.id == "RPC-34"}

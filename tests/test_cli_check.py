"""`zenoo-security check`: what it says, and with which exit code."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import sys
from unittest import mock

import pytest

from checks.conf_cases import HARDENED, folders
from checks.proxy_cases import HARDENED as NGINX
from command_line import run
from zenoo_security.checks.odoo_conf import VIEW
from zenoo_security.cli.check import _tell


@pytest.fixture
def hardened(tmp_path):
    """An odoo.conf with which nothing is wrong."""
    folders("data", "odoo/addons", mode=0o700)(tmp_path)
    path = tmp_path / "odoo.conf"
    path.write_text(HARDENED.replace("{folder}", str(tmp_path)))
    path.chmod(0o640)
    return path


@pytest.fixture
def default(tmp_path):
    """What a beginner has."""
    path = tmp_path / "default.conf"
    path.write_text("[options]\nadmin_passwd = admin\ndb_user = postgres\n")
    path.chmod(0o640)
    return path


def check(*arguments):
    return run("check", *map(str, arguments))


def words(outcome) -> str:
    """What was written, whatever the width of lines."""
    return " ".join(outcome.output.split())


def test_a_hardened_file_has_the_best_grade(hardened):
    outcome = check("--conf", hardened)
    assert (outcome.code, outcome.errors) == (0, "")
    assert outcome.output.splitlines()[-1] == "Grade A+: no findings; 2 not checked, 19 passed."


def test_what_is_wrong_is_said_with_its_place_and_what_to_do(default):
    outcome = check("--conf", default)
    assert (outcome.code, outcome.errors) == (1, "")
    lines = outcome.output.splitlines()
    assert lines[:3] == [
        "critical    CONF-01  The master password is one of your own, and strong",
        "            admin_passwd is easy to guess: too short, or a common password",
        f"            {default}:2",
    ]
    assert "Fix: Make one with `openssl rand -base64 24`, keep it in a password manager" in words(outcome)
    assert lines[-1].startswith("Grade F: 1 critical, 5 high, 1 medium, 3 low;")


def test_a_missing_file_is_a_clear_error(tmp_path):
    outcome = check("--conf", tmp_path / "absent.conf")
    assert outcome.code == 2
    said = f"error CONF-01 to CONF-22 {tmp_path}/absent.conf: cannot be read: No such file or directory Grade F:"
    assert words(outcome).startswith(said)


def test_nothing_to_look_at_is_a_wrong_call():
    outcome = check()
    assert outcome.code == 2
    assert "name at least one side" in outcome.errors


@pytest.mark.parametrize(("fail_on", "code"), [("critical", 1), ("never", 0)])
def test_the_exit_code_follows_fail_on(default, fail_on, code):
    assert check("--conf", default, "--fail-on", fail_on).code == code


def test_the_command_line_of_odoo_comes_before_its_file(default, hardened):
    assert "high CONF-03" in words(check("--conf", default))
    outcome = check("--conf", default, "--odoo-arguments", "--no-database-list --workers=4")
    assert "high CONF-03" not in words(outcome)
    assert "would not start" in words(check("--conf", hardened, "--odoo-arguments", "--nonsense"))


def test_programs_get_a_document(default):
    document = json.loads(check("--conf", default, "--format", "json").output)
    assert (document["format"], document["views"], document["grade"]) == (1, ["conf"], "F")
    assert {one["id"] for one in document["results"]} == {one.id for one in VIEW.checks}
    first = document["results"][0]
    assert (first["key"], first["status"], first["severity"]) == ("CONF-01:admin_passwd", "fail", "critical")
    assert (first["file"], first["line"]) == (str(default), 2)


def baseline(folder, *entries):
    path = folder / "accepted.toml"
    path.write_text(
        "".join(f'[[accepted]]\nfinding = "{one}"\nreason = "tested"\nexpires = {day}\n' for one, day in entries)
    )
    return path


def test_what_is_accepted_does_not_count_and_says_why(default, tmp_path):
    """It stays in the report."""
    accepted = baseline(tmp_path, ("CONF-01:admin_passwd", "2999-12-31"), ("CONF-99", "2999-12-31"))
    outcome = check("--conf", default, "--baseline", accepted, "--fail-on", "critical")
    assert outcome.code == 0
    text = words(outcome)
    assert "(accepted until 2999-12-31: tested)" in text
    assert "the baseline accepts CONF-99, which was not found: remove it" in text
    assert text.endswith("1 accepted.")


def test_an_acceptance_ends(default, tmp_path):
    accepted = baseline(tmp_path, ("CONF-01:admin_passwd", "2020-01-31"))
    outcome = check("--conf", default, "--baseline", accepted, "--fail-on", "critical")
    assert outcome.code == 1
    assert "that ended on 2020-01-31" in words(outcome)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[accepted]]\nfinding = "CONF-01"\nexpires = 2999-01-01\n', "the fields finding, reason and expires"),
        ('[[accepted]]\nfinding = "CONF-01"\nreason = " "\nexpires = 2999-01-01\n', "texts that are not empty"),
        ('[[accepted]]\nfinding = "CONF-01"\nreason = "x"\nexpires = "never"\n', "expires is a day"),
        ("accept = 1\n", "nothing but [[accepted]]"),
    ],
)
def test_a_baseline_without_reason_or_day_is_refused(default, tmp_path, text, says):
    """Before anything is looked at."""
    path = tmp_path / "accepted.toml"
    path.write_text(text)
    outcome = check("--conf", default, "--baseline", path)
    assert (outcome.code, outcome.output) == (2, "")
    assert says in outcome.errors


def test_a_later_run_says_what_is_new_and_what_is_gone(default, hardened, tmp_path):
    earlier = tmp_path / "earlier.json"
    earlier.write_text(check("--conf", default, "--format", "json").output)
    lines = check("--conf", hardened, "--compare", earlier).output.splitlines()
    assert "gone        CONF-03:list_db" in lines
    earlier.write_text(check("--conf", hardened, "--format", "json").output)
    assert "new         CONF-03:list_db" in check("--conf", default, "--compare", earlier).output.splitlines()
    assert "same        nothing changed since the earlier run" in check("--conf", hardened, "--compare", earlier).output
    earlier.write_text("[]")
    assert check("--conf", default, "--compare", earlier).code == 2


def test_no_value_of_the_file_is_shown(tmp_path):
    path = tmp_path / "odoo.conf"
    path.write_text(
        "[options]\nadmin_passwd = SECRET-1\ndb_password = SECRET-2\nsmtp_password = SECRET-3\n"
        "my_token = SECRET-4\nworkers = SECRET-5\nlist_database = SECRET-6\n[x]\napi_key = SECRET-7\n"
    )
    for output in ("text", "json"):
        assert "SECRET" not in check("--conf", path, "--format", output).output


@pytest.fixture
def ring(tmp_path):
    """The settings of an application with a key ring."""
    path = tmp_path / "keys.json"
    assert run("keys", "create", str(path)).code == 0
    return {"KEY_RING_FILE": str(path), "STORE_URL": f"sqlite:///{tmp_path}/state.db", "MFA_REQUIRED": "1"}


def test_all_sides_are_in_one_report(default, ring, tmp_path):
    """The environment of the process, odoo.conf and nginx."""
    (tmp_path / "nginx.conf").write_text(NGINX)
    arguments = ["env", "--conf", str(default), "--proxy", str(tmp_path / "nginx.conf"), "--format", "json"]
    document = json.loads(run("check", *arguments, settings=ring).output)
    assert document["views"] == ["env", "conf", "proxy"]
    assert len({one["id"] for one in document["results"]}) == 39
    by_id = {one["id"]: one for one in document["results"]}
    assert by_id["ENV-01"]["status"] == "pass"
    assert by_id["CONF-05"]["message"] == "there is a proxy in front, but proxy_mode is off"
    assert by_id["CONF-23"]["status"] == "pass"


def test_what_pip_audit_found_is_taken_in(ring, tmp_path):
    audit = tmp_path / "audit.json"
    audit.write_text('{"dependencies": [{"name": "x", "version": "1", "vulns": [{"id": "PYSEC-1"}]}]}')
    outcome = run("check", "env", "--advisories", str(audit), settings=ring)
    assert "x 1: PYSEC-1" in outcome.output
    audit.write_text("[]")
    assert "no report of pip-audit" in words(run("check", "env", "--advisories", str(audit), settings=ring))


@pytest.mark.parametrize("output", ["sarif", "junit", "markdown", "html"])
def test_every_format_can_be_asked_for(default, output):
    outcome = check("--conf", default, "--format", output)
    assert (outcome.code, outcome.errors) == (1, "")
    assert "CONF-01" in outcome.output


@pytest.mark.parametrize(("variables", "colored"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_colors_are_for_terminals_that_want_them(default, variables, colored):
    """And progress goes to the other stream."""
    terminal, end = pty.openpty()
    environ = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "COLUMNS"}}
    command = [sys.executable, "-m", "zenoo_security.cli", "check", "--conf", str(default)]
    with subprocess.Popen(command, env={**environ, "TERM": "xterm", **variables}, stdout=end, stderr=subprocess.PIPE):
        os.close(end)
        shown = b""
        with contextlib.suppress(OSError):  # The terminal is gone once the program is.
            while chunk := os.read(terminal, 65_536):
                shown += chunk
    os.close(terminal)
    assert b"CONF-01" in shown
    assert (b"\x1b[1;31mcritical" in shown) is colored
    assert (b"\x1b" in shown) is colored


@pytest.mark.asvs("v5.0.0-16.4.1")
def test_progress_shows_no_escape_of_a_name_of_a_file(monkeypatch):
    """Folders of addons are named by who wrote them."""
    terminal = mock.Mock(**{"isatty.return_value": True})
    monkeypatch.setattr(sys, "stderr", terminal)
    _tell("\x1b]0;x\x07" + "a" * 1000)
    (written,) = terminal.write.call_args.args
    assert written == "\r\x1b[Kchecking ]0;x" + "a" * 56 + " ..."


def test_a_pipe_that_is_closed_is_no_traceback(default):
    command = f"{sys.executable} -m zenoo_security.cli check --conf {default} --format json | head -c 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert "Traceback" not in done.stderr

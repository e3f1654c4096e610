"""What is read of the process and its machine, from real ones."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest import mock

import pytest

from checks.env_cases import named
from zenoo_security import SecurityConfig
from zenoo_security.checks import Status, Target, run
from zenoo_security.checks.engine import run_check
from zenoo_security.checks.environment.advisories import read_advisories
from zenoo_security.checks.environment.machine import _name, look_at_machine
from zenoo_security.checks.environment.tracked import tracked_files
from zenoo_security.checks.environment.transport import StoreTransport
from zenoo_security.checks.odoo_clock import measure_skew
from zenoo_security.errors import ConfigurationError

SECRET = "q7Xv-2mZk-98Rt-wLpd"


@pytest.fixture
def repository(tmp_path):
    """A folder of a git repository, and a function that hands files to git."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    folder = tmp_path / "project" / "app"
    folder.mkdir(parents=True)

    def git(*arguments):
        quiet = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "PATH": os.environ["PATH"]}
        subprocess.run(["git", "-C", str(tmp_path / "project"), *arguments], check=True, capture_output=True, env=quiet)

    git("init")
    return folder, git


@pytest.mark.asvs("v5.0.0-13.3.1")
def test_files_with_settings_that_git_keeps_are_found(repository):
    """Those in its index, and neither an example nor what is beside it."""
    folder, git = repository
    for name in (".env", ".env.production", ".env.example", ".env.local"):
        (folder / name).write_text("SECRET_KEY=x\n")
    assert tracked_files(folder) == ()
    git("add", "app/.env", "app/.env.production", "app/.env.example")
    assert tracked_files(folder) == (".env", ".env.production")
    git("rm", "--cached", "app/.env")
    assert tracked_files(folder) == (".env.production",)


def test_a_folder_without_git_and_an_index_that_is_none(tmp_path):
    (tmp_path / ".env").write_text("A=b\n")
    assert tracked_files(tmp_path) == ()
    (tmp_path / ".git").mkdir()
    assert tracked_files(tmp_path) == ()
    (tmp_path / ".git" / "index").write_bytes(b"\xff" * 1000)
    assert tracked_files(tmp_path) is None


@pytest.mark.asvs("v5.0.0-13.3.1")
def test_an_index_elsewhere_is_found_and_one_of_another_version_is_no_pass(repository):
    """A worktree has its index in the repository; that of version 4 is not understood."""
    folder, git = repository
    (folder / ".env").write_text("SECRET_KEY=x\n")
    git("add", "app/.env")
    git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-m", "a")
    git("worktree", "add", "../tree")
    assert tracked_files(folder.parents[1] / "tree" / "app") == (".env",)
    git("update-index", "--index-version", "4")
    assert tracked_files(folder) is None
    (folder.parents[1] / "tree" / ".git").write_text("nonsense")
    assert tracked_files(folder.parents[1] / "tree" / "app") is None


@contextlib.contextmanager
def program(*arguments):
    """A program with these arguments, while it runs."""
    code = "import sys; print(flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        yield
        process.stdin.close()


@pytest.mark.asvs("v5.0.0-13.3.1")
def test_a_secret_of_ours_in_the_arguments_of_a_program_is_found():
    """By its value, and no other argument."""
    environ = {"SHOP_PASSWORD": SECRET, "OTHER_PASSWORD": "abc"}
    name = Path(sys.executable).name
    with program("--password", "something else", "abc"):
        assert name not in look_at_machine(environ).told
    with program(f"--password={SECRET}"):
        told = look_at_machine(environ).told
    assert name in told
    assert not any(SECRET in one for one in told)


def test_variables_may_hold_any_bytes():
    """As the system has them; what is no UTF-8 is a secret like any other."""
    secret = b"\xff\xfe" + SECRET.encode()
    with program(secret):
        assert Path(sys.executable).name in look_at_machine({"SHOP_PASSWORD": os.fsdecode(secret)}).told


def test_a_store_whose_address_python_cannot_take_apart(tmp_path):
    """Libpq takes such a password; the check says what is wrong, and not that it has failed."""
    [result] = run_check("env", StoreTransport, named(STORE_URL="postgresql://u:[pw@db.example/x")(tmp_path))
    assert (result.status, "write it as %5B" in result.message) == (Status.ERROR, True)


def test_the_database_password_in_the_command_line_of_odoo_is_found():
    for arguments in (["--db_password=x"], ["-w", "x"], ["--workers", "2", "-wx"]):
        with program("/usr/bin/odoo", *arguments):
            assert look_at_machine({}).told
    with program("-w", "odoo"):
        assert not look_at_machine({}).told


@pytest.mark.asvs("v5.0.0-16.2.5")
def test_the_title_of_a_program_is_not_shown_with_its_arguments():
    """What `setproctitle` writes is one text."""
    assert _name(b"/usr/bin/odoo --db_password=hunter2/x y") == "odoo"
    assert _name(b"") == "a program"


def test_what_is_said_of_this_process_is_so():
    found = look_at_machine({})
    assert found.uid == os.geteuid()
    assert found.python == sys.version_info[:2]
    assert any(facts.path.endswith("zenoo_security") and facts.is_directory for facts in found.code)
    assert len(found.openssl.split(".")) == 3


@pytest.fixture
def odoo():
    """A web server whose clock is off by `server.ahead` seconds; what it was asked is in `server.asked`."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.server.asked.append((self.path, dict(self.headers)))
            self.send_response_only(404)
            if isinstance(self.server.ahead, str):
                self.send_header("Date", self.server.ahead)
            elif self.server.ahead is not None:
                self.send_header("Date", formatdate(time.time() + self.server.ahead, usegmt=True))
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.ahead, server.asked = 0, []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def skew(server):
    config = SecurityConfig(odoo_url=f"http://127.0.0.1:{server.server_port}", odoo_password=SECRET)
    return measure_skew(config, lambda _text, /: None)


@pytest.mark.asvs("v5.0.0-6.5.8")
@pytest.mark.parametrize("ahead", [0, 120, -3600])
def test_the_clock_of_odoo_is_compared_with_ours(odoo, ahead):
    """In one request, without a credential."""
    odoo.ahead = ahead
    assert abs(skew(odoo).seconds + ahead) < 20
    ((path, headers),) = odoo.asked
    assert path == "/web/health"
    assert SECRET not in str(headers)
    assert "Authorization" not in headers


@pytest.mark.parametrize(
    "date", ["nonsense", "Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "Mon, 01 Jan 0 0:0:0 -9999"]
)
def test_an_odoo_with_a_clock_of_its_own_is_an_error_of_that_check_alone(odoo, date):
    odoo.ahead = date
    assert skew(odoo).error == "the answer has no date that can be read"


def test_an_odoo_without_a_clock_and_one_that_is_not_there(odoo):
    odoo.ahead = None
    assert skew(odoo).error == "the answer has no date that can be read"
    assert measure_skew(SecurityConfig(), lambda _text, /: None) is None
    gone = SecurityConfig(odoo_url="http://127.0.0.1:9")
    assert measure_skew(gone, lambda _text, /: None).error == "Odoo does not answer: ConnectionRefusedError"


def test_an_odoo_that_does_not_answer_is_an_error_of_the_check(tmp_path):
    """And of no other."""
    environ = {"ZENOO_SECURITY_ODOO_URL": "http://127.0.0.1:9"}
    with mock.patch.dict(os.environ, environ, clear=True):
        report = run(Target(env=True, environ=environ))
    errors = [result.check.id for result in report.with_status(Status.ERROR)]
    assert errors == ["ENV-14"]


def test_a_report_of_pip_audit_is_read(tmp_path):
    """As its version 2 writes it."""
    path = tmp_path / "audit.json"
    fault = {"id": "PYSEC-2024-1", "fix_versions": ["2.0"], "aliases": [], "description": "..."}
    document = {
        "dependencies": [
            {"name": "jinja2", "version": "3.1.2", "vulns": [fault]},
            {"name": "flask", "version": "3.0", "vulns": []},
            {"name": "odd", "skip_reason": "not on PyPI"},
        ],
        "fixes": [],
    }
    path.write_text(json.dumps(document))
    assert read_advisories(path) == {"jinja2 3.1.2": ("PYSEC-2024-1",), "odd": ()}
    for text in ("[]", '{"dependencies": [1]}', '{"dependencies": [{"name": "x", "vulns": [{}]}]}'):
        path.write_text(text)
        with pytest.raises(ConfigurationError, match="this is no report of pip-audit"):
            read_advisories(path)

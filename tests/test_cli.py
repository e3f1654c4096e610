"""The command line as a whole, and what ends `demo` before it begins, each with one message that says what to do."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest

from command_line import run
from fake_odoo import FakeOdoo
from zenoo_security.cli.reading import reading


@pytest.fixture
def fake():
    """An Odoo that remembers what it was asked."""
    fake = FakeOdoo()
    yield fake
    fake.close()


def demo(*arguments: str, password: str | None = "correct horse") -> tuple[int, str]:
    """Run the demo in a process of its own; its exit code and what it wrote to the standard error."""
    environment = {name: value for name, value in os.environ.items() if name != "ODOO_PASSWORD"}
    if password is not None:
        environment["ODOO_PASSWORD"] = password
    command = [sys.executable, "-m", "zenoo_security.cli", "demo", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stderr


def test_plain_http_to_another_machine_is_refused_before_the_password_is_sent(fake, tmp_path):
    """The server would answer, but is not told from another machine's by its address."""
    code, error = demo("--url", fake.url.replace("127.0.0.1", "0.0.0.0"), "--folder", str(tmp_path))
    assert code == 1
    assert error.startswith("error: plain http to 0.0.0.0 would send the administrator's password in the clear")
    assert not fake.requests


def test_a_password_that_is_refused_ends_the_demo(fake, tmp_path):
    """Odoo is asked once, and the message names the login and not the password."""
    code, error = demo("--url", fake.url, "--folder", str(tmp_path), password="WRONG-PASSWORD")
    assert code == 1
    assert "does not accept the login admin for the database odoo" in error
    assert "WRONG-PASSWORD" not in error
    assert fake.requests


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--url", "http://127.0.0.1:9"], "does not answer as an Odoo does"),
        (["--url", "http://127.0.0.1:9/web"], "the address has a path"),
        (["--url", "ftp://127.0.0.1"], "the protocol of the address must be http or https"),
    ],
)
def test_an_address_that_is_none_ends_the_demo(tmp_path, arguments, says):
    """One line on the standard error, and no traceback."""
    code, error = demo(*arguments, "--folder", str(tmp_path))
    assert (code, len(error.splitlines())) == (1, 1)
    assert error.startswith("error: ")
    assert says in error


def test_a_missing_password_ends_the_demo(fake, tmp_path):
    """The password is read from the environment and nowhere else."""
    code, error = demo("--url", fake.url, "--folder", str(tmp_path), password=None)
    assert (code, error) == (1, "error: set ODOO_PASSWORD to the password of admin\n")


def test_a_folder_that_cannot_be_made_ends_the_demo():
    """Said before Odoo is asked anything."""
    code, error = demo("--url", "http://127.0.0.1:9", "--folder", "/proc/no/such/folder")
    assert code == 1
    assert error.startswith("error: --folder /proc/no/such/folder cannot be made: ")


def started(*arguments: str) -> set[str]:
    """The modules of the command line that a call imports."""
    program = (
        "import sys, zenoo_security.cli as cli; sys.argv[1:] = {!r}\n"
        "try: cli.main()\nexcept SystemExit: pass\n"
        "print(*(name for name in sys.modules if name.startswith('zenoo_security.cli.')))"
    )
    command = [sys.executable, "-c", program.format(list(arguments))]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return {name.split(".")[2] for name in done.stdout.splitlines()[-1].split()} - {"app", "audit_file", "commands"}


def test_a_command_imports_itself_and_no_other():
    """What nobody asked for costs nothing at the start."""
    assert started("--version") == set()
    asked = started("check", "--conf", "/no/such/file")
    assert "check" in asked
    assert not asked & {"audit", "blocks", "demo", "jobs", "keys", "objects", "odoo", "passwords", "policy"}


def test_the_help_has_every_command_and_a_word_that_is_nearly_one_is_understood():
    command = [sys.executable, "-m", "zenoo_security.cli"]
    done = subprocess.run([*command, "--help"], capture_output=True, text=True, check=True, timeout=60)
    for name in ("check", "demo", "audit", "blocks", "fields", "keys", "objects", "odoo", "passwords", "policy"):
        assert f"\n  {name} " in done.stdout
    wrong = subprocess.run([*command, "chekc"], capture_output=True, text=True, check=False, timeout=60)
    assert (wrong.returncode, "Did you mean 'check'?" in wrong.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--help"], 0, ""),
        (["keys", "list", "--key-ring", "/no/such/file"], 1, "error: /no/such/file"),
        (["blocks", "list"], 1, "error: give --store, or set ZENOO_SECURITY_STORE_URL"),
        (
            ["blocks", "list", "--store", "redis://127.0.0.1:1"],
            1,
            "\nhint: zenoo-security doctor says what of this installation answers\n",
        ),
        (["no-such-command"], 2, "Try 'zenoo-security --help' for help."),
        (["keys", "list", "--no-such-option"], 2, "Try 'zenoo-security keys list --help' for help."),
        (["keys", "retire"], 2, "Missing argument 'ID'."),
        (["check"], 2, "name at least one side"),
    ],
)
def test_exit_codes_are_those_of_the_guide(arguments, code, says):
    """And an error is on the standard error, with what to do next."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZENOO_SECURITY_")}
    command = [sys.executable, "-m", "zenoo_security.cli", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert bool(done.stdout) == (code == 0)


def test_a_command_that_is_broken_off_ends_with_130():
    """As the guide says, and without a traceback."""
    program = (
        "import sys, zenoo_security.cli as cli, zenoo_security.audit.inventory as inventory\n"
        "def stop(): raise KeyboardInterrupt\n"
        "inventory.as_markdown = stop; sys.argv[1:] = ['audit', 'events']; cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, "Traceback" in done.stderr) == (130, False)


def test_a_check_does_not_import_what_draws_or_reaches_out():
    """What costs at each start: rich, the settings' former library, and clients."""
    modules = "import atexit, sys; atexit.register(lambda: print(*sys.modules))"
    done = run("check", "env", "--conf", "/no/such/file", before=modules)
    loaded = set(done.output.splitlines()[-1].split())
    assert "zenoo_security.config" in loaded
    assert not loaded & {"rich", "pydantic_settings", "asyncio", "httpx", "zenoo_rpc", "http.client", "sqlite3"}


@pytest.mark.parametrize("is_terminal", [True, False])
def test_files_that_are_read_have_a_bar_in_a_terminal_alone(monkeypatch, tmp_path, is_terminal):
    """Of all of them together; what is no file has no length that could be known."""
    stream = io.StringIO()
    stream.isatty = lambda: is_terminal
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"x" * 2000)
    with reading(tmp_path / "a", tmp_path / "b", tmp_path / "none") as report:
        if report is not None:
            report(1000)
            report(4000)
    assert (report is not None) is is_terminal
    assert ("4.0/4.0 kB" in stream.getvalue()) is is_terminal

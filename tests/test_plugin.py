"""The pytest plugin, as somebody else's tests use it."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import pytest

from zenoo_security.testing.cache import Cache

pytest_plugins = ["pytester"]

PLUGIN = "zenoo_security.testing.plugin"
# Asked before pytester gives its runs an empty home: they would download and build everything again.
CACHE = str(Cache().root)

THEIR_TESTS = """
    import pytest

    @pytest.mark.odoo
    def test_user(odoo_database, odoo_user):
        user = odoo_user(groups=["base.group_portal"])
        assert odoo_database.login(user.login, user.password) == user.uid
        print("made", user.login)

    async def log_in(odoo_client):
        async with odoo_client() as client:
            return client.is_authenticated

    def test_with_asyncio(odoo_client):
        import asyncio

        assert asyncio.run(log_in(odoo_client))

    @pytest.mark.anyio
    async def test_with_anyio(odoo_client):
        assert await log_in(odoo_client)

    def test_sql_is_refused(odoo_database):
        from zenoo_security.errors import LocalOdooError

        with pytest.raises(LocalOdooError, match="--odoo-url"):
            odoo_database.sql("SELECT 1")

    @pytest.fixture
    def anyio_backend():
        return "asyncio"
"""


def plugin_arguments() -> list[str]:
    """What loads the plugin when its entry point is not installed, as in a working copy."""
    installed = importlib.metadata.entry_points(group="pytest11")
    return [] if any(point.value == PLUGIN for point in installed) else ["-p", PLUGIN]


@pytest.mark.odoo
def test_tests_run_on_an_odoo_that_already_runs(pytester, monkeypatch, odoo_database):
    """With --odoo-url the fixtures work on that Odoo, under asyncio and anyio, and users are archived afterwards."""
    pytester.makepyfile(THEIR_TESTS)
    monkeypatch.setenv("ODOO_PASSWORD", odoo_database.admin_password)
    result = pytester.runpytest_subprocess(
        *plugin_arguments(),
        *("--odoo-url", f"{odoo_database.url}/", "--odoo-db", odoo_database.name),
        *("--strict-markers", "-p", "no:cacheprovider", "-s"),
    )
    result.assert_outcomes(passed=4)
    login = next(
        word for line in result.outlines if "made " in line for word in line.split() if word.startswith("user_")
    )
    domain = [("login", "=", login), ("active", "=", False)]
    assert odoo_database.call("res.users", "search_count", domain) == 1


@pytest.mark.odoo
def test_module_databases_are_fresh_and_dropped(pytester, monkeypatch, odoo_server):
    """Each test module gets a database of its own, the session another, and all are gone at the end."""
    monkeypatch.setenv("ZENOO_SECURITY_CACHE", CACHE)
    one_module = """
        def test_it(odoo_server, odoo_database, odoo_session_database):
            assert odoo_database.call("res.partner", "search_count", [("name", "=", "left behind")]) == 0
            odoo_database.call("res.partner", "create", {"name": "left behind"})
            assert {odoo_database.name, odoo_session_database.name} == set(odoo_server.databases())
    """
    pytester.makepyfile(test_one=one_module, test_two=one_module)
    result = pytester.runpytest_subprocess(*plugin_arguments(), "-p", "no:cacheprovider")
    result.assert_outcomes(passed=2)
    result.stderr.fnmatch_lines(["Starting PostgreSQL and Odoo: * s"])


def test_plugin_costs_nothing_at_import():
    """The plugin is loaded at every start of pytest: it imports none of what the fixtures need."""
    script = (
        f"import sys, pytest; before = set(sys.modules); import {PLUGIN};"
        "print(*{name for name in set(sys.modules) - before if not name.startswith('zenoo_security')})"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert not {"zenoo_rpc", "httpx", "pydantic", "typer", "rich", "urllib.request", "subprocess"} & set(loaded)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--odoo-url", "http://127.0.0.1:9"],
        ["--odoo-url", "http://127.0.0.1:9", "--odoo-db", "x"],
        ["--odoo-url", "http://127.0.0.1:9", "--odoo-db", "x", "--odoo-password-file", "no-such-file"],
    ],
)
def test_half_an_address_is_a_usage_error(pytester, monkeypatch, arguments):
    """A named Odoo without its database or password ends pytest before any test, and says what is missing."""
    monkeypatch.delenv("ODOO_PASSWORD", raising=False)
    pytester.makepyfile("def test_it(): pass")
    result = pytester.runpytest_subprocess(*plugin_arguments(), "-p", "no:cacheprovider", *arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *--odoo-*password-file*"])


def test_an_address_that_would_give_the_password_away_is_a_usage_error(pytester, monkeypatch):
    """Plain http to another machine ends pytest before any test."""
    monkeypatch.setenv("ODOO_PASSWORD", "x")
    pytester.makepyfile("def test_it(): pass")
    result = pytester.runpytest_subprocess(
        *plugin_arguments(), "-p", "no:cacheprovider", "--odoo-url", "http://erp.example.com", "--odoo-db", "x"
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --odoo-url: plain http to erp.example.com *"])


def test_password_file_is_read(pytester, monkeypatch):
    """The password of a named Odoo is read from a file, without its last line break."""
    monkeypatch.delenv("ODOO_PASSWORD", raising=False)
    (pytester.path / "password").write_text("se cret\n")
    (pytester.path / "password").chmod(0o600)
    pytester.makepyfile("def test_it(odoo_database): assert odoo_database.admin_password == 'se cret'")
    result = pytester.runpytest_subprocess(
        *plugin_arguments(),
        *("-p", "no:cacheprovider", "--odoo-url", "http://127.0.0.1:9", "--odoo-db", "x"),
        *("--odoo-password-file", "password"),
    )
    result.assert_outcomes(passed=1)


def test_a_password_file_that_others_can_read_is_a_usage_error(pytester):
    """As for each file with a secret; the message says what to run."""
    (pytester.path / "password").write_text("x")
    (pytester.path / "password").chmod(0o644)
    pytester.makepyfile("def test_it(): pass")
    result = pytester.runpytest_subprocess(
        *plugin_arguments(),
        *("-p", "no:cacheprovider", "--odoo-url", "http://127.0.0.1:9", "--odoo-db", "x"),
        *("--odoo-password-file", "password"),
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: --odoo-password-file: mode 0644 lets others at the secret; run: chmod 600 password*"]
    )


@pytest.mark.odoo
def test_guide_is_right(pytester, monkeypatch, odoo_database):
    """The test module that the guide shows passes as it stands."""
    guide = (Path(__file__).parent.parent / "docs" / "guide" / "testing.md").read_text()
    pytester.makepyfile(re.search(r"```python\n(.*?)```", guide, re.DOTALL).group(1))
    pytester.makeini("[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function")
    monkeypatch.setenv("ODOO_PASSWORD", odoo_database.admin_password)
    result = pytester.runpytest_subprocess(
        *plugin_arguments(),
        *("--odoo-url", odoo_database.url, "--odoo-db", odoo_database.name, "-p", "no:cacheprovider"),
    )
    result.assert_outcomes(passed=2)

"""`zenoo-security fields`: what ends it before it changes anything, each with one line that says what to do."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from command_line import run
from fake_odoo import DATABASE, LOGIN, PASSWORD, FakeOdoo


@pytest.fixture
def fake():
    """An Odoo that remembers what it was asked, and has the field that the file declares."""
    fake = FakeOdoo()
    fake.answers["ir.model.fields.search_read"] = [{"name": "vat", "state": "base", "copied": True, "id": 1}]
    fake.answers["res.partner.fields_get"] = {"vat": {"type": "char", "store": True}}
    fake.answers["ir.actions.server.search_read"] = []
    fake.answers["ir.model.search"] = [5]
    fake.answers["res.users.read"] = [{"id": 7, "company_ids": [1]}]
    fake.answers["res.company.search"] = [1]
    yield fake
    fake.close()


@pytest.fixture
def settings(fake, tmp_path):
    """All that the commands need."""
    declaration = tmp_path / "fields.toml"
    declaration.write_text('["res.partner".vat]')
    return {
        "ODOO_URL": fake.url,
        "ODOO_DATABASE": DATABASE,
        "ODOO_LOGIN": LOGIN,
        "ODOO_PASSWORD": PASSWORD,
        "FIELDS_FILE": str(declaration),
    }


def changes(fake):
    return [call for method in ("create", "write", "unlink") for call in fake.calls(method)]


def refused(*arguments, **options):
    """The one line on the standard error."""
    code, output, errors = run("fields", *arguments, **options)
    assert (code, output) == (1, "")
    [line] = errors.splitlines()
    return line


def test_options_come_before_the_environment(fake, settings):
    options = ["--url", fake.url, "--database", DATABASE, "--login", LOGIN, "--fields", settings["FIELDS_FILE"]]
    wrong = {"ODOO_URL": "http://127.0.0.1:9", "ODOO_DATABASE": "other", "ODOO_LOGIN": "x", "FIELDS_FILE": "/none.toml"}
    expected = "create column res.partner.x_vat_enc\ncreate action of res.partner\n"
    assert run("fields", "create", *options, "--dry-run", settings={**wrong, "ODOO_PASSWORD": PASSWORD}) == (
        0,
        expected,
        "",
    )
    assert run("fields", "create", "--dry-run", settings=settings) == (0, expected, "")
    assert not changes(fake)


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        ("ODOO_URL", "error: give --url, or set ZENOO_SECURITY_ODOO_URL"),
        ("ODOO_DATABASE", "error: give --database, or set ZENOO_SECURITY_ODOO_DATABASE"),
        ("ODOO_LOGIN", "error: give --login, or set ZENOO_SECURITY_ODOO_LOGIN"),
        ("FIELDS_FILE", "error: give --fields, or set ZENOO_SECURITY_FIELDS_FILE"),
        ("ODOO_PASSWORD", "error: set ZENOO_SECURITY_ODOO_PASSWORD_FILE or ZENOO_SECURITY_ODOO_PASSWORD"),
    ],
)
def test_what_is_missing_is_named(fake, settings, missing, says):
    del settings[missing]
    assert refused("create", settings=settings) == says
    assert not fake.requests


@pytest.mark.asvs("v5.0.0-13.3.1")
def test_the_password_goes_to_no_other_place(fake, settings, tmp_path):
    """Not over plain http to another machine, not into a message; from a file when it is one."""
    elsewhere = {**settings, "ODOO_URL": fake.url.replace("127.0.0.1", "0.0.0.0")}
    assert "plain http to 0.0.0.0" in refused("create", settings=elsewhere)
    assert not fake.requests
    line = refused("create", settings={**settings, "ODOO_PASSWORD": "WRONG-PASSWORD"})
    assert line == "error: Odoo refused the login: wrong user name, password or API key"
    secret = tmp_path / "password"
    secret.write_text(f"{PASSWORD}\n")
    secret.chmod(0o600)
    del settings["ODOO_PASSWORD"]
    assert run("fields", "create", "--dry-run", settings={**settings, "ODOO_PASSWORD_FILE": str(secret)}).code == 0
    assert "--password" not in run("fields", "create", "--help").output


def test_the_password_is_asked_for_on_a_terminal(fake, settings):
    del settings["ODOO_PASSWORD"]
    code, output, errors = run("fields", "create", "--dry-run", settings=settings, typed=f"{PASSWORD}\n")
    assert (code, output.count("create ")) == (0, 2)
    assert f"Password or API key of {LOGIN}" in errors
    assert PASSWORD not in output + errors


def test_nothing_is_changed_where_nobody_can_be_asked(fake, settings):
    code, output, errors = run("fields", "create", settings=settings)
    assert (code, output.count("create ")) == (1, 2)
    assert errors == "error: nobody can be asked here: give --yes, or --dry-run to see what would be done\n"
    assert not changes(fake)


@pytest.mark.parametrize(("answer", "made"), [("n\n", 0), ("\n", 0), ("y\n", 2)])
def test_the_terminal_is_asked(fake, settings, answer, made):
    code, output, errors = run("fields", "create", settings=settings, typed=answer)
    assert code == 0
    assert f"Create this in the database {DATABASE}? [y/N]" in errors
    assert len(changes(fake)) == made
    assert output.endswith("2 created.\n") == bool(made)


def test_values_are_not_dropped_without_force_and_the_count_is_shown(fake, settings):
    column = {"name": "x_vat_enc", "state": "manual", "id": 2}
    fake.answers["ir.model.fields.search_read"] = [column, {"name": "vat", "state": "base", "copied": True, "id": 1}]
    fake.answers["res.partner.search_count"] = 17
    code, output, errors = run("fields", "drop", "--yes", settings=settings)
    assert (code, output) == (1, "drop column res.partner.x_vat_enc  17 values\n")
    assert errors == "error: values would be lost: run `zenoo-security fields decrypt` before, or give --force\n"
    assert not changes(fake)
    code, _, errors = run("fields", "drop", "--force", settings=settings, typed="n\n")
    assert "Drop this from the database demo? 17 values are lost for good. [y/N]" in errors
    assert not changes(fake)
    code, output, _ = run("fields", "drop", "--force", "--yes", settings=settings)
    assert (code, output.splitlines()[-1]) == (0, "1 dropped.")
    [dropped] = changes(fake)
    assert (dropped["model"], dropped["args"]) == ("ir.model.fields", [[2]])


def test_a_mistake_in_the_declaration_is_told_before_odoo_is_asked(fake, settings, tmp_path):
    path = tmp_path / "fields.toml"
    path.write_text('["res.partner".vat]\nindx = "exact"')
    assert refused("drop", settings=settings).startswith(f"error: {path}: res.partner.vat: there is no option 'indx'")
    assert not fake.requests


def test_an_unknown_target_and_an_unknown_option_are_refused(fake, settings):
    assert "name at least one MODEL.FIELD, each one of res.partner.vat" in refused("drop", "vat", settings=settings)
    assert run("fields", "drop", "--password", "x", settings=settings).code == 2


def test_an_odoo_that_is_down_is_one_line(settings):
    assert "cannot be reached" in refused("create", "--url", "http://127.0.0.1:9", settings=settings)


def test_a_missing_extra_is_named(settings):
    """Without zenoo-rpc the command says what to install."""
    program = "import sys; sys.modules['zenoo_rpc'] = None; from zenoo_security.cli import main; main()"
    environment = {**os.environ, **{f"ZENOO_SECURITY_{name}": value for name, value in settings.items()}}
    command = [sys.executable, "-c", program, "fields", "create"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "working on an Odoo needs an optional dependency: pip install 'zenoo-security[rpc]'" in done.stderr

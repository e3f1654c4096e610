"""`zenoo-security check`: the options of the address, the database and the source."""

from __future__ import annotations

import pytest

from command_line import run


def test_source_is_looked_at(tmp_path):
    path = tmp_path / "order.py"
    path.write_text("def find(cr, name):\n    cr.execute(f'SELECT {name}')\n")
    outcome = run("check", "--code", str(tmp_path), "--fail-on", "critical")
    assert (outcome.code, outcome.errors) == (1, "")
    assert "critical    CODE-01" in outcome.output
    assert f"{path}:2" in "".join(outcome.output.split())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--code", ".", "--active"], "give --url"),
        (["--rpc"], "give --url, or set ZENOO_SECURITY_ODOO_URL"),
        (["--rpc", "--url", "https://localhost"], "ZENOO_SECURITY_ODOO_LOGIN"),
    ],
)
def test_what_is_missing_is_named(arguments, says):
    outcome = run("check", *arguments)
    assert (outcome.code, outcome.output) == (2, "")
    assert says in " ".join(outcome.errors.replace("│", " ").split())


def test_an_address_that_is_none_is_an_error_of_every_check():
    outcome = run("check", "--url", "https://ann:SECRET@shop.example.com")
    assert outcome.code == 2
    assert "without a user in it" in " ".join(outcome.output.split())
    assert "SECRET" not in outcome.output + outcome.errors

"""The page for who is in a hurry, docs/guide/encrypted-fields.md, run as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from docs.page import code
from zenoo_security import FieldCipher

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "docs/guide/encrypted-fields.md"
#: The commands of the page, each in a process of its own; where nobody can be asked, `create` is told yes.
SHELL = """
set -e
zenoo-security() {
    case "$1 $2" in
        "fields create") set -- "$@" --yes ;;
        "keys retire") set -- "$@" --no-store ;;
        "keys reseal") return ;;
    esac
    "$PYTHON" -m zenoo_security.cli "$@"
}
"""

pytestmark = pytest.mark.odoo


def run(script: str, folder: Path, variables: dict[str, str]) -> str:
    environment = {**os.environ, **variables, "PYTHON": sys.executable}
    done = subprocess.run(  # the commands of our own page
        ["bash", "-c", SHELL + script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def search(database, password, folder, monkeypatch):
    """What the Python of the page finds."""
    [program] = code(PAGE, "python")
    for given, meant in (("https://erp.example.com", database.url), ("production", database.name), ("ann", "admin")):
        assert f'"{given}"' in program
        program = program.replace(f'"{given}"', repr(meant))
    monkeypatch.chdir(folder)
    monkeypatch.setenv("ZENOO_SECURITY_KEY_RING_FILE", "keys.json")
    names: dict[str, object] = {}
    exec("async def page(password):\n    " + program.replace("\n", "\n    ") + "\n    return found", names)
    return await names["page"](password)


async def test_the_page_protects_and_rotates(odoo_database, tmp_path, monkeypatch):
    """From plaintext to ciphertext and to a second key, with nothing but what the page says; the value is found throughout."""
    anna = {"name": "Anna", "email": "anna@example.com", "vat": "DE136695976"}
    partner = odoo_database.call("res.partner", "create", anna)
    [declaration] = code(PAGE, "toml")
    (tmp_path / "fields.toml").write_text(declaration)
    first, second = code(PAGE, "bash")
    first = first.replace("https://erp.example.com", odoo_database.url).replace("production", odoo_database.name)
    secret = {"ZENOO_SECURITY_ODOO_PASSWORD": odoo_database.admin_password}
    said = run(first, tmp_path, secret)
    assert "anna@example.com" not in said
    [row] = odoo_database.sql("SELECT * FROM res_partner WHERE id = %s", [partner])
    assert (row["email"], row["vat"]) == (None, None)
    assert [FieldCipher.key_id(row[column]) for column in ("x_email_enc", "x_vat_enc")] == [1, 1]
    found = await search(odoo_database, odoo_database.admin_password, tmp_path, monkeypatch)
    assert [(each["name"], each["vat"]) for each in found] == [("Anna", anna["vat"])]

    settings = dict(re.findall(r"(ZENOO_SECURITY_\w+)=(\S+)", first))
    settings["ZENOO_SECURITY_KEY_RING_FILE"] = "keys.json"
    run(second, tmp_path, {**settings, **secret})
    [row] = odoo_database.sql("SELECT * FROM res_partner WHERE id = %s", [partner])
    assert [FieldCipher.key_id(row[column]) for column in ("x_email_enc", "x_vat_enc")] == [2, 2]
    found = await search(odoo_database, odoo_database.admin_password, tmp_path, monkeypatch)
    assert [(each["name"], each["vat"]) for each in found] == [("Anna", anna["vat"])]

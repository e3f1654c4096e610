"""`zenoo-security fields create` and `drop` in a process of their own, on a real Odoo 19."""

from __future__ import annotations

import pytest

from command_line import run

pytestmark = pytest.mark.odoo


@pytest.fixture
def fields(odoo_database, tmp_path):
    """Run `zenoo-security fields` as the administrator, with a declaration in a file."""
    declaration = tmp_path / "fields.toml"
    declaration.write_text('["res.partner".email]\nindex = "email"\n["res.partner".vat]\n')
    settings = {
        "ODOO_URL": odoo_database.url,
        "ODOO_DATABASE": odoo_database.name,
        "ODOO_LOGIN": odoo_database.admin_login,
        "ODOO_PASSWORD": odoo_database.admin_password,
        "FIELDS_FILE": str(declaration),
    }

    def command(*arguments, typed=None):
        code, output, errors = run("fields", *arguments, settings=settings, typed=typed)
        return code, output.splitlines(), errors

    return command


def columns(database):
    query = "SELECT column_name FROM information_schema.columns WHERE table_name = 'res_partner'"
    return {row["column_name"] for row in database.sql(query) if row["column_name"].startswith("x_")}


def test_columns_are_made_shown_and_dropped(fields, odoo_database):
    parts = ["column res.partner.x_email_enc", "index res.partner.x_email_idx", "column res.partner.x_vat_enc"]
    planned = [f"create {part}" for part in [*parts, "action of res.partner"]]
    assert fields("create", "--dry-run") == (0, planned, "")
    assert columns(odoo_database) == set()
    assert fields("create", "--yes") == (0, [*planned, "4 created."], "")
    assert columns(odoo_database) == {"x_email_enc", "x_email_idx", "x_vat_enc"}
    assert fields("create", "--yes") == (0, ["Everything is there."], "")

    [partner] = odoo_database.call("res.partner", "create", [{"name": "kept", "x_vat_enc": "zs1.x", "active": False}])
    lost = [f"drop {parts[0]}  0 values", f"drop {parts[1]}  0 values", f"drop {parts[2]}  1 values"]
    assert fields("drop", "--dry-run") == (0, [*lost, "drop action of res.partner"], "")
    code, _, errors = fields("drop", "--yes")
    assert (code, errors.startswith("error: values would be lost")) == (1, True)
    assert len(columns(odoo_database)) == 3
    assert fields("drop", "res.partner.email", "--yes") == (0, [*lost[:2], "2 dropped."], "")
    assert columns(odoo_database) == {"x_vat_enc"}
    odoo_database.call("res.partner", "write", [partner], {"x_vat_enc": False})
    code, output, errors = fields("drop", typed="y\n")
    assert (code, output[-1].strip()) == (0, "2 dropped.")
    assert errors.startswith(f"Drop this from the database {odoo_database.name}? [y/N]")
    assert columns(odoo_database) == set()
    assert fields("drop", "--yes") == (0, ["There is nothing to drop."], "")

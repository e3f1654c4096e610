"""`zenoo-security policy check` against a real Odoo 19, as a user who may look at models and groups."""

from __future__ import annotations

import pytest

from command_line import run

pytestmark = pytest.mark.odoo

POLICY = """
version = 1

[roles.viewer]
groups = ["base.group_user", "base.group_uesr"]
allow = ["res.partner:read", "res.parter:read", "res.partner:read:nmae", "res.*:read:name", "stock.*:read", "*:read:nmae"]

[roles.editor]
inherits = ["viewer"]
allow = ["res.partner:write:child_ids", "res.partner:action_archive"]

[masks."res.partner"]
phone = "last4"
fax = "all"

[[narrow]]
model = "res.partner"
domain = ["|", ["user_id.partner_id.company_id", "=", "{company_id}"], ["user_id.nmae", "=", "x"]]

[[narrow]]
model = "res.partner"
domain = [["create_date.year_number", "=", 2026], ["child_ids", "any", [["nmae", "=", "x"]]]]
unless = ["editor"]
"""


def check(database, user, path):
    settings = {
        "ODOO_URL": database.url,
        "ODOO_DATABASE": database.name,
        "ODOO_LOGIN": user.login,
        "ODOO_PASSWORD": user.password,
    }
    return run("policy", "check", str(path), "--odoo", settings=settings)


def test_what_an_odoo_does_not_have(odoo_database, odoo_user, tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text(POLICY)
    code, output, errors = check(odoo_database, odoo_user(groups=["base.group_erp_manager"]), path)
    assert (code, errors) == (1, "")
    assert [line for line in output.splitlines() if line.startswith("error")] == [
        "error: roles.viewer.allow[1]: there is no model res.parter [unknown-model]",
        "error: roles.viewer.allow[2]: the model res.partner has no field nmae [unknown-field]",
        "error: roles.viewer.allow[4]: no model begins with stock. [unknown-model]",
        "error: roles.viewer.allow[5]: no model has a field nmae [unknown-field]",
        "error: roles.viewer.groups[1]: there is no group base.group_uesr [unknown-group]",
        "error: masks.res.partner.fax: the model res.partner has no field fax [unknown-field]",
        "error: narrow[0].domain: the path user_id.nmae ends at res.users, which has no field nmae [unknown-path]",
        "error: narrow[1].domain: the path child_ids.nmae ends at res.partner, which has no field nmae [unknown-path]",
    ]


def test_who_may_not_look_at_models_is_told(odoo_database, odoo_user, tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text(POLICY)
    code, output, errors = check(odoo_database, odoo_user(groups=["base.group_user"]), path)
    assert (code, output) == (1, "")
    assert errors.startswith("error: Odoo refused search_read on ir.model: the user lacks the right")

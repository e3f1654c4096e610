"""`zenoo-security policy`: what it says, and with which exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from command_line import run
from fake_odoo import DATABASE, LOGIN, PASSWORD, FakeOdoo

POLICY = """
version = 1

[roles.viewer]
groups = ["base.group_user"]
allow = ["res.partner:read", "sale.order:read"]
deny = ["res.partner:read:vat"]

[roles.editor]
inherits = ["viewer"]
groups = ["base.group_partner_manager"]
allow = ["res.partner:write:phone"]

[masks."res.partner"]
phone = "last4"

[[narrow]]
model = "res.partner"
domain = [["company_id", "in", "{company_ids}"]]
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text(POLICY)
    return path


@pytest.fixture
def fake():
    """An Odoo with contacts, and no sales."""
    fake = FakeOdoo()
    fields = [("name", "char", False), ("phone", "char", False), ("company_id", "many2one", "res.company")]
    rows = [{"model": "res.partner", "name": n, "ttype": t, "relation": r} for n, t, r in fields]
    fake.answers["ir.model.search_read"] = [{"model": "res.partner"}, {"model": "res.company"}]
    fake.answers["ir.model.data.search_read"] = [{"module": "base", "name": "group_user"}]
    fake.answers["ir.model.fields.search_read"] = lambda domain, *_, **__: rows if "res.partner" in domain[0][2] else []
    yield fake
    fake.close()


@pytest.fixture
def settings(fake):
    return {"ODOO_URL": fake.url, "ODOO_DATABASE": DATABASE, "ODOO_LOGIN": LOGIN, "ODOO_PASSWORD": PASSWORD}


def test_a_policy_that_is_right(path, fake, settings):
    """Without an Odoo, although the environment names one."""
    assert run("policy", "check", str(path), settings=settings) == (
        0,
        "2 roles, 4 rules: 0 errors, 0 warnings, 0 notes.\n",
        "",
    )
    assert not fake.requests


def test_a_policy_without_effect(path):
    path.write_text(POLICY.replace('"sale.order:read"', '"res.partner:read:vat", "res.partner:read:name"'))
    code, output, errors = run("policy", "check", str(path))
    assert (code, errors) == (1, "")
    assert output.splitlines() == [
        "warning: roles.viewer.allow[1]: it never counts, for deny res.partner:read:vat of the role viewer [shadowed-allow]",
        "note: roles.viewer.allow[2]: it adds nothing to allow res.partner:read of the role viewer [redundant-rule]",
        "2 roles, 5 rules: 0 errors, 1 warnings, 1 notes.",
    ]
    code, output, _ = run("policy", "check", str(path), "--format", "json")
    document = json.loads(output)
    assert (code, document["ok"], len(document["findings"])) == (1, False, 2)
    assert document["findings"][0] | {"text": ""} == {
        "severity": "warning",
        "code": "shadowed-allow",
        "place": "roles.viewer.allow[1]",
        "text": "",
    }
    path.write_text(POLICY.replace('"sale.order:read"', '"res.partner:read:name"'))
    assert run("policy", "check", str(path)).code == 0, "notes are no failure"


def test_what_weighs_most_stands_first(path):
    """Within a severity the order is that of the policy."""
    rules = '"res.partner:read:name", "x:onchange", "sale.order:read", "res.partner:_private"'
    path.write_text(POLICY.replace('"sale.order:read"', rules))
    lines = run("policy", "check", str(path)).output.splitlines()[:-1]
    severities = [line.partition(":")[0] for line in lines]
    assert severities == sorted(severities, key=["error", "warning", "note"].index)
    assert set(severities) == {"error", "warning", "note"}
    document = json.loads(run("policy", "check", str(path), "--format", "json").output)
    assert [finding["severity"] for finding in document["findings"]] == severities


def test_a_policy_against_an_odoo(path, fake, settings):
    expected = [
        "error: roles.viewer.allow[1]: there is no model sale.order [unknown-model]",
        "error: roles.viewer.deny[0]: the model res.partner has no field vat [unknown-field]",
        "error: roles.editor.groups[0]: there is no group base.group_partner_manager [unknown-group]",
        "2 roles, 4 rules: 3 errors, 0 warnings, 0 notes.",
    ]
    code, output, errors = run("policy", "check", str(path), "--odoo", settings=settings)
    assert (code, output.splitlines(), errors) == (1, expected, "")
    del settings["ODOO_URL"]
    assert run("policy", "check", str(path), "--url", fake.url, settings=settings).output == output
    assert {request["args"][4] for request in fake.requests if request["method"] == "execute_kw"} <= {
        "search_read",
        "context_get",
    }


def test_a_login_that_is_not_given_is_named(path):
    code, output, errors = run("policy", "check", str(path), "--odoo")
    assert (code, output, errors) == (1, "", "error: give --url, or set ZENOO_SECURITY_ODOO_URL\n")


@pytest.mark.parametrize(
    "command", [["check"], ["explain", "x:read"], ["export"], ["diff"]], ids=lambda value: value[0]
)
def test_a_file_that_is_no_policy_is_one_line(path, command):
    path.write_text('version = 1\n[roles.viewer]\nalow = ["*"]')
    name, *rest = command
    files = [str(path), str(path)] if name == "diff" else [str(path)]
    code, output, errors = run("policy", name, *files, *rest)
    assert (code, output) == (1, "")
    assert errors == (
        f"error: {path}: roles.viewer: there is no key alow; the keys are allow, deny, inherits, groups, description\n"
    )


def test_explain(path):
    assert run("policy", "explain", str(path), "res.partner:read", "--role", "editor").output.splitlines() == [
        "res.partner:read is allowed: allow res.partner:read of the role viewer, which is inherited: editor -> viewer",
        "without fields: vat",
        "masked: phone as last4",
        'narrowed: [["company_id", "in", "{company_ids}"]]',
    ]
    by_group = run("policy", "explain", str(path), "res.partner:read:vat", "--group", "base.group_user")
    assert by_group.output == (
        "res.partner:read:vat is refused: deny res.partner:read:vat of the role viewer; it wins over allow "
        "res.partner:read of the role viewer\n"
    )
    assert by_group.code == 0
    nobody = run("policy", "explain", str(path), "res.parter:read", "--group", "base.group_portal")
    assert nobody.output.splitlines() == [
        "res.parter:read is refused: without a role nothing is allowed",
        "note: no role is given to the group base.group_portal",
        "note: no rule names this permission, nor does `permissions`; is it mistyped?",
    ]
    write = run("policy", "explain", str(path), "res.partner:write", "--role", "editor", "--format", "json")
    assert json.loads(write.output) == {
        "permission": "res.partner:write",
        "allowed": True,
        "given": ["editor"],
        "roles": ["editor", "viewer"],
        "rule": "allow res.partner:write:phone of the role editor",
        "chain": ["editor"],
        "overrode": [],
        "known": True,
        "only fields": ["phone"],
        "narrowed": ['[["company_id", "in", "{company_ids}"]]'],
    }


def test_explain_names_the_fields_that_only_a_rule_with_their_name_gives(tmp_path):
    path = tmp_path / "users.toml"
    path.write_text('version = 1\n[roles.hr]\nallow = ["res.users:*", "res.users:write:active"]')
    output = run("policy", "explain", str(path), "res.users:write", "--role", "hr").output
    assert output.splitlines()[1:] == [
        "without fields: company_id",
        "without fields: company_ids",
        "without fields: group_ids",
        "without fields: groups_id",
        "without fields: new_password",
        "without fields: password",
        "without fields: role",
        "without fields: share",
        "without fields: x_active",
    ]
    for operation in ("read", "unlink"):
        output = run("policy", "explain", str(path), f"res.users:{operation}", "--role", "hr").output
        assert "without" not in output


def test_explain_of_what_is_not_there(path):
    code, output, errors = run("policy", "explain", str(path), "res.partner:read", "--role", "veiwer")
    assert (code, output) == (1, "")
    assert errors.endswith("there is no role of the name that --role gives; see policy export\n")
    assert "a permission is 'model:operation'" in run("policy", "explain", str(path), "res.partner:*").errors


def test_diff(path, tmp_path):
    after = tmp_path / "after.json"
    exported = run("policy", "export", str(path), "--format", "json")
    after.write_text(exported.output)
    assert run("policy", "diff", str(path), str(after)) == (0, "Everybody may do the same.\n", "")
    after.write_text(exported.output.replace("write:phone", "write"))
    code, output, errors = run("policy", "diff", str(path), str(after))
    assert (code, errors) == (1, "")
    assert output.splitlines() == [
        "+ editor: res.partner:write",
        "- editor: res.partner:write:phone, by its name",
    ]
    code, output, _ = run("policy", "diff", str(path), str(after), "--format", "json")
    assert (code, json.loads(output)["differences"][0]) == (
        1,
        {"kind": "gained", "role": "editor", "code": "permission", "text": "res.partner:write"},
    )


def test_export_is_the_documentation(path):
    from zenoo_security.policy import Policy, as_markdown

    assert run("policy", "export", str(path)) == (0, as_markdown(Policy.from_file(path)), "")


@pytest.mark.parametrize("command", ["check", "explain", "diff", "export", None])
def test_help_fits_a_screen(command):
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1"}
    arguments = [sys.executable, "-m", "zenoo_security.cli", "policy", *filter(None, [command]), "--help"]
    shown = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert len(shown.stdout.splitlines()) <= 32
    assert "\x1b" not in shown.stdout

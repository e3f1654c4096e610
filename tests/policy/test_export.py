"""A policy as tables, as it is in the documentation of an application."""

from __future__ import annotations

import re

import pytest

from zenoo_security.policy import Narrowing, Policy, RoleRules, as_markdown

POLICY = Policy(
    {
        "viewer": RoleRules(
            allow=["res.partner:read", "export_reports"],
            deny=["res.partner:read:vat"],
            groups=["base.group_user"],
            description="Looks | <b>touches</b> *nothing*",
        ),
        "editor": RoleRules(inherits=["viewer"], allow=["res.partner:write:phone", "res.partner:read:vat"]),
        "admin": RoleRules(allow=["*"]),
    },
    permissions=["import_reports"],
    masks={"res.partner": {"phone": "last4"}},
    narrow=[Narrowing("res.partner", ["|", ("user_id", "=", "{uid}"), ("user_id", "=", False)], unless={"admin"})],
)


@pytest.mark.asvs("v5.0.0-8.1.1", "v5.0.0-8.1.2", document="zenoo-security policy export")
def test_every_part_of_a_policy_is_in_the_tables():
    assert as_markdown(POLICY) == (
        f"""# Who may do what

Policy `{POLICY.digest[:16]}`.

## Roles

| role | for | inherits | given to the groups |
|---|---|---|---|
| viewer | Looks \\| \\<b\\>touches\\</b\\> \\*nothing\\* |  | base.group_user |
| editor |  | viewer |  |
| admin |  |  |  |

## Permissions

| permission | viewer | editor | admin |
|---|---|---|---|
| `*` |  |  | yes |
| `export_reports` | yes | yes, by viewer | yes |
| `import_reports` |  |  | yes |
| `res.partner:read` | in part | in part, by viewer | yes |
| `res.partner:read:vat` | denied | denied, by viewer | yes |
| `res.partner:write:phone` |  | yes | yes |

## Protection of fields

| field | class |
|---|---|
| `res.partner:phone` | sensitive |
| `res.partner:vat` | internal |

## Masked fields

| field | shown as | in full to |
|---|---|---|
| `res.partner:phone` | last4 | admin |

## Records

| model | operations | only where | but for |
|---|---|---|---|
| `res.partner` | create, read, unlink, write | `["\\|", ["user_id", "=", "{{uid}}"], ["user_id", "=", false]]` | admin |
"""
    )


def test_many_roles_are_several_tables():
    markdown = as_markdown(Policy({f"r{n}": RoleRules(allow=[f"m{n}:read"]) for n in range(20)}))
    tables = re.findall(r"^\| permission \|.*$", markdown, re.MULTILINE)
    assert [table.count("|") - 2 for table in tables] == [8, 8, 4]
    assert all(f"| `m{n}:read` |" in markdown for n in range(20))


def test_no_text_of_a_policy_breaks_a_table():
    domain = [("name", "=", "a`b|c\nd\u2028")]
    policy = Policy({"a": RoleRules()}, narrow=[Narrowing("x.y", domain)])
    assert '| \\[\\["name", "=", "a\\`b\\|c\\\\nd\\\\u2028"\\]\\] |' in as_markdown(policy)
    assert len(as_markdown(policy).splitlines()) == 20

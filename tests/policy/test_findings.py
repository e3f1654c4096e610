"""Rules that never decide, roles and masks without use: found with their place, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given

from zenoo_security.policy import Narrowing, Policy, RoleRules, findings

from .naive import ROLES, allowed, asked, policies

OWN = (("user_id", "=", "{uid}"),)


def found(policy: Policy) -> list[tuple[str, str, str]]:
    return [(finding.severity, finding.code, finding.place) for finding in findings(policy)]


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ({"a": RoleRules(allow=["x.y:read"])}, []),
        (
            {"a": RoleRules(allow=["x.y:read:z"], deny=["x.y:read"])},
            [("warning", "shadowed-allow", "roles.a.allow[0]")],
        ),
        ({"a": RoleRules(allow=["x.y:read"], deny=["x.y:read:z"])}, []),
        (
            {"a": RoleRules(allow=["x.y:read", "z"], deny=["*:read"])},
            [("warning", "shadowed-allow", "roles.a.allow[0]")],
        ),
        (
            {
                "a": RoleRules(deny=["x.*:*"]),
                "b": RoleRules(inherits=["a"], allow=["x.y.z:read", "x.*:write", "x:read"]),
            },
            [("warning", "shadowed-allow", "roles.b.allow[0]"), ("warning", "shadowed-allow", "roles.b.allow[1]")],
        ),
        ({"a": RoleRules(deny=["x.y:read"]), "b": RoleRules(allow=["x.y:read"])}, []),
        ({"a": RoleRules(allow=["x.y:read", "x.y:read:z"])}, [("note", "redundant-rule", "roles.a.allow[1]")]),
        ({"a": RoleRules(allow=["x.y:read", "x.y:read:*"])}, [("note", "redundant-rule", "roles.a.allow[1]")]),
        ({"a": RoleRules(allow=["x.y:read:*", "x.*:read"])}, [("note", "redundant-rule", "roles.a.allow[0]")]),
        ({"a": RoleRules(deny=["x.y:write:z", "x.y:write"])}, [("note", "redundant-rule", "roles.a.deny[0]")]),
        ({"a": RoleRules(allow=["x.y:write", "x.y:write:active", "x.y:write:child_ids"])}, []),
        (
            {"a": RoleRules(allow=["*:write:active", "x.y:write:active"])},
            [("note", "redundant-rule", "roles.a.allow[1]")],
        ),
        (
            {"a": RoleRules(allow=["x.y:read"]), "b": RoleRules(allow=["x.y:read"], inherits=["a"])},
            [("note", "redundant-rule", "roles.b.allow[0]")],
        ),
        ({"a": RoleRules(allow=["x.y:read"] * 2)}, [("warning", "duplicate-rule", "roles.a.allow[1]")]),
        (
            {"a": RoleRules(groups=["x.y", "x.y"], allow=["z"]), "b": RoleRules(inherits=["a", "a"], groups=["x.z"])},
            [("warning", "duplicate-group", "roles.a.groups[1]"), ("warning", "duplicate-role", "roles.b.inherits[1]")],
        ),
        (
            {"a": RoleRules(allow=["x"]), "b": RoleRules(groups=["x.y"], inherits=["a"]), "c": RoleRules(allow=["x"])},
            [("note", "only-assigned", "roles.c")],
        ),
        ({"a": RoleRules()}, [("note", "empty-role", "roles.a")]),
        ({"a": RoleRules(allow=["x.y:_compute"])}, [("error", "unknown-operation", "roles.a.allow[0]")]),
        (
            {"a": RoleRules(allow=["x.y:search_read", "x.y:action_archive"], deny=["x.*:load"])},
            [
                ("warning", "unreachable-rule", "roles.a.allow[0]"),
                ("warning", "unreachable-rule", "roles.a.allow[1]"),
                ("warning", "unreachable-rule", "roles.a.deny[0]"),
            ],
        ),
        ({"a": RoleRules(allow=["x.y:raed"])}, [("note", "own-operation", "roles.a.allow[0]")]),
    ],
    ids=str,
)
def test_known_answers(roles, expected):
    assert found(Policy(roles)) == expected


def test_a_private_method_in_permissions_is_found():
    assert found(Policy({}, permissions=["x.y:_z"])) == [("error", "unknown-operation", "permissions x.y:_z")]


def test_an_operation_that_the_application_asks_for_is_none_to_look_at():
    roles = {"a": RoleRules(allow=["x.y:search", "x.y:action_confirm"])}
    assert found(Policy(roles, permissions=["x.y:search", "x.y:action_confirm"])) == []


def test_what_a_client_asks_for_is_said():
    roles = {"a": RoleRules(allow=["x.y:web_save", "x.y:name_create"])}
    assert [finding.text.partition(";")[0] for finding in findings(Policy(roles))] == [
        "a client asks for write or create, and read where web_save is called",
        "no rule gives name_create to a client, which takes create with the name as a value",
    ]


def test_masks_without_use():
    reader, boss = RoleRules(allow=["a:read"], deny=["a:read:secret"]), RoleRules(allow=["b:read", "b:unmask"])
    masks = {"a": {"phone": "all", "secret": "all"}, "b": {"phone": "all"}, "c": {"phone": "all"}}
    policy = Policy({"reader": reader, "boss": boss}, masks=masks)
    assert [(finding.place, finding.text) for finding in findings(policy)] == [
        ("masks.a.secret", "no role may read the field"),
        ("masks.b.phone", "every role that may read the field may unmask it"),
        ("masks.c.phone", "no role may read the field"),
    ]


def test_domains_without_use():
    roles = {"clerk": RoleRules(allow=["a:read"]), "boss": RoleRules(inherits=["clerk"], allow=["a:write"])}
    narrow = [
        Narrowing("a", OWN),
        Narrowing("a", OWN),
        Narrowing("a", OWN, frozenset({"unlink", "create"})),
        Narrowing("a", OWN, frozenset({"write"}), frozenset({"boss"})),
        Narrowing("a", OWN, frozenset({"write"})),
    ]
    assert found(Policy(roles, narrow=narrow)) == [
        ("warning", "duplicate-narrowing", "narrow[1]"),
        ("warning", "unused-narrowing", "narrow[2]"),
        ("warning", "unused-narrowing", "narrow[3]"),
    ]


@given(policies(), asked)
def test_what_is_said_to_be_useless_can_be_taken_out(policy, permission):
    """Rules that never count, one by one."""
    for finding in findings(policy):
        if finding.code not in {"shadowed-allow", "redundant-rule", "duplicate-rule"}:
            continue
        _, name, rest = finding.place.split(".")
        key, _, number = rest.rstrip("]").partition("[")
        own = policy.roles[name]
        rules = {"allow": list(own.allow), "deny": list(own.deny)}
        text = rules[key].pop(int(number))
        if finding.code == "redundant-rule":
            rules[key] = [other for other in rules[key] if other != text]
        less = Policy({**policy.roles, name: RoleRules(**rules, inherits=own.inherits)})
        for role in ROLES:
            one = frozenset({role})
            assert allowed(less, one, permission) is allowed(policy, one, permission)


def test_a_policy_of_ten_thousand_rules_is_looked_through():
    roles = {
        f"r{n}": RoleRules(allow=[f"m{n}.x:read"], inherits=[f"r{n - 1}"] if n % 10 else []) for n in range(10_000)
    }
    assert found(Policy(roles)) == []

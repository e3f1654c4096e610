"""What a change of policy does, by effect: everything that it does, and nothing for another way to say the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security.policy import Narrowing, Policy, RoleRules, diff

from .naive import ROLES, allowed, asked, patterns, policies


def lines(before: dict[str, RoleRules], after: dict[str, RoleRules], **others) -> list[str]:
    first = {key: value[0] for key, value in others.items()}
    second = {key: value[1] for key, value in others.items()}
    return [str(difference) for difference in diff(Policy(before, **first), Policy(after, **second))]


def of_rules(before: list[str], after: list[str], deny: tuple[list[str], list[str]] = ([], [])) -> list[str]:
    return lines({"a": RoleRules(allow=before, deny=deny[0])}, {"a": RoleRules(allow=after, deny=deny[1])})


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (["x.y:read"], ["x.y:read"], []),
        (["x.y:read", "z"], ["z", "x.y:read:*", "x.y:read:w"], []),
        ([], ["x.y:read"], ["+ a: x.y:read"]),
        (["x.y:read"], [], ["- a: x.y:read"]),
        ([], ["x.y:read:z"], ["+ a: x.y:read:z"]),
        (["x.y:read"], ["x.y:read:z"], ["- a: x.y:read", "~ a: x.y:read:z stays allowed"]),
        (["x.y:write"], ["x.y:write", "x.y:write:active"], ["+ a: x.y:write:active"]),
        ([], ["x.y:write", "x.y:write:active"], ["+ a: x.y:write", "+ a: x.y:write:active"]),
        (["x.y:write"], ["x.y:write", "x.y:write:child_ids"], ["+ a: x.y:write:child_ids, by its name"]),
        ([], ["x.y:write", "x.y:write:child_ids"], ["+ a: x.y:write", "+ a: x.y:write:child_ids, by its name"]),
        (["export"], [], ["- a: export"]),
        (["*"], ["*:*"], ["- a: names of your own that no rule has"]),
        (["x.y:read"], ["x.*:read"], ["+ a: x.*:read"]),
        (["x.y:*"], ["x.y:read", "x.y:write", "x.y:create", "x.y:unlink"], ["- a: x.y:*"]),
        (["x.y:read"], ["x.y:read", "x.y:unmask"], []),
    ],
)
def test_allowed(before, after, expected):
    assert of_rules(before, after) == expected


def test_denied():
    assert of_rules(["x.y:read"], ["x.y:read"], ([], ["x.y:read:z"])) == ["- a: x.y:read:z"]
    assert of_rules([], ["x.y:read"], (["x.y:read:z"], ["x.y:read:z"])) == [
        "+ a: x.y:read",
        "~ a: x.y:read:z stays refused",
    ]


def test_a_denial_counts_for_who_has_other_roles_too():
    assert of_rules(["x.y:read"], ["x.y:read"], ([], ["x.y:write"])) == ["- a: x.y:write, by other roles"]
    assert of_rules(["x.y:read"], [], (["x.y:read"], [])) == ["+ a: x.y:read, by other roles"]
    assert of_rules([], [], (["x.y:unlink"], [])) == ["+ a: x.y:unlink, by other roles"]
    assert of_rules([], [], (["export"], [])) == ["+ a: export, by other roles"]
    assert of_rules([], [], (["x.y:read", "x.y:read:z"], ["x.y:read:z"])) == [
        "+ a: x.y:read, by other roles",
        "~ a: x.y:read:z stays denied",
    ]
    assert of_rules(["x.y:write"], ["x.y:write"], ([], ["x.y:write:active"])) == [
        "- a: x.y:write:active, by other roles"
    ]


def test_a_role_that_only_unmasks():
    roles = {"a": RoleRules(allow=["m:read"]), "b": RoleRules(allow=["m:unmask:x"]), "c": RoleRules(deny=["m:unmask"])}
    masks = ({"m": {"x": "all"}},) * 2
    assert lines(roles, {**roles, "b": RoleRules(), "c": RoleRules()}, masks=masks) == [
        "- b: m:unmask:x",
        "+ c: m:unmask:x, by other roles",
    ]


def test_a_role_that_only_spares_a_domain():
    roles = {"a": RoleRules(allow=["m:read"]), "b": RoleRules()}
    rule = Narrowing("m", [("x", "=", 1)], frozenset({"read"}))
    spared = Narrowing("m", [("x", "=", 1)], frozenset({"read"}), frozenset({"b"}))
    assert lines(roles, roles, narrow=((spared,), (rule,))) == ['- b: m:read is narrowed by [["x", "=", 1]]']
    assert lines(roles, roles, narrow=((rule,), (spared,))) == [
        '+ b: m:read is not narrowed any more by [["x", "=", 1]]'
    ]
    assert lines(roles, roles, narrow=((), (spared,))) == ['- a: m:read is narrowed by [["x", "=", 1]]']


def test_inherited():
    before = {"a": RoleRules(allow=["x.y:read"]), "b": RoleRules(inherits=["a"])}
    assert lines(before, {**before, "b": RoleRules(allow=["x.y:read"])}) == []
    after = {**before, "a": RoleRules(allow=["x.y:read"], deny=["x.y:read"])}
    assert lines(before, after) == ["- a: x.y:read", "- b: x.y:read"]


def test_roles_and_groups():
    before = {"a": RoleRules(groups=["g.one"], allow=["z"]), "gone": RoleRules()}
    after = {"a": RoleRules(allow=["z"]), "b": RoleRules(groups=["g.one", "g.two"], inherits=["a"])}
    assert lines(before, after) == [
        "+ a: given to the group g.two",
        "- gone: the role is gone",
        "+ b: the role is new",
        "+ b: given to the group g.one",
        "+ b: given to the group g.two",
        "+ b: z",
    ]


def test_masks():
    roles = {"a": RoleRules(allow=["m:read:*"]), "b": RoleRules(allow=["m:*"]), "c": RoleRules(allow=["z"])}
    masks = ({"m": {"x": "all", "y": "last4", "z": "all"}}, {"m": {"x": "last4", "y": "email", "z": "all", "w": "all"}})
    assert lines(roles, roles, masks=masks) == [
        "- a: m:w is shown as all, was in full",
        "+ a: m:x is shown as last4, was as all",
        "~ a: m:y is shown as email, was as last4",
    ]
    more = {**roles, "a": RoleRules(allow=["m:read:*", "m:unmask:z"])}
    assert lines(roles, more, masks=(masks[0], masks[0])) == ["+ a: m:z is shown in full, was as all"]


def test_domains():
    roles = {"a": RoleRules(allow=["m:read"]), "b": RoleRules(allow=["m:read", "m:write"])}
    one, two = ("x", "=", 1), ("y", "=", "{uid}")
    either = Narrowing("m", ["|", one, "!", two], frozenset({"read"}))
    both = (Narrowing("m", [one, two], frozenset({"read", "write"})),)
    apart = tuple(Narrowing("m", [leaf], frozenset({"read", "write"})) for leaf in (two, one))
    assert lines(roles, roles, narrow=(both, apart)) == []
    assert lines(roles, roles, narrow=(both, (*apart, either))) == [
        '- a: m:read is narrowed by ["|", ["x", "=", 1], "!", ["y", "=", "{uid}"]]',
        '- b: m:read is narrowed by ["|", ["x", "=", 1], "!", ["y", "=", "{uid}"]]',
    ]
    spared = (Narrowing("m", [one, two], frozenset({"read", "write"}), frozenset({"b"})),)
    assert lines(roles, roles, narrow=(both, spared)) == [
        '+ b: m:read is not narrowed any more by [["x", "=", 1]]',
        '+ b: m:read is not narrowed any more by [["y", "=", "{uid}"]]',
        '+ b: m:write is not narrowed any more by [["x", "=", 1]]',
        '+ b: m:write is not narrowed any more by [["y", "=", "{uid}"]]',
    ]


@given(policies())
def test_a_policy_does_not_differ_from_itself(policy):
    assert diff(policy, Policy.from_mapping(policy.to_mapping())) == []


@given(policies(), policies(), st.sampled_from(ROLES), asked)
def test_whatever_is_decided_otherwise_is_a_difference(before, after, role, permission):
    one = frozenset({role})
    was, now = allowed(before, one, permission), allowed(after, one, permission)
    if was != now:
        kinds = {difference.kind for difference in diff(before, after) if difference.role == role}
        assert ("gained" if now else "lost") in kinds


@given(policies(), policies(), st.frozensets(st.sampled_from(ROLES)), asked)
def test_whatever_is_decided_otherwise_for_several_roles_is_a_difference(before, after, roles, permission):
    was, now = allowed(before, roles, permission), allowed(after, roles, permission)
    if was != now:
        kinds = {difference.kind for difference in diff(before, after) if difference.role in roles}
        assert ("gained" if now else "lost") in kinds


@given(policies(), policies())
def test_the_way_back_is_the_reverse(before, after):
    reverse = {"gained": "lost", "lost": "gained", "changed": "changed"}
    forth = {(reverse[one.kind], one.role, one.code, one.text) for one in diff(before, after) if one.code != "role"}
    assert forth == {tuple(one) for one in diff(after, before) if one.code != "role"}


@given(policies(), st.sampled_from(ROLES), patterns)
def test_one_more_deny_is_never_a_gain_and_one_more_allow_never_a_loss(policy, name, pattern):
    own = policy.roles.get(name, RoleRules())
    stricter = Policy({**policy.roles, name: RoleRules(own.allow, (*own.deny, pattern), own.inherits)})
    wider = Policy({**policy.roles, name: RoleRules((*own.allow, pattern), own.deny, own.inherits)})
    assert "gained" not in {one.kind for one in diff(policy, stricter) if one.code != "role"}
    assert "lost" not in {one.kind for one in diff(policy, wider)}

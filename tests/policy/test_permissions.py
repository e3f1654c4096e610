"""The grammar of permissions and rules, and which rule means what another one means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security.errors import PolicyError
from zenoo_security.policy.permissions import parse, parse_pattern

from .naive import FIELDS, MODELS, NAMES, patterns

# One of each that no rule of `patterns` names: what holds for these holds for whatever else there is.
ATOMS = [
    parse(f"{model}:{operation}:{field}")
    for model in (*MODELS, "res.other", "other")
    for operation in ("read", "write", "create")
    for field in (*FIELDS, "other")
] + [
    parse(text)
    for text in (
        *NAMES,
        "other",
        *(
            f"{model}:{operation}"
            for model in (*MODELS, "res.other", "other")
            for operation in ("unlink", "action_confirm", "other")
        ),
    )
]


def meant(pattern) -> set:
    return {asked for asked in ATOMS if pattern.covers(asked)}


@given(patterns.map(parse_pattern), patterns.map(parse_pattern))
def test_includes_and_overlaps_are_those_of_sets(one, other):
    assert one.includes(other) is (meant(one) >= meant(other))
    assert one.overlaps(other) is other.overlaps(one) is not meant(one).isdisjoint(meant(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("account.*:read", "accounting.move:read"),
        ("account.*:read", "account:read"),
        ("account.move.*:read", "account.move:read"),
        ("a.b:read", "a.b:write"),
        ("a.b:read:x", "a.b:read:y"),
        ("*:*", "export"),
    ],
)
def test_what_has_nothing_in_common(one, other):
    one, other = parse_pattern(one), parse_pattern(other)
    assert not one.overlaps(other)
    assert not other.overlaps(one)
    assert not one.includes(other)
    assert not other.includes(one)


@pytest.mark.parametrize(
    "text", ["*", "export", "a.b:read", "a:read:x", "*:*:*", "a.*:read", "_a.b2:_c", "a:*:x", "*:read"]
)
def test_what_a_rule_may_be(text):
    assert str(parse_pattern(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", " ", "*.*", "a.*", "*.a:read", "a.**:read", "a*:read", "a.b*:read", "a.b:re*", "a.b:read:n*", "**", "*:", ":*",
     "a.b:", "a.b::x", "a.b:read:", "A.b:read", "a..b:read", ".a:read", "a.:read", "1a:read", "a-b:read", "a.b:read:x:y",
     "a.b:read\n", "\na", "a.b:reäd", "a.b", "a" * 201, "a.b:reed:x:", None, 7, b"a", ["a"]],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
def test_what_no_rule_is(text):
    with pytest.raises(PolicyError, match="a rule is 'model:operation'") as refused:
        parse_pattern(text)
    assert len(str(refused.value)) < 200


@given(st.lists(st.sampled_from([*"ab.:*_A \n", "read", "unlink"]), max_size=12).map("".join))
def test_a_permission_is_a_rule_without_wildcards(text):
    try:
        rule = str(parse_pattern(text))
    except PolicyError:
        rule = None
    try:
        asked = str(parse(text))
    except PolicyError:
        asked = None
    assert asked == (rule if rule and "*" not in rule else None)

"""Domains are joined in prefix form, and decided as Odoo decides; tests/odoo/test_domains.py asks Odoo itself."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zenoo_rpc.models.common import ResPartner
from zenoo_rpc.query.builder import QuerySet
from zenoo_rpc.query.filters import Q

from zenoo_security.client.query import SecureQuerySet
from zenoo_security.domains import decide, join
from zenoo_security.errors import InvalidInput

A, B, C = ("a", "=", 1), ("b", "=", 2), ("c", "=", 3)


@pytest.mark.parametrize(
    ("leaf", "values", "expected"),
    [
        (("a", "=", 1), {"a": 1}, True),
        (("a", "=", 1), {"a": 1.0}, True),
        (("a", "=", 1), {"a": 2}, False),
        (("a", "!=", 1), {"a": 2}, True),
        (("a", "=", "x"), {"a": "x"}, True),
        (("a", "=", "x"), {"a": "X"}, False),
        (("a", "in", [1, 2]), {"a": 2}, True),
        (("a", "not in", [1, 2]), {"a": 2}, False),
        (("a", "in", []), {"a": 2}, False),
        (("a", "not in", []), {"a": False}, True),
        (("a", "=", True), {"a": True}, True),
        (("a", "=", True), {"a": False}, False),
        (("a", "=", 1), {"a": True}, True),
        (("a", "=", 2), {"a": True}, None),
        # What is not set.
        (("a", "=", False), {"a": False}, True),
        (("a", "=", False), {"a": None}, True),
        (("a", "=", None), {"a": 0}, True),
        (("a", "=", False), {"a": ""}, True),
        (("a", "=", 0), {"a": False}, True),
        (("a", "=", False), {"a": 3}, False),
        (("a", "=", False), {"a": "x"}, False),
        (("a", "!=", False), {"a": 3}, True),
        (("a", "!=", 3), {"a": False}, True),
        (("a", "not in", [3, 4]), {"a": None}, True),
        (("a", "in", [3, False]), {"a": None}, True),
        (("a", "in", [3, None]), {"a": None}, None),
        (("a", "=", ""), {"a": False}, None),
        # Order.
        (("a", "<", 3), {"a": 2}, True),
        (("a", "<=", 3), {"a": 3}, True),
        (("a", ">", 3), {"a": 3}, False),
        (("a", ">=", 3), {"a": 4}, True),
        (("a", ">", 3), {"a": False}, False),
        (("a", "<", 3), {"a": False}, None),
        (("a", "<", "x"), {"a": "b"}, None),
        # Nothing to compare to.
        (("a", "=?", False), {"a": 3}, True),
        (("a", "=?", False), {}, True),
        (("a", "=?", 3), {"a": 3}, True),
        (("a", "=?", 3), {"a": 4}, False),
        # What depends on the type of the field, or on more than these values.
        (("a", "=", 1), {}, None),
        (("a.b", "=", 1), {"a": 1}, None),
        (("a", "any", [("b", "=", 1)]), {"a": 1}, None),
        (("a", "child_of", 1), {"a": 1}, None),
        (("a", "ilike", "x"), {"a": "x"}, None),
        (("a", "=", "1"), {"a": 1}, None),
        (("a", "=", 1), {"a": "1"}, None),
        (("a", "=", 1), {"a": 1.2}, None),
        (("a", "=", 1), {"a": [1, "Name"]}, None),
        (("a", "in", [4]), {"a": [(6, 0, [4])]}, None),
        (("a", "=", "2026-01-01"), {"a": "2026-01-01"}, None),
        (("a", "=", 1), {"a": float("nan")}, None),
        (("a", "=", 10**15), {"a": 10**20}, None),
        ((1, "=", 1), {}, True),
        ((0, "=", 1), {}, False),
    ],
)
def test_a_condition_is_decided(leaf, values, expected):
    assert decide([leaf], values) is expected
    assert decide(["!", leaf], values) is (None if expected is None else not expected)


@pytest.mark.parametrize("domain", [None, "a", [("a", "=")], ["|", A], [("a", "any!", [A])], [("a", "<", False)]])
def test_what_is_no_domain_is_not_decided(domain):
    with pytest.raises(InvalidInput):
        decide(domain, {"a": 1})


trees = st.recursive(
    st.sampled_from([[A], [B], [C]]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["&", "|"]), inner, inner).map(lambda t: [t[0], *t[1], *t[2]]),
        inner.map(lambda d: ["!", *d]),
    ),
    max_leaves=8,
)
OPEN = object()


@given(trees, st.fixed_dictionaries({name: st.sampled_from([wanted, 9, OPEN]) for name, _, wanted in (A, B, C)}))
def test_what_is_decided_holds_whatever_the_open_values_are(domain, values):
    """And what is not decided is not only left open where both sides of the same condition are joined."""
    known = {name: value for name, value in values.items() if value is not OPEN}
    open_ = [(name, [wanted, 9]) for name, _, wanted in (A, B, C) if name not in known]
    rest = [dict(zip((n for n, _ in open_), row, strict=True)) for row in itertools.product(*(v for _, v in open_))]
    answers = {decide(domain, {**known, **row}) for row in rest}
    decided = decide(domain, known)
    assert None not in answers
    assert decided is None or answers == {decided}


@given(st.lists(trees, max_size=3), st.lists(trees, max_size=3))
def test_joined_domains_hold_together(first, second):
    """Also where a domain has several terms without an operator in front, and whatever its last one is."""
    one, other = [term for tree in first for term in tree], [term for tree in second for term in tree]
    for row in itertools.product([1, 9], [2, 9], [3, 9]):
        values = dict(zip("abc", row, strict=True))
        both = decide(one, values) and decide(other, values)
        assert decide(join("&", [one, other]), values) == both
        assert decide(join("|", [one or [(1, "=", 1)], other or [(1, "=", 1)]]), values) == (
            decide(one, values) or decide(other, values)
        )


STRANGER = {"a": 1, "b": 2, "company_id": 2}


def test_or_and_not_of_zenoo_rpc_mean_something_else():
    """`a | b` is sent as `a and (b or whatever comes next)`, and `~(a and b)` as `(not a) and b`."""
    either = QuerySet(ResPartner, None).filter(Q(a=1) | Q(b=2), c=3)._domain
    assert decide(either, {"a": 9, "b": 2, "c": 3}) is False
    assert decide(SecureQuerySet(ResPartner, None).filter(Q(a=1) | Q(b=2), c=3)._domain, {"a": 9, "b": 2, "c": 3})
    not_both = QuerySet(ResPartner, None).filter(~Q(a=1, b=2))._domain
    assert decide(not_both, {"a": 9, "b": 9}) is False
    assert decide(SecureQuerySet(ResPartner, None).filter(~Q(a=1, b=2))._domain, {"a": 9, "b": 9})


@pytest.mark.asvs("v5.0.0-8.4.1")
def test_a_tenant_rule_that_is_added_to_an_or_holds():
    asked = Q(a=1) | Q(b=2)
    assert decide(QuerySet(ResPartner, None).filter(asked, company_id=1)._domain, STRANGER) is True
    ours = SecureQuerySet(ResPartner, None).filter(asked)._domain
    for domain in (
        SecureQuerySet(ResPartner, None).filter(asked, company_id=1)._domain,
        join("&", [ours, [("company_id", "=", 1)]]),
        join("&", [[("company_id", "=", 1)], ours]),
    ):
        assert decide(domain, STRANGER) is False
        assert decide(domain, {**STRANGER, "company_id": 1}) is True


def test_a_number_beyond_every_float_is_decided_without_one():
    for compared in ("=", "<", "in"):
        assert decide([("a", compared, [1] if compared == "in" else 1)], {"a": 10**400}) is None

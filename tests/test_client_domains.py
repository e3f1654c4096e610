"""Search domains: full prefix form, refusals, and what the query builder makes of conditions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zenoo_rpc.models.common import ResPartner
from zenoo_rpc.query.builder import QuerySet
from zenoo_rpc.query.expressions import Field
from zenoo_rpc.query.filters import Q

from zenoo_security.client.domains import normalize, rewrite
from zenoo_security.client.query import SecureQuerySet, term
from zenoo_security.errors import InputTooLarge, InvalidInput, QueryRefused

A, B, C = ("a", "=", 1), ("b", "=", 2), ("c", "=", 3)


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ([], []),
        ([A], [A]),
        ((), []),
        ([["a", "=", 1]], [A]),
        ([["a", "==", 1]], [A]),
        ([A, B], ["&", A, B]),
        ([A, B, C], ["&", "&", A, B, C]),
        (["|", A, B, C], ["&", "|", A, B, C]),
        (["!", A, B], ["&", "!", A, B]),
        ([[1, "=", 1]], [(1, "=", 1)]),
    ],
)
def test_a_domain_is_put_into_full_prefix_form(domain, expected):
    assert normalize(domain) == expected


@pytest.mark.parametrize(
    "domain",
    [
        None,
        "a",
        {"a": 1},
        [A, "|", B],
        ["|", A],
        ["!"],
        ["&"],
        ["or", A, B],
        [["a", "="]],
        [["a", "=", 1, 2]],
        [[1, "=", 2]],
        [["a", 1, 2]],
        [None],
        [1],
        [[]],
        ["\ud800"],
        [["child_ids", "any!", [A]]],
        [["child_ids", "not any!", [A]]],
        [["child_ids", "any", [["child_ids", "any!", [A]]]]],
        [["a", "ANY", [A]]],
        [["a", "in", "text"]],
        [["a", "=", [1]]],
    ],
)
def test_a_malformed_domain_is_refused(domain):
    with pytest.raises(InvalidInput) as caught:
        normalize(domain)
    assert caught.value.field == "domain"


def test_a_huge_or_deep_domain_is_refused_before_work():
    with pytest.raises(InputTooLarge) as caught:
        normalize([A] * 10_001)
    assert caught.value.field == "domain"
    deep = [A]
    for _ in range(100):
        deep = [["child_ids", "any", deep]]
    with pytest.raises(InputTooLarge):
        rewrite(deep, {}, set())


def test_large_domains_of_an_application_pass():
    ids = list(range(100_000))
    assert normalize([("id", "in", ids)]) == [("id", "in", ids)]
    assert len(normalize([A] * 10_000)) == 19_999
    path = ".".join(["parent_id"] * 16)
    assert normalize([(path, "=", 1)]) == [(path, "=", 1)]
    assert normalize([("lead_properties.1f0c2a9b3d4e5f60", "=", "x")])


values = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50)


@given(values | texts, st.lists(values | texts))
def test_values_are_sent_as_they_were_given(one, many):
    for operator, value in (("=", one), ("not in", many)):
        [(_, _, kept)] = normalize([("a", operator, value)])
        assert kept == value
        assert repr(kept) == repr(value)


trees = st.recursive(
    st.sampled_from([[A], [B], [C]]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["&", "|"]), inner, inner).map(lambda t: [t[0], *t[1], *t[2]]),
        inner.map(lambda d: ["!", *d]),
    ),
    max_leaves=12,
)


@given(st.lists(trees, max_size=4))
def test_normalizing_twice_changes_nothing_and_keeps_the_leaves(terms):
    domain = [part for tree in terms for part in tree]
    once = normalize(domain)
    assert normalize(once) == once
    assert [p for p in once if p not in ("&", "|", "!")] == [p for p in domain if p not in ("&", "|", "!")]


@pytest.mark.parametrize(
    "leaf",
    [
        ("parent_id.email", "=", "bob@example.com"),
        ("parent_id.parent_id.email", "=", False),
        ("child_ids", "any", [("email", "=", "bob@example.com")]),
        ("child_ids", "not any", ["|", ("name", "=", "x"), ("email", "=", "bob@example.com")]),
        ("user_ids", "any", [("partner_id", "any", [("email", "!=", False)])]),
    ],
)
def test_an_encrypted_field_of_another_model_is_refused_wherever_it_hides(leaf):
    with pytest.raises(QueryRefused, match="ids that it returns") as caught:
        rewrite(["!", leaf], {}, {"email"})
    assert "bob" not in str(caught.value)


def test_other_paths_and_sub_domains_pass():
    domain = [("parent_id.name", "ilike", "x"), ("child_ids", "any", [("name", "=", "x"), ("id", "in", [1])])]
    assert rewrite(domain, {}, {"email"})[1:] == [
        ("parent_id.name", "ilike", "x"),
        ("child_ids", "any", ["&", ("name", "=", "x"), ("id", "in", [1])]),
    ]


# --- the query builder ---


def matches(domain, row) -> bool:
    """Whether a row fits a domain, read as Odoo reads it."""
    stack: list[bool] = []
    for part in reversed(normalize(domain)):
        if part == "!":
            stack.append(not stack.pop())
        elif isinstance(part, str):
            left, right = stack.pop(), stack.pop()
            stack.append((left and right) if part == "&" else (left or right))
        else:
            stack.append(row[part[0]] == part[2])
    return all(stack)


ROWS = [{"a": a, "b": b, "c": c} for a in (0, 1) for b in (0, 1) for c in (0, 1)]
conditions = st.recursive(
    st.sampled_from([({"a": 1},), ({"b": 1},), ({"a": 1, "c": 1},)]),
    lambda inner: st.one_of(
        st.tuples(st.just("or"), inner, inner),
        st.tuples(st.just("and"), inner, inner),
        st.tuples(st.just("not"), inner),
    ),
    max_leaves=8,
)


def as_q(tree) -> Q:
    if isinstance(tree[0], dict):
        return Q(**tree[0])
    parts = [as_q(part) for part in tree[1:]]
    return ~parts[0] if tree[0] == "not" else parts[0] | parts[1] if tree[0] == "or" else parts[0] & parts[1]


def holds(tree, row) -> bool:
    if isinstance(tree[0], dict):
        return all(row[name] == value for name, value in tree[0].items())
    parts = [holds(part, row) for part in tree[1:]]
    return not parts[0] if tree[0] == "not" else any(parts) if tree[0] == "or" else all(parts)


@given(conditions, conditions)
def test_filters_and_exclusions_mean_what_the_code_says(tree, other):
    domain = SecureQuerySet(ResPartner, None).filter(as_q(tree), c=1).exclude(as_q(other))._domain
    for row in ROWS:
        assert matches(domain, row) == (holds(tree, row) and row["c"] == 1 and not holds(other, row))


def test_plain_lets_the_last_filter_fall_into_the_or():
    stranger = {"a": 1, "b": 0, "c": 0}
    condition = Q(a=1) | Q(b=1)
    plain = QuerySet(ResPartner, None).filter(condition, c=1)._domain
    assert matches(plain, {"a": 1, "b": 1, "c": 0})
    assert not matches(SecureQuerySet(ResPartner, None).filter(condition, c=1)._domain, {"a": 1, "b": 1, "c": 0})
    assert not matches(SecureQuerySet(ResPartner, None).filter(condition, c=1)._domain, stranger)


def test_plain_excludes_by_the_first_condition_only():
    row = {"a": 0, "b": 1, "c": 0}
    assert not matches(QuerySet(ResPartner, None).exclude(a=1, b=0)._domain, row)
    assert matches(SecureQuerySet(ResPartner, None).exclude(a=1, b=0)._domain, row)


def test_expressions_are_joined_the_same_way():
    either = (Field("a") == 1) & (Field("b") == 1) | (Field("c") == 1)
    domain = term(either)
    assert domain == ["|", "&", ("a", "=", 1), ("b", "=", 1), ("c", "=", 1)]
    assert term(~((Field("a") == 1) & (Field("b") == 1))) == ["!", "&", ("a", "=", 1), ("b", "=", 1)]


@pytest.mark.parametrize(
    ("lookup", "expected"),
    [
        ({"email__iexact": "b_b%@x.com"}, ("email", "=ilike", "b\\_b\\%@x.com")),
        ({"name__startswith": "A"}, ("name", "=ilike", "A%")),
        ({"name__endswith": "a\\"}, ("name", "=ilike", "%a\\\\")),
        ({"name__contains": "100%"}, ("name", "ilike", "100\\%")),
        ({"name__isnull": False}, ("name", "!=", False)),
        ({"name__isnull": True}, ("name", "=", False)),
        ({"id__in": [1, 2]}, ("id", "in", [1, 2])),
        ({"name": "x"}, ("name", "=", "x")),
    ],
)
def test_a_lookup_compares_as_it_is_named(lookup, expected):
    assert SecureQuerySet(ResPartner, None).filter(**lookup)._domain == [expected]


def test_a_copy_of_a_secure_query_stays_secure():
    query = SecureQuerySet(ResPartner, None).filter(a=1).order_by("-a").limit(3)
    assert isinstance(query, SecureQuerySet)
    assert (query._limit, query._order) == (3, "a desc")

"""Domains of a policy are in prefix form from the start, whoever they are filled for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security import validate
from zenoo_security.errors import PolicyError
from zenoo_security.policy import Facts, Narrowing, Policy
from zenoo_security.policy.templates import LISTS, PLACEHOLDERS

FACTS = Facts(uid=7, partner_id=8, company_id=1, company_ids=(1, 2), groups=frozenset({"base.group_user"}))

scalars = st.sampled_from(["{uid}", "{partner_id}", "{company_id}", 5, True, "x"])
lists = st.sampled_from(["{company_ids}", "{groups}", [1, 2], ["{uid}", 3], []])
leaves = st.one_of(
    st.tuples(st.sampled_from(["a", "a.b"]), st.sampled_from(["=", "!="]), scalars),
    st.tuples(st.just("a"), st.just("child_of"), st.sampled_from(["{partner_id}", 5])),
    st.tuples(st.sampled_from(["a", "a.b"]), st.sampled_from(["in", "not in", "child_of"]), lists),
)


def joined(inner):
    pairs = st.tuples(st.sampled_from(["&", "|"]), inner, inner).map(lambda parts: [parts[0], *parts[1], *parts[2]])
    return st.one_of(
        pairs,
        inner.map(lambda part: ["!", *part]),
        st.tuples(inner, inner).map(lambda parts: [*parts[0], *parts[1]]),
        inner.map(lambda part: [("c", "any", part)]),
    )


def is_certain(domain) -> bool:
    """Whether nothing in it matches more the less the user sees: written another way than the check."""

    def walk(start: int, inverted: bool) -> tuple[int, bool]:
        term = domain[start]
        if term == "!":
            return walk(start + 1, not inverted)
        if isinstance(term, str):
            middle, first = walk(start + 1, inverted)
            stop, second = walk(middle, inverted)
            return stop, first and second
        path, operator, value = term
        if operator == "any":
            return start + 1, not inverted and is_certain(validate.domain(value))
        return start + 1, not (inverted and ("." in path or (operator, value) == ("child_of", ["{groups}"])))

    return walk(0, False)[1]


def spread(term):
    """With a list for each placeholder of one, as the check of domains wants it."""
    if isinstance(term, str):
        return [term] if term in LISTS else term
    return type(term)(map(spread, term)) if isinstance(term, (list, tuple)) else term


anything = st.recursive(leaves.map(lambda leaf: [leaf]), joined, max_leaves=6)
domains = anything.filter(lambda domain: is_certain(validate.domain(spread(domain))))


@given(anything)
def test_a_domain_that_matches_more_the_less_the_user_sees_is_refused_and_no_other(domain):
    if is_certain(validate.domain(spread(domain))):
        assert template(domain)
    else:
        assert refused(domain)


@pytest.mark.parametrize(
    ("domain", "certain"),
    [
        ([("a", "not any", [("b", "=", 1)])], False),
        (["!", ("a", "any", [("b", "=", 1)])], False),
        (["!", ("a.b", "=", 1)], False),
        (["!", "|", ("x", "=", 1), ("a.b", "=", 1)], False),
        (["!", ("a", "child_of", "Azure")], False),
        ([("a", "any", ["!", ("b.c", "=", 1)])], False),
        ([("a", "any", [("b", "not any", [("c", "=", 1)])])], False),
        ([("a_id", "not ilike", "x")], False),
        ([("a_id", "!=", "x")], False),
        ([("a_ids", "not in", ["x", 1])], False),
        ([("a_ids", "not in", "{groups}")], False),
        (["!", ("a_id", "=", "x")], False),
        ([("a_id", "ilike", "x")], True),
        ([("a_id", "!=", "{partner_id}"), ("a_ids", "not in", "{company_ids}"), ("b_id", "!=", False)], True),
        ([("a", "not ilike", "x"), ("a", "!=", "x")], True),
        (["!", "!", ("a.b", "=", 1)], True),
        (["!", ("a", "=", 1), ("a.b", "=", 1)], True),
        (["|", "!", ("a", "=", 1), ("a.b", "=", 1)], True),
        (["!", ("a", "child_of", "{partner_id}")], True),
        ([("a.b", "!=", 1)], True),
        ([("a", "any", ["!", ("b", "=", 1)])], True),
    ],
)
def test_what_is_negated_is_of_the_record_itself(domain, certain):
    if certain:
        assert template(domain)
    else:
        assert refused(domain)


def template(domain) -> tuple:
    [rule] = Policy({}, narrow=[Narrowing("m", domain)]).narrow
    return rule.domain


def end(domain, start: int = 0) -> int:
    """Where the first expression of a domain in prefix form ends."""
    if domain[start] in ("&", "|"):
        return end(domain, end(domain, start + 1))
    return end(domain, start + 1) if domain[start] == "!" else start + 1


@given(domains)
def test_a_template_is_one_expression_and_stays_what_it_is(domain):
    once = template(domain)
    assert end(once) == len(once)
    assert template(once) == once


@given(domains)
def test_what_it_is_filled_with_is_a_domain_of_the_same_form(domain):
    [rule] = Policy({}, narrow=[Narrowing("m", domain)]).narrow
    filled = rule.fill(FACTS)
    assert end(filled) == len(filled) == len(rule.domain)
    assert "{" not in repr(filled)
    assert validate.domain(filled) == filled
    assert shape(filled) == shape(rule.domain)


def shape(domain) -> list:
    """A domain without the values of its conditions."""
    return [
        term if isinstance(term, str) else (*term[:2], shape(term[2]) if term[1] in {"any", "not any"} else None)
        for term in domain
    ]


def test_what_facts_hold_cannot_become_a_part_of_the_domain():
    groups = frozenset({"|", "{uid}", "a.b"})
    [rule] = Policy({}, narrow=[Narrowing("m", [("a", "in", "{groups}"), ("b", "in", "{company_ids}")])]).narrow
    filled = rule.fill(Facts(1, 2, 3, (), groups))
    assert filled == ["&", ("a", "in", ["a.b", "{uid}", "|"]), ("b", "in", [])]


def test_a_user_of_thousands_of_companies_is_narrowed_too():
    companies = tuple(range(1, 20_000))
    [rule] = Policy({}, narrow=[Narrowing("m", [("a", "in", "{company_ids}")])]).narrow
    assert rule.fill(Facts(1, 2, 3, companies, frozenset())) == [("a", "in", list(companies))]


@pytest.mark.parametrize(
    ("text", "meant"),
    [("{{uid}}", "{uid}"), ("a {{b}} c", "a {b} c"), ("{{{{", "{{"), ("{", "{"), ("}} {{", "} {"), ("a}b{c", "a}b{c")],
)
def test_a_brace_that_is_meant_is_doubled(text, meant):
    [rule] = Policy({}, narrow=[Narrowing("m", [("a", "=", text), ("b", "in", [text])])]).narrow
    assert rule.fill(FACTS) == ["&", ("a", "=", meant), ("b", "in", [meant])]


@pytest.mark.parametrize("operator", ["like", "ilike", "not ilike", "=like", "=ilike", "not =ilike"])
@pytest.mark.parametrize("within", [lambda leaf: leaf, lambda leaf: ("c", "any", [("d", "=", 1), leaf])])
def test_a_placeholder_is_no_pattern(operator, within):
    assert refused([within(("a", operator, "{uid}"))])
    assert template([within(("a", operator, "50%"))])


def test_a_rule_outside_of_a_policy_that_is_no_domain_is_refused_when_it_is_filled():
    for domain in ([("a", "=")], "x", [("a", "in", "{uid}")]):
        with pytest.raises(PolicyError, match="the domain of one user"):
            Narrowing("m", domain).fill(FACTS)


def test_changing_what_a_policy_was_made_of_does_not_change_it():
    inner = [("b", "in", [1])]
    domain = [("a", "any", inner), ("c", "in", allowed := [1])]
    [rule] = Policy({}, narrow=[Narrowing("m", domain)]).narrow
    inner[0] = ("b", "in", [2])
    allowed.append(2)
    domain.clear()
    assert rule.fill(FACTS) == ["&", ("a", "any", [("b", "in", [1])]), ("c", "in", [1])]


def test_known_answers():
    domain = template([("a", "=", "{uid}"), "|", ("b", "in", "{company_ids}"), ("c", "in", "{groups}")])
    assert domain == ("&", ("a", "=", "{uid}"), "|", ("b", "in", "{company_ids}"), ("c", "in", "{groups}"))
    [rule] = Policy({}, narrow=[Narrowing("m", domain)]).narrow
    assert list(map(repr, rule.fill(FACTS)))[1:] == [
        "('a', '=', 7)",
        "'|'",
        "('b', 'in', [1, 2])",
        "('c', 'in', ['base.group_user'])",
    ]
    assert template([("a", "any", [("b", "in", "{company_ids}"), ("c", "=", "{uid}")])]) == (
        ("a", "any", ("&", ("b", "in", "{company_ids}"), ("c", "=", "{uid}"))),
    )
    assert hash(domain) == hash(template(list(domain)))


def refused(domain) -> bool:
    with pytest.raises(PolicyError) as error:
        template(domain)
    return str(error.value).startswith("narrow[0].domain: ")


@given(st.text(max_size=8).map(lambda name: f"{{{name}}}").filter(lambda text: text not in PLACEHOLDERS))
def test_any_other_name_in_braces_is_refused(text):
    if text.count("{") == text.count("}") == 1:
        assert refused([("a", "=", text)])
        assert refused([("a", "in", [text])])


def test_a_domain_that_holds_itself_is_refused():
    endless: list = []
    endless.append(endless)
    assert refused(endless)
    assert refused([("a", "in", endless)])


@pytest.mark.parametrize(
    "domain",
    [[("a", "=", 1)] * 100_000, [("a", "in", list(range(10**6)))], ["!"] * 1000, [None], [{}], [b"x"], [("a", "=", {})],
     [("a", "=", object())], [("a", "in", [[1]])], ["|"], [("a", "=", float("nan"))], {"a": 1}, 7, None],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
def test_what_is_no_domain_is_refused(domain):
    assert refused(domain)

"""Search domains and other JSON from outside; tests/odoo/test_domain_fuzz.py asks Odoo about what passes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain_maker import FIELDS, run
from zenoo_security.errors import InputTooLarge, InvalidInput, ParameterError, PolicyError
from zenoo_security.request_guard import search_fields
from zenoo_security.validate import DomainParser, domain, parse_domain, parse_json


def refused(source, **options):
    with pytest.raises(InvalidInput) as error:
        parse_domain(source, **options)
    return error.value.code


@pytest.mark.asvs("v5.0.0-2.2.1")
def test_json_and_python_are_read_alike():
    terms = ["|", ["name", "ilike", "é"], ["a.b", "in", [1, 2.5, None, True]], ["c_ids", "any", [["d", "=", False]]]]
    expected = domain(terms)
    assert (
        parse_domain(terms) == parse_domain(json.dumps(terms)) == parse_domain(json.dumps(terms).encode()) == expected
    )
    assert parse_domain(json.dumps(terms, ensure_ascii=False)) == expected
    assert parse_domain("[]") == [(1, "=", 1)]


@pytest.mark.parametrize(
    ("code", "source"),
    [
        ("json", ""), ("json", "[["), ("json", "[1,]"), ("json", '[["a","=",NaN]]'), ("json", b'[["a","=","\\ud800"]]'),
        ("encoding", b"\xff"), ("encoding", '[["a","=","\ud800"]]'), ("type", "5"), ("type", '"a"'), ("type", 5), ("type", None),
        ("json_too_many", '{"a": 1}'), ("json_too_many", '[["a","=",{"b":1}]]'), ("json_number", '[["a","=",1e999]]'),
        ("json_number", '[["a","=",9223372036854775808]]'), ("json_too_deep", "[" * 300), ("too_long", " " * 65_537),
        ("domain_item", "[5]"), ("domain_arity", '["&"]'), ("domain_bypass", '[["a","any!",[]]]'), ("domain_value", '[["a","=",[1]]]'),
        ("domain_value", '[["a","=like","x\\\\"]]'), ("domain_value", '[["a","=","\\u0000"]]'),
    ],
)  # fmt: skip
def test_what_is_no_domain_is_refused(code, source):
    assert refused(source) == code


@pytest.mark.asvs("v5.0.0-2.2.1", "v5.0.0-8.2.3")
def test_fields_and_operators_are_those_of_the_lists():
    allowed = {"name", "parent_id", "parent_id.name"}
    assert parse_domain([("parent_id", "any", [("name", "=", "a")])], fields=allowed)
    for path in ("email", "parent_id.email", "parent_id.parent_id.name", "parent_id.id"):
        assert refused([(path, "=", 1)], fields=allowed) == "domain_field_refused"
    assert refused([("parent_id", "not any", [("email", "=", 1)])], fields=allowed) == "domain_field_refused"
    assert parse_domain([("a", "==", 1), ("a", "in", [1])], operators=["=", "in"])
    assert refused([("a", "ilike", "x")], operators=["=", "in"]) == "domain_operator_refused"
    assert refused([("a", "=", 1)], operators=[]) == "domain_operator_refused"


GOOD = {
    "boolean": [("=", True), ("in", [False, None])],
    "integer": [("=", 5), ("<", -5), ("in", [1, False])],
    "monetary": [("=", 5), (">=", 1.5)],
    "char": [("=", "a"), ("<", "b"), ("=ilike", "a%"), ("in", ["a", False])],
    "selection": [("=", "a"), ("ilike", "a")],
    "date": [("=", "2026-01-31"), ("<", "2026-01-31"), ("in", ["2024-02-29", None])],
    "datetime": [("=", "2026-01-31"), (">", "2026-01-31 23:59:59")],
    "many2one": [("=", 5), ("any", []), ("in", [1, False])],
    "many2one tree": [("child_of", 5), ("parent_of", [1, 2])],
    "integer tree": [("child_of", 5), ("<", 5)],
    "binary": [("=", False), ("!=", None)],
}
BAD = {
    "boolean": [("<", 1), ("ilike", "a"), ("=", 1), ("=", "yes"), ("any", [])],
    "integer": [("=", 1.5), ("=", 2**31), ("=", "5"), ("ilike", "5"), ("=", True), ("child_of", 1)],
    "monetary": [("=", "5"), ("=", 1e300), ("=", 2**60), ("like", "5")],
    "char": [("=", 5), ("<", 5), ("any", []), ("child_of", "a"), ("in", [1])],
    "selection": [("<", "a"), ("=", 1)],
    "date": [("=", "today"), ("=", "2026-02-30"), ("=", "2026-01-31 10:00:00"), ("<", 5), ("ilike", "2026")],
    "datetime": [("=", "-3d"), ("=", "9999-12-31"), ("=", "2026-01-31T10:00:00"), ("<", 5)],
    "many2one": [
        ("<", 5),
        ("=", True),
        ("=", 1.5),
        ("=", -1),
        ("child_of", 5),
        ("=", "a"),
        ("ilike", "a"),
        ("in", [1, "a"]),
    ],
    "many2one tree": [("child_of", True), ("<", 5), ("child_of", "a"), ("parent_of", ["a"]), ("=like", "a")],
    "integer tree": [("child_of", -5), ("any", [])],
    "binary": [("=", "a"), ("ilike", "a"), ("in", ["a"]), ("=", True)],
}


@pytest.mark.parametrize("kind", GOOD)
def test_a_type_takes_its_operators_and_values_and_no_others(kind):
    parser = DomainParser(fields={"a": kind})
    for operator, value in GOOD[kind]:
        assert parser.parse([("a", operator, value)])
    for operator, value in BAD[kind]:
        with pytest.raises(InvalidInput) as error:
            parser.parse([("a", operator, value)])
        assert error.value.code in {"domain_operator_field", "domain_value_field", "domain_value"}, (operator, value)


@pytest.mark.asvs("v5.0.0-8.2.3")
def test_names_of_a_relation_are_searched_where_they_are_a_field_that_may_be():
    """Odoo looks for them by `name_search`: in the e-mail address and the VAT number of a partner, too."""
    parser = DomainParser(fields={"a": "many2one tree", "a.display_name": "char", "a.b": "many2many", "b": "many2one"})
    for operator, value in (("=", "Azure"), ("ilike", "a"), ("in", [1, "a", False]), ("child_of", "a"), ("any", [])):
        assert parser.parse([("a", operator, value)])
    for source in ([("b", "ilike", "a")], [("a.b", "=", "a")], [("a", "any", [("b", "ilike", "a")])]):
        with pytest.raises(InvalidInput) as error:
            parser.parse(source)
        assert error.value.code in {"domain_operator_field", "domain_value_field"}


def test_what_is_not_set_is_written_in_the_one_way_that_odoo_takes_everywhere():
    parser = DomainParser(fields={"a": "date"})
    assert parser.parse([("a", "in", ["2026-01-31", None])]) == [("a", "in", ["2026-01-31", False])]


def test_rules_are_looked_at_when_they_are_made():
    for options in (
        {"fields": {"a": "json"}}, {"fields": {"a": 5}}, {"fields": {5: "char"}}, {"fields": "name"}, {"fields": 5}, {"fields": [5]},
        {"operators": ["any!"]}, {"operators": ["~"]}, {"operators": "="}, {"max_depth": 65}, {"max_leaves": -1}, {"max_bytes": "a"},
    ):  # fmt: skip
        with pytest.raises(ParameterError):
            DomainParser(**options)


@pytest.mark.asvs("v5.0.0-2.2.1", "v5.0.0-1.5.3")
def test_json_is_what_the_standard_library_reads_or_refused():
    text = '{"a": [1, -2.5e3, "\\u00e9\\ud83d\\ude00", null, true], "b": {}}'
    assert parse_json(text) == json.loads(text) == parse_json(text.encode())
    for source, code in (
        ("NaN", "json"),
        ('{"a":1,"a":2}', "json_duplicate"),
        (b"\xef\xbb\xbf1", "json"),
        ("[1]x", "json"),
        (5, "type"),
    ):
        with pytest.raises(InvalidInput) as error:
            parse_json(source, field="body")
        assert (error.value.code, error.value.field) == (code, "body")
    for source, limits in (
        ("[[1]]", {"max_depth": 1}),
        ("[1,2]", {"max_items": 1}),
        ('{"a":1}', {"max_keys": 0}),
        ("[12]", {"max_bytes": 3}),
    ):
        with pytest.raises(InputTooLarge):
            parse_json(source, **limits)
    with pytest.raises(ParameterError):
        parse_json("1", max_depth=101)


TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | TEXT,
        lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
        max_leaves=20,
    )
)
def test_json_comes_back_as_it_was_written(value):
    assert repr(parse_json(json.dumps(value))) == repr(value)
    assert repr(parse_json(json.dumps(value, ensure_ascii=False))) == repr(value)


def test_near_domains_are_read_or_refused():
    """A million of them once: docs/testing.md."""
    passed, _ = run(20_000)
    assert 1_000 < passed < 19_000
    assert len(FIELDS) > 10


SCHEMAS = {
    "res.partner": {
        "id": {"type": "integer", "store": True, "searchable": True},
        "name": {"type": "char", "store": True, "searchable": True},
        "display_name": {"type": "char", "store": False, "searchable": True},
        "parent_id": {"type": "many2one", "relation": "res.partner", "store": True, "searchable": True},
        "country_id": {"type": "many2one", "relation": "res.country", "store": True, "searchable": True},
        "city_of": {"type": "char", "related": "parent_id.city", "store": False, "searchable": True},
        "computed": {"type": "char", "store": False, "searchable": True},
        "hidden": {"type": "char", "store": False, "searchable": False},
        "extra": {"type": "properties", "store": True, "searchable": True},
    },
    "res.country": {"id": {"type": "integer", "store": True}, "code": {"type": "char", "store": True}},
}


class Odoo:
    async def execute_kw(self, model, method, args, kwargs):
        assert method == "fields_get"
        return SCHEMAS[model]


async def test_types_are_read_from_odoo():
    paths = [
        "id",
        "name",
        "display_name",
        "parent_id",
        "parent_id.parent_id",
        "country_id",
        "country_id.code",
        "country_id.id",
        "city_of",
    ]
    types = await search_fields(Odoo(), "res.partner", paths)
    assert types == dict(
        zip(
            paths,
            ["integer tree", "char", "char", "many2one tree", "many2one tree", "many2one", "char", "integer", "char"],
            strict=True,
        )
    )
    assert DomainParser(fields=types).parse([("parent_id", "child_of", 1)])
    for path in ("computed", "hidden", "extra", "nothing", "name.id", "country_id.name", ""):
        with pytest.raises(PolicyError):
            await search_fields(Odoo(), "res.partner", [path])

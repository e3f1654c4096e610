"""Structured Fields: what we write is what a parser that follows the RFC reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security.errors import ParameterError
from zenoo_security.web.structured import integer, item, string

from .structured_fields import Malformed, parse_list

PRINTABLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=40)
KEYS = st.from_regex(r"[a-z*][a-z0-9_.*-]{0,10}", fullmatch=True)
INTEGERS = st.integers(-999_999_999_999_999, 999_999_999_999_999)


@pytest.mark.parametrize(
    ("field", "members"),
    [
        (b'"burst";q=100;w=60, "daily";q=1000;w=86400', [("burst", {"q": 100, "w": 60}), ("daily", {"q": 1000, "w": 86400})]),
        (b'"burst";r=50;t=30', [("burst", {"r": 50, "t": 30})]),
        (b'"a \\" and \\\\", -7', [('a " and \\', {}), (-7, {})]),
    ],
)  # fmt: skip
def test_the_parser_of_these_tests_reads_the_examples(field, members):
    """Those of draft-ietf-httpapi-ratelimit-headers, and of RFC 9651, sections 3.3.1 and 3.3.3."""
    assert parse_list(field) == members


@pytest.mark.parametrize(
    "field", [b'"a', b'"a",', b'"a" "b"', b'"a";Q=1', b'"a";q', b"1000000000000000", b'"\\a"', b"token", b'"a"; q =1']
)
def test_the_parser_of_these_tests_refuses_what_is_malformed(field):
    with pytest.raises(Malformed):
        parse_list(field)


@given(st.lists(st.tuples(PRINTABLE, st.dictionaries(KEYS, INTEGERS, max_size=4)), min_size=1, max_size=4))
def test_what_is_written_is_read(members):
    field = b", ".join(item(text, parameters) for text, parameters in members)
    assert parse_list(field) == members


@pytest.mark.parametrize("text", ["a\r\nset-cookie: b", "é", "\x7f", "\0", "a\tb"])
def test_what_a_string_cannot_have_is_refused(text):
    with pytest.raises(ParameterError):
        string(text)


@pytest.mark.parametrize("number", [10**15, -(10**15)])
def test_a_number_of_sixteen_digits_is_refused(number):
    with pytest.raises(ParameterError):
        integer(number)


@pytest.mark.parametrize("key", ["Q", "", "1a", "a b"])
def test_a_key_that_is_none_is_refused(key):
    with pytest.raises(ParameterError):
        item("burst", {key: 1})

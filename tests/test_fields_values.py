"""Values of each Odoo type: taken as Odoo takes them over RPC, kept as Odoo answers with them."""

from __future__ import annotations

import math
from datetime import date, datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security.errors import InvalidInput
from zenoo_security.fields import TYPES
from zenoo_security.fields.values import EMPTY, plain_value
from zenoo_security.validate import CODES

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)

TAKEN = [
    ("char", "O'Brien & <Söhne>", "O'Brien & <Söhne>"),
    ("text", " two\nlines ", " two\nlines "),
    ("selection", "other", "other"),
    ("integer", 17, 17),
    ("integer", "17", 17),
    ("integer", 17.9, 17),
    ("integer", True, 1),
    ("integer", -(2**31), -(2**31)),
    ("float", 1.5, 1.5),
    ("float", "1.5", 1.5),
    ("float", 2, 2.0),
    ("monetary", 1e-9, 1e-9),
    ("boolean", True, True),
    ("boolean", 1, True),
    ("date", "2026-11-24", "2026-11-24"),
    ("date", "2026-11-24 23:59:59", "2026-11-24"),
    ("date", date(2026, 11, 24), "2026-11-24"),
    ("date", datetime(2026, 11, 24, 23, 59), "2026-11-24"),  # noqa: DTZ001
    ("datetime", "2026-11-24 23:59:59", "2026-11-24 23:59:59"),
    ("datetime", "2026-11-24 23:59", "2026-11-24 23:59:00"),
    ("datetime", "2026-11-24", "2026-11-24 00:00:00"),
    ("datetime", datetime(2026, 11, 24, 1, 2, 3, 4), "2026-11-24 01:02:03"),  # noqa: DTZ001
    ("datetime", date(2026, 11, 24), "2026-11-24 00:00:00"),
    ("html", "hello", "<p>hello</p>"),
    ("html", "hello <b>you</b>", "<p>hello <b>you</b></p>"),
    ("html", "a & b < c", "<p>a &amp; b &lt; c</p>"),
    ("html", "<div>x</div>", "<div>x</div>"),
    ("html", "<span>x</span>", "<span>x</span>"),
    ("html", "text <p>x</p>", "text <p>x</p>"),
    ("html", " <p>x</p>", "<p>x</p>"),
    ("html", '<p style="color:red">x</p>', '<p style="color:red">x</p>'),
    ("html", "<p onclick='steal()'>x</p><script>steal()</script>", "<p>x</p>"),
]


@pytest.mark.parametrize(("odoo_type", "value", "kept"), TAKEN)
def test_a_value_is_kept_as_odoo_would_answer_with_it(odoo_type, value, kept):
    plain = plain_value(odoo_type, value)
    assert plain == kept
    assert type(plain) is type(kept)
    assert plain_value(odoo_type, plain) == kept, "what was read can be written back"


@pytest.mark.parametrize("odoo_type", sorted(TYPES))
def test_an_empty_value_of_any_type_is_none(odoo_type):
    for empty in (None, False, EMPTY.get(odoo_type, False)):
        assert plain_value(odoo_type, empty) is None
    assert plain_value(odoo_type, 0 if odoo_type == "boolean" else "") is None


def test_html_of_which_nothing_is_left_is_empty():
    assert plain_value("html", "<script>steal()</script>") is None
    assert plain_value("html", " \n ") is None


REFUSED = [
    ("char", 5, "type"),
    ("char", b"x", "type"),
    ("char", ["x"], "type"),
    ("char", "a\0b", "control"),
    ("text", True, "type"),
    ("html", 5, "type"),
    ("selection", 5, "type"),
    ("integer", "SECRET", "type"),
    ("integer", [1], "type"),
    ("integer", math.nan, "type"),
    ("integer", math.inf, "type"),
    ("integer", 2**31, "out_of_range"),
    ("float", "SECRET", "type"),
    ("float", math.nan, "out_of_range"),
    ("monetary", "1e999", "out_of_range"),
    ("boolean", "SECRET", "type"),
    ("boolean", 2, "type"),
    ("date", "24.11.2026", "type"),
    ("date", "2026-02-30", "type"),
    ("date", 20261124, "type"),
    ("datetime", "2026-11-24T01:02:03", "type"),
    ("datetime", "2026-11-24 01:02:03.5", "type"),
    ("datetime", "SECRET", "type"),
    ("datetime", 20261124, "type"),
    ("datetime", datetime(2026, 11, 24, tzinfo=timezone.utc), "type"),
]


@pytest.mark.asvs("v5.0.0-2.2.1")
@pytest.mark.parametrize(("odoo_type", "value", "code"), REFUSED)
def test_a_value_of_another_type_is_refused_without_being_quoted(odoo_type, value, code):
    with pytest.raises(InvalidInput) as caught:
        plain_value(odoo_type, value)
    assert caught.value.code == code
    assert caught.value.args[0] == CODES[code]
    assert "SECRET" not in str(caught.value)
    assert caught.value.__context__ is None or caught.value.__suppress_context__


@given(TEXT)
def test_text_is_kept_as_it_is(text):
    assert plain_value("char", text) == plain_value("text", text) == plain_value("selection", text) == text


@given(st.dates(), st.times())
def test_a_moment_is_the_same_as_object_and_as_text(day, time):
    moment = datetime.combine(day, time)
    assert plain_value("datetime", plain_value("datetime", moment)) == plain_value("datetime", moment)
    assert plain_value("date", moment) == plain_value("date", day) == day.isoformat()


@given(st.integers(-(2**31), 2**31 - 1), st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_kept_and_zero_is_empty(integer, number):
    assert plain_value("integer", integer) == (integer or None)
    assert plain_value("float", number) == plain_value("monetary", number) == (number or None)


@given(TEXT)
def test_cleaning_html_again_changes_nothing(text):
    once = plain_value("html", text)
    assert once is None or plain_value("html", once) == once

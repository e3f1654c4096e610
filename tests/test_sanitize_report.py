"""A report says how much cleaning took out, by kind, and never what."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security import errors
from zenoo_security.sanitize import Report, clean, clean_html, clean_text

MARK = "zq7secret"


def test_each_kind_of_character_is_counted() -> None:
    report = Report()
    assert report.clean_text(" a\x00\x9f\u202e\u2066\u200b\ufeff\U000e0041\ufdd0\ud800b\r\n") == "ab"
    assert report.removed == {
        "control": 2,
        "bidirectional": 2,
        "invisible": 3,
        "noncharacter": 1,
        "surrogate": 1,
        "space": 2,
    }


def test_counts_of_several_calls_add_up() -> None:
    report = Report()
    report.clean_text(" a")
    report.clean(["b\x00 ", {"c": ("\x00d", 1, None)}])
    report.clean_html("<p onclick=x>e</p>")
    assert report.removed == {"space": 2, "control": 2, "event_handlers": 1}


def test_what_is_changed_and_not_taken_out_is_not_counted() -> None:
    report = Report()
    assert report.clean_text("So\u0308hne\r\nx") == "Söhne\nx"
    assert report.clean_text("a\tb\nc", multiline=False) == "a b c"
    assert report.removed == {}


@pytest.mark.parametrize("profile", ["strict", "default", "odoo"])
def test_markup_is_counted_by_profile(profile: Any) -> None:
    report = Report()
    report.clean_html("<p class='a b' style='color:red'>x<img src=/x></p>", profile)
    expected = {
        "strict": {"classes": 2, "styles": 1, "media": 1, "addresses": 1},
        "default": {"classes": 2, "styles": 1},
        "odoo": {},
    }
    assert report.removed == expected[profile]


ANY_TEXT = st.text(st.characters(exclude_categories=[]))
VALUES = st.recursive(
    st.none() | st.integers() | ANY_TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner) | st.tuples(inner, inner),
    max_leaves=20,
)


@given(VALUES, st.booleans())
def test_a_report_cleans_as_the_functions_do(value: Any, multiline: bool) -> None:
    report = Report()
    cleaned = report.clean(value, multiline=multiline)
    assert cleaned == clean(value, multiline=multiline)
    told = Report()
    told.clean(cleaned, multiline=multiline)
    assert told.removed == {}


@given(ANY_TEXT, st.booleans())
def test_a_text_in_a_structure_counts_as_a_text_alone(text: str, multiline: bool) -> None:
    one, other = Report(), Report()
    assert one.clean_text(text, multiline=multiline) == clean_text(text, multiline=multiline)
    other.clean({"a": [text]}, multiline=multiline)
    assert one.removed == other.removed


@given(st.text(st.sampled_from("<>/=\"'&;abpistyle onclick script!--\x00\n"), max_size=80))
def test_clean_markup_loses_nothing(markup: str) -> None:
    report = Report()
    cleaned = report.clean_html(markup, "odoo")
    assert cleaned == clean_html(markup, "odoo")
    again = Report()
    again.clean_html(cleaned, "odoo")
    assert again.removed == {}


@pytest.mark.asvs("v5.0.0-16.2.5")
def test_a_report_holds_no_input() -> None:
    report = Report()
    report.clean({MARK: f"\x00{MARK}\x00"})
    report.clean_html(f"<{MARK} {MARK}={MARK}><p on{MARK}=1 t-{MARK}=2><!--{MARK}-->")
    assert MARK not in json.dumps(report.removed) + repr(report)
    assert report.removed


def test_what_the_functions_refuse_is_refused() -> None:
    report = Report()
    for call in (
        lambda: report.clean({"a"}),
        lambda: report.clean_text(b"a"),  # type: ignore[arg-type]
        lambda: report.clean_html("\ud800"),
    ):
        with pytest.raises(errors.InvalidInput):
            call()
    with pytest.raises(errors.ParameterError):
        report.clean_html("a", "none")  # type: ignore[arg-type]
    assert report.removed == {}

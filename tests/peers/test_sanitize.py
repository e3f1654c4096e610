"""Same input, same output as the peers."""

from __future__ import annotations

import html
from urllib.parse import quote

import markupsafe
import nh3
from hypothesis import given
from hypothesis import strategies as st

from conftest import load_vectors
from zenoo_security import sanitize

MARKUP = st.text(st.sampled_from("<>/=\"'&;ab pistyle href onclick\n")) | st.sampled_from(
    [vector["in"] for vector in load_vectors("sanitize")["active_html"]]
)


@given(st.text())
def test_html_is_escaped_as_the_standard_library_does(text: str) -> None:
    assert sanitize.escape_html(text) == html.escape(text)


@given(st.text())
def test_html_is_escaped_as_markupsafe_does_in_another_spelling(text: str) -> None:
    spelled = str(markupsafe.escape(text)).replace("&#34;", "&quot;").replace("&#39;", "&#x27;")
    assert sanitize.escape_html(text) == spelled


@given(st.text())
def test_url_parts_are_encoded_as_the_standard_library_does(text: str) -> None:
    assert sanitize.encode_url_part(text) == quote(text, safe="")


@given(MARKUP)
def test_markup_is_cleaned_as_nh3_does_with_the_same_schemes(markup: str) -> None:
    assert sanitize.clean_html(markup) == nh3.clean(markup, url_schemes={"http", "https", "mailto", "tel"})

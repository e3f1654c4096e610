"""Same input, same output as the peers."""

from __future__ import annotations

import html
import re
from typing import Literal
from urllib.parse import quote

import markupsafe
import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import load_vectors
from zenoo_security import sanitize

CORPUS = load_vectors("xss")["payloads"]
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


SCHEMES = {"http", "https", "mailto", "tel"}


def without_citations(element: str, attribute: str, value: str) -> str | None:
    """The one difference beside the schemes: `cite` is an address for us."""
    scheme = re.match(r"([a-z][a-z0-9+.-]*):", value.strip(), re.IGNORECASE)
    return None if attribute == "cite" and scheme and scheme[1].lower() not in SCHEMES else value


@given(MARKUP)
def test_markup_is_cleaned_as_nh3_does_with_the_same_schemes(markup: str) -> None:
    assert sanitize.clean_html(markup) == nh3.clean(markup, url_schemes=SCHEMES, attribute_filter=without_citations)


@pytest.mark.parametrize("kind", CORPUS)
def test_the_corpus_is_cleaned_as_nh3_does(kind: str) -> None:
    """The profile `strict` is nh3 without images; with schemes of its own, nh3 keeps addresses that start programs."""
    for markup in CORPUS[kind]:
        same = {"url_schemes": SCHEMES, "attribute_filter": without_citations}
        assert sanitize.clean_html(markup) == nh3.clean(markup, **same)
        assert sanitize.clean_html(markup, "strict") == nh3.clean(markup, tags=nh3.ALLOWED_TAGS - {"img"}, **same)
        theirs = nh3.clean(markup)
        kept = {value.partition(":")[0].lower() for value in re.findall(r' (?:cite|href|src)="([^"]*:[^"]*)"', theirs)}
        assert sanitize.clean_html(markup) == theirs or kept - SCHEMES, markup


@pytest.mark.parametrize("profile", ["strict", "default", "odoo"])
def test_cleaning_the_corpus_again_changes_nothing(profile: Literal["strict", "default", "odoo"]) -> None:
    for payloads in CORPUS.values():
        for markup in payloads:
            once = sanitize.clean_html(markup, profile)
            assert sanitize.clean_html(once, profile) == once

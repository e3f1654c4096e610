"""Cleaning and encoding: known answers, properties, bad input."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import json
import re
import unicodedata
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import load_vectors
from zenoo_security import errors, sanitize

VECTORS = load_vectors("sanitize")
ENCODERS = {name: getattr(sanitize, name) for name in VECTORS["encoders"]}
PROFILES = ("strict", "default", "odoo")
PLAIN = "Plain-123"
# The last four are the full-width forms of the first four.
FORMULA_STARTS = set("=+-@\uff1d\uff0b\uff0d\uff20")

ANY_TEXT = st.text(st.characters(exclude_categories=[]))
UNICODE_TEXT = st.text()


def pairs(vectors: list[dict[str, str]]) -> list[Any]:
    return [pytest.param(vector["in"], vector["out"], id=ascii(vector["in"])[:40]) for vector in vectors]


# --- known answers ---


@pytest.mark.asvs("v5.0.0-1.1.1")
@pytest.mark.parametrize(("text", "expected"), pairs(VECTORS["clean_multiline"]))
def test_cleaning_gives_the_known_answer(text: str, expected: str) -> None:
    assert sanitize.clean_text(text) == expected
    assert sanitize.clean([text]) == [expected]


@pytest.mark.parametrize(("text", "expected"), pairs(VECTORS["clean_single_line"]))
def test_cleaning_to_one_line_gives_the_known_answer(text: str, expected: str) -> None:
    assert sanitize.clean_text(text, multiline=False) == expected
    assert sanitize.clean((text,), multiline=False) == (expected,)


@pytest.mark.asvs("v5.0.0-1.2.1", "v5.0.0-1.2.2", "v5.0.0-1.2.3", "v5.0.0-1.2.9", "v5.0.0-1.2.10", "v5.0.0-5.3.2")
@pytest.mark.parametrize(
    ("encoder", "text", "expected"),
    [(name, vector["in"], vector["out"]) for name, vectors in VECTORS["encoders"].items() for vector in vectors],
)
def test_an_encoder_gives_the_known_answer(encoder: str, text: str, expected: str) -> None:
    assert ENCODERS[encoder](text) == expected


@pytest.mark.asvs("v5.0.0-1.3.7")
@pytest.mark.parametrize(
    ("encoder", "text"),
    [(name, vector["in"]) for name, vectors in VECTORS["refused"].items() for vector in vectors],
)
def test_what_cannot_be_made_safe_is_refused(encoder: str, text: str) -> None:
    with pytest.raises(errors.InvalidInput):
        ENCODERS[encoder](text)


# --- rich HTML ---

ACTIVE_ELEMENTS = frozenset(
    [
        "script",
        "style",
        "iframe",
        "frame",
        "frameset",
        "object",
        "embed",
        "applet",
        "svg",
        "math",
        "form",
        "input",
        "button",
        "select",
        "textarea",
        "keygen",
        "isindex",
        "base",
        "meta",
        "link",
        "template",
        "noscript",
        "title",
        "xmp",
        "plaintext",
        "listing",
        "video",
        "audio",
        "source",
        "portal",
        "marquee",
        "bgsound",
        "t",
    ]
)
ADDRESSES = frozenset({"href", "src", "action", "formaction", "poster", "data", "background", "ping", "xlink:href"})
SCHEMES = {"http", "https", "mailto", "tel"}


class ActiveContent(HTMLParser):
    """Collects what a browser would run, load as a document, or lay over the page."""

    def __init__(self, profile: str) -> None:
        super().__init__()
        self.profile = profile
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ACTIVE_ELEMENTS:
            self.found.append(tag)
        for name, value in attrs:
            if self.is_active(tag, name, value or ""):
                self.found.append(f"{tag} {name}={value}")

    def is_active(self, tag: str, name: str, value: str) -> bool:
        if name in ADDRESSES:
            # The URL standard: C0 and space around it, and tab and line breaks in it, do not count.
            url = value.strip("".join(map(chr, range(33)))).translate({9: None, 10: None, 13: None})
            scheme = re.match(r"([a-z][a-z0-9+.-]*):", url, re.IGNORECASE)
            embedded = self.profile == "odoo" and tag == "img" and value.startswith(("data:image/png;", "cid:"))
            return scheme is not None and scheme[1].lower() not in SCHEMES and not embedded
        if name == "style":
            return self.profile != "odoo" or any(word in value for word in ("position", "url(", "background-image"))
        if name == "class":
            return self.profile != "odoo" or "position-" in value or "stretched" in value
        return name.startswith(
            ("on", "t-", "data-oe-field", "data-oe-type", "data-oe-expr", "data-embedded")
        ) or name in {
            "id",
            "name",
            "srcdoc",
        }


def active_content(markup: str, profile: str) -> list[str]:
    parser = ActiveContent(profile)
    parser.feed(markup)
    parser.close()
    return parser.found


@pytest.mark.asvs("v5.0.0-1.3.1", "v5.0.0-1.3.7", "v5.0.0-1.3.5")
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("markup", [vector["in"] for vector in VECTORS["active_html"]])
def test_no_active_content_survives_cleaning(markup: str, profile: str) -> None:
    cleaned = sanitize.clean_html(markup, profile)
    assert active_content(cleaned, profile) == []
    assert sanitize.clean_html(cleaned, profile) == cleaned


def test_the_detector_of_active_content_detects() -> None:
    """The test above would pass with a blind detector: most payloads are seen before they are cleaned."""
    seen = [bool(active_content(vector["in"], "default")) for vector in VECTORS["active_html"]]
    assert sum(seen) > 0.8 * len(seen)


def test_the_strict_profile_is_the_default_without_images() -> None:
    markup = '<p>Dear <b>Ann</b>, <img src="https://example.com/1.png">see <a href="/offer">this</a>.</p>'
    expected = '<p>Dear <b>Ann</b>, see <a href="/offer" rel="noopener noreferrer">this</a>.</p>'
    assert sanitize.clean_html(markup, "strict") == expected


def test_the_default_profile_keeps_plain_markup() -> None:
    markup = '<h1>Offer</h1><p>Dear <b>Ann</b>, see <a href="https://example.com/?a=1&amp;b=2">this</a>.</p><ul><li>1</li></ul>'
    expected = markup.replace('b=2"', 'b=2" rel="noopener noreferrer"')
    assert sanitize.clean_html(markup) == expected


@pytest.mark.parametrize(
    "kept",
    [
        '<p class="lead text-center" style="color:red">x</p>',
        '<img src="data:image/png;base64,iVBORw0KGgo=">',
        '<img src="cid:logo@example.com">',
        '<img src="/logo.png" style="width:50%;height:auto">',
        '<img src="/web/image/42" alt="logo" width="10">',
        '<blockquote data-o-mail-quote="1" data-o-mail-quote-node="1">x</blockquote>',
        '<font color="#ff0000">x</font>',
        '<table border="0" cellpadding="3"><tbody><tr><td colspan="2" style="text-align:left">x</td></tr></tbody></table>',
        '<div style="background-color:rgb(1, 2, 3);padding:3px">x</div>',
    ],
)
def test_the_odoo_profile_keeps_what_html_fields_need(kept: str) -> None:
    assert sanitize.clean_html(kept, "odoo") == kept


def test_the_odoo_profile_keeps_mentions_and_opens_links_safely() -> None:
    markup = '<a href="/odoo/res.partner/3" class="o_mail_redirect" data-oe-model="res.partner" data-oe-id="3" target="_blank">@Ann</a>'
    cleaned = sanitize.clean_html(markup, "odoo")
    assert cleaned == markup.replace(">@", ' rel="noopener noreferrer">@')


@pytest.mark.parametrize("profile", PROFILES)
def test_the_source_of_a_quotation_is_an_address(profile: Any) -> None:
    for element in ("blockquote", "q", "ins", "del"):
        assert "cite" not in sanitize.clean_html(f'<{element} cite="javascript:alert(1)">x</{element}>', profile)
        kept = f'<{element} cite="https://example.com/">x</{element}>'
        assert sanitize.clean_html(kept, profile) == kept


@pytest.mark.parametrize(
    "uri", ["data:image/svg+xml,x", "data:text/html,x", "data:,x", "DATA:image/svg+xml;base64,x", "da\tta:text/html,x"]
)
@pytest.mark.parametrize("markup", ['<img src="{}">', '<a href="{}">x</a>'])
def test_the_odoo_profile_refuses_data_urls_other_than_raster_images(markup: str, uri: str) -> None:
    assert "ata:" not in sanitize.clean_html(markup.format(uri), "odoo")


def test_embedded_images_are_for_images_alone() -> None:
    assert "data:" not in sanitize.clean_html('<a href="data:image/png;base64,iVBORw0KGgo=">x</a>', "odoo")
    assert "cid:" not in sanitize.clean_html('<a href="cid:logo">x</a>', "odoo")
    assert "data:" not in sanitize.clean_html('<img src="data:image/png;base64,iVBORw0KGgo=">')


@given(
    st.text(st.sampled_from("<>/=\"'`&;:!-[]?abpistyle xsvgmathonerrorjavascript\x00\n"), max_size=120),
    st.sampled_from(PROFILES),
)
def test_any_markup_becomes_inactive_and_stable(markup: str, profile: str) -> None:
    cleaned = sanitize.clean_html(markup, profile)
    assert active_content(cleaned, profile) == []
    assert sanitize.clean_html(cleaned, profile) == cleaned


# --- properties ---


@given(ANY_TEXT, st.booleans())
def test_cleaning_is_idempotent_and_leaves_nothing_invisible(text: str, multiline: bool) -> None:
    once = sanitize.clean_text(text, multiline=multiline)
    assert sanitize.clean_text(once, multiline=multiline) is once
    assert unicodedata.is_normalized("NFC", once)
    assert once == once.strip()
    allowed = "\n\t" if multiline else ""
    assert not [c for c in once if unicodedata.category(c) in {"Cc", "Cs"} and c not in allowed]
    assert not set(once) & set("\u200b\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")


@given(UNICODE_TEXT)
def test_cleaning_changes_nothing_but_form_and_invisible_characters(text: str) -> None:
    visible = "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cf", "Cn", "Co", "Zl", "Zp"})
    kept = "".join(c for c in sanitize.clean_text(text) if unicodedata.category(c) not in {"Cc", "Cf", "Cn", "Co"})
    squeeze = lambda value: "".join(unicodedata.normalize("NFC", value).split())  # noqa: E731
    assert squeeze(kept) == squeeze(visible)


@given(UNICODE_TEXT)
def test_html_decodes_to_the_original(text: str) -> None:
    assert html.unescape(sanitize.escape_html(text)) == html.unescape(html.escape(text))
    assert set(sanitize.escape_html(text)).isdisjoint("<>\"'")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_attributes_decode_to_the_original_with_and_without_quotes(text: str) -> None:
    encoded = sanitize.escape_attribute(text)
    assert html.unescape(encoded) == text
    assert set(encoded).isdisjoint("<>\"'`=/ \t\n\f\r")


@given(UNICODE_TEXT)
def test_js_strings_decode_to_the_original_and_close_nothing(text: str) -> None:
    encoded = sanitize.escape_js(text)
    assert json.loads(f'"{encoded}"') == text
    assert set(encoded).isdisjoint("<>&\"'`$\u2028\u2029")


@given(UNICODE_TEXT)
def test_url_parts_decode_to_the_original(text: str) -> None:
    assert unquote(sanitize.encode_url_part(text), errors="strict") == text
    assert sanitize.encode_url_part(text) == quote(text, safe="")


@given(st.lists(UNICODE_TEXT, min_size=1, max_size=5))
def test_csv_readers_read_the_cells_back_and_see_no_formula(cells: list[str]) -> None:
    record = ",".join(sanitize.encode_csv_cell(cell) for cell in cells) + "\r\n"
    rows = list(csv.reader(io.StringIO(record, newline=""), strict=True))
    read = rows[0] if rows and rows[0] else [""]
    assert [cell.removeprefix("'") for cell in read] == [cell.removeprefix("'") for cell in cells]
    assert not [cell for cell in read if cell.lstrip()[:1] in FORMULA_STARTS or cell[:1] in {"\t", "\r", "\n", "\0"}]


@given(UNICODE_TEXT)
def test_like_patterns_hold_no_wildcard(text: str) -> None:
    encoded = sanitize.escape_like(text)
    assert encoded.replace("\\\\", "").replace("\\%", "").replace("\\_", "").count("%") == 0
    assert "_" not in encoded.replace("\\\\", "").replace("\\_", "")


@given(ANY_TEXT)
def test_header_values_are_visible_ascii_or_refused(text: str) -> None:
    try:
        value = sanitize.header_value(text)
    except errors.InvalidInput:
        return
    assert all(c == "\t" or " " <= c <= "~" for c in value)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
def test_file_names_stay_in_their_folder_and_are_stable(name: str) -> None:
    try:
        safe = sanitize.safe_file_name(name)
    except errors.InvalidInput:
        return
    assert len(safe.encode()) <= 255
    assert set(safe).isdisjoint('/\\\x00:*?"<>|')
    assert not safe.startswith((".", "-"))
    assert not safe.endswith((".", " "))
    assert sanitize.safe_file_name(safe) == safe


@pytest.mark.asvs("v5.0.0-5.4.2")
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_a_content_disposition_is_a_header_from_which_the_name_is_read_back(name: str) -> None:
    try:
        value = sanitize.attachment(name)
    except errors.InvalidInput:
        return
    safe = sanitize.safe_file_name(name)
    assert sanitize.header_value(value) == value
    match = re.fullmatch(
        r"""attachment; filename="([^"\\%]+)"(?:; filename\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~%-]+))?""", value
    )
    assert match
    plain, extended = match.groups()
    assert len(plain) == len(safe)
    assert (plain == safe) == (extended is None)
    assert unquote(extended or plain, errors="strict") == safe


# --- the same object ---


@pytest.mark.parametrize("encoder", list(ENCODERS))
def test_text_that_needs_no_encoding_comes_back_as_the_same_object(encoder: str) -> None:
    assert ENCODERS[encoder](PLAIN) is PLAIN


@pytest.mark.parametrize(
    "text", ["", PLAIN, "x" * 100_000, "O'Brien & Söhne <GmbH>", "Nguyễn Thị Ánh", "株式会社", "नमस्ते", "👩‍🚀"]
)
def test_clean_text_comes_back_as_the_same_object(text: str) -> None:
    assert sanitize.clean_text(text) is text


def test_a_clean_structure_comes_back_as_the_same_object() -> None:
    data = {"name": "O'Brien", "tags": ["a", ("b", {"c": 1})], "n": None}
    assert sanitize.clean(data) is data


def test_only_what_changes_is_copied_and_the_caller_keeps_his_own() -> None:
    data = {"clean": ["a"], "dirty": [" b ", {"c": "d\x00"}], "pair": (" e ", 1)}
    cleaned = sanitize.clean(data)
    assert cleaned == {"clean": ["a"], "dirty": ["b", {"c": "d"}], "pair": ("e", 1)}
    assert cleaned["clean"] is data["clean"]
    assert data == {"clean": ["a"], "dirty": [" b ", {"c": "d\x00"}], "pair": (" e ", 1)}


def test_the_order_of_keys_is_kept() -> None:
    assert list(sanitize.clean({"b": " x ", "a": " y ", "c": 1})) == ["b", "a", "c"]


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        2.5,
        b" \x00 ",
        Decimal(1),
        dt.date(2026, 1, 1),
        object(),
        {1: "a", None: "b", (" k ",): "c"},
    ],
)
def test_other_values_and_keys_pass_through(value: Any) -> None:
    assert sanitize.clean(value) is value


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | ANY_TEXT,
        lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner) | st.tuples(inner, inner),
        max_leaves=20,
    )
)
def test_the_walk_does_to_each_text_what_clean_text_does(value: Any) -> None:
    def expected(part: Any) -> Any:
        if isinstance(part, str):
            return sanitize.clean_text(part)
        if isinstance(part, dict):
            return {key: expected(item) for key, item in part.items()}
        if isinstance(part, list | tuple):
            return type(part)(expected(item) for item in part)
        return part

    once = sanitize.clean(value)
    assert once == expected(value)
    assert sanitize.clean(once) is once


class Text(str):
    __slots__ = ()


def test_subclasses_become_their_base_class_where_they_change() -> None:
    class Record(dict[str, Any]):
        pass

    clean = Record(name=Text("a"))
    assert sanitize.clean(clean) is clean
    cleaned = sanitize.clean(Record(name=Text(" a ")))
    assert type(cleaned) is dict
    assert type(cleaned["name"]) is str


# --- bad input ---


@pytest.mark.parametrize("function", [*ENCODERS.values(), sanitize.clean_text, sanitize.clean_html])
@pytest.mark.parametrize("value", [None, 1, b"bytes", ["a"]])
def test_what_is_not_text_is_refused(function: Any, value: Any) -> None:
    with pytest.raises(errors.InvalidInput):
        function(value)


@pytest.mark.parametrize("function", [*ENCODERS.values(), sanitize.clean_html])
def test_encoders_refuse_lone_surrogates(function: Any) -> None:
    with pytest.raises(errors.InvalidInput) as caught:
        function("secret\ud800")
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_cleaning_drops_lone_surrogates() -> None:
    assert sanitize.clean_text("a\ud800b\udfffc") == "abc"
    assert sanitize.clean({"name": ["a\udcff "]}) == {"name": ["a"]}
    assert sanitize.clean_text("\ud800") == ""


def test_ten_megabytes_are_cleaned_and_encoded() -> None:
    size = 10 * 1024 * 1024
    assert sanitize.clean_text(" " + "x" * size) == "x" * size
    assert len(sanitize.escape_html("<" * size)) == 4 * size
    assert len(sanitize.escape_js("\u2028" * size)) == 6 * size
    assert len(sanitize.encode_url_part("\u2028" * (size // 3))) == 9 * (size // 3)
    assert sanitize.clean_text("\u0301" * (size // 20)) == "\u0301" * (size // 20)
    assert len(sanitize.safe_file_name("x" * size)) == 255
    with pytest.raises(errors.InputTooLarge):
        sanitize.header_value("x" * size)
    with pytest.raises(errors.InputTooLarge):
        sanitize.clean_html("x" * size)


@pytest.mark.asvs("v5.0.0-1.3.3")
def test_limits_of_the_walk_are_exact() -> None:
    assert sanitize.clean([["a"]], max_depth=2, max_items=2, max_text_bytes=1) == [["a"]]
    for limit in ({"max_depth": 1}, {"max_items": 1}, {"max_text_bytes": 0}):
        with pytest.raises(errors.InputTooLarge):
            sanitize.clean([["a"]], **limit)
    with pytest.raises(errors.ParameterError):
        sanitize.clean([], max_depth=201)


def test_lone_surrogates_count_against_the_limit_of_text() -> None:
    with pytest.raises(errors.InputTooLarge):
        sanitize.clean(["\ud800" * 1000], max_text_bytes=999)


def test_huge_and_deep_values_are_refused_at_the_default_limits() -> None:
    deep: Any = "x"
    for _ in range(2000):
        deep = {"child": deep}
    for value in (deep, dict.fromkeys(range(100_001), "x"), ["x" * (10 * 1024 * 1024 + 1)]):
        with pytest.raises(errors.InputTooLarge):
            sanitize.clean(value)


def test_values_that_share_their_parts_are_counted_as_often_as_they_are_seen() -> None:
    shared: Any = ["x"]
    for _ in range(30):
        shared = [shared] * 10
    with pytest.raises(errors.InputTooLarge):
        sanitize.clean(shared)


@pytest.mark.parametrize("value", [{"a"}, [frozenset({"a"})]])
def test_sets_are_refused_because_their_texts_would_pass_uncleaned(value: Any) -> None:
    with pytest.raises(errors.InvalidInput):
        sanitize.clean(value)


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 100_000,
        "<p>" + "".join(f"<b x{kind}>" for kind in range(2_000)) + "</p>" + "<p>x" * 2_000,
        "<br>" * 100_001,
        "&" * 1_000_000,
        "\u00a0" * 1_000_000,
        f"<p {' '.join(f'a{number}' for number in range(100_000))}>",
        "".join(f"<html a{number}>" for number in range(90_000)),
        "".join(f"<b a{number}>" for number in range(4_000)) + "<b a></b>" * 40_000,
        "<span>" * 4_000 + "</x>" * 90_000,
        "<table>" + "<br>" * 90_000,
    ],
    ids=[
        *("depth", "growth", "tags", "ampersands", "spaces", "attributes", "root attributes", "formatting", "end tags"),
        "foster parents",
    ],
)
def test_markup_that_would_take_minutes_or_gigabytes_is_refused(markup: str) -> None:
    with pytest.raises(errors.InputTooLarge):
        sanitize.clean_html(markup)


def test_an_error_carries_a_code_and_a_sentence_and_no_input() -> None:
    with pytest.raises(errors.InvalidInput) as caught:
        sanitize.header_value("secret\r\nSet-Cookie: a=b")
    assert caught.value.code == "header_value"
    assert "ASCII" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(errors.ParameterError):
        sanitize.clean_html("x", "none")  # type: ignore[arg-type]

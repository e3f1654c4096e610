"""Cleaning and encoding beside markupsafe, the standard library, werkzeug, nh3, bleach and the guide's algorithm."""

from __future__ import annotations

import csv
import html
import io
import json
from collections import deque
from functools import partial
from importlib.metadata import version
from itertools import repeat
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import bleach
import markupsafe
import nh3
from harness import Row
from werkzeug.utils import secure_filename

from zenoo_security import sanitize

if TYPE_CHECKING:
    from collections.abc import Callable

MARKUPSAFE = f"markupsafe {version('markupsafe')}"
HTML = "html.escape"
GUIDE = "the guide's class"
NH3 = f"nh3 {version('nh3')}"
BLEACH = f"bleach {version('bleach')}"
WERKZEUG = f"werkzeug {version('werkzeug')}"
SCHEMES = {"http", "https", "mailto", "tel"}

CLEAN = "Azure Interior, Fremont."
# All five special characters, half of the text.
SPECIAL = "<i>\"A&B\" & 'C&D' <E></i>"
ARTICLE = "\n".join(
    f"<h2>Item {number}</h2><p class='x'>A <b>bold</b> offer &amp; a <a href='https://example.com/{number}?a=1&amp;b=2'>"
    f"link</a>, <i>valid</i> until <em>May</em>.</p><ul><li>one</li><li onclick='x()'>two</li></ul>"
    f"<table><tr><td colspan='2'>{number}.00</td></tr></table><img src='/web/image/{number}' alt='photo'>"
    f"{'<script>alert(1)</script>' if number % 10 == 0 else ''}"
    for number in range(180)
)[:50_000]


class GuideSanitizer:
    """What the guide's `InputSanitizer` does, defects 52 to 58 included."""

    dangerous = {"<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "&": "&amp;"}  # noqa: RUF012

    @classmethod
    def sanitize_string(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        for character, entity in cls.dangerous.items():
            value = value.replace(character, entity)
        return value.strip()

    @classmethod
    def sanitize_dict(cls, data: dict[str, Any]) -> dict[str, Any]:
        sanitized: dict[str, Any] = {}
        for key, value in data.items():
            clean_key = cls.sanitize_string(key)
            if isinstance(value, dict):
                sanitized[clean_key] = cls.sanitize_dict(value)
            elif isinstance(value, list):
                sanitized[clean_key] = [cls.sanitize_string(item) for item in value]
            else:
                sanitized[clean_key] = cls.sanitize_string(value)
        return sanitized


def records(count: int) -> list[dict[str, Any]]:
    """Partners as a form sends them: two of ten texts need work."""
    return [
        {
            "name": f" O'Brien & Söhne {number} ",
            "email": f"office{number}@example.com",
            "phone": "+49 30 901820",
            "street": f"Hauptstraße {number}",
            "street2": "Hinterhaus",
            "city": " Berlin",
            "zip": "10115",
            "vat": "DE136695976",
            "website": f"https://example.com/{number}?a=1&b=2",
            "comment": "Met at the fair; wants an offer for 12 desks <oak>.",
        }
        for number in range(count)
    ]


def hundred_calls(function: Callable[[str], str], text: str) -> Callable[[], object]:
    """A hundred calls by `map`: a call takes less time than the measuring loop around it."""
    return lambda: deque(map(function, repeat(text, 100)), maxlen=0)


def escape_row(name: str, text: str) -> Row:
    def check() -> None:
        assert sanitize.escape_html(text) == html.escape(text)
        assert (sanitize.escape_html(text) is text) == (html.escape(text) == text)

    return Row(
        name=f"HTML escape, {name}, 100 calls",
        ours=hundred_calls(sanitize.escape_html, text),
        peers={MARKUPSAFE: hundred_calls(markupsafe.escape, text), HTML: hundred_calls(html.escape, text)},
        times_as_fast={MARKUPSAFE: 3, HTML: 4},
        check=check,
    )


def csv_cell(text: str) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow([text])
    return written.getvalue()


def like_pattern(text: str) -> str:
    """As Django's `prep_for_like_query` does."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


#: What is encoded, by which function, by what is nearest to it, and a text with and without what has to be encoded.
ENCODERS: list[tuple[str, Callable[[str], str], dict[str, Callable[[str], str]], str, str]] = [
    ("CSV", sanitize.encode_csv_cell, {"csv.writer": csv_cell}, 'say "hi", then; "go on".', "Azure Interior - Fremont"),
    ("LIKE", sanitize.escape_like, {"str.replace": like_pattern}, "100% off_all, 50%_a_b_c.", CLEAN),
    ("JS", sanitize.escape_js, {"json.dumps": json.dumps}, SPECIAL, CLEAN),
    (
        "URL",
        sanitize.encode_url_part,
        {"urllib.parse.quote": partial(quote, safe="")},
        "a/b c?d=e&f=g#h i/j:k l.",
        "Azure-Interior_Fremont.1",
    ),
    (
        "file name",
        sanitize.safe_file_name,
        {"PureWindowsPath.name": lambda text: PureWindowsPath(text).name, WERKZEUG: secure_filename},
        "../../C:\\x\\of:fer?12.pdf",
        "invoice_2026-11-30_a.pdf",
    ),
]


def encoder_rows() -> list[Row]:
    """Encoders of 24 bytes each: none is slower than what is nearest to it."""
    return [
        Row(
            name=f"{place}, 24 B, {kind}, 100 calls",
            ours=hundred_calls(ours, text),
            peers={peer: hundred_calls(function, text) for peer, function in peers.items()},
            times_as_fast=dict.fromkeys(peers, 1),
        )
        for place, ours, peers, special, clean in ENCODERS
        for kind, text in (("clean", clean), ("special", special))
    ]


def sanitize_row() -> Row:
    data = records(1000)

    def check() -> None:
        for ours, guides in zip(sanitize.clean(data), map(GuideSanitizer.sanitize_dict, data), strict=True):
            assert ours.keys() == guides.keys()
            assert ours["name"] == html.unescape(html.unescape(guides["name"]))

    return Row(
        name="sanitize 1,000 dicts x 10 fields",
        ours=partial(sanitize.clean, data),
        peers={GUIDE: lambda: [GuideSanitizer.sanitize_dict(record) for record in data]},
        times_as_fast={GUIDE: 20},
        check=check,
    )


def rich_html_rows() -> list[Row]:
    """A row for each peer: whoever runs after bleach pays for the heap that it leaves behind, and loses a quarter."""
    tags, attributes = nh3.ALLOWED_TAGS, {tag: list(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}

    def check() -> None:
        assert sanitize.clean_html(ARTICLE) == nh3.clean(ARTICLE, url_schemes=SCHEMES)

    bleached = partial(bleach.clean, ARTICLE, tags=tags, attributes=attributes, strip=True)
    ours = partial(sanitize.clean_html, ARTICLE)
    return [
        Row("rich HTML, 50 KB", ours, {NH3: partial(nh3.clean, ARTICLE)}, times_as_fast={NH3: 0.95}, check=check),
        Row("rich HTML, 50 KB, beside bleach", ours, {BLEACH: bleached}, times_as_fast={BLEACH: 20}),
    ]


def rows() -> list[Row]:
    """The rows of this family."""
    return [
        escape_row("24 B, clean", CLEAN),
        escape_row("24 B, special", SPECIAL),
        escape_row("1 KB, clean", (CLEAN * 43)[:1024]),
        escape_row("1 KB, special", (SPECIAL * 43)[:1024]),
        *encoder_rows(),
        sanitize_row(),
        *rich_html_rows(),
    ]

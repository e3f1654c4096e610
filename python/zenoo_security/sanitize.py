r"""Text from outside: cleaned on its way in, encoded on its way out.

**On the way in**, `clean_text` and `clean` take out what nobody can see (NUL and other controls, bidirectional
overrides, zero-width and tag characters, lone surrogates), bring text to NFC and trim it. They escape nothing, so that
`O'Brien & Söhne <GmbH>` is stored as it is. Cleaning twice is cleaning once.

**On the way out**, each encoder makes text safe for one place: `escape_html`, `escape_attribute`, `escape_js`,
`encode_url_part`, `encode_csv_cell`, `escape_like`, `header_value`, `safe_file_name`, `attachment`. Encode last, once,
and never what goes into a database; encoding twice shows the reader `&amp;amp;`.

**Markup that is meant as markup** goes through `clean_html`, on the way in or out. **Text that goes into a template**
goes through `refuse_templates`. A `Report` cleans like the functions of the same names, and says what it took out.

>>> clean_text("  Azure\u202e Interior\x00 ")
'Azure Interior'
>>> clean({"name": " O'Brien ", "child_ids": [{"email": "a@example.com\x00"}]})
{'name': "O'Brien", 'child_ids': [{'email': 'a@example.com'}]}
>>> escape_html("O'Brien & Söhne <GmbH>")
'O&#x27;Brien &amp; Söhne &lt;GmbH&gt;'
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeVar

from zenoo_security._native import (
    clean,
    clean_html,
    clean_text,
    encode_csv_cell,
    encode_url_part,
    escape_attribute,
    escape_html,
    escape_js,
    escape_like,
    header_value,
    html_removed,
    refuse_templates,
    safe_file_name,
    text_removed,
)
from zenoo_security.errors import InvalidInput

__all__ = [
    "InputSanitizer",
    "Report",
    "attachment",
    "clean",
    "clean_html",
    "clean_text",
    "encode_csv_cell",
    "encode_url_part",
    "escape_attribute",
    "escape_html",
    "escape_js",
    "escape_like",
    "header_value",
    "refuse_templates",
    "safe_file_name",
]

_T = TypeVar("_T")


def attachment(file_name: str) -> str:
    """The value of `Content-Disposition` that has a browser save a file instead of showing it (RFC 6266, RFC 8187).

    Args:
        file_name: what to call it; cleaned as `safe_file_name` does.

    Raises:
        InvalidInput: there is no file name in it.

    >>> attachment("../invoice 7.pdf")
    'attachment; filename="invoice 7.pdf"'
    >>> print(attachment("für.pdf"))
    attachment; filename="f_r.pdf"; filename*=UTF-8''f%C3%BCr.pdf
    """
    name = safe_file_name(file_name)
    plain = "".join(char if " " <= char <= "~" and char not in '"\\%' else "_" for char in name)
    if plain == name:
        return f'attachment; filename="{plain}"'
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encode_url_part(name)}"


class Report:
    r"""Cleans, and says how much it took out: of what kind, never what it was. One for a request, a form, or an import.

    Attributes:
        removed: kind -> how many. Of text: `control`, `bidirectional`, `invisible` and `noncharacter` characters,
            `surrogate`, and `space` at the ends. Of markup: `scripts`, `style_sheets`, `frames`, `forms`, `media`,
            `elements`, `comments`, `event_handlers`, `directives`, `addresses`, `styles`, `classes`, `attributes`.

    >>> report = Report()
    >>> report.clean({"name": " O'Brien\u202e\x00"}), report.clean_html("<p onclick=x>Hi<script>y</script></p>")
    ({'name': "O'Brien"}, '<p>Hi</p>')
    >>> sorted(report.removed.items())
    [('bidirectional', 1), ('control', 1), ('event_handlers', 1), ('scripts', 1), ('space', 1)]
    """

    __slots__ = ("removed",)

    def __init__(self) -> None:
        self.removed: Counter[str] = Counter()

    def clean_text(self, text: str, *, multiline: bool = True) -> str:
        """As the function `clean_text` does."""
        cleaned = clean_text(text, multiline=multiline)
        if cleaned is not text:
            self.removed.update(text_removed(text, multiline=multiline))
        return cleaned

    def clean(self, value: _T, *, multiline: bool = True) -> _T:
        """As the function `clean` does, with its own limits."""
        cleaned = clean(value, multiline=multiline)
        for text in _changed(value, cleaned):
            self.removed.update(text_removed(text, multiline=multiline))
        return cleaned

    def clean_html(self, markup: str, profile: Literal["strict", "default", "odoo"] = "default") -> str:
        """As the function `clean_html` does."""
        cleaned = clean_html(markup, profile)
        self.removed.update(html_removed(markup, cleaned))
        return cleaned


def _changed(before: object, after: object) -> Iterator[str]:
    """The texts in `before` that `clean` has replaced; it has bounded how deep they are."""
    if before is after:
        return
    if isinstance(before, str):
        yield before
    elif isinstance(before, dict) and isinstance(after, dict):
        for key, value in dict.items(before):
            yield from _changed(value, after[key])
    elif isinstance(before, (list, tuple)) and isinstance(after, (list, tuple)):
        for old, new in zip(before, after, strict=True):
            yield from _changed(old, new)


class InputSanitizer:
    """The guide's class. Its two methods are for opposite directions.

    `sanitize_dict` is for input: it cleans and escapes nothing. `sanitize_string` is for output: it escapes for HTML,
    as the guide has it, and what it returns must not be stored.
    """

    @staticmethod
    def sanitize_string(value: str) -> str:
        """Text for an HTML page: cleaned, then escaped once. An output encoder, and not idempotent.

        Args:
            value: text from outside.

        Raises:
            InvalidInput: `value` is not text.

        >>> InputSanitizer.sanitize_string(" <b>O'Brien & Sons</b> ")
        '&lt;b&gt;O&#x27;Brien &amp; Sons&lt;/b&gt;'
        """
        return escape_html(clean_text(value))

    @staticmethod
    def sanitize_dict(data: Mapping[str, Any]) -> dict[str, Any]:
        r"""A new dict with every text in it cleaned, at any depth. Nothing is escaped, and keys stay as they are.

        Args:
            data: input for a record. It is not changed; parts that were clean are shared with the result.

        Raises:
            InvalidInput: `data` is not a mapping, or holds a set.
            InputTooLarge: deeper than 32 levels (or cyclic), over 100,000 items, or over 10 MiB of text.

        >>> InputSanitizer.sanitize_dict({"name": " O'Brien\x00 ", "domain": [("age", "<", 5)]})
        {'name': "O'Brien", 'domain': [('age', '<', 5)]}
        """
        if not isinstance(data, Mapping):
            raise InvalidInput("expected a mapping of field names to values", code="type")
        return clean(dict(data))

r"""Text from outside: cleaned on its way in, encoded on its way out.

**On the way in**, `clean_text` and `clean` take out what nobody can see (NUL and other controls, bidirectional
overrides, zero-width and tag characters, lone surrogates), bring text to NFC and trim it. They escape nothing, so that
`O'Brien & Söhne <GmbH>` is stored as it is. Cleaning twice is cleaning once.

**On the way out**, each encoder makes text safe for one place: `escape_html`, `escape_attribute`, `escape_js`,
`encode_url_part`, `encode_csv_cell`, `escape_like`, `header_value`, `safe_file_name`. Encode last, once, and never what
goes into a database; encoding twice shows the reader `&amp;amp;`.

**Markup that is meant as markup** goes through `clean_html`, on the way in or out.

>>> clean_text("  Azure\u202e Interior\x00 ")
'Azure Interior'
>>> clean({"name": " O'Brien ", "child_ids": [{"email": "a@example.com\x00"}]})
{'name': "O'Brien", 'child_ids': [{'email': 'a@example.com'}]}
>>> escape_html("O'Brien & Söhne <GmbH>")
'O&#x27;Brien &amp; Söhne &lt;GmbH&gt;'
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
    safe_file_name,
)
from zenoo_security.errors import InvalidInput

__all__ = [
    "InputSanitizer",
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
    "safe_file_name",
]


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

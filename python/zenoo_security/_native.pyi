"""The native module. Use the modules of the package above it; this file is for type checkers and for readers."""

from typing import Final, Literal, TypeVar

__all__ = ["__version__"]

__version__: Final[str]

# --- sanitize ---

_T = TypeVar("_T")

def clean(
    value: _T,
    /,
    *,
    multiline: bool = True,
    max_depth: int = 32,
    max_items: int = 100_000,
    max_text_bytes: int = 10_485_760,
) -> _T:
    """Clean every text in nested dicts, lists and tuples with `clean_text`, in one call.

    Nothing of the caller's is changed: containers are copied where something in them changes, and whatever is clean
    already, containers included, comes back as the same object. Keys, numbers, bytes and other objects stay. A subclass
    of dict, list, tuple or str becomes its base class where it changes. Idempotent.

    Args:
        value: anything; a search domain survives, because nothing is escaped.
        multiline: as in `clean_text`.
        max_depth: nested containers, 200 at most; a value that contains itself is too deep.
        max_items: items in all containers together.
        max_text_bytes: UTF-8 bytes of all texts together; keys do not count.

    Raises:
        InputTooLarge: a limit was reached; nothing is returned.
        InvalidInput: there is a set or a frozenset in it, whose texts cannot be cleaned in place.
        ParameterError: `max_depth` is over 200.
    """

def clean_text(text: str, /, *, multiline: bool = True) -> str:
    r"""Bring text to NFC, trim it, and take out what nobody can see. Idempotent; the same object when it was clean.

    Taken out: control characters (Unicode Cc), bidirectional embeddings, overrides and isolates (CVE-2021-42574),
    zero-width spaces and invisible operators, tag characters, noncharacters, lone surrogates. Kept: the joiners U+200C
    and U+200D, the marks U+200E, U+200F and U+061C, variation selectors. Nothing is escaped.

    Args:
        text: what came from outside.
        multiline: line breaks of any kind become `\n` and tabs stay; otherwise each becomes a space.

    Raises:
        InvalidInput: it is not text.
    """

def clean_html(markup: str, /, profile: Literal["default", "odoo"] = "default") -> str:
    """Reduce markup to an allow-list of elements, attributes and URL schemes (ASVS 5.0, 1.3.1). Idempotent.

    Args:
        markup: HTML from outside, at most 10 MiB.
        profile: `default` keeps text and block markup, lists, tables, links and images; `odoo` also keeps what Odoo's
            HTML fields need: classes, a subset of styles, embedded images, quoted mail, mentions.

    Raises:
        InputTooLarge: the markup is too long or too expensive to parse.
        InvalidInput: it is not text, or holds lone surrogates.
        ParameterError: there is no such profile.
    """

def escape_html(text: str, /) -> str:
    """Encode text for HTML and for attribute values in quotes: `& < > " '`, as `html.escape` does (OWASP XSS sheet).

    Not idempotent; the same object when there is nothing to encode.

    Raises:
        InvalidInput: it is not text, or holds lone surrogates.
    """

def escape_attribute(text: str, /) -> str:
    """Encode text for an HTML attribute value, safe even without quotes. Not for URLs, styles or event handlers.

    Not idempotent; the same object when there is nothing to encode.

    Raises:
        InvalidInput: it is not text, or holds lone surrogates.
    """

def escape_js(text: str, /) -> str:
    """Encode text for the inside of a JavaScript or JSON string, also within a script element (RFC 8259, section 7).

    The quotes are the caller's. Not idempotent; the same object when there is nothing to encode.

    Raises:
        InvalidInput: it is not text, or holds lone surrogates.
    """

def escape_like(text: str, /) -> str:
    r"""Encode text as a literal for the right side of LIKE and of Odoo's `ilike` and `=like`: `%`, `_` and `\`.

    Not idempotent; the same object when there is nothing to encode.

    Raises:
        InvalidInput: it is not text, or holds lone surrogates.
    """

def encode_url_part(text: str, /) -> str:
    """Percent-encode one component of a URL: all but the unreserved characters (RFC 3986, section 2).

    Not idempotent; the same object when there is nothing to encode.

    Raises:
        InvalidInput: it is not text, or holds lone surrogates.
    """

def encode_csv_cell(text: str, /) -> str:
    """Encode text as one cell of a CSV file: RFC 4180 quoting, and an apostrophe before what looks like a formula.

    Source: OWASP CSV Injection; ASVS 5.0, 1.2.10. Not idempotent; the same object when there is nothing to encode.

    Raises:
        InvalidInput: it is not text, or holds lone surrogates.
    """

def header_value(text: str, /) -> str:
    """Check text as the value of an HTTP header field (RFC 9110, section 5.5) and trim it; it is refused, not repaired.

    Raises:
        InputTooLarge: it is over 8,190 bytes.
        InvalidInput: it holds anything but visible ASCII, spaces and tabs (CR, LF and NUL above all).
    """

def safe_file_name(name: str, /) -> str:
    """Turn the name of a file that came from outside into one path component for Linux, macOS and Windows. Idempotent.

    Takes what is behind the last separator, cleans it, replaces what Windows refuses by `_`, strips dots and spaces at
    the ends, sets `_` before device names and before a leading `-`, and cuts it to 255 bytes with its extension kept.

    Raises:
        InvalidInput: nothing is left of it, it is not text, or it holds lone surrogates.
    """

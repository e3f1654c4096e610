"""The native module. Use the modules of the package above it; this file is for type checkers and for readers."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final, Literal, TypeVar

__all__ = [
    "__version__",
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
    "validate_domain",
    "validate_email",
    "validate_field_name",
    "validate_language",
    "validate_line",
    "validate_login",
    "validate_method_name",
    "validate_model_name",
    "validate_name",
    "validate_phone",
    "validate_url",
    "validate_vat",
    "validation_codes",
]

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
        markup: HTML from outside: at most 10 MiB, 100,000 tags, 50,000 ampersands, 4,096 elements inside each other and
            500,000 elements in all.
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

# --- validate ---

def validate_email(value: object, *, field: str | None = None) -> str:
    """An e-mail address: the dot-atom form of RFC 5321 and 5322, RFC 6531 for names outside ASCII.

    The domain comes back in lower case and in ASCII (`xn--`, UTS 46), the name before the @ as it was, in NFC.

    Args:
        value: at most 64 bytes before the @ and 254 in all; spaces around it are taken off.
        field: the name that an error carries.

    Raises:
        InvalidInput: quoted names, IP addresses as domains, one-label domains, control characters, and whatever else is
            no address; code `email_...`, `empty`, `control`, `type` or `encoding`.
        InputTooLarge: code `too_long` or `email_local_too_long`.
    """

def validate_phone(value: object, *, country_code: str | None = None, field: str | None = None) -> str:
    """A phone number as `+` and 8 to 15 digits (ITU-T E.164).

    Spaces and `. - / ( )` may stand between the digits and are taken out, as is the `(0)` of `+49 (0)30`. Extensions
    are refused.

    Args:
        value: at most 48 characters.
        country_code: the calling code, such as "49", of numbers that do not begin with `+`; without it such numbers are
            refused. The national prefix (the 0 of 030) is taken off.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `phone_...`, `empty`, `control`, `type` or `encoding`.
        InputTooLarge: code `too_long`.
        ParameterError: the national prefix of `country_code` is not known.
    """

def validate_url(value: object, *, schemes: Sequence[str] | None = None, field: str | None = None) -> str:
    """A web address (RFC 3986) with a public host and no user information.

    Scheme and host come back in lower case, the host in ASCII, the scheme's own port left out, and characters outside
    ASCII percent-encoded.

    Args:
        value: at most 2048 characters.
        schemes: what is accepted, in lower case; http and https unless given.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `url_...`, `empty`, `control`, `type` or `encoding`.
        InputTooLarge: code `too_long`.
    """

def validate_vat(value: object, *, country: str | None = None, field: str | None = None) -> str:
    """A VAT number in the format of its country, in capitals, with its prefix, without spaces, dots and dashes.

    Known are the EU as VIES lists it (Greece is EL; GR is read as EL), XI, GB, CH and NO. Check digits are not looked
    at.

    Args:
        value: at most 48 characters.
        country: ISO 3166 code of the country that it must belong to; the prefix may then be missing.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `vat_country`, `vat_format`, `empty`, `control`, `type` or `encoding`.
        InputTooLarge: code `too_long`.
    """

def validate_name(value: object, *, max_length: int = 128, field: str | None = None) -> str:
    """The name of a person or a company: letters, marks and digits of all scripts and the punctuation that names have.

    It comes back in NFC without the spaces around it, and otherwise as it was.

    Args:
        value: text with a letter or a digit in it.
        max_length: characters, 1 to 8192.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `name_characters`, `empty`, `control`, `type` or `encoding`.
        InputTooLarge: code `too_long`.
    """

def validate_line(value: object, *, max_length: int = 256, field: str | None = None) -> str:
    """One line of text in NFC without the spaces around it.

    Refused are line breaks, control characters, and characters that reorder or hide text. Markup is not: it is encoded
    where it goes out.

    Args:
        value: the text.
        max_length: characters, 1 to 8192.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `empty`, `control`, `type` or `encoding`.
        InputTooLarge: code `too_long`.
    """

def validate_login(value: object, *, field: str | None = None) -> str:
    """A login in NFC, its case kept: letters of all scripts, digits, and what a dot-atom e-mail address has.

    Args:
        value: at most 254 bytes.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `login`, `empty`, `control`, `type` or `encoding`.
        InputTooLarge: code `too_long`.
    """

def validate_language(value: object, *, field: str | None = None) -> str:
    """A language as Odoo names it: `en_US`, `es_419`, `sr@latin`, `fr`.

    Args:
        value: text.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `language`, `empty`, `type` or `encoding`.
        InputTooLarge: code `too_long`.
    """

def validate_model_name(value: object, *, field: str | None = None) -> str:
    """The name of a model: lower-case words joined by dots, such as `res.partner`.

    Args:
        value: at most 63 characters.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `model_name`, `empty`, `type` or `encoding`.
        InputTooLarge: code `too_long`.
    """

def validate_field_name(value: object, *, max_path: int = 1, field: str | None = None) -> str:
    """The name of a field, such as `partner_id`, or a path of fields, such as `partner_id.country_id.code`.

    Args:
        value: at most 63 characters a field.
        max_path: how many fields a path may have.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `field_name`, `empty`, `type` or `encoding`.
        InputTooLarge: code `path_too_deep` or `too_long`.
    """

def validate_method_name(value: object, *, field: str | None = None) -> str:
    """The name of a public method. One that begins with an underscore is private, in Odoo and here.

    Args:
        value: at most 63 characters.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `method_name`, `method_private`, `empty`, `type` or `encoding`.
        InputTooLarge: code `too_long`.
    """

def validate_domain(
    value: object,
    *,
    max_depth: int = 16,
    max_leaves: int = 100,
    max_values: int = 10_000,
    max_path: int = 5,
    fields: AbstractSet[str] | None = None,
    field: str | None = None,
) -> list[Any]:
    """A search domain of Odoo 19 (`odoo/orm/domains.py`) in prefix notation with every `&` written out.

    The result is one expression, so that `["&", *mine, *theirs]` narrows it safely; the empty domain comes back as
    `[(1, "=", 1)]`. `==` and `<>` come back as `=` and `!=`. `any!` and `not any!`, which go around record rules, are
    refused.

    Args:
        value: lists and tuples of `&`, `|`, `!` and conditions (field path, operator, value).
        max_depth: operators and sub-domains inside one another, at most 64; a chain of the same operator counts once.
        max_leaves: conditions, at most 10,000.
        max_values: values in all lists together, at most 1,000,000.
        max_path: fields in one path, at most 16.
        fields: the paths that may be used; any when not given. Inside `any` a path counts with the one that leads to
            it.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `domain_...`, `field_name`, `type` or `encoding`.
        InputTooLarge: code `domain_too_deep`, `domain_too_many_leaves`, `domain_too_many_values` or `path_too_deep`.
        ParameterError: a limit is over its own limit.
    """

def validation_codes() -> dict[str, str]:
    """Every code of an invalid value with its English sentence."""

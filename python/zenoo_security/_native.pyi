"""The native module. Use the modules of the package above it; this file is for type checkers and for readers."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

__all__ = [
    "__version__",
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
        max_path: fields in one path, with those of the `any` around it, at most 16.
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

"""Phone numbers: the form natively, the numbering plans by phonenumbers, the Python port of libphonenumber."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security._native import validate_phone
from zenoo_security.errors import InvalidInput, MissingExtra
from zenoo_security.validate.countries import country as two_letters
from zenoo_security.validate.refusals import refusal

if TYPE_CHECKING:
    from types import ModuleType

    from phonenumbers import PhoneNumber

__all__ = ["phone"]


def phone(
    value: object,
    *,
    country_code: str | None = None,
    country: str | None = None,
    numbering_plan: bool = False,
    field: str | None = None,
) -> str:
    """A phone number as `+` and 8 to 15 digits (ITU-T E.164).

    Spaces and `. - / ( )` may stand between the digits and are taken out, as is the `(0)` of `+49 (0)30`. Extensions
    are refused.

    Args:
        value: with `+` and the country calling code, or a national number where `country_code` or `country` is given.
        country_code: the calling code, such as `49`, of the country that a number without `+` belongs to, where its
            national prefix is known.
        country: two letters of ISO 3166. A number without `+` is read as one that is dialled there; any number must
            have that country's calling code. Needs the extra `phone`, and takes the place of `country_code`.
        numbering_plan: the number must be one that its country's numbering plan has; needs the extra `phone`.
        field: the name that an error carries.

    Raises:
        InvalidInput: codes `type`, `encoding`, `empty`, `control`, `country`, or one that begins with `phone_`.
        InputTooLarge: code `too_long`.
        ParameterError: the national prefix of `country_code` is not known.
        MissingExtra: phonenumbers is not installed.

    >>> phone("030 901820", country="DE")
    '+4930901820'
    >>> phone("+49 30 901820", country="AT", field="phone")
    Traceback (most recent call last):
    ...
    zenoo_security.errors.InvalidInput: phone: the phone number belongs to another country
    >>> phone("+1 555 0100123", numbering_plan=True, field="phone")
    Traceback (most recent call last):
    ...
    zenoo_security.errors.InvalidInput: phone: the phone number does not fit the numbering plan of its country
    """
    if country is None:
        number = validate_phone(value, country_code=country_code, field=field)
    else:
        number = _of_country(value, two_letters(country, field=field), field)
    if numbering_plan:
        parsed = _parsed(number)
        if parsed is None or not _phonenumbers().is_valid_number(parsed):
            raise refusal("phone_plan", field)
    return number


def _of_country(value: object, country: str, field: str | None) -> str:
    number = _international(value, country, field)
    parsed = _parsed(number)
    if parsed is None or parsed.country_code != _phonenumbers().country_code_for_region(country):
        raise refusal("phone_country", field)
    return number


def _international(value: object, country: str, field: str | None) -> str:
    try:
        return validate_phone(value, field=field)
    except InvalidInput as error:
        if error.code != "phone_country_code" or not isinstance(value, str) or value.lstrip(" ").startswith("+"):
            raise
    # Digits and separators where they belong, without a +: the library knows how they are dialled in that country.
    parsed = _parsed(value, country)
    if parsed is None:
        raise refusal("phone_plan", field)
    library = _phonenumbers()
    return validate_phone(library.format_number(parsed, library.PhoneNumberFormat.E164), field=field)


def _parsed(text: str, country: str | None = None) -> PhoneNumber | None:
    library = _phonenumbers()
    try:
        number: PhoneNumber = library.parse(text, country)
    except library.NumberParseException:
        return None
    return number


def _phonenumbers() -> ModuleType:
    try:
        import phonenumbers  # noqa: PLC0415 - optional, and slow to import
    except ImportError:
        raise MissingExtra("phone", "looking at the numbering plans of phone numbers") from None
    return phonenumbers

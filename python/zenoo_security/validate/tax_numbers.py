"""VAT numbers: the format natively, the check digits by python-stdnum, the library that Odoo itself uses."""

from __future__ import annotations

from typing import Final

from zenoo_security._native import validate_vat
from zenoo_security.errors import MissingExtra
from zenoo_security.validate.refusals import refusal

__all__ = ["vat"]

#: Prefixes of VAT numbers that python-stdnum files under another name.
_FILED_UNDER: Final = {"EL": "gr", "XI": "gb"}
#: Endings that python-stdnum demands and that people leave out: of Norway's register, and of Switzerland's.
_ENDINGS: Final = {"NO": ("MVA",), "CH": ("MWST", "TVA", "IVA", "TPV")}


def vat(value: object, *, country: str | None = None, check_digits: bool = False, field: str | None = None) -> str:
    """A VAT number in the format of its country, in capitals, with its prefix, without spaces and `. - / , :`.

    Known are the EU as VIES lists it (Greece is EL; GR is read as EL), XI, GB, CH and NO. Zeros that older numbers of
    Belgium, Greece and the Netherlands lack in front are filled in.

    Args:
        value: text of at most 48 bytes.
        country: two letters of ISO 3166, in either case: adds a prefix that is missing, and refuses another one. A
            number of Northern Ireland (XI) is accepted for GB.
        check_digits: look at the check digits too; needs the extra `stdnum`.
        field: the name that an error carries.

    Raises:
        InvalidInput: codes `type`, `encoding`, `empty`, `control`, `vat_country`, `vat_format`, `vat_check_digits`.
        InputTooLarge: code `too_long`.
        MissingExtra: python-stdnum is not installed.

    >>> vat("BE (0)403.019.261", check_digits=True)
    'BE0403019261'
    >>> vat("DE 136,695 977", check_digits=True, field="vat")
    Traceback (most recent call last):
    ...
    zenoo_security.errors.InvalidInput: vat: the check digits of the VAT number are wrong
    """
    number = validate_vat(value, country=country, field=field)
    if check_digits and not _has_right_check_digits(number):
        raise refusal("vat_check_digits", field)
    return number


def _has_right_check_digits(number: str) -> bool:
    try:
        from stdnum.util import get_cc_module  # noqa: PLC0415 - optional, and slow to import
    except ImportError:
        raise MissingExtra("stdnum", "looking at the check digits of VAT numbers") from None
    prefix = number[:2]
    module = get_cc_module(_FILED_UNDER.get(prefix, prefix.lower()), "vat")
    endings = _ENDINGS.get(prefix, ())
    complete = number if not endings or number.endswith(endings) else number + endings[0]
    return module is not None and bool(module.is_valid(complete))

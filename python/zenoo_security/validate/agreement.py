"""Fields of a partner that have to agree: the VAT number and the phone number belong to the partner's country."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from zenoo_security.errors import FieldError, InvalidFields, InvalidInput
from zenoo_security.validate.countries import country, vat_prefix
from zenoo_security.validate.numbering_plans import phone as phone_number
from zenoo_security.validate.refusals import refusal
from zenoo_security.validate.tax_numbers import vat as vat_number

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["partner_agreement"]


def partner_agreement(
    *,
    country_code: object,
    vat: object = None,
    phone: object = None,
    check_digits: bool = False,
    numbering_plan: bool = False,
) -> dict[str, str]:
    """The normal forms of those that are given, when they belong to the country. What lacks `+` or prefix gets it.

    Countries that share a calling code (Canada and the United States) are not told apart: toll-free numbers have none.
    Greece's VAT numbers begin with EL. XI belongs to GB; Monaco, the Isle of Man and Liechtenstein use the numbers of
    FR, GB and CH.

    Args:
        country_code: two letters of ISO 3166, as `res.country` has them in `code`.
        vat: a VAT number, or None.
        phone: a phone number, or None; needs the extra `phone`.
        check_digits: as `validate.vat` has it.
        numbering_plan: as `validate.phone` has it.

    Raises:
        InvalidFields: all that is wrong, under the names `country_code`, `vat` and `phone`; what belongs to another
            country has the code `vat_other_country` or `phone_country`.
        MissingExtra: what was asked for needs an extra that is not installed.

    >>> partner_agreement(country_code="GR", vat="094259216", phone="21 0123 4567")
    {'vat': 'EL094259216', 'phone': '+302101234567'}
    >>> partner_agreement(country_code="DE", vat="ATU12345678")
    Traceback (most recent call last):
    ...
    zenoo_security.errors.InvalidFields: vat: the VAT number belongs to another country
    """
    problems: list[FieldError] = []
    code = _told(problems, partial(country, country_code, field="country_code"))
    agreed: dict[str, str] = {}
    if code is not None:
        checks: dict[str, tuple[object, Callable[[], str]]] = {
            "vat": (vat, partial(_vat_of, vat, code, check_digits=check_digits)),
            "phone": (phone, partial(phone_number, phone, country=code, numbering_plan=numbering_plan, field="phone")),
        }
        for name, (value, check) in checks.items():
            found = None if value is None else _told(problems, check)
            if found is not None:
                agreed[name] = found
    if problems:
        raise InvalidFields(problems)
    return agreed


def _told(problems: list[FieldError], check: Callable[[], str]) -> str | None:
    """The result of a check, or None and one more problem."""
    try:
        return check()
    except InvalidInput as error:
        problems.append(FieldError(error.field or "?", error.code, error.message))
        return None


def _vat_of(value: object, code: str, *, check_digits: bool) -> str:
    try:
        return vat_number(value, country=vat_prefix(code), check_digits=check_digits, field="vat")
    except InvalidInput as error:
        if error.code != "vat_country" or not _is_vat(value):
            raise
    raise refusal("vat_other_country", "vat")


def _is_vat(value: object) -> bool:
    try:
        vat_number(value)
    except InvalidInput:
        return False
    return True

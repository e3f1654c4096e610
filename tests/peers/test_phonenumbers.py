"""Our phone numbers beside phonenumbers: every number that its plans have passes our form, in every way it is written.

Two differences, both in `SHORT` and `EXTENSIONS`: numbers of fewer than 8 digits with their calling code (Niue, Tokelau,
Tristan da Cunha), and extensions.
"""

from __future__ import annotations

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from zenoo_security import validate
from zenoo_security.errors import InvalidInput, ParameterError

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
KINDS = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE)


def examples():
    for region in REGIONS:
        for kind in KINDS:
            number = phonenumbers.example_number_for_type(region, kind)
            if number is not None:
                yield region, number


def is_short(number):
    return len(phonenumbers.format_number(number, PhoneNumberFormat.E164)) < 9


def test_numbers_of_every_plan_are_accepted_as_they_are_written_abroad():
    seen = 0
    for _, number in examples():
        if is_short(number):
            continue
        seen += 1
        e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        assert validate.phone(e164, numbering_plan=True) == e164
        assert validate.phone(phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)) == e164
    assert seen > 500


def test_numbers_of_every_plan_are_read_as_they_are_written_at_home():
    seen = 0
    for region, number in examples():
        text = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
        # Mexico and a few others write what their plan does not take back.
        if is_short(number) or not phonenumbers.is_valid_number(phonenumbers.parse(text, region)):
            continue
        e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        if not set(text) <= set("0123456789 -./()") or phonenumbers.parse(text, region) != number:
            continue
        seen += 1
        assert validate.phone(text, country=region, numbering_plan=True) == e164, (region, text)
    assert seen > 500


def test_a_zero_in_parentheses_stays_where_it_is_part_of_the_number():
    """Free numbers are left out: nobody calls them from abroad."""
    seen = set()
    for _, number in examples():
        if phonenumbers.number_type(number) == PhoneNumberType.TOLL_FREE:
            continue
        e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        code = f"+{number.country_code}"
        national = e164.removeprefix(code)
        if national.startswith("0"):
            seen.add(code)
            assert validate.phone(f"{code} (0){national[1:]}") == e164
    assert seen == {"+39", "+225", "+229", "+241", "+242", "+378"}


def test_our_own_national_prefixes_agree_with_the_plans():
    """Where we take a national number without the library, the library reads the same."""
    seen = 0
    for region, number in examples():
        text = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
        e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        if is_short(number) or not set(text) <= set("0123456789 -./()") or not text.startswith(("0", "(0")):
            continue
        try:
            ours = validate.phone(text, country_code=str(number.country_code))
        except ParameterError:
            continue
        seen += 1
        assert ours == e164, (region, text)
    assert seen > 50


def test_numbers_of_fewer_than_eight_digits_are_a_difference():
    short = sorted({region for region, number in examples() if is_short(number)})
    assert short == SHORT
    for _, number in examples():
        if is_short(number):
            with pytest.raises(InvalidInput):
                validate.phone(phonenumbers.format_number(number, PhoneNumberFormat.E164))


SHORT = ["NU", "TA", "TK"]


@pytest.mark.parametrize("text", ["+49 30 901820 ext. 5", "+49 30 901820x5", "tel:+4930901820", "+4930FLOWERS"])
def test_extensions_and_words_are_a_difference(text):
    assert phonenumbers.parse(text, "DE")
    with pytest.raises(InvalidInput):
        validate.phone(text, country="DE")

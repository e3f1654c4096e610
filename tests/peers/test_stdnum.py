"""Our VAT formats beside python-stdnum: what it accepts, we never refuse, but for the differences that are named here.

- It maps digits and separators outside ASCII to ASCII, and strips line feeds. We refuse them: `SPELLINGS`.
- It takes a number of Great Britain for one of Northern Ireland, where we refuse another prefix: `DIFFERENT_PREFIX`.
- A French number without its prefix can begin with the prefix of another country. Then nobody knows which is meant, and
  we refuse it: `AMBIGUOUS`.
- It fills in any number of zeros in front of a Dutch number. We fill in two: `CUT_OFF`.
"""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path

import pytest
from stdnum.util import get_cc_module

from zenoo_security import validate
from zenoo_security.errors import InvalidInput

FILED_UNDER = {"EL": "gr", "XI": "gb"}
COUNTRIES = "AT BE BG CH CY CZ DE DK EE EL ES FI FR GB HR HU IE IT LT LU LV MT NL NO PL PT RO SE SI SK XI".split()  # noqa: SIM905 - shorter
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
HOW_MANY = 10_000

SPELLINGS = ["DE 136\u2013695\u2013976", "DE \uff11\uff13\uff16695976", "DE136695976\n", "\tDE136695976"]
DIFFERENT_PREFIX = [("GB 980 7806 84", "XI")]
AMBIGUOUS = [("CZ000000000", "FR")]
CUT_OFF = ["NL 12B01"]


@cache
def module(country):
    return get_cc_module(FILED_UNDER.get(country, country.lower()), "vat")


def ours(number, country=None, **options):
    """Our normal form, or None."""
    try:
        return validate.vat(number, country=country, **options)
    except InvalidInput:
        return None


def documented(country):
    """The numbers in the documentation of the module and of those that it is made of, which it accepts."""
    folder = Path(module(country).__file__).parent
    found = {
        number
        for source in folder.glob("*.py")
        for number in re.findall(r">>> \w+\('([^']*)'", source.read_text(encoding="utf-8"))
    }
    return sorted(number for number in found if module(country).is_valid(number))


# A number without its check digit becomes one with it: the function of python-stdnum where it has one, a search otherwise.
SHAPES = {
    "AT": "U9999999?", "BE": "09999999??", "BG": "99999999?", "CH": "CHE99999999?MWST", "CY": "99999999@",
    "CZ": "89999999?", "DE": "19999999?", "DK": "1999999?", "EE": "99999999?", "EL": "99999999?", "ES": "99999999@",
    "FI": "9999999?", "FR": "??999999999", "GB": "9999999??", "HR": "9999999999?", "HU": "9999999?", "IE": "9999999@",
    "IT": "9999999001?", "LT": "9999999" + "1?", "LU": "999999??", "LV": "4999999999?", "MT": "199999??",
    "NL": "99999999?B01", "NO": "99999999?MVA", "PL": "999999999?", "PT": "19999999?", "RO": "199999999?",
    "SE": "199999999?01", "SI": "1999999?", "SK": "1029999???", "XI": "9999999??",
}  # fmt: skip


def bodies(country, dice):
    shape = SHAPES[country]
    while True:
        yield "".join(dice.choice("0123456789") if place == "9" else place for place in shape)


def completed(country, body):  # noqa: PLR0911 - one a country
    """The body with check digits that python-stdnum accepts, or None when no digits fit."""
    places = body.count("?")
    if country == "FR":
        siren = body[2:8] + body[8:]
        siren = next((siren[:8] + str(last) for last in range(10) if luhn(siren[:8] + str(last)) == 0), siren)
        return f"{int(siren + '12') % 97:02d}{siren}"
    if country == "BE":
        return body.replace("??", f"{97 - int(body[:8]) % 97:02d}")
    if country == "LU":
        return body.replace("??", f"{int(body[:6]) % 89:02d}")
    if country in {"GB", "XI"}:
        total = sum(weight * int(digit) for weight, digit in zip(range(8, 1, -1), body, strict=False))
        return body.replace("??", f"{97 - total % 97:02d}")
    if country == "MT":
        total = sum(weight * int(digit) for weight, digit in zip((3, 4, 6, 7, 8, 9), body, strict=False))
        return body.replace("??", f"{37 - total % 37:02d}")
    if country == "SK":
        return body.replace("???", f"{-int(body[:7]) * 1000 % 11:03d}")
    places = LETTERS if "@" in body else "0123456789"
    candidates = (body.replace("?", place).replace("@", place) for place in places)
    return next((number for number in candidates if module(country).is_valid(number)), None)


def luhn(digits):
    doubled = [int(digit) * (1 + (place % 2)) for place, digit in enumerate(reversed(digits))]
    return sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10


def mutated(number, dice):
    """The number with a character changed, taken out, put in or moved."""
    place = dice.randrange(len(number))
    character = dice.choice(LETTERS + "0123456789" * 3 + "+*")
    changed = number[:place] + character + number[place + 1 :]
    kinds = (
        changed,
        changed,
        changed,
        number[:place] + number[place + 1 :],
        number[:place] + character + number[place:],
    )
    return dice.choice(kinds)


@cache
def generated(country):
    dice = random.Random(f"vat {country}")
    numbers = (completed(country, body) for body in bodies(country, dice))
    return [number for number, _ in zip((found for found in numbers if found), range(HOW_MANY), strict=False)]


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_numbers_of_the_documentation_are_accepted(country):
    numbers = documented(country)
    assert len(numbers) >= 1
    for number in numbers:
        if (number, country) in DIFFERENT_PREFIX:
            continue
        normal = ours(number, country)
        assert normal is not None, number
        assert ours(number, country, check_digits=True) == normal


@pytest.mark.parametrize("country", COUNTRIES)
def test_ten_thousand_valid_numbers_are_accepted_with_and_without_their_prefix(country):
    numbers = generated(country)
    assert len(set(numbers)) > HOW_MANY // 3
    accepted = module(country).is_valid
    for number in numbers:
        assert accepted(number), number
        bare = number.removeprefix("CH") if country == "CH" else number
        normal = ours(country + bare)
        assert normal == f"{country}{bare}", number
        assert ours(bare, country) == normal


@pytest.mark.parametrize("country", COUNTRIES)
def test_what_we_refuse_of_mutated_numbers_python_stdnum_refuses(country):
    dice = random.Random(f"mutated {country}")
    accepted, refused = 0, 0
    for number in generated(country):
        altered = mutated(number, dice)
        if not module(country).is_valid(altered):
            refused += 1
            assert ours(altered, country, check_digits=True) is None or country in {"CH", "NO"}, altered
            continue
        accepted += 1
        if altered[:2] in COUNTRIES and altered[:2] != country and country == "FR":
            continue  # AMBIGUOUS
        assert ours(altered, country) is not None, altered
        assert ours(altered, country, check_digits=True) is not None, altered
    assert refused > HOW_MANY // 2
    assert accepted > 0


@pytest.mark.parametrize("number", SPELLINGS, ids=ascii)
def test_digits_and_separators_outside_ascii_and_line_feeds_are_a_difference(number):
    assert module("DE").is_valid(number)
    assert ours(number) is None


def test_a_number_of_great_britain_is_none_of_northern_ireland():
    for number, country in DIFFERENT_PREFIX:
        assert module(country).is_valid(number)
        assert ours(number, country) is None


def test_a_french_number_that_may_be_of_another_country_is_refused_without_its_prefix():
    found = [key for key in COUNTRIES if any(module("FR").is_valid(f"{key}{siren}") for siren in SIRENS)]
    assert found
    for key in found:
        for siren in SIRENS:
            if module("FR").is_valid(f"{key}{siren}"):
                assert ours(f"{key}{siren}", "FR") is None
                assert ours(f"FR{key}{siren}") == f"FR{key}{siren}"


SIRENS = [number[2:] for number in generated("FR")[:2000]]


def test_a_dutch_number_that_lacks_more_than_two_zeros_is_a_difference():
    for number in CUT_OFF:
        assert module("NL").is_valid(number)
        assert ours(number) is None

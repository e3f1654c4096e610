"""Check digits, numbering plans, and what has to agree with the country of a partner."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from zenoo_security import SecurePartnerInput, create_partner_secure, validate
from zenoo_security.errors import InvalidFields, InvalidInput, MissingExtra


def code_of(check, *arguments, **options):
    with pytest.raises(InvalidInput) as caught:
        check(*arguments, field="x", **options)
    assert caught.value.field == "x"
    assert caught.value.message == validate.CODES[caught.value.code]
    return caught.value.code


def problems(**options):
    with pytest.raises(InvalidFields) as caught:
        validate.partner_agreement(**options)
    return {error.field: error.code for error in caught.value.errors}


# The numbers of python-stdnum's own documentation, and the same with another last digit.
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("ATU13585627", "ATU13585626"),
        ("DE136695976", "DE136695978"),
        ("EL094259216", "EL094259215"),
        ("GR094259216", "GR094259215"),
        ("GB980780684", "GB980780685"),
        ("XI980780684", "XI980780685"),
        ("CHE107787577IVA", "CHE107787578IVA"),
        ("CHE107787577", "CHE107787578"),
        ("NO995525828MVA", "NO995525829MVA"),
        ("NO995525828", "NO995525829"),
        ("NL4495445B01", "NL4495446B01"),
    ],
)
def test_wrong_check_digits_are_found_only_when_asked_for(right, wrong):
    assert validate.vat(right, check_digits=True) == validate.vat(right)
    assert validate.vat(wrong)
    assert code_of(validate.vat, wrong, check_digits=True) == "vat_check_digits"


def test_a_phone_number_has_to_be_in_the_plan_only_when_asked_for():
    assert validate.phone("+49 30 901820", numbering_plan=True) == "+4930901820"
    assert validate.phone("+1 555 0100123") == "+15550100123"
    assert code_of(validate.phone, "+1 555 0100123", numbering_plan=True) == "phone_plan"
    assert code_of(validate.phone, "+999 12345678", numbering_plan=True) == "phone_plan"


@pytest.mark.parametrize(
    ("text", "country", "normal"),
    [
        ("030 901820", "DE", "+4930901820"),
        ("(030) 901820", "de", "+4930901820"),
        ("06 1234 5678", "IT", "+390612345678"),
        ("21 0123 4567", "GR", "+302101234567"),
        ("21 0123 4567", "EL", "+302101234567"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("+49 30 901820", "DE", "+4930901820"),
        ("(212) 456-7890", "US", "+12124567890"),
    ],
)
def test_a_national_number_is_read_as_it_is_dialled_there(text, country, normal):
    assert validate.phone(text, country=country) == normal


@pytest.mark.parametrize(
    ("text", "country", "code"),
    [
        ("+49 30 901820", "AT", "phone_country"),
        ("0049 30 901820", "AT", "phone_country"),
        ("+49 30 901820", "ZZ", "phone_country"),
        ("030 901820", "ZZ", "phone_plan"),
        ("1", "DE", "phone_plan"),
        ("030 901820", "Germany", "country"),
        ("030 901820", "", "country"),
        ("030 901820", "\u0434\u0435", "country"),
        ("030 90-/1820", "DE", "phone_separators"),
        ("+030 901820", "DE", "phone_country_code"),
        ("030 901820x5", "DE", "phone_characters"),
        ("030 901820\n", "DE", "control"),
    ],
)
def test_a_number_of_another_country_is_refused(text, country, code):
    assert code_of(validate.phone, text, country=country) == code


@pytest.mark.asvs("v5.0.0-2.2.3")
@pytest.mark.parametrize(
    ("country", "vat", "normal"),
    [
        ("GR", "094259216", "EL094259216"),
        ("GR", "GR094259216", "EL094259216"),
        ("EL", "EL094259216", "EL094259216"),
        ("GB", "XI980780684", "XI980780684"),
        ("GB", "980780684", "GB980780684"),
        ("CH", "CHE-107.787.577 MWST", "CHE107787577MWST"),
        ("LI", "CHE-107.787.577", "CHE107787577"),
        ("NO", "NO995525828MVA", "NO995525828MVA"),
        ("NO", "995 525 828", "NO995525828"),
        ("MC", "FR53000004605", "FR53000004605"),
        ("IM", "GB980780684", "GB980780684"),
    ],
)
def test_a_vat_number_agrees_with_its_country(country, vat, normal):
    agreed = validate.partner_agreement(country_code=country, vat=vat, check_digits=True)
    assert agreed == {"vat": normal}


@pytest.mark.asvs("v5.0.0-2.2.3")
def test_all_that_does_not_agree_is_told_at_once():
    assert problems(country_code="DE", vat="ATU13585627", phone="+43 1 234567") == {
        "vat": "vat_other_country",
        "phone": "phone_country",
    }
    assert problems(country_code="XI", vat="US123", phone=5) == {"vat": "vat_format", "phone": "type"}
    assert problems(country_code="US", vat="DE136695976") == {"vat": "vat_other_country"}
    assert problems(country_code="FR", vat="EL094259216") == {"vat": "vat_other_country"}
    assert problems(country_code=None, vat="x") == {"country_code": "type"}
    assert problems(country_code="Germany", vat="x") == {"country_code": "country"}
    assert problems(country_code="DE", vat="DE136695978", check_digits=True) == {"vat": "vat_check_digits"}
    assert problems(country_code="DE", phone="030 1", numbering_plan=True) == {"phone": "phone_length"}
    assert validate.partner_agreement(country_code="DE") == {}


@pytest.mark.parametrize("missing", ["stdnum", "phonenumbers"])
def test_a_missing_extra_is_named_and_nothing_is_accepted_without_it(monkeypatch, missing):
    for name in [name for name in sys.modules if name.split(".")[0] == missing]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.setitem(sys.modules, f"{missing}.util", None)
    call = {
        "stdnum": lambda: validate.vat("DE136695976", check_digits=True),
        "phonenumbers": lambda: validate.phone("+4930901820", country="DE"),
    }[missing]
    with pytest.raises(MissingExtra, match=r"pip install 'zenoo-security\[(stdnum|phone)\]'"):
        call()
    assert validate.vat("DE136695976") == "DE136695976"
    assert validate.phone("+4930901820") == "+4930901820"


@pytest.mark.asvs("v5.0.0-2.2.3")
def test_a_partner_is_checked_against_the_country_that_its_reader_names():
    data = {"name": "A", "vat": "094259216", "phone": "21 0123 4567"}
    partner = SecurePartnerInput.parse(data, country_code="GR", check_digits=True, numbering_plan=True)
    assert partner.to_odoo() == {"name": "A", "vat": "EL094259216", "phone": "+302101234567"}
    with pytest.raises(InvalidFields) as caught:
        SecurePartnerInput.parse({"name": "<b>", "vat": "ATU13585627", "phone": "+43 1 234567"}, country_code="DE")
    assert {error.field: error.code for error in caught.value.errors} == {
        "vat": "vat_other_country",
        "phone": "phone_country",
        "name": "name_characters",
    }


async def test_a_partner_of_another_country_is_not_created():
    created = []

    class Client:
        async def create(self, model, values):
            created.append(values)
            return 1

    with pytest.raises(InvalidFields):
        await create_partner_secure(Client(), {"name": "A", "vat": "ATU13585627"}, country_code="DE")
    assert created == []
    await create_partner_secure(Client(), {"name": "A", "vat": "136695976"}, country_code="DE", check_digits=True)
    assert created == [{"name": "A", "vat": "DE136695976"}]


@pytest.mark.asvs("v5.0.0-2.1.2", document="docs/guide/validate.md")
@pytest.mark.asvs("v5.0.0-2.2.3")
def test_the_rules_of_the_guide_are_those_that_hold():
    """Each row of its table: what agrees is taken, for each country that the row names; what does not has its code."""
    guide = Path(__file__).parents[1].joinpath("docs/guide/validate.md").read_text(encoding="utf-8")
    section = guide.partition("## What has to agree")[2].partition("\n## ")[0]
    rules = {field: (text, code) for field, text, code in re.findall(r"\| `(\w+)` \| (.*) \| `(\w+)` \|", section)}
    right = {
        "vat": {"EL": "EL094259216", "GB": "XI980780684", "MC": "FR53000004605", "IM": "GB980780684", "LI": "CHE107787577"},
        "phone": {"CA": "+1 650 253 0000", "US": "+1 604 555 0123"},
    }  # fmt: skip
    wrong = {"vat": "ATU13585627", "phone": "+43 1 234567"}
    assert set(rules) == set(right)
    for field, (text, code) in rules.items():
        for country, value in right[field].items():
            assert country in text or {"CA": "Canada", "US": "United States"}[country] in text
            assert set(validate.partner_agreement(country_code=country, **{field: value})) == {field}
            assert problems(country_code=country, **{field: wrong[field]}) == {field: code}

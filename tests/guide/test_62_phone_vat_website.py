"""Defect 62: the guide accepted `((((+++`, knew no country's VAT format, and refused ports and `?` after the host."""

from __future__ import annotations

import pytest

from zenoo_security import SafeClient, validate
from zenoo_security.errors import FetchRefused, InvalidInput


@pytest.mark.parametrize("number", ["((((+++", "+", "()", "- - -", "1", "+49 30"])
def test_a_phone_number_has_digits(number):
    with pytest.raises(InvalidInput):
        validate.phone(number)


@pytest.mark.parametrize("number", ["A", "123", "DE1", "ZZ123456789", "DE12345678X", "FR12"])
def test_a_vat_number_has_the_format_of_its_country(number):
    with pytest.raises(InvalidInput):
        validate.vat(number)


@pytest.mark.parametrize("url", ["https://example.com:8443/", "https://example.com?x=1", "https://example.com#x"])
def test_ports_and_queries_are_part_of_an_address(url):
    assert validate.url(url) == url


@pytest.mark.parametrize("url", ["http://-x..co", "http://.a.co", "https://example.com/a\n"])
def test_a_host_is_a_host(url):
    with pytest.raises(InvalidInput):
        validate.url(url)


def test_check_digits_numbering_plans_and_the_country_are_looked_at():
    """What the form cannot know: `DE136695977` and `+1 555 0100123` look right."""
    for check in (
        lambda: validate.vat("DE136695977", check_digits=True),
        lambda: validate.phone("+1 555 0100123", numbering_plan=True),
        lambda: validate.partner_agreement(country_code="DE", vat="ATU13585627"),
        lambda: validate.partner_agreement(country_code="DE", phone="+43 1 234567"),
    ):
        with pytest.raises(InvalidInput):
            check()


async def test_a_website_that_leads_inside_is_not_fetched():
    """The guide accepted `http://metadata.google.internal/x`, which is a valid name."""
    asked = []

    async def resolve(host, port):
        asked.append(host)
        return ["169.254.169.254"]

    async with SafeClient(allow_hosts=None, allow_http=True, resolve=resolve) as client:
        with pytest.raises(FetchRefused):
            await client.get("http://metadata.google.internal/x")
    assert asked == ["metadata.google.internal"]

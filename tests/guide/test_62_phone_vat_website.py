"""Defect 62: the guide accepted `((((+++`, knew no country's VAT format, and refused ports and `?` after the host."""

from __future__ import annotations

import pytest

from zenoo_security import validate
from zenoo_security.errors import InvalidInput


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

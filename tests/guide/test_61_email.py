"""Defect 61: the guide accepted `.a..b@-x..co`, refused international domains, and changed the case of the local part."""

from __future__ import annotations

import pytest

from zenoo_security import validate
from zenoo_security.errors import InvalidInput


@pytest.mark.parametrize("address", [".a..b@-x..co", "a..b@example.com", "a@-x.co", "a@x..co", ".a@example.com"])
def test_dots_and_hyphens_stand_where_they_belong(address):
    with pytest.raises(InvalidInput):
        validate.email(address)


def test_international_domains_are_accepted():
    assert validate.email("info@bücher.example") == "info@xn--bcher-kva.example"


def test_the_local_part_keeps_its_case():
    assert validate.email("Marc.Demo@EXAMPLE.com") == "Marc.Demo@example.com"


@pytest.mark.parametrize("address", ['"a b"@example.com', "a@[192.0.2.1]", "a@localhost", "a" * 65 + "@example.com"])
def test_what_hardly_anyone_has_is_refused(address):
    with pytest.raises(InvalidInput):
        validate.email(address)

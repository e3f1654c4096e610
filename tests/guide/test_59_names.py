"""Defect 59: the guide refused O'Brien and accepted a name of spaces."""

from __future__ import annotations

import pytest

from zenoo_security import SecurePartnerInput
from zenoo_security.errors import InvalidFields


@pytest.mark.parametrize("name", ["O'Brien", "O'Brien & Söhne", 'Toys "R" Us', "'t Hoen"])
def test_names_with_quotes_are_names(name):
    assert SecurePartnerInput.parse({"name": name}).name == name


@pytest.mark.parametrize("name", ["   ", "\u3000", "", "'", "\u3164"])
def test_a_blank_name_is_no_name(name):
    with pytest.raises(InvalidFields):
        SecurePartnerInput.parse({"name": name})

"""Defect 42: the guide encrypted `email`, `phone` and `vat` in place, where Odoo searches, normalizes and checks them."""

from __future__ import annotations

import pytest

from guide.encryption import GuideDataHandler
from zenoo_security import Encrypted, EncryptedFields
from zenoo_security.errors import ParameterError


async def test_the_guide_hands_odoo_ciphertext_for_an_address(partners):
    await GuideDataHandler().store_sensitive_partner_data(partners, {"email": "anna@example.com"})
    assert "@" not in partners.rows[1]["email"]
    assert partners.find([["email", "=", "anna@example.com"]]) == []


async def test_odoos_own_field_stays_empty_and_the_partner_is_found(client, partners):
    partner = await client.create("res.partner", {"name": "Anna", "email": "Anna@example.com", "phone": "+49 30 1234"})
    stored = partners.rows[partner]
    assert not stored.get("email")
    assert stored["x_email_enc"].startswith("zs1.")
    assert await client.search("res.partner", [("email", "=", "anna@EXAMPLE.com")]) == [partner]
    assert await client.search("res.partner", [("phone", "=", "+49 (30) 12-34")]) == [partner]
    assert await client.search("res.partner", [("email", "=", "bob@example.com")]) == []


@pytest.mark.parametrize("field", ["email", "phone", "vat", "website"])
def test_in_place_is_refused_where_odoo_computes_with_the_field(field):
    """It says why and what to do instead, and is done only by force."""
    with pytest.raises(ParameterError, match="column of its own") as raised:
        EncryptedFields({"res.partner": {field: Encrypted(in_place=True)}})
    assert f"res.partner.{field} does not stand encryption in place" in str(raised.value)
    EncryptedFields({"res.partner": {field: Encrypted(in_place=True, force=True)}})

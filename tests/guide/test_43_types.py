"""Defect 43: the guide stored `str(value)`, and could not tell what was encrypted already."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from guide.encryption import GuideDataHandler, GuideEncryption
from zenoo_security import FieldCipher, KeyRing
from zenoo_security.errors import InvalidInput

CONTEXT = ("hr.employee", "x_value")
CIPHER = FieldCipher(KeyRing.generate())
VALUES = [False, True, None, 0, 15, -1, 1.5, b"\x00", date(2026, 11, 24), datetime(2026, 11, 24, 13), Decimal("1.50")]  # noqa: DTZ001


async def test_the_guide_gives_a_text_for_a_number(partners):
    partner = await GuideDataHandler().store_sensitive_partner_data(partners, {"vat": 136695976})
    row = await GuideDataHandler().retrieve_sensitive_partner_data(partners, partner)
    assert row["vat"] == "136695976"


def test_the_guide_encrypts_a_value_again_without_a_word():
    guide = GuideEncryption()
    twice = guide.encrypt_sensitive_data(guide.encrypt_sensitive_data("anna@example.com"))
    assert guide.decrypt_sensitive_data(twice) != "anna@example.com"


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_comes_back_with_its_type(value):
    opened = CIPHER.decrypt(CIPHER.encrypt(value, context=CONTEXT), context=CONTEXT)
    assert (type(opened), opened) == (type(value), value)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_what_is_encrypted_is_known_and_not_encrypted_again(value):
    token = CIPHER.encrypt(value, context=CONTEXT)
    assert CIPHER.is_encrypted(token)
    with pytest.raises(InvalidInput):
        CIPHER.encrypt(token, context=CONTEXT)

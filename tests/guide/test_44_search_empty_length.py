"""Defect 44: the guide's values could not be found, said nothing of empty ones, and showed their lengths."""

from __future__ import annotations

import base64

import pytest

from guide.encryption import GuideDataHandler, GuideEncryption
from zenoo_security import BlindIndex, FieldCipher, KeyRing

EMAIL = ("res.partner", "email")
RING = KeyRing.generate()


def fernet_bytes(value):
    """The bytes of a value's Fernet token: 57, and 16 for each block of the text."""
    outer = GuideEncryption().encrypt_sensitive_data(value)
    return len(base64.urlsafe_b64decode(base64.urlsafe_b64decode(outer)))


async def test_the_guide_finds_nothing_and_keeps_what_is_false(partners):
    handler = GuideDataHandler()
    for _ in range(2):
        await handler.store_sensitive_partner_data(partners, {"email": "anna@example.com", "phone": "", "vat": None})
    assert partners.rows[1]["email"] != partners.rows[2]["email"]
    assert (partners.rows[1]["phone"], partners.rows[1]["vat"]) == ("", None)


def test_the_guide_shows_a_length_to_sixteen_bytes():
    assert [fernet_bytes("x" * length) for length in (1, 15, 16, 100)] == [73, 73, 89, 169]


def test_an_exact_value_is_found_by_its_index_and_two_tokens_of_it_differ():
    index, cipher = BlindIndex(RING, normalizer="email"), FieldCipher(RING)
    assert index.compute("Anna@Example.com", context=EMAIL) == index.compute("anna@example.com", context=EMAIL)
    assert index.compute("a@b.c", context=EMAIL) != index.compute("a@b.c", context=("crm.lead", "email"))
    assert len({cipher.encrypt("anna@example.com", context=EMAIL) for _ in range(100)}) == 100


@pytest.mark.parametrize("empty", [None, False, ""])
async def test_an_empty_value_is_odoos_empty_value(client, partners, empty):
    """It is stored as False, is found as False, and is not read as a failure."""
    partner = await client.create("res.partner", {"name": "Anna", "email": empty})
    assert not any(partners.rows[partner][name] for name in ("x_email_enc", "x_email_idx"))
    assert await client.search("res.partner", [("email", "=", False)]) == [partner]
    [row] = await client.read("res.partner", [partner], ["email"])
    assert row["email"] is False


def test_padding_makes_lengths_equal():
    cipher = FieldCipher(RING, padding=128)
    assert len({len(cipher.encrypt("x" * length, context=EMAIL)) for length in range(126)}) == 1

"""Defect 41: the guide gave "[ENCRYPTED]" for what did not open, and the next save wrote that over the data."""

from __future__ import annotations

import pytest

from guide.encryption import GuideDataHandler, GuideEncryption
from zenoo_security import FieldCipher, KeyRing, SecureDataHandler
from zenoo_security.errors import DecryptionError, InvalidInput, QueryRefused
from zenoo_security.fields import Undecryptable

EMAIL = ("res.partner", "email")


async def test_the_guide_destroys_a_value_by_reading_and_saving(partners):
    partner = await GuideDataHandler().store_sensitive_partner_data(partners, {"email": "anna@example.com"})
    wrong = GuideDataHandler(GuideEncryption("another password"))
    row = await wrong.retrieve_sensitive_partner_data(partners, partner)
    assert row["email"] == "[ENCRYPTED]"
    partners.change([partner], {"email": wrong.encryption.encrypt_sensitive_data(row["email"])})
    assert wrong.encryption.decrypt_sensitive_data(partners.rows[partner]["email"]) == "[ENCRYPTED]"


def test_a_failure_is_an_error_or_a_mark_that_no_cipher_takes():
    cipher = FieldCipher(KeyRing.generate())
    damaged = {"email": cipher.encrypt("anna@example.com", context=EMAIL)[:-1]}
    with pytest.raises(DecryptionError):
        cipher.decrypt_records([damaged], {"email": EMAIL})
    [row] = cipher.decrypt_records([damaged], {"email": EMAIL}, on_error="mark")
    assert isinstance(row["email"], Undecryptable)
    assert not row["email"]
    with pytest.raises(InvalidInput):
        cipher.encrypt_records([row], {"email": EMAIL})


async def test_a_record_that_was_read_and_saved_keeps_the_token_that_did_not_open(client, partners):
    handler = SecureDataHandler()
    partner = await handler.store_sensitive_partner_data(client, {"name": "Anna", "email": "anna@example.com"})
    damaged = partners.rows[partner]["x_email_enc"][:-1] + "."
    partners.rows[partner]["x_email_enc"] = damaged
    row = await handler.retrieve_sensitive_partner_data(client, partner)
    assert isinstance(row["email"], Undecryptable)
    for given in (row["email"], str(row["email"])):
        with pytest.raises(QueryRefused):
            await client.write("res.partner", [partner], {"email": given})
    assert partners.rows[partner]["x_email_enc"] == damaged

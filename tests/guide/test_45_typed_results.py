"""Defect 45: the guide read every field, changed the row in place, and took what was no answer for an answer."""

from __future__ import annotations

import pytest

from fake_odoo import OdooError
from guide.encryption import GuideDataHandler
from zenoo_security import FieldCipher, KeyRing, SecureDataHandler, SecureZenooClient
from zenoo_security.client import ValidationRefused
from zenoo_security.errors import ConfigurationError

EMAIL = ("res.partner", "email")


class Refusing:
    """A client whose Odoo creates nothing, as with `safe_create`."""

    async def create(self, *_):
        return None


async def test_the_guide_passes_on_nothing_for_an_id():
    assert await GuideDataHandler().store_sensitive_partner_data(Refusing(), {"email": "anna@example.com"}) is None


async def test_a_created_partner_is_an_id_and_a_refusal_is_an_error(client, odoo_in_memory):
    handler = SecureDataHandler()
    assert await handler.store_sensitive_partner_data(client, {"name": "Anna", "email": "anna@example.com"}) == 1
    odoo_in_memory.answers["create"] = OdooError("odoo.exceptions.ValidationError")
    with pytest.raises(ValidationRefused) as raised:
        await handler.store_sensitive_partner_data(client, {"name": "Anna", "email": "anna@example.com"})
    assert "anna@example.com" not in f"{raised.value!r} {raised.value}"


async def test_only_the_fields_in_question_are_read_and_a_missing_partner_is_none(client, partners):
    handler = SecureDataHandler()
    partner = await handler.store_sensitive_partner_data(client, {"name": "Anna", "comment": "x", "vat": "DE136695976"})
    row = await handler.retrieve_sensitive_partner_data(client, partner)
    assert row == {"id": partner, "name": "Anna", "email": False, "phone": False, "vat": "DE136695976"}
    assert await handler.retrieve_sensitive_partner_data(client, 99) is None
    assert partners.rows[partner]["x_vat_enc"].startswith("zs1.")


async def test_a_client_without_encrypted_fields_is_refused():
    """The guide's handler would have stored the data with whatever it was given."""
    async with SecureZenooClient("http://127.0.0.1:1") as plain:
        with pytest.raises(ConfigurationError):
            await SecureDataHandler().store_sensitive_partner_data(plain, {"email": "anna@example.com"})


def test_an_empty_column_and_an_absent_field_are_no_failures():
    """False and None come back as they are, a field that was not read stays absent, and the caller's rows are not changed."""
    cipher = FieldCipher(KeyRing.generate())
    rows = [{"id": 1, "email": False}, {"id": 2, "email": None}, {"id": 3}]
    assert cipher.decrypt_records(rows, {"email": EMAIL}) == rows
    sealed = cipher.encrypt_records([{"email": "anna@example.com"}], {"email": EMAIL})
    before = [dict(row) for row in sealed]
    assert cipher.decrypt_records(sealed, {"email": EMAIL}) == [{"email": "anna@example.com"}]
    assert sealed == before

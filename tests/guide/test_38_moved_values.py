"""Defect 38: the guide's ciphertext was bound to nothing and opened in any field of any record."""

from __future__ import annotations

import pytest

from guide.encryption import GuideDataHandler
from zenoo_security import FieldCipher, KeyRing
from zenoo_security.errors import DecryptionError
from zenoo_security.fields import Undecryptable
from zenoo_security.fields.context import context_of

BIND = ("database", "company", "record")
HOME = {"model": "res.partner", "field": "email", "bind": BIND, "database": "shop", "company": 1, "record": 7}
ELSEWHERE = [{"model": "crm.lead"}, {"field": "phone"}, {"database": "test"}, {"company": 2}, {"record": 8}]


async def test_the_guide_reads_what_was_copied_from_somebody_else(partners):
    handler = GuideDataHandler()
    anna = await handler.store_sensitive_partner_data(partners, {"email": "anna@example.com"})
    mallory = await handler.store_sensitive_partner_data(partners, {"email": "mallory@example.com"})
    partners.rows[mallory]["phone"] = partners.rows[anna]["email"]
    row = await handler.retrieve_sensitive_partner_data(partners, mallory)
    assert row["phone"] == "anna@example.com"


@pytest.mark.asvs("v5.0.0-11.3.3")
@pytest.mark.parametrize("elsewhere", ELSEWHERE, ids=lambda elsewhere: next(iter(elsewhere)))
def test_a_token_opens_where_it_was_written_and_nowhere_else(elsewhere):
    cipher = FieldCipher(KeyRing.generate())
    token = cipher.encrypt("anna@example.com", context=context_of(**HOME))
    assert cipher.decrypt(token, context=context_of(**HOME)) == "anna@example.com"
    with pytest.raises(DecryptionError):
        cipher.decrypt(token, context=context_of(**HOME | elsewhere))


async def test_the_client_marks_a_token_that_was_moved_to_another_field(client, partners):
    partner = await client.create("res.partner", {"email": "anna@example.com", "vat": "DE136695976"})
    partners.rows[partner]["x_vat_enc"] = partners.rows[partner]["x_email_enc"]
    [row] = await client.read("res.partner", [partner], ["email", "vat"])
    assert row["email"] == "anna@example.com"
    assert isinstance(row["vat"], Undecryptable)
    assert row["vat"].reason == "altered"

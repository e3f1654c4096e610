"""Names of records, which Odoo makes of fields and puts into many answers: no ciphertext, and no oracle for it."""

from __future__ import annotations

import pytest

from fake_odoo import DATABASE, LOGIN, PASSWORD, FakeOdoo
from zenoo_security import SecureZenooClient
from zenoo_security.errors import QueryRefused
from zenoo_security.fields import Encrypted, EncryptedFields, FieldCipher
from zenoo_security.keyring import KeyRing

RING = KeyRing.generate()
FIELDS = EncryptedFields(
    {"res.partner": {"name": Encrypted(in_place=True, force=True), "email": Encrypted(), "vat": Encrypted()}}
)
TOKEN = FieldCipher(RING).encrypt("Anna Kowalska", context=("res.partner", "name"))
OTHER = FieldCipher(RING).encrypt("BE0477472701", context=("res.partner", "vat"))


@pytest.fixture
def fake():
    server = FakeOdoo()
    yield server
    server.close()


@pytest.fixture
async def client(fake):
    async with SecureZenooClient(fake.url, encrypted_fields=FIELDS, key_ring=RING) as client:
        await client.login(DATABASE, LOGIN, PASSWORD)
        yield client


async def test_the_name_of_a_record_is_decrypted_where_its_own_model_is_asked(client, fake):
    fake.answers["read"] = [{"id": 1, "name": TOKEN, "display_name": TOKEN}]
    assert await client.read("res.partner", [1], ["name", "display_name"]) == [
        {"id": 1, "name": "Anna Kowalska", "display_name": "Anna Kowalska"}
    ]
    fake.answers["name_search"] = [[1, TOKEN]]
    assert await client.execute_kw("res.partner", "name_search", [""]) == [[1, "Anna Kowalska"]]


@pytest.mark.parametrize(
    "shown", [OTHER, f"{TOKEN[:-1]}.", f"{TOKEN}, Delivery"], ids=["another field", "altered", "part of a name"]
)
async def test_ciphertext_that_is_not_the_whole_name_is_masked(client, fake, shown):
    """Also that of another field: whoever can name a record could otherwise have any token decrypted."""
    fake.answers["read"] = [{"id": 1, "display_name": shown}]
    [row] = await client.read("res.partner", [1], ["display_name"])
    assert row["display_name"].startswith("(encrypted)")
    assert "zs1." not in row["display_name"]


async def test_the_text_of_a_many2one_is_masked_in_other_models(client, fake):
    fake.answers["read"] = [{"id": 7, "partner_id": [1, TOKEN], "note": f"for {TOKEN}, Delivery", "amount": 1.5}]
    assert await client.read("sale.order", [7], ["partner_id", "note", "amount"]) == [
        {"id": 7, "partner_id": [1, "(encrypted)"], "note": "for (encrypted), Delivery", "amount": 1.5}
    ]


@pytest.mark.parametrize("key", ["show_email", "show_vat"])
@pytest.mark.parametrize("model", ["res.partner", "sale.order"])
async def test_a_context_that_puts_encrypted_fields_into_names_is_refused(client, fake, model, key):
    """In the context of the call, and in that of a relation inside of a specification."""
    inside = {"partner_id": {"fields": {"display_name": {}}, "context": {key: True}}}
    for call in (
        client.read(model, [1], ["display_name"], context={key: 1}),
        client.execute_kw(model, "web_read", [[1], inside]),
        client.execute_kw(model, "web_search_read", [[], inside]),
    ):
        with pytest.raises(QueryRefused, match=key):
            await call
    assert not fake.calls("read")


async def test_a_context_that_shows_other_fields_in_names_passes(client, fake):
    fake.answers["read"] = [{"id": 1, "display_name": "Anna\nBerlin"}]
    [row] = await client.read("res.partner", [1], ["display_name"], context={"show_address": True, "show_email": False})
    assert row["display_name"] == "Anna\nBerlin"

"""Models that are built from a real Odoo 19, and what it takes of them."""

from __future__ import annotations

import pytest

from zenoo_security import model_for
from zenoo_security.errors import InvalidFields, ParameterError
from zenoo_security.partner import SecurePartnerInput, create_partner_secure
from zenoo_security.types import Email, PersonName, Phone

pytestmark = pytest.mark.odoo

FIELDS = [
    "name", "email", "phone", "website", "vat", "is_company", "type", "function", "street", "street2", "zip", "city",
    "state_id", "country_id", "lang", "comment", "ref", "color", "partner_latitude", "category_id", "active", "image_1920",
]  # fmt: skip


async def test_a_model_of_a_real_partner_takes_what_odoo_takes(odoo_client):
    async with odoo_client() as client:
        made = await model_for(client, "res.partner", fields=FIELDS)
        country = (await client.execute_kw("res.country", "search", [[("code", "=", "DE")]], {}))[0]
        data = {
            "name": "O'Brien & S\u00f6hne", "type": "invoice", "country_id": country, "comment": "<p>Hello</p>",
            "color": 3, "partner_latitude": 52.5, "category_id": [], "ref": None, "lang": "en_US",
        }  # fmt: skip
        record = await made.checked(client, data)
        created = await client.create("res.partner", record.to_odoo())
        [stored] = await client.execute_kw("res.partner", "read", [[created], list(data)], {})
        assert stored["name"] == data["name"]
        assert stored["country_id"][0] == country
        assert stored["type"] == "invoice"
        with pytest.raises(InvalidFields) as caught:
            await made.checked(client, {"name": "A", "country_id": 999_999, "category_id": [999_999]})
        assert {error.field: error.code for error in caught.value.errors} == {
            "country_id": "record_missing",
            "category_id": "record_missing",
        }
        with pytest.raises(InvalidFields) as caught:
            made.parse({"name": "A", "type": "private", "lang": "xx_XX", "color": "1"})
        assert [error.code for error in caught.value.errors] == ["choice", "choice", "type"]


async def test_fields_that_are_not_for_outsiders_are_refused(odoo_client, odoo_user):
    async with odoo_client() as client:
        for field in ("child_ids", "complete_name", "application_statistics", "no_such_field", "properties"):
            with pytest.raises(ParameterError):
                await model_for(client, "res.partner", fields=["name", field])


async def test_the_partner_model_knows_the_fields_that_odoo_19_has(odoo_client):
    """Every field of `SecurePartnerInput` is there, may be written, and has the type that the model takes."""
    async with odoo_client() as client:
        found = await client.execute_kw(
            "res.partner", "fields_get", [], {"attributes": ["type", "readonly", "selection"]}
        )
        fields = set(SecurePartnerInput.model_fields)
        assert fields <= set(found)
        assert not any(found[name]["readonly"] for name in fields)
        assert {key for key, _ in found["type"]["selection"]} == {"contact", "invoice", "delivery", "other"}
        assert "mobile" not in found


async def test_a_partner_is_changed_and_emptied_by_a_model_for_write(odoo_client):
    """What `docs/guide/partner.md` says of changes, and that JSON from outside goes all the way."""
    types = {"name": PersonName, "email": Email, "phone": Phone}
    async with odoo_client() as client:
        partner = SecurePartnerInput.model_validate_json('{"name": "Ann", "email": "Ann@Example.COM"}')
        created = await create_partner_secure(client, partner)
        changes = await model_for(client, "res.partner", fields=types, types=types, partial=True)
        record = await changes.checked(client, {"phone": "+49 30 901820", "email": None})
        await client.write("res.partner", [created], record.to_odoo())
        [stored] = await client.execute_kw("res.partner", "read", [[created], [*types]], {})
        assert (stored["name"], stored["email"], stored["phone"]) == ("Ann", False, "+4930901820")

"""A policy on a real Odoo 19: what Odoo hands out or carries along by other ways than the field that a rule keeps."""

from __future__ import annotations

import pytest

from zenoo_security import SecureZenooClient
from zenoo_security.client import AccessRefused
from zenoo_security.errors import PermissionDenied, RecordNotFound
from zenoo_security.policy import Narrowing, Policy, RoleRules
from zenoo_security.roles import AccessControlManager

pytestmark = [pytest.mark.odoo, pytest.mark.asvs("v5.0.0-8.2.3")]

EVERYTHING = RoleRules(groups=["base.group_user"], allow=["*"])
MOST = RoleRules(
    groups=["base.group_user"], allow=["res.partner:read", "res.users:read"], deny=["res.partner:read:vat"]
)


@pytest.mark.parametrize("rules", [EVERYTHING, MOST], ids=["everything", "most"])
async def test_what_a_plain_user_may_read_comes_back(odoo_database, odoo_user, rules):
    user = odoo_user(["base.group_user"])
    [row] = odoo_database.call("res.users", "read", [user.uid], ["partner_id"])
    [partner] = row["partner_id"][:1]
    async with SecureZenooClient(odoo_database.url, access=AccessControlManager(Policy({"user": rules}))) as client:
        await client.login(odoo_database.name, user.login, user.password)
        for model, record in (("res.partner", partner), ("res.users", user.uid)):
            told = await client.execute_kw(model, "fields_get", [], {"attributes": ["type"]})
            for _ in range(2):
                [read] = await client.read(model, [record])
                assert read["id"] == record
                missing = told.keys() - read.keys()
                assert "rtc_session_ids" in missing
                for name in missing:
                    with pytest.raises((AccessRefused, PermissionDenied)):
                        await client.read(model, [record], [name])
            [found] = await client.search_read(model, [("id", "=", record)])
            assert found.keys() == read.keys()


async def test_methods_that_stand_for_fields_do_not_lead_around(odoo_database, odoo_user):
    """The address of a parent that is not to be read, and a field that is not to be written."""
    user = odoo_user(["base.group_user", "base.group_partner_manager"])
    rules = RoleRules(
        groups=["base.group_user"], allow=["res.partner:*"], deny=["res.partner:*:street", "res.partner:*:is_company"]
    )
    [parent] = odoo_database.call("res.partner", "create", [{"name": "Parent", "street": "Secret street 1"}])
    [partner] = odoo_database.call("res.partner", "create", [{"name": "Child", "parent_id": parent, "type": "contact"}])
    answer = odoo_database.call("res.partner", "onchange_parent_id", [partner], user=user)
    assert answer["value"]["street"] == "Secret street 1"
    async with SecureZenooClient(odoo_database.url, access=AccessControlManager(Policy({"user": rules}))) as client:
        await client.login(odoo_database.name, user.login, user.password)
        for method in ("onchange_parent_id", "onchange_company_type", "message_get_followers"):
            with pytest.raises(PermissionDenied):
                await client.execute_kw("res.partner", method, [[partner]])


async def test_what_a_hidden_record_holds_does_not_come_along(odoo_database, odoo_user):
    """Odoo gives a contact the VAT number of whatever parent it gets."""
    user = odoo_user(["base.group_user", "base.group_partner_manager"])
    rules = RoleRules(groups=["base.group_user"], allow=["res.partner:*"])
    narrow = [Narrowing("res.partner", (("ref", "=", "shown"),), frozenset({"read"}))]
    rows = [{"name": "Hidden AG", "vat": "DE123456788", "ref": "hidden"}, {"name": "Seen AG", "ref": "shown"}]
    hidden, seen = odoo_database.call("res.partner", "create", rows)
    [contact] = odoo_database.call("res.partner", "create", [{"name": "Contact", "ref": "shown"}])
    probe = odoo_database.call("res.partner", "create", [{"name": "Probe", "parent_id": hidden}], user=user)
    assert odoo_database.call("res.partner", "read", probe, ["vat"])[0]["vat"] == "DE123456788"
    manager = AccessControlManager(Policy({"user": rules}, narrow=narrow))
    async with SecureZenooClient(odoo_database.url, access=manager) as client:
        await client.login(odoo_database.name, user.login, user.password)
        for values in ({"parent_id": hidden}, {"parent_id": 2**31 - 1}):
            with pytest.raises(RecordNotFound):
                await client.write("res.partner", [contact], values)
            with pytest.raises(RecordNotFound):
                await client.create("res.partner", {"name": "x", **values})
        await client.write("res.partner", [contact], {"parent_id": seen})
    [row] = odoo_database.call("res.partner", "read", [contact], ["parent_id", "vat"])
    assert (row["parent_id"][0], row["vat"]) == (seen, False)

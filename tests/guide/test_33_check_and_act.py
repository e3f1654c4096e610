"""Defect 33 of the guide: between the check and the act the record may change hands."""

from __future__ import annotations

import pytest

from fake_odoo import LOGIN, UID
from objects.shop import GuideClient, GuideObjectLevelAuthManager, Shop, manager_of
from zenoo_security import ObjectLevelAuthManager
from zenoo_security.client.errors import AccessRefused
from zenoo_security.policy import Narrowing

MINE = Narrowing("res.partner", (("user_id", "=", "{uid}"),))


async def test_the_guide_reads_what_it_has_checked_before() -> None:
    shop = Shop()
    shop.add(3, user_id=LOGIN, name="Alice GmbH")
    client = GuideClient(shop)
    assert await GuideObjectLevelAuthManager(client).check_object_access(LOGIN, "res.partner", 3, "read")
    shop.rows[3]["user_id"] = "bob"
    assert await client.read("res.partner", [3]) == [shop.rows[3]]


@pytest.mark.asvs("v5.0.0-8.2.2")
async def test_a_read_of_ours_has_the_domain_in_its_own_request() -> None:
    shop = Shop()
    shop.add(3, user_id=UID, name="Alice GmbH")
    async with shop.client(manager_of("res.partner:read", narrow=[MINE])) as client:
        assert await ObjectLevelAuthManager(client).check_object_access(LOGIN, "res.partner", 3, "read")
        shop.rows[3]["user_id"] = 8
        assert await client.read("res.partner", [3], ["name"]) == []


async def test_what_odoo_itself_forbids_is_checked_where_the_write_is() -> None:
    shop = Shop()
    shop.add(3, user_id=UID)
    shop.rules["write"] = [["user_id", "=", UID]]
    async with shop.client(None) as client:
        assert await ObjectLevelAuthManager(client).check_object_access(LOGIN, "res.partner", 3, "write")
        shop.rows[3]["user_id"] = 8
        with pytest.raises(AccessRefused):
            await client.write("res.partner", [3], {"name": "Mine"})
    assert "name" not in shop.rows[3]

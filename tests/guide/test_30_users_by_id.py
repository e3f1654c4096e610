"""Defect 30 of the guide: who asks was looked for by login in fields that hold ids, so nobody had anything."""

from __future__ import annotations

from fake_odoo import LOGIN, UID
from objects.shop import GuideClient, GuideObjectLevelAuthManager, Shop
from zenoo_security import ObjectLevelAuthManager


async def test_the_guide_compares_an_id_with_a_login() -> None:
    shop = Shop()
    shop.add(3, user_id=UID, create_uid=1)
    client = GuideClient(shop)
    assert not await GuideObjectLevelAuthManager(client).check_object_access(LOGIN, "res.partner", 3, "read")
    assert client.domains == [("res.partner", ["|", ("create_uid", "=", LOGIN), ("user_id", "=", LOGIN)])]


async def test_ours_asks_with_the_credentials_of_the_user() -> None:
    shop = Shop()
    shop.add(3, user_id=UID, create_uid=1)
    shop.rules["read"] = [["user_id", "=", UID]]
    async with shop.client(None) as client:
        assert await ObjectLevelAuthManager(client).check_object_access(LOGIN, "res.partner", 3, "read")
    assert {call["uid"] for call in shop.calls("search")} == {UID}
    assert LOGIN not in str(shop.asked())

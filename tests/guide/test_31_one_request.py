"""Defect 31 of the guide: each check loaded the ids of all that the user has; with a limit it would have been wrong."""

from __future__ import annotations

from fake_odoo import LOGIN
from objects.shop import GuideClient, GuideObjectLevelAuthManager, Shop
from zenoo_security import ObjectLevelAuthManager


async def test_the_guide_loads_everything() -> None:
    shop = Shop()
    shop.add(*range(1, 1001), user_id=LOGIN)
    client = GuideClient(shop)
    manager = GuideObjectLevelAuthManager(client)
    assert [n for n in (1, 2, 1001) if await manager.check_object_access(LOGIN, "res.partner", n, "read")] == [1, 2]
    assert len(client.domains) == 3
    assert not any("id" in leaf for _, domain in client.domains for leaf in domain)


async def test_ours_asks_for_the_ids_and_for_nothing_else() -> None:
    shop = Shop()
    shop.add(*range(1, 1001))
    async with shop.client(None) as client:
        assert await ObjectLevelAuthManager(client).filter_accessible("res.partner", [1, 2, 1001], "read") == [1, 2]
    [(model, method, [domain], options)] = shop.asked()
    assert (model, method, domain) == ("res.partner", "search", [["id", "in", [1, 2, 1001]]])
    assert "limit" not in options

"""Defect 32 of the guide: the operation was ignored, so who may read may delete."""

from __future__ import annotations

import pytest

from fake_odoo import LOGIN, UID
from objects.shop import GuideClient, GuideObjectLevelAuthManager, Shop
from zenoo_security import ObjectLevelAuthManager


@pytest.mark.parametrize("operation", ["read", "unlink", "no such operation"])
async def test_the_guide_has_one_answer_for_all_operations(operation: str) -> None:
    shop = Shop()
    shop.add(3, user_id=LOGIN)
    assert await GuideObjectLevelAuthManager(GuideClient(shop)).check_object_access(LOGIN, "res.partner", 3, operation)


async def test_ours_asks_odoo_for_each() -> None:
    shop = Shop()
    shop.add(3, user_id=UID)
    shop.rules |= {"write": [["user_id", "=", UID]], "create": [["user_id", "=", 8]], "unlink": None}
    async with shop.client(None) as client:
        manager = ObjectLevelAuthManager(client)
        answers = {
            operation: await manager.check_object_access(LOGIN, "res.partner", 3, operation)
            for operation in ("read", "write", "create", "unlink")
        }
    assert answers == {"read": True, "write": True, "create": False, "unlink": False}

"""Defect 34 of the guide: who has created a record owned it for ever, whatever Odoo's rules and companies said."""

from __future__ import annotations

import pytest

from fake_odoo import LOGIN, UID
from objects.shop import GuideClient, GuideObjectLevelAuthManager, Shop, manager_of
from zenoo_security import ObjectLevelAuthManager
from zenoo_security.policy import Narrowing

OTHER_COMPANY = {"create_uid": UID, "user_id": UID, "company_id": 2}


async def test_the_guide_asks_for_the_creator_alone() -> None:
    """Under one account for all, as its listings are run; the login stands for the id, see defect 30."""
    shop = Shop()
    shop.add(3, **{**OTHER_COMPANY, "create_uid": LOGIN})
    shop.rules["read"] = [["company_id", "in", [1]]]
    assert await GuideObjectLevelAuthManager(GuideClient(shop)).check_object_access(LOGIN, "res.partner", 3, "read")


@pytest.mark.asvs("v5.0.0-8.2.2", "v5.0.0-8.4.1")
async def test_ours_asks_odoo_and_narrows_further() -> None:
    shop = Shop()
    shop.add(3, **OTHER_COMPANY)
    shop.add(4, create_uid=8, user_id=8, company_id=1)
    shop.add(5, create_uid=8, user_id=UID, company_id=1)
    shop.rules["read"] = [["company_id", "in", [1]]]
    mine = Narrowing("res.partner", (("user_id", "=", "{uid}"),))
    async with shop.client(None) as client:
        assert await ObjectLevelAuthManager(client).filter_accessible("res.partner", [3, 4, 5], "read") == [4, 5]
    async with shop.client(manager_of("res.partner:read", narrow=[mine])) as client:
        assert await ObjectLevelAuthManager(client).filter_accessible("res.partner", [3, 4, 5], "read") == [5]

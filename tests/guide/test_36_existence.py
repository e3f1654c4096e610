"""Defect 36 of the guide: the refusal named the record, and so told that it exists."""

from __future__ import annotations

from typing import Any

import pytest

from fake_odoo import LOGIN, UID
from objects.shop import GuideClient, GuideObjectLevelAuthManager, Shop
from zenoo_security import ObjectLevelAuthManager
from zenoo_security.errors import PermissionDenied, RecordNotFound, SecurityError


async def guide_get_partner(client: GuideClient, partner_id: int) -> Any:
    """The guide's decorated function, whose read tells of a record that is gone in Odoo's words."""
    if partner_id not in client.shop.rows:
        raise LookupError("Record does not exist or has been deleted.")
    manager = GuideObjectLevelAuthManager(client)
    if not await manager.check_object_access(LOGIN, "res.partner", partner_id, "read"):
        raise SecurityError(f"Access denied to res.partner record {partner_id}")
    return await client.read("res.partner", [partner_id])


async def refusal(call: Any) -> tuple[type[BaseException], str]:
    """Class and text of what a call raises."""
    with pytest.raises(Exception) as caught:
        await call
    return caught.type, str(caught.value)


async def test_the_guide_tells_what_exists() -> None:
    shop = Shop()
    shop.add(3, user_id="bob")
    client = GuideClient(shop)
    forbidden, gone = [await refusal(guide_get_partner(client, record_id)) for record_id in (3, 99)]
    assert forbidden != gone
    assert "3" in forbidden[1]


async def test_ours_says_one_thing_unless_it_is_asked_for_more() -> None:
    shop = Shop()
    shop.add(3, user_id=8)
    shop.rules["read"] = [["user_id", "=", UID]]
    async with shop.client(None) as client:
        manager = ObjectLevelAuthManager(client)
        refusals, requests = [], []
        for record_id in (3, 99):
            before = len(shop.requests)
            refusals.append(await refusal(manager.require("res.partner", [record_id], "read")))
            requests.append(len(shop.requests) - before)
        assert refusals == [(RecordNotFound, "there is no such record")] * 2
        assert requests[0] == requests[1]
        forbidden, gone = [
            await refusal(manager.require("res.partner", [record_id], "read", confirm_existence=True))
            for record_id in (3, 99)
        ]
    assert forbidden[0] is PermissionDenied
    assert gone[0] is RecordNotFound

"""Defect 35: the guide's wrapper takes `(client, record_id)` by position: a call by keyword is a TypeError."""

from __future__ import annotations

from typing import Any

import pytest

from zenoo_security import Principal, acting_as, secure_object_access
from zenoo_security.errors import RecordNotFound
from zenoo_security.guards import objects

ALICE = Principal("shop", 7, "alice")


class OfTheTest:
    """Stands for `ObjectLevelAuthManager`: records up to 10 are Alice's."""

    def __init__(self, client: Any) -> None:
        pass

    async def check_object_access(self, username: str, model_name: str, record_id: int, operation: str) -> bool:
        return record_id <= 10

    async def require(self, model: str, ids: list[int], operation: str, **options: Any) -> None:
        if max(ids) > 10:
            raise RecordNotFound


def guides_secure_object_access(model_name, operation):
    """The guide's listing."""

    def decorator(func):
        async def wrapper(client, record_id, *args, **kwargs):
            auth_manager = OfTheTest(client)
            if not await auth_manager.check_object_access("alice", model_name, record_id, operation):
                raise PermissionError(f"Access denied to {model_name} record {record_id}")
            return await func(client, record_id, *args, **kwargs)

        return wrapper

    return decorator


class Client:
    database = "shop"
    uid = 7

    async def execute_kw(self, *args: Any) -> Any: ...


async def get_partner(client: Client, partner_id: int) -> int:
    """Get partner with object-level security check."""
    return partner_id


async def archive(client: Client, partner_ids: list[int]) -> list[int]:
    return partner_ids


@pytest.fixture(autouse=True)
def manager_of_the_test(monkeypatch) -> None:
    monkeypatch.setattr(objects, "ObjectLevelAuthManager", OfTheTest)


async def test_the_guide_cannot_be_called_by_keyword_nor_with_several() -> None:
    with pytest.raises(TypeError):
        await guides_secure_object_access("res.partner", "read")(get_partner)(Client(), partner_id=3)
    with pytest.raises(TypeError):
        await guides_secure_object_access("res.partner", "write")(archive)(Client(), [3, 4])


@pytest.mark.asvs("v5.0.0-8.2.2")
async def test_ours_finds_the_ids_by_name_one_or_many() -> None:
    one = secure_object_access("res.partner", "read")(get_partner)
    many = secure_object_access("res.partner", "write")(archive)
    with acting_as(ALICE):
        assert await one(Client(), partner_id=3) == await one(Client(), 3) == 3
        assert await many(Client(), [3, 4]) == await many(partner_ids=[3, 4], client=Client()) == [3, 4]
        for call in (one(Client(), partner_id=11), many(Client(), [3, 11]), many(Client(), partner_ids=[11])):
            with pytest.raises(RecordNotFound):
                await call

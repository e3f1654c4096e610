"""secure_object_access on a real Odoo 19: Odoo's own rules decide, by the user of the client."""

from __future__ import annotations

from typing import Any

import pytest

from zenoo_security import Principal, SecureZenooClient, acting_as, secure_object_access
from zenoo_security.errors import InvalidInput, NoPrincipal, PermissionDenied, RecordNotFound

pytestmark = pytest.mark.odoo


@secure_object_access("res.partner", "read")
async def get_partner(client: SecureZenooClient, partner_id: int) -> str:
    [row] = await client.read("res.partner", [partner_id], ["name"])
    return row["name"]


@secure_object_access("res.partner", "write")
async def rename(client: SecureZenooClient, partner_ids: list[int], name: str) -> bool:
    return await client.execute_kw("res.partner", "write", [partner_ids, {"name": name}])


@secure_object_access("res.partner", "unlink", confirm_existence=True)
async def delete(client: SecureZenooClient, record_id: int) -> bool:
    return await client.execute_kw("res.partner", "unlink", [[record_id]])


@secure_object_access("res.partner", "read")
async def names(client: SecureZenooClient, partner_ids: list[int]) -> Any:
    for row in await client.read("res.partner", partner_ids, ["name"]):
        yield row["name"]


GONE = 2_000_000_000


@pytest.fixture
def partners(odoo_database):
    return [odoo_database.call("res.partner", "create", {"name": f"Partner {number}"}) for number in range(3)]


def principal_of(user, database) -> Principal:
    return Principal(database.name, user.uid, user.login)


@pytest.mark.asvs("v5.0.0-8.2.2", "v5.0.0-8.3.3")
async def test_a_user_reads_and_does_not_write_what_odoo_lets_them(odoo_client, odoo_user, odoo_database, partners):
    user = odoo_user(["base.group_user"])
    async with odoo_client(user) as client:
        with acting_as(principal_of(user, odoo_database)):
            assert await get_partner(client, partner_id=partners[0]) == "Partner 0"
            assert [name async for name in names(client, partners)] == ["Partner 0", "Partner 1", "Partner 2"]
            for call in (
                lambda: rename(client, partners, "x"),
                lambda: rename(client, [*partners, GONE], "x"),
                lambda: get_partner(client, GONE),
            ):
                with pytest.raises(RecordNotFound):
                    await call()
            with pytest.raises(RecordNotFound):
                await names(client, [*partners, GONE]).__anext__()
            with pytest.raises(PermissionDenied) as refused:
                await delete(client, partners[0])
            assert not isinstance(refused.value, RecordNotFound)
            with pytest.raises(RecordNotFound):
                await delete(client, GONE)
            with pytest.raises(InvalidInput):
                await rename(client, [partners[0], -1], "x")
    assert {row["name"] for row in odoo_database.call("res.partner", "read", partners, ["name"])} == {
        "Partner 0", "Partner 1", "Partner 2",
    }  # fmt: skip


async def test_who_may_write_and_delete_does(odoo_client, odoo_user, odoo_database, partners):
    user = odoo_user(["base.group_user", "base.group_partner_manager"])
    async with odoo_client(user) as client:
        with acting_as(principal_of(user, odoo_database)):
            assert await rename(client, partner_ids=partners, name="New")
            assert await delete(client, partners[0])
            with pytest.raises(RecordNotFound):
                await get_partner(client, partners[0])
        with pytest.raises(NoPrincipal):
            await get_partner(client, partners[1])


async def test_the_portal_sees_itself_and_not_others(odoo_client, odoo_user, odoo_database, partners):
    """What is there and forbidden looks like what is gone."""
    user = odoo_user(["base.group_portal"])
    own = odoo_database.call("res.users", "read", [user.uid], ["partner_id"])[0]["partner_id"][0]
    async with odoo_client(user) as client:
        with acting_as(principal_of(user, odoo_database)):
            assert await get_partner(client, own)
            for number in (partners[0], GONE):
                with pytest.raises(RecordNotFound, match=r"^there is no such record$"):
                    await get_partner(client, number)


async def test_the_client_of_somebody_else_is_of_no_use(odoo_client, odoo_user, odoo_database, partners):
    """An administrator's client does not lend a viewer its rights."""
    viewer = odoo_user(["base.group_portal"])
    async with odoo_client() as client:
        for principal in (principal_of(viewer, odoo_database), Principal("other", client.uid, "admin")):
            with acting_as(principal), pytest.raises(PermissionDenied, match="not logged in as the one who asks"):
                await get_partner(client, partners[0])

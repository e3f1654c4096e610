"""Which records are accessible, held to a real Odoo 19: random rights, rules, companies, users and narrowing domains."""

from __future__ import annotations

import asyncio
import random

import pytest

from objects.place import MODEL, Place, agreed, logged_in
from zenoo_security import ObjectLevelAuthManager
from zenoo_security.errors import OdooUnavailable, PermissionDenied, RecordNotFound

pytestmark = [pytest.mark.odoo, pytest.mark.asvs("v5.0.0-8.2.2", "v5.0.0-8.3.3", "v5.0.0-8.4.1")]


@pytest.fixture(scope="module")
def place(odoo_database):
    return Place(odoo_database)


async def test_exactly_what_odoo_allows_and_the_domain_matches_is_accessible(place):
    await agreed(place, seed=5, rounds=8)


async def test_one_and_several_are_required_as_they_are_filtered(place):
    chance = random.Random(6)
    for user in place.users[1:3]:
        ids = place.change(chance)
        ids.append(max(ids) + 1000)
        async with logged_in(place, user) as client:
            manager = ObjectLevelAuthManager(client)
            for operation in ("read", "write"):
                found = await manager.filter_accessible(MODEL, ids, operation)
                for record_id in ids[-4:]:
                    access = await manager.check_object_access(user.login, MODEL, record_id, operation)
                    assert access == (record_id in found)
                with pytest.raises(RecordNotFound):
                    await manager.require(MODEL, ids, operation)
                if found:
                    await manager.require(MODEL, found, operation)


async def test_existence_is_told_as_odoo_tells_it(place, odoo_database):
    user = place.users[3]
    users = odoo_database.call("res.users", "search", [("id", "!=", user.uid)], order="id")
    async with logged_in(place, user) as client:
        manager = ObjectLevelAuthManager(client)
        for model, record_id in (("res.users", users[0]), ("ir.cron", 1), ("res.nothing", 1)):
            with pytest.raises(RecordNotFound) as caught:
                await manager.require(model, [record_id], "read")
            with pytest.raises(PermissionDenied) as caught:
                await manager.require(model, [record_id], "read", confirm_existence=True)
            assert not isinstance(caught.value, RecordNotFound)
        for arguments in ({}, {"confirm_existence": True}):
            with pytest.raises(RecordNotFound):
                await manager.require("res.partner", [2**31 - 1], "read", **arguments)
            with pytest.raises(RecordNotFound):
                await manager.require("res.partner", [2**31 - 1], "unlink", **arguments)


async def test_an_odoo_that_is_down_grants_nothing(place, odoo_database):
    user = odoo_database.create_user()
    async with logged_in(place, user) as client:
        manager = ObjectLevelAuthManager(client)
        [own] = await client.execute_kw("res.users", "read", [[user.uid], ["partner_id"]])
        assert await manager.check_object_access(user.login, "res.partner", own["partner_id"][0], "read")
        client._transport.base_url = "http://127.0.0.1:9"
        client._transport._client.base_url = "http://127.0.0.1:9"
        with pytest.raises(OdooUnavailable):
            await manager.check_object_access(user.login, "res.partner", own["partner_id"][0], "read")


async def test_two_users_at_once_get_their_own_answers(place):
    ids = place.change(random.Random(7))
    allowed = place.decide([])["allowed"]

    async def ask(user):
        async with logged_in(place, user) as client:
            return await ObjectLevelAuthManager(client).filter_accessible(MODEL, ids, "read")

    found = await asyncio.gather(*(ask(user) for user in place.users))
    assert [set(ids) for ids in found] == [set(allowed[f"{user.uid}:read"]) for user in place.users]

"""What Odoo no longer stands behind ends by the time of a store that several processes share, in real seconds."""

from __future__ import annotations

import asyncio

import pytest

from scripted_odoo import DATABASE, LOGIN, PASSWORD, ScriptedOdoo
from zenoo_security.auth.liveness import Liveness
from zenoo_security.errors import SessionEnded
from zenoo_security.principal import Principal
from zenoo_security.sessions import SessionPolicy, Sessions
from zenoo_security.stores import open_store

PRINCIPAL = Principal(DATABASE, 7, LOGIN, frozenset({"base.group_user"}), frozenset({"password"}), 1_700_000_000.0)


@pytest.fixture
async def store(store_url):
    store = open_store(store_url)
    yield store
    await store.aclose()


async def has_ended(sessions: Sessions, token: str) -> bool:
    try:
        await sessions.get(token)
    except SessionEnded:
        return True
    return False


@pytest.mark.asvs("v5.0.0-7.3.1", "v5.0.0-7.4.2")
async def test_idle_and_archived_users_lose_their_sessions_by_the_time_of_the_store(store, key_ring) -> None:
    odoo, policy = ScriptedOdoo(), SessionPolicy(idle_s=2, check_s=1)
    sessions = Sessions(store, key_ring, policy=policy)
    liveness = Liveness(odoo, sessions, groups=None, end_account=sessions.end_all)
    idle, other, used = [await sessions.start(PRINCIPAL, PASSWORD) for _ in range(3)]
    for _ in range(5):
        await asyncio.sleep(0.5)
        await sessions.get(other)
        await liveness.current(used, await sessions.get(used))
    assert 1 <= odoo.count("still_valid") < 5
    assert [await has_ended(sessions, token) for token in (idle, other, used)] == [True, False, False]
    odoo.ann.active = False
    await asyncio.sleep(1)
    with pytest.raises(SessionEnded):
        await liveness.current(used, await sessions.get(used))
    assert [await has_ended(sessions, token) for token in (other, used)] == [True, True]
    assert [key async for key, _ in store.scan(b"session/")] == []

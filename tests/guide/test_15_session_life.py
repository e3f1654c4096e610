"""Defect 15: the guide's sessions could not be checked, renewed or ended, had no idle time-out, and stayed in memory."""

from __future__ import annotations

import pytest

from zenoo_security import KeyRing, Principal
from zenoo_security.clock import FakeClock
from zenoo_security.errors import SessionEnded
from zenoo_security.sessions import Sessions
from zenoo_security.stores.memory import MemoryStore

ALICE = Principal("shop", 7, "alice")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(now=1_700_000_000.0)


@pytest.fixture
def store(clock: FakeClock) -> MemoryStore:
    return MemoryStore(clock=clock)


@pytest.fixture
def sessions(store: MemoryStore, clock: FakeClock) -> Sessions:
    return Sessions(store, KeyRing.generate(), clock=clock)


async def test_a_token_can_be_checked_renewed_and_logged_out(sessions):
    """The guide had no such method."""
    token = await sessions.start(ALICE, "secret")
    assert (await sessions.get(token)).principal == ALICE
    token = await sessions.rotate(token)
    await sessions.end(token)
    with pytest.raises(SessionEnded):
        await sessions.get(token)


async def test_use_keeps_a_session_alive_and_idleness_ends_it(sessions, clock):
    """The guide's `last_activity` was written once and read never."""
    token = await sessions.start(ALICE, "secret")
    for _ in range(5):
        clock.advance(1700)
        await sessions.get(token)
    clock.advance(1800)
    with pytest.raises(SessionEnded):
        await sessions.get(token)


async def test_expired_sessions_do_not_stay(sessions, store, clock):
    """The guide's dictionary kept every session that ever was."""
    for number in range(100):
        await sessions.start(Principal("shop", number + 1, f"user {number}"), "secret")
    clock.advance(43_200)
    assert [key async for key, _ in store.scan(b"")] == []

"""Defect 17: the guide's token never changed, sessions were without number, and none ended when the password changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from zenoo_security import KeyRing, Principal
from zenoo_security.errors import SessionEnded
from zenoo_security.sessions import Sessions
from zenoo_security.stores.memory import MemoryStore

ALICE = Principal("shop", 7, "alice", factors=frozenset({"password"}))


@pytest.fixture
def sessions() -> Sessions:
    return Sessions(MemoryStore(), KeyRing.generate())


async def lets_in(sessions: Sessions, token: str) -> bool:
    try:
        await sessions.get(token)
    except SessionEnded:
        return False
    return True


async def test_a_login_and_a_step_up_change_the_token(sessions):
    """What was known before does not work after."""
    before = await sessions.start(ALICE, "secret")
    after = await sessions.start(ALICE, "secret", replaces=before)
    assert [await lets_in(sessions, token) for token in (before, after)] == [False, True]
    stronger = await sessions.rotate(after, principal=replace(ALICE, factors=frozenset({"password", "totp"})))
    assert [await lets_in(sessions, token) for token in (after, stronger)] == [False, True]


async def test_an_account_has_so_many_sessions_and_no_more(sessions):
    """The eleventh ends the first."""
    tokens = [await sessions.start(ALICE, "secret") for _ in range(11)]
    assert [await lets_in(sessions, token) for token in tokens] == [False] + [True] * 10


async def test_all_sessions_of_a_user_end_together(sessions):
    """As when the password changes or the user is archived; the one that changed it may stay."""
    tokens = [await sessions.start(ALICE, "secret") for _ in range(3)]
    assert await sessions.end_all("shop", "alice", keep=(await sessions.get(tokens[2])).id) == 2
    assert [await lets_in(sessions, token) for token in tokens] == [False, False, True]

"""Defect 8: of 200 wrong guesses at once, with a limit of 5, all 200 reached the login call."""

from __future__ import annotations

import asyncio

import pytest

from attempt_store import AttemptStore
from zenoo_security.keyring import KeyRing
from zenoo_security.lockout import Lockout


@pytest.mark.parametrize("error", [ValueError, ConnectionError, asyncio.CancelledError])
async def test_of_200_guesses_at_once_five_reach_the_login_call(error):
    """And each of the five counts as failed, whatever the login call raised; the guide counted one kind of error."""
    lockout = Lockout(AttemptStore(pause=True), key_ring=KeyRing.generate())
    reached = 0

    async def guess() -> None:
        nonlocal reached
        attempt = await lockout.reserve("prod", "victim")
        if attempt is None:
            return
        async with attempt:
            reached += 1
            await asyncio.sleep(0.01)
            raise error

    results = await asyncio.gather(*[guess() for _ in range(200)], return_exceptions=True)
    assert reached == 5
    assert sum(isinstance(result, error) for result in results) == 5
    assert await lockout.reserve("prod", "victim") is None

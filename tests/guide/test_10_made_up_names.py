"""Defect 10: 50,000 made-up names were 50,004 entries, which stayed."""

from __future__ import annotations

import pytest

from attempt_store import AttemptStore
from zenoo_security.keyring import KeyRing
from zenoo_security.lockout import Lockout


@pytest.mark.parametrize("client_ip", [None, "203.0.113.9"])
async def test_made_up_names_take_a_bounded_number_of_places(client_ip):
    """Whatever the names, and however long they are; from one address they are slowed down after a hundred."""
    store = AttemptStore(1000)
    lockout = Lockout(store, key_ring=KeyRing.generate())
    looked_at = 0
    for number in range(20_000):
        attempt = await lockout.reserve("prod", f"{number} {'x' * (number % 900)}", client_ip)
        if attempt:
            looked_at += 1
            await attempt.failed()
    assert len(store.table) <= 1000
    assert looked_at == (100 if client_ip else 20_000)


async def test_names_that_are_forgotten_take_no_place():
    """After the time that failures are kept, their places are the first to be used again."""
    store = AttemptStore(1000)
    lockout = Lockout(store, key_ring=KeyRing.generate())
    for number in range(450):
        await (await lockout.reserve("prod", f"old {number}")).failed()
    store.clock.advance(lockout.policy.keep_s)
    for number in range(450):
        await (await lockout.reserve("prod", f"new {number}")).failed()
    assert len(store.table) < 1000

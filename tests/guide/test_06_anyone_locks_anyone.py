"""Defect 6: five wrong tries by anybody blocked the right password, for five minutes and from everywhere."""

from __future__ import annotations

from attempt_store import AttemptStore
from zenoo_security.keyring import KeyRing
from zenoo_security.lockout import Lockout

OWNER, STRANGER, DEVICE = "198.51.100.7", "203.0.113.9", bytes(32)


async def test_a_stranger_keeps_the_owner_out_for_30_seconds_and_the_owners_device_not_at_all():
    """The stranger's own address waits for 300 s; an administrator ends it at once."""
    store = AttemptStore()
    lockout = Lockout(store, key_ring=KeyRing.generate())
    for _ in range(5):
        await (await lockout.reserve("prod", "owner", STRANGER)).failed()
    assert await lockout.reserve("prod", "owner", OWNER) is None
    attempt = await lockout.reserve("prod", "owner", OWNER, device=DEVICE)
    await attempt.succeeded()
    store.clock.advance(30)
    attempt = await lockout.reserve("prod", "owner", OWNER)
    await attempt.give_back()
    assert await lockout.reserve("prod", "owner", STRANGER) is None
    await lockout.unlock("prod", "owner", STRANGER)
    assert await lockout.reserve("prod", "owner", STRANGER)

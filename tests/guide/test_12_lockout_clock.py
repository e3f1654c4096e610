"""Defect 12: the wall clock measured the lock; moving it by 301 s unlocked."""

from __future__ import annotations

import logging
import time

import pytest

from attempt_store import AttemptStore
from zenoo_security.audit import LOGGER_NAME
from zenoo_security.keyring import KeyRing
from zenoo_security.lockout import Lockout


@pytest.mark.parametrize("jump_s", [301, 86_400, -86_400])
async def test_setting_the_calendar_neither_unlocks_nor_locks(jump_s):
    store = AttemptStore()
    lockout = Lockout(store, key_ring=KeyRing.generate())
    for _ in range(5):
        await (await lockout.reserve("prod", "victim")).failed()
    store.clock.set_now(store.clock.now() + jump_s)
    assert (await lockout.status("prod", "victim")).retry_after_s == 300
    store.clock.advance(300)
    assert await lockout.reserve("prod", "victim")


async def test_the_calendar_is_not_even_read(monkeypatch, caplog):
    """The lockout asks no clock: the time is the store's. Only a line of a log has a date."""
    caplog.set_level(logging.CRITICAL, logger=LOGGER_NAME)

    def refuse() -> float:
        raise AssertionError("the calendar was read")

    monkeypatch.setattr(time, "time", refuse)
    lockout = Lockout(AttemptStore(), key_ring=KeyRing.generate())
    attempt = await lockout.reserve("prod", "victim")
    await attempt.failed()
    await lockout.status("prod", "victim")
    await lockout.unlock("prod", "victim")

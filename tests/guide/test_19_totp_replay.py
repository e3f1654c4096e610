"""Defect 19: the guide accepts a code again and again, and for 90 seconds."""

from __future__ import annotations

import asyncio

import pyotp
import pytest

from zenoo_security import KeyRing, MFAManager
from zenoo_security.clock import FakeClock
from zenoo_security.stores.memory import MemoryStore

NOW = 1_700_000_010


@pytest.fixture
def manager() -> MFAManager:
    return MFAManager(clock=FakeClock(now=NOW))


@pytest.mark.asvs("v5.0.0-6.5.1")
def test_a_code_is_accepted_once(manager: MFAManager) -> None:
    secret = manager.generate_secret("alice")
    token = pyotp.TOTP(secret).at(NOW)
    assert [manager.verify_totp(secret, token) for _ in range(3)] == [True, False, False]


@pytest.mark.asvs("v5.0.0-6.5.5")
def test_a_code_of_the_future_is_refused(manager: MFAManager) -> None:
    secret = manager.generate_secret("alice")
    assert not manager.verify_totp(secret, pyotp.TOTP(secret).at(NOW + 30))


@pytest.mark.asvs("v5.0.0-6.5.1")
async def test_with_a_store_a_code_is_accepted_once_by_all_managers_together() -> None:
    clock, ring = FakeClock(now=NOW), KeyRing.generate()
    store = MemoryStore(clock=clock)
    secret = MFAManager().generate_secret("alice")
    token = pyotp.TOTP(secret).at(NOW)
    managers = [MFAManager(clock=clock, store=store, key_ring=ring) for _ in range(5)]
    results = await asyncio.gather(*(manager.verify_totp_async(secret, token) for manager in managers))
    assert results.count(True) == 1

"""Defect 23: the guide has no confirmation, no recovery codes, no way out, and asks for no login before a change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mfa_users import NOW, PRINCIPAL, code_of, manager_with
from zenoo_security import KeyRing
from zenoo_security.clock import FakeClock
from zenoo_security.errors import FreshLoginRequired
from zenoo_security.stores.memory import MemoryStore


@pytest.mark.asvs("v5.0.0-6.5.6", "v5.0.0-7.5.1")
async def test_from_enrollment_to_the_last_recovery_code() -> None:
    clock = FakeClock(now=NOW)
    mfa = manager_with(MemoryStore(clock=clock), KeyRing.generate(), clock)
    stale = replace(PRINCIPAL, authenticated_at=NOW - 301)

    with pytest.raises(FreshLoginRequired):
        await mfa.enroll(stale)
    enrollment = await mfa.enroll(PRINCIPAL)
    assert not await mfa.is_enrolled("shop", 7)
    codes = await mfa.confirm(PRINCIPAL, code_of(enrollment.secret, clock))
    assert await mfa.is_enrolled("shop", 7)

    assert await mfa.verify("shop", 7, codes[0]) == "recovery"
    with pytest.raises(FreshLoginRequired):
        await mfa.regenerate_recovery_codes(stale)
    assert set(codes).isdisjoint(await mfa.regenerate_recovery_codes(PRINCIPAL))

    with pytest.raises(FreshLoginRequired):
        await mfa.disable(stale)
    assert await mfa.disable(PRINCIPAL)
    assert not await mfa.is_enrolled("shop", 7)

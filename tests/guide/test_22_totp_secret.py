"""Defect 22: the guide's secret is a plain string that any log or traceback shows, and storing it is left open."""

from __future__ import annotations

import pickle

import pytest

from mfa_users import NOW, code_of, enrolled, manager_with
from zenoo_security import KeyRing, MFAManager, Totp
from zenoo_security.clock import FakeClock
from zenoo_security.errors import DecryptionError
from zenoo_security.stores.memory import MemoryStore


def test_the_object_that_holds_the_secret_does_not_show_or_store_it() -> None:
    secret = MFAManager().generate_secret("alice")
    totp = Totp(secret)
    assert secret not in f"{totp!r} {totp} {vars(type(totp))}"
    with pytest.raises(TypeError):
        pickle.dumps(totp)


@pytest.mark.asvs("v5.0.0-11.3.3")
async def test_the_stored_secret_is_sealed_for_its_user_alone() -> None:
    clock = FakeClock(now=NOW)
    store = MemoryStore(clock=clock)
    mfa = manager_with(store, KeyRing.generate(), clock)
    secret, _ = await enrolled(mfa, clock)
    sealed = await store.get(b"mfa/enrolled/shop/7")
    assert sealed
    assert sealed.startswith(b"zs1.")
    assert secret.encode() not in b"".join([value async for _, value in store.scan(b"")])
    await store.put(b"mfa/enrolled/shop/8", sealed, ttl_s=None)
    clock.advance(30)
    with pytest.raises(DecryptionError):
        await mfa.verify("shop", 8, code_of(secret, clock))

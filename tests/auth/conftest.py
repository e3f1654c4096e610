"""Managers on an Odoo in memory, with a clock that stands still and answers that come soon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scripted_odoo import ScriptedOdoo
from zenoo_security import KeyRing, SecureAuthManager, SecurityConfig, Totp
from zenoo_security.clock import FakeClock
from zenoo_security.stores.memory import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from zenoo_security.stores import Store

NOW = 1_800_000_000.0
KEYS = KeyRing.generate()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def odoo() -> ScriptedOdoo:
    return ScriptedOdoo()


@pytest.fixture
def store(clock: FakeClock) -> Store:
    return MemoryStore(clock=clock)


@pytest.fixture
def make_auth(clock: FakeClock, odoo: ScriptedOdoo, store: Store) -> Callable[..., SecureAuthManager]:
    """Make a manager; settings go to the configuration, `groups` and what is injected to the manager."""

    def make(**options: Any) -> SecureAuthManager:
        injected = {
            name: options.pop(name)
            for name in (
                "groups",
                "odoo",
                "store",
                "clock",
                "max_clients",
                "mfa",
                "issuer",
                "encrypted_fields",
                "access",
            )
            if name in options
        }
        config = SecurityConfig(**{"refusal_duration_ms": 100, **options})
        parts = {"odoo": odoo, "store": store, "key_ring": KEYS, "clock": clock, **injected}
        return SecureAuthManager(config, **parts)

    return make


@pytest.fixture
def auth(make_auth: Callable[..., SecureAuthManager]) -> SecureAuthManager:
    return make_auth()


@pytest.fixture
def enroll() -> Callable[..., Awaitable[Totp]]:
    """Give the user of a session a second factor; the clock is a step further afterwards, so that a code is free."""

    async def enroll(auth: SecureAuthManager, token: str, clock: FakeClock) -> Totp:
        principal = (await auth.session(token, enrolling=True)).principal
        totp = Totp((await auth.mfa.enroll(principal)).secret)
        await auth.mfa.confirm(principal, totp.code(clock.now()))
        clock.advance(30)
        return totp

    return enroll

"""What an application has on one store: everything that keeps its state there."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any, NamedTuple

from mfa_users import WEAK, enrolled
from scripted_odoo import DATABASE, GROUPS, PASSWORD, ScriptedOdoo, User
from zenoo_security import AccessControlManager, KeyRing, MFAManager, Principal, RateLimiter, SecureAuthManager, Totp
from zenoo_security.auth.devices import Devices
from zenoo_security.config import SecurityConfig
from zenoo_security.errors import SessionEnded, StoreUnavailable
from zenoo_security.lockout import Lockout
from zenoo_security.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from faults.proxy import Proxy
    from zenoo_security.clock import FakeClock
    from zenoo_security.stores import Store

KEYS = KeyRing.generate()
ATTEMPTS = 5
"""At a login, until it is locked."""
LIMIT = 3
"""Requests in a window."""

_PATIENCE_S = 200.0
"""Ten times what a call may take."""


class World:
    """The parts of an application, with a store and an Odoo of its own.

    Args:
        store: where all of them keep their state.
        clock: tells them what time it is.
        odoo: whom they ask about passwords.
    """

    def __init__(self, store: Store, clock: FakeClock, odoo: ScriptedOdoo) -> None:
        self.store, self.clock, self.odoo = store, clock, odoo
        self.sessions = Sessions(store, KEYS)
        self.lockout = Lockout(store, key_ring=KEYS)
        self.mfa = MFAManager(store=store, key_ring=KEYS, clock=clock, hasher=WEAK)
        self.window = RateLimiter(LIMIT, 3600, store=store)
        self.gcra = RateLimiter(LIMIT, 3600, store=store, algorithm="gcra")
        self.access = AccessControlManager(store=store)
        self.devices = Devices(store, KEYS)
        config = SecurityConfig(refusal_duration_ms=100)
        self.auth = SecureAuthManager(config, store=store, key_ring=KEYS, odoo=odoo, clock=clock, mfa=self.mfa)


class Outcome(NamedTuple):
    """What came of a call: what it returned, or an error that is an answer, or that the store did not answer."""

    value: Any
    is_answer: bool

    @property
    def is_result(self) -> bool:
        """Whether the call returned something."""
        return self.is_answer and not isinstance(self.value, Exception)


class Run:
    """One time through a case, with one exchange that goes wrong.

    Args:
        steady: the application with nothing in between.
        shaky: the same with the proxy in between.
        proxy: that one.
        open_shaky: opens one more store with the proxy in between.

    Attributes:
        ann: a user whom no other run has.
        ip: where they come from, and nobody else.
        secrets: what must not be found in the store.
        unanswered: how many calls the store did not answer.
    """

    def __init__(self, steady: World, shaky: World, proxy: Proxy, open_shaky: Callable[[], Store]) -> None:
        self.steady, self.shaky, self.proxy, self.open_shaky = steady, shaky, proxy, open_shaky
        self.unanswered = 0
        name = f"ann{secrets.token_hex(8)}"
        self.ann = Principal(
            DATABASE, secrets.randbelow(2**31 - 1) + 1, name, GROUPS, authenticated_at=steady.clock.now()
        )
        self.ip = str(IPv4Address(secrets.randbits(32)))
        self.secrets = [PASSWORD]
        steady.odoo.users.append(User(self.ann.uid, name, PASSWORD))

    async def faulted(self, call: Callable[[World], Awaitable[Any]], *refusals: type[Exception]) -> Outcome:
        """Make a call through the proxy; it may end in these refusals, or in that of a store that does not answer."""
        try:
            value = await asyncio.wait_for(call(self.shaky), _PATIENCE_S)
        except StoreUnavailable:
            self.unanswered += 1
            return Outcome(None, is_answer=False)
        except refusals as refusal:
            return Outcome(refusal, is_answer=True)
        finally:
            await self.proxy.settled()
        self.secrets += [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]
        return Outcome(value, is_answer=True)

    @property
    def once(self) -> set[int]:
        """How often something may have worked that works once: not at all only where an answer is missing."""
        return {0, 1} if self.unanswered else {1}

    @property
    def asked(self) -> int:
        """How often Odoo was asked about a password of this user."""
        return sum(login == self.ann.login for _, login in self.steady.odoo.asked)

    def ann_now(self) -> Principal:
        """The user as one who has logged in just now."""
        return replace(self.ann, authenticated_at=self.steady.clock.now())

    async def enrolled(self) -> tuple[Totp, list[str]]:
        """Give the user a second factor, and the codes of it."""
        secret, codes = await enrolled(self.steady.mfa, self.steady.clock, self.ann)
        self.secrets += [secret, *codes]
        self.steady.clock.advance(60)
        return Totp(secret), codes


async def is_alive(world: World, token: str) -> bool:
    """Whether a session stands."""
    try:
        await world.sessions.get(token)
    except SessionEnded:
        return False
    return True

"""Logins that come at once: what both cores hash, and what the event loop does meanwhile."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from harness import Measure, Row

from zenoo_security import KeyRing, PasswordHasher, SecureAuthManager, SecurityConfig
from zenoo_security.auth import OdooUser
from zenoo_security.stores.memory import MemoryStore

if TYPE_CHECKING:
    from zenoo_security.principal import Principal

LOGINS = 16
TICK_S = 0.01
PASSWORD = "tulip lamp seven river"
ONE_THREAD = "their hashes on one thread"


class HashingOdoo:
    """Does for a login what Odoo does, in this process: one hash."""

    def __init__(self) -> None:
        self.hasher = PasswordHasher()
        self.stored = self.hasher.hash(PASSWORD)

    async def log_in(self, database: str, login: str, credential: str) -> OdooUser:
        del database
        await self.hasher.verify_async(credential, self.stored)
        return OdooUser(int(login.removeprefix("user ")), login)

    async def still_valid(self, principal: Principal, credential: str) -> OdooUser:
        return await self.log_in(principal.database, principal.login, credential)

    async def change_password(self, principal: Principal, credential: str, current: str, new: str) -> None:
        raise NotImplementedError


class Scene:
    """A manager, and the loop that it is used in."""

    def __init__(self) -> None:
        self.odoo = HashingOdoo()
        self.auth = SecureAuthManager(
            SecurityConfig(), store=MemoryStore(), key_ring=KeyRing.generate(), odoo=self.odoo
        )
        self.loop = asyncio.new_event_loop()

    def log_in(self) -> None:
        self.loop.run_until_complete(self._log_in())

    def hash_on_one_thread(self) -> None:
        for _ in range(LOGINS):
            self.odoo.hasher.verify(PASSWORD, self.odoo.stored)

    def worst_delay_ms(self) -> float:
        return self.loop.run_until_complete(self._worst_delay_ms())

    async def _log_in(self) -> None:
        await asyncio.gather(*[self.auth.authenticate(f"user {n + 1}", PASSWORD, "shop") for n in range(LOGINS)])

    async def _worst_delay_ms(self) -> float:
        """The longest that a coroutine which wants to run every 10 ms is late, while logins go on for two seconds."""
        worst, end = 0.0, time.perf_counter() + 2
        logins = asyncio.ensure_future(self._log_in())
        while time.perf_counter() < end:
            asked = time.perf_counter()
            await asyncio.sleep(TICK_S)
            worst = max(worst, time.perf_counter() - asked - TICK_S)
            if logins.done():
                logins = asyncio.ensure_future(self._log_in())
        await logins
        return worst * 1000


def rows() -> list[Row | Measure]:
    """Every row of the family."""
    scene = Scene()
    return [
        Row(
            name=f"{LOGINS} logins at once, argon2id 19 MiB",
            ours=scene.log_in,
            peers={ONE_THREAD: scene.hash_on_one_thread},
            times_as_fast={ONE_THREAD: 1.9},
        ),
        Measure(
            name=f"worst delay of a tick every 10 ms beside {LOGINS} logins at once",
            unit="ms",
            value=scene.worst_delay_ms,
            at_most=50.0,
        ),
    ]

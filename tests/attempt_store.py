"""The two operations of a store that the lockout uses, under a clock that the test moves."""

from __future__ import annotations

import asyncio

from zenoo_security._native import AttemptTable
from zenoo_security.clock import FakeClock
from zenoo_security.errors import StoreUnavailable


class AttemptStore:
    """Counters in memory.

    Args:
        capacity: how many.
        pause: let other tasks run before an operation, as a store with a server does.
    """

    def __init__(self, capacity: int = 10_000, *, pause: bool = False) -> None:
        self.table = AttemptTable(capacity)
        self.clock = FakeClock(now=1_700_000_000.0)
        self.pause = pause
        self.down = False

    async def _reach(self) -> None:
        if self.pause:
            await asyncio.sleep(0)
        if self.down:
            raise StoreUnavailable("the store is down")

    async def reserve(self, counters):
        await self._reach()
        return self.table.reserve(counters, self.clock.monotonic())

    async def settle(self, counters, outcomes):
        await self._reach()
        self.table.settle(counters, outcomes, self.clock.monotonic())

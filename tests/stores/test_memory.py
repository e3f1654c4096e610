"""The store in the memory of one process."""

from __future__ import annotations

import pytest

from stores.backend import Backend
from stores.concurrency import ConcurrencySuite
from stores.conformance import StoreSuite
from stores.loops import AnyLoopSuite
from zenoo_security.clock import FakeClock
from zenoo_security.stores.memory import MemoryStore

NOW = 1_700_000_000.0


class MemoryBackend(Backend):
    """One store for all who open it, on a clock that stands still."""

    def __init__(self) -> None:
        self.clock = FakeClock(now=NOW)
        self._store = MemoryStore(clock=self.clock)

    def open(self) -> MemoryStore:
        return self._store

    async def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def step_calendar(self, seconds: float) -> None:
        self.clock.set_now(self.clock.now() + seconds)


class TestMemory(StoreSuite, ConcurrencySuite, AnyLoopSuite):
    @pytest.fixture
    def backend(self):
        return MemoryBackend()

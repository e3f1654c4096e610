"""The store in the memory of one process."""

from __future__ import annotations

import asyncio
import math
import sys
import threading
import time

import pytest

from forked import usable_after_fork
from stores.backend import Backend
from stores.concurrency import ConcurrencySuite
from stores.conformance import StoreSuite
from stores.exact import ExactTimeSuite
from stores.loops import AnyLoopSuite
from stores.quotas import take
from zenoo_security.clock import BOOT_CLOCK, FakeClock
from zenoo_security.errors import ParameterError, StoreUnavailable
from zenoo_security.stores import Backoff, Counter, Outcome
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


class TestMemory(StoreSuite, ExactTimeSuite, ConcurrencySuite, AnyLoopSuite):
    @pytest.fixture
    def backend(self):
        return MemoryBackend()


WAITS = Backoff((60.0,), None, 60.0)


KEYS = [b"%d" % number for number in range(16)]


async def test_a_full_store_refuses_what_is_new_and_goes_on_with_what_it_has():
    """What is there is never dropped for it: it may be a session, or a code that was used."""
    store = MemoryStore(max_entries=16, clock=FakeClock())
    for key in KEYS:
        await store.put(key, key, ttl_s=60)
    for call in (
        lambda: store.put(b"new", b"", ttl_s=60),
        lambda: store.add(b"new", b"", ttl_s=60),
        lambda: store.compare_and_set(b"new", None, b"", ttl_s=60),
    ):
        with pytest.raises(StoreUnavailable, match="max_entries"):
            await call()
    assert [await store.get(key) for key in KEYS] == KEYS
    await store.put(b"1", b"new", ttl_s=60)
    assert await store.compare_and_set(b"2", b"2", b"new", ttl_s=60) is True
    assert await store.add(b"3", b"", ttl_s=60) is False
    await store.delete(b"3")
    assert await store.add(b"new", b"", ttl_s=60) is True


async def test_entry_at_once_is_get_without_waiting():
    clock = FakeClock(now=NOW)
    store = MemoryStore(clock=clock)
    await store.put(b"for good", b"1", ttl_s=None)
    await store.put(b"for a minute", b"2", ttl_s=60)
    for seconds in (0, 59.9, 0.2, 1000):
        clock.advance(seconds)
        for key in (b"for good", b"for a minute", b"never"):
            entry = store.entry_at_once(key)
            assert (entry and entry[0]) == await store.get(key)
    assert store.entry_at_once(b"for good") == (b"1", math.inf)
    assert store.entry_at_once(b"for a minute") is None


async def test_an_entry_that_is_the_same_has_not_changed():
    store = MemoryStore(clock=FakeClock(now=NOW))
    entries = store.entries
    for change in (
        lambda: store.put(b"key", b"1", ttl_s=None),
        lambda: store.put(b"key", b"1", ttl_s=None),
        lambda: store.compare_and_set(b"key", b"1", b"1", ttl_s=None),
        lambda: store.delete(b"key"),
        lambda: store.add(b"key", b"1", ttl_s=None),
        store.aclose,
    ):
        before = entries.get(b"key")
        await change()
        assert entries.get(b"key") is not before
    assert store.entries is entries


async def test_what_has_expired_makes_room():
    clock = FakeClock()
    store = MemoryStore(max_entries=16, clock=clock)
    for key in KEYS:
        await store.put(key, b"", ttl_s=10 if key == b"7" else 60)
    clock.advance(11)
    await store.put(b"new", b"", ttl_s=60)
    with pytest.raises(StoreUnavailable):
        await store.put(b"newer", b"", ttl_s=60)


async def test_a_full_store_refuses_new_quotas():
    clock = FakeClock()
    store = MemoryStore(max_entries=16, clock=clock)
    for key in KEYS:
        await take(store, key, limit=1, window_s=60)
    with pytest.raises(StoreUnavailable):
        await take(store, b"new", limit=1, window_s=60)
    clock.advance(60)
    assert (await take(store, b"new", limit=1, window_s=60)).allowed is True


async def test_a_full_store_counts_the_attempts_of_newcomers_and_of_those_it_had():
    """A flood of names neither locks others out nor gives a guesser its attempts back."""
    store = MemoryStore(max_entries=16, clock=FakeClock())
    guesser = [Counter(b"guesser", Backoff((0.0, 0.0, 60.0), None, 3600.0))]
    for _ in range(3):
        assert await store.reserve(guesser) == 0.0
        await store.settle(guesser, [Outcome.FAILED])
    for number in range(1000):
        assert await store.reserve([Counter(b"%d" % number, WAITS)]) == 0.0
    assert await store.reserve(guesser) == 60.0


async def test_memory_is_bounded_when_one_value_is_written_again_and_again():
    """Each write leaves a place in the heap of expiries; they are cleared away in time."""
    store = MemoryStore(clock=FakeClock())
    for _ in range(20_000):
        await store.put(b"k", b"v", ttl_s=60)
        await take(store, b"k", limit=1_000_000, window_s=60)
    for table in (store._values, store._quotas):
        assert len(table._heap) <= 1100


async def test_what_was_replaced_is_not_removed_when_the_old_time_comes():
    clock = FakeClock()
    store = MemoryStore(clock=clock)
    await store.put(b"longer", b"v", ttl_s=10)
    await store.put(b"longer", b"v", ttl_s=None)
    await store.put(b"again", b"v", ttl_s=10)
    await store.delete(b"again")
    await store.put(b"again", b"v", ttl_s=60)
    clock.advance(11)
    await store.put(b"other", b"v", ttl_s=60)
    assert [await store.get(b"longer"), await store.get(b"again")] == [b"v", b"v"]


async def test_closing_forgets_everything():
    store = MemoryStore()
    counters = [Counter(b"k", Backoff((0.0,), 1, 60.0))]
    await store.put(b"k", b"v", ttl_s=None)
    await store.reserve(counters)
    await store.settle(counters, [Outcome.FAILED])
    await store.aclose()
    assert await store.get(b"k") is None
    assert await store.reserve(counters) == 0.0


def test_threads_that_switch_at_every_instruction_lose_nothing():
    store = MemoryStore()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)

    async def increment():
        for _ in range(200):
            while True:
                seen = await store.get(b"k")
                if await store.compare_and_set(b"k", seen, b"%d" % (int(seen or 0) + 1), ttl_s=60):
                    break

    try:
        threads = [threading.Thread(target=lambda: asyncio.run(increment())) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert asyncio.run(store.get(b"k")) == b"800"


@pytest.mark.parametrize("max_entries", [15, 100_000_001])
def test_its_size_has_bounds(max_entries):
    with pytest.raises(ParameterError):
        MemoryStore(max_entries=max_entries)


@pytest.mark.asvs("v5.0.0-15.4.3")
def test_a_fork_finds_no_lock_taken():
    """Another thread, which the child has not, may be about to change something."""
    store = MemoryStore()
    assert usable_after_fork(store._lock, lambda: asyncio.run(store.put(b"k", b"v", ttl_s=60)))


def test_time_goes_on_while_the_machine_sleeps():
    """A laptop that is opened after a week, or a virtual machine that is resumed, finds its sessions ended."""
    slept_s = time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic()
    assert MemoryStore()._monotonic() - time.monotonic() == pytest.approx(slept_s, abs=1)
    assert MemoryStore()._monotonic.__self__ is BOOT_CLOCK

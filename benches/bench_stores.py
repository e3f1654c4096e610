"""The stores of one process and of one machine: what one call costs, alone and among others."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness import Measure

from zenoo_security.stores import Backoff, Counter, Outcome, Store
from zenoo_security.stores.memory import MemoryStore
from zenoo_security.stores.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

SESSION = b"s" * 600  # a sealed session record with its groups
FREE = Backoff((0.0,), None, 3600.0)
COUNTERS = [Counter(b"attempt/%d" % number, FREE) for number in range(3)]
AT_ONCE = 50


def at_once(call: Coroutine[Any, Any, object]) -> None:
    """Run a coroutine that waits for nothing, without an event loop."""
    try:
        call.send(None)
    except StopIteration:
        return
    raise AssertionError("it waits")


def look_up_us(store: Store, calls: int) -> float:
    """Microseconds of a look-up of one of 1000 sessions."""
    keys = [b"session/%032d" % number for number in range(1000)]

    async def fill() -> None:
        await asyncio.gather(*(store.put(key, SESSION, ttl_s=3600) for key in keys))

    asyncio.run(fill())
    started = time.perf_counter()
    for number in range(calls):
        at_once(store.get(keys[number % 1000]))
    spent = time.perf_counter() - started
    asyncio.run(store.aclose())
    return spent / calls * 1e6


def call_us(store: Store, call: Callable[[Store, int], Awaitable[object]], calls: int, together: int = 1) -> float:
    """Microseconds of a call, so many of them together."""

    async def run() -> float:
        await call(store, 0)
        started = time.perf_counter()
        for _ in range(calls // together):
            await asyncio.gather(*(call(store, number) for number in range(together)))
        spent = time.perf_counter() - started
        await store.aclose()
        return spent / calls * 1e6

    return asyncio.run(run())


async def put(store: Store, number: int) -> None:
    """Write a session."""
    await store.put(b"session/%032d" % number, SESSION, ttl_s=3600)


async def attempt(store: Store, _number: int) -> None:
    """Reserve an attempt on three counters and give it back."""
    await store.reserve(COUNTERS)
    await store.settle(COUNTERS, [Outcome.GIVEN_BACK] * 3)


def in_file(measure: Callable[[Store], float]) -> Callable[[], float]:
    """Measure a store in a file of its own."""

    def measured() -> float:
        with tempfile.TemporaryDirectory() as folder:
            return measure(SqliteStore(Path(folder) / "store.db"))

    return measured


def rows() -> list[Measure]:
    """All of them. A write to SQLite waits for the disk; fifty that wait together wait once."""
    unit = "microseconds a call"
    return [
        Measure("memory store, look up a session", unit, lambda: look_up_us(MemoryStore(), 200_000), at_most=2),
        Measure("memory store, write a session", unit, lambda: call_us(MemoryStore(), put, 20_000), at_most=100),
        Measure("SQLite store, look up a session", unit, in_file(lambda store: look_up_us(store, 50_000)), at_most=50),
        Measure("SQLite store, write a session", unit, in_file(lambda store: call_us(store, put, 500)), at_most=20_000),
        Measure(
            f"SQLite store, write a session, {AT_ONCE} at once",
            unit,
            in_file(lambda store: call_us(store, put, 5000, AT_ONCE)),
            at_most=1000,
        ),
        Measure(
            "SQLite store, reserve an attempt and give it back",
            unit,
            in_file(lambda store: call_us(store, attempt, 300)),
            at_most=40_000,
        ),
    ]

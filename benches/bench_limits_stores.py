"""Rate limits in Redis, sixty-four callers at once, beside limits; and what one decision costs in each store.

The targets of a `Measure` are the most; how many times as fast as limits we are is measured as its part of our time.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from harness import Measure
from limits import RateLimitItemPerMinute
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter

from zenoo_security import RateLimiter, RateLimits, open_store
from zenoo_security.testing.redis import running_redis

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from zenoo_security.limits import BaseLimiter

KEY = "203.0.113.9"
AT_ONCE = 64
CALLS = 80
TURNS = 5
THEIRS = f"limits {version('limits')} moving window (redis-py)"


async def crowd_s(call: Callable[[], Awaitable[object]]) -> float:
    """Seconds of a call, made by sixty-four tasks one after the other."""

    async def one() -> None:
        for _ in range(CALLS):
            await call()

    await call()
    started = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(AT_ONCE)))
    return (time.perf_counter() - started) / (AT_ONCE * CALLS)


async def beside_limits(url: str, limit: int) -> tuple[float, float]:
    """Our seconds and theirs, the best of some turns that alternate."""
    store = open_store(url)
    ours = RateLimiter(limit, 60, store=store)
    theirs = MovingWindowRateLimiter(RedisStorage(f"async+{url}", implementation="redispy"))
    item = RateLimitItemPerMinute(limit)
    turns = [
        (await crowd_s(lambda: ours.ahit(KEY)), await crowd_s(lambda: theirs.hit(item, KEY))) for _ in range(TURNS)
    ]
    await store.aclose()
    return min(our for our, _ in turns), min(their for _, their in turns)


def part_of_their_time(limit: int) -> float:
    """Our time for a decision, as a part of theirs."""
    with running_redis() as server:
        our_s, their_s = asyncio.run(beside_limits(server.url, limit))
    return our_s / their_s


def in_file_us(make: Callable[..., BaseLimiter]) -> float:
    """Microseconds of a decision in a SQLite file, among sixty-four."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{Path(folder)}/limits.db")
        limiter = make(store=store)

        async def run() -> float:
            spent = await crowd_s(lambda: limiter.ahit(KEY))
            await store.aclose()
            return spent

        return asyncio.run(run()) * 1e6


def rows() -> list[Measure]:
    """All of them."""
    return [
        Measure(
            f"Redis, asyncio, 64 at once, refused: our time / that of {THEIRS}",
            "part",
            lambda: part_of_their_time(100),
            1 / 1.3,
        ),
        Measure(
            f"Redis, asyncio, 64 at once, let through: our time / that of {THEIRS}",
            "part",
            lambda: part_of_their_time(10_000),
            1 / 1.3,
        ),
        Measure(
            "a decision in a SQLite file, 64 at once",
            "us",
            lambda: in_file_us(lambda **o: RateLimiter(100, 60, **o)),
            500,
        ),
        Measure(
            "a decision on two limits in a SQLite file, 64 at once",
            "us",
            lambda: in_file_us(lambda **o: RateLimits("100/s and 1000/h", **o)),
            500,
        ),
    ]

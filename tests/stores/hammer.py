"""What the processes of the suite do to a store, all at once.

As a program it is one of those processes: it reads a job from each line of its input, opens the store, says that it is
ready, waits for another line, does the job with many tasks at once, and writes what each of them got. It ends with its
input, so none is left when the test run is killed.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import TYPE_CHECKING, Any

from zenoo_security.stores import Backoff, Counter, Outcome, Quota, open_store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from zenoo_security.stores import Store

KEY = b"race/\x00*%\xff"
DAY_S = 86_400

FIVE = Backoff((0.0, 0.0, 0.0, 0.0, 3600.0), None, 7200.0)
"""Five attempts, then an hour's wait."""

STOPS_AT_201 = Backoff((0.0,), 201, 3600.0)


async def add(store: Store, number: int) -> bool:
    return await store.add(KEY, b"%d" % number, ttl_s=60)


async def swap(store: Store, number: int) -> bool:
    return await store.compare_and_set(KEY, b"before", b"%d" % number, ttl_s=None)


async def set_first(store: Store, number: int) -> bool:
    return await store.compare_and_set(KEY, None, b"%d" % number, ttl_s=60)


async def swap_away(store: Store, number: int) -> bool:
    return await store.compare_and_set(KEY, b"before", None, ttl_s=None)


async def delete(store: Store, number: int) -> bool:
    return await store.delete(KEY)


async def increment(store: Store, number: int) -> bool:
    """Add one to a number, whoever else does."""
    while True:
        seen = await store.get(KEY)
        if await store.compare_and_set(KEY, seen, b"%d" % (int(seen or 0) + 1), ttl_s=None):
            return True


async def take(store: Store, number: int) -> list[Any]:
    [taken] = await store.take([Quota(KEY, 100, 1_000_000.0)])
    return [taken.allowed, taken.remaining]


async def take_from_window(store: Store, number: int) -> list[Any]:
    [taken] = await store.take([Quota(KEY, 100, 1_000_000.0, "sliding_window")])
    return [taken.allowed, taken.remaining]


async def take_crosswise(store: Store, number: int) -> list[Any]:
    """Several at once; half of the takers name them the other way round."""
    quotas = [Quota(b"one", 150, 1_000_000.0), Quota(b"two", 100, 1_000_000.0, "sliding_window")]
    taken = await store.take(quotas if number % 2 else quotas[::-1])
    return [all(one.allowed for one in taken), min(one.remaining for one in taken)]


async def reserve(store: Store, number: int) -> float:
    return await store.reserve([Counter(KEY, FIVE)])


async def reserve_crosswise(store: Store, number: int) -> float:
    """Half of the takers name the two counters the other way round: a store that locks them in turn would hang."""
    counters = [Counter(b"one", FIVE), Counter(b"two", FIVE)]
    return await store.reserve(counters if number % 2 else counters[::-1])


async def fail(store: Store, number: int) -> float:
    counters = [Counter(KEY, STOPS_AT_201)]
    waited = await store.reserve(counters)
    await store.settle(counters, [Outcome.FAILED])
    return waited


async def give_back(store: Store, number: int) -> float:
    counters = [Counter(KEY, FIVE)]
    waited = await store.reserve(counters)
    if waited == 0.0:
        await store.settle(counters, [Outcome.GIVEN_BACK])
    return waited


async def write_for_ever(store: Store, number: int) -> None:
    """For a process that is killed meanwhile."""
    while True:
        await store.put(b"for ever/%d" % number, bytes(10_000), ttl_s=60)
        await store.compare_and_set(KEY, None, b"", ttl_s=60)
        await store.take([Quota(KEY, 100, 1.0), Quota(KEY, 100, 1.0, "sliding_window")])
        await store.reserve([Counter(b"for ever", FIVE)])


async def outlive(store: Store, number: int) -> list[str | None]:
    """Leave a value for a minute, and say what is left of the others."""
    await store.put(b"theirs", b"theirs", ttl_s=60)
    return [value and value.decode() for value in (await store.get(b"ours"), await store.get(b"theirs"))]


JOBS: dict[str, Callable[[Store, int], Awaitable[Any]]] = {
    job.__name__: job
    for job in (
        add,
        delete,
        fail,
        give_back,
        increment,
        outlive,
        reserve,
        reserve_crosswise,
        set_first,
        swap,
        swap_away,
        take,
        take_crosswise,
        take_from_window,
        write_for_ever,
    )
}


async def hammer(store: Store, job: str, numbers: range) -> list[Any]:
    """Do a job once for each number, all at once."""
    return await asyncio.gather(*(JOBS[job](store, number) for number in numbers))


def set_calendar(days: float) -> None:
    """Make the calendar of this process wrong."""
    now, now_ns = time.time, time.time_ns
    time.time = lambda: now() + days * DAY_S
    time.time_ns = lambda: now_ns() + int(days * DAY_S * 10**9)


async def do(line: str) -> None:
    """Do what a line says."""
    job = json.loads(line)
    store = open_store(job["url"])
    try:
        await store.now()
        print("ready", flush=True)
        sys.stdin.readline()
        print(json.dumps(await hammer(store, job["job"], range(*job["numbers"]))), flush=True)
    finally:
        await store.aclose()


if __name__ == "__main__":
    set_calendar(float(sys.argv[1]))
    for line in sys.stdin:
        asyncio.run(do(line))

"""Servers that die, hang and come back, and what other versions of this package left behind."""

from __future__ import annotations

import asyncio
import math
import time

import pytest

from stores.conformance import Fixtures, scanned
from stores.hammer import FIVE
from stores.quotas import take
from zenoo_security.errors import StoreIncompatible, StoreUnavailable
from zenoo_security.stores import Backoff, Counter, Outcome

STOPS = Backoff((0.0,), 1, 7200.0)


def writes(store) -> list:
    """A call of each operation that writes."""
    return [
        lambda: store.put(b"k", b"new", ttl_s=60),
        lambda: store.add(b"new", b"new", ttl_s=60),
        lambda: store.delete(b"k"),
        lambda: store.compare_and_set(b"k", b"old", b"new", ttl_s=60),
        lambda: take(store, b"k", limit=1, window_s=60),
        lambda: store.reserve([Counter(b"k", FIVE)]),
        lambda: store.settle([Counter(b"k", FIVE)], [Outcome.FAILED]),
    ]


def reads(store) -> list:
    """A call of each operation that reads."""
    return [lambda: store.get(b"k"), lambda: scanned(store, b""), store.now]


async def unavailable(call, within_s: float) -> None:
    """It refuses, with the one error that says so, and in time."""
    started = time.monotonic()
    with pytest.raises(StoreUnavailable):
        await asyncio.wait_for(call(), within_s)
    assert time.monotonic() - started < within_s


async def answers(call) -> object:
    """What it answers within thirty seconds; refusals are waited out."""
    end = time.monotonic() + 30
    while True:
        try:
            return await call()
        except StoreUnavailable:
            assert time.monotonic() < end
            await asyncio.sleep(0.05)


@pytest.mark.asvs("v5.0.0-16.5.2")
class HangSuite(Fixtures):
    """Of a store whose writers can be held up: by a server that hangs, or by another process that holds a lock."""

    async def test_a_store_that_hangs_is_unavailable_in_time_and_works_again(self, store, backend):
        await answers(lambda: store.put(b"k", b"old", ttl_s=600))
        backend.hang()
        try:
            await asyncio.gather(*(unavailable(call, backend.timeout_s + 10) for call in writes(store)))
        finally:
            backend.resume()
        assert await answers(lambda: store.get(b"k")) in (b"old", b"new", None)
        await answers(lambda: store.put(b"k", b"again", ttl_s=60))
        assert await store.get(b"k") == b"again"

    async def test_many_callers_of_a_store_that_hangs_do_not_wait_in_turn(self, store, backend):
        """Fifty at once are all refused in the time of one or two."""
        await answers(lambda: store.put(b"k", b"old", ttl_s=600))
        backend.hang()
        try:
            calls = [unavailable(lambda: store.add(b"k", b"", ttl_s=60), 2 * backend.timeout_s + 12) for _ in range(50)]
            await asyncio.gather(*calls)
        finally:
            backend.resume()
        assert await answers(lambda: store.get(b"k")) == b"old"

    async def test_the_event_loop_is_free_while_the_store_hangs(self, store, backend):
        await answers(lambda: store.put(b"k", b"old", ttl_s=600))
        backend.hang()
        try:
            waiting = asyncio.ensure_future(unavailable(lambda: store.put(b"k", b"", ttl_s=60), backend.timeout_s + 10))
            turns = 0
            while not waiting.done():
                await asyncio.sleep(0.01)
                turns += 1
            await waiting
        finally:
            backend.resume()
        assert turns > 10


class ServerSuite(HangSuite):
    """Of a store with a server."""

    async def test_reads_from_a_server_that_hangs_are_refused_in_time(self, store, backend):
        await answers(lambda: store.put(b"k", b"old", ttl_s=600))
        backend.hang()
        try:
            await asyncio.gather(*(unavailable(call, backend.timeout_s + 10) for call in reads(store)))
        finally:
            backend.resume()
        assert await answers(lambda: store.get(b"k")) == b"old"

    async def test_a_server_that_is_down_is_unavailable(self, store, backend):
        await answers(lambda: store.put(b"k", b"old", ttl_s=600))
        backend.kill()
        try:
            for call in [*writes(store), *reads(store)]:
                await unavailable(call, backend.timeout_s + 10)
            fresh = backend.open()
            await unavailable(lambda: fresh.get(b"k"), backend.timeout_s + 10)
            await fresh.aclose()
        finally:
            backend.start()

    async def test_after_a_restart_the_store_reconnects_by_itself(self, store, backend):
        """What was acknowledged is there, where the server keeps anything at all."""
        stopped, waits = [Counter(b"stopped", STOPS)], [Counter(b"waits", FIVE)]
        await store.put(b"k", b"old", ttl_s=600)
        await take(store, b"quota", limit=1, window_s=3600)
        await take(store, b"window", limit=1, window_s=3600, algorithm="sliding_window")
        await store.reserve(stopped)
        await store.settle(stopped, [Outcome.FAILED])
        for _ in range(5):
            await store.reserve(waits)
        backend.kill()
        backend.start()
        kept = not backend.restarts_empty
        assert await answers(lambda: store.get(b"k")) == (b"old" if kept else None)
        assert (await take(store, b"quota", limit=1, window_s=3600)).allowed is not kept
        window = await take(store, b"window", limit=1, window_s=3600, algorithm="sliding_window")
        assert window.allowed is not kept
        assert await store.reserve(stopped) == (math.inf if kept else 0.0)
        assert (await store.reserve(waits) > 0.0) is kept

    async def test_a_server_that_dies_in_the_middle_harms_no_later_answer(self, store, backend):
        """Each of those under way is answered or refused; afterwards every answer belongs to its own question."""
        keys = [b"k%d" % number for number in range(20)]
        for key in keys:
            await store.put(key, key, ttl_s=600)
        calls = [asyncio.ensure_future(store.get(keys[number % 20])) for number in range(200)]
        calls += [asyncio.ensure_future(store.reserve([Counter(b"r", FIVE)])) for _ in range(100)]
        await asyncio.sleep(0.01)
        backend.kill()
        results = await asyncio.gather(*calls, return_exceptions=True)
        backend.start()
        for number, result in enumerate(results[:200]):
            assert result == keys[number % 20] or isinstance(result, StoreUnavailable)
        assert sum(result == 0.0 for result in results[200:]) <= 5
        assert all(isinstance(result, (float, StoreUnavailable)) for result in results[200:])
        await answers(lambda: store.put(b"after", b"v", ttl_s=60))
        for key in keys:
            await store.put(key, key, ttl_s=600)
        assert await asyncio.gather(*(store.get(key) for key in keys)) == keys


class VersionSuite(Fixtures):
    """Of a store whose form has a version."""

    async def test_what_a_newer_version_made_is_refused_and_unchanged(self, backend):
        await first_use(backend)
        backend.make_newer()
        before = backend.contents()
        for _ in range(2):
            with pytest.raises(StoreIncompatible, match="newer"):
                await first_use(backend)
        assert backend.contents() == before

    async def test_what_an_older_version_made_is_migrated_or_the_error_says_what_to_do(self, backend):
        await first_use(backend)
        backend.make_older()
        before = backend.contents()
        refusal = None
        try:
            await first_use(backend)
        except StoreIncompatible as error:
            refusal = str(error)
        assert refusal is None or ("older" in refusal and backend.contents() == before)


async def first_use(backend) -> None:
    """Open the store and use it once."""
    store = backend.open()
    try:
        await store.put(b"k", b"v", ttl_s=60)
        assert await store.get(b"k") == b"v"
    finally:
        await store.aclose()

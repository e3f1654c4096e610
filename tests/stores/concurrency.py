"""Every operation is atomic: 200 takers from four processes at once, and a process that is killed while it writes."""

from __future__ import annotations

import asyncio
import math

import pytest

from stores.conformance import Fixtures
from stores.crew import TASKS, WORKERS, Crew, Worker
from stores.hammer import FIVE, KEY, STOPS_AT_201
from zenoo_security.stores import Counter, Outcome

TAKERS = WORKERS * TASKS


class ConcurrencySuite(Fixtures):
    """200 takers at once; in threads where the store is of one process."""

    @pytest.mark.parametrize("job", ["add", "set_first"])
    async def test_one_of_those_who_add_wins(self, crew: Crew, store, backend, job):
        results = await crew.run(backend, job)
        assert sorted(results) == [False] * (TAKERS - 1) + [True]
        assert await store.get(KEY) is not None

    async def test_one_of_those_who_replace_a_value_wins(self, crew: Crew, store, backend):
        await store.put(KEY, b"before", ttl_s=60)
        results = await crew.run(backend, "swap")
        assert sorted(results) == [False] * (TAKERS - 1) + [True]
        assert await store.get(KEY) == b"%d" % numbers(results)[0]

    @pytest.mark.parametrize("job", ["delete", "swap_away"])
    async def test_one_of_those_who_remove_a_value_did(self, crew: Crew, store, backend, job):
        await store.put(KEY, b"before", ttl_s=60)
        results = await crew.run(backend, job)
        assert sorted(results) == [False] * (TAKERS - 1) + [True]
        assert await store.get(KEY) is None

    async def test_no_increment_is_lost(self, crew: Crew, store, backend):
        assert await crew.run(backend, "increment") == [True] * TAKERS
        assert await store.get(KEY) == b"%d" % TAKERS

    @pytest.mark.parametrize("job", ["take", "take_from_window", "take_crosswise"])
    async def test_no_more_than_the_quota_is_taken(self, crew: Crew, backend, job):
        results = await crew.run(backend, job)
        assert sorted(left for allowed, left in results if allowed) == list(range(100))
        assert [left for allowed, left in results if not allowed] == [0] * (TAKERS - 100)

    @pytest.mark.asvs("v5.0.0-6.3.1")
    @pytest.mark.parametrize("job", ["reserve", "reserve_crosswise"])
    async def test_five_of_five_attempts_are_reserved(self, crew: Crew, backend, job):
        results = await crew.run(backend, job)
        assert sorted(results)[:5] == [0.0] * 5
        assert all(3000 < waited <= 3600 for waited in sorted(results)[5:])

    async def test_every_failure_counts_once(self, crew: Crew, store, backend):
        counters = [Counter(KEY, STOPS_AT_201)]
        assert await crew.run(backend, "fail") == [0.0] * TAKERS
        assert await store.reserve(counters) == 0.0
        await store.settle(counters, [Outcome.FAILED])
        assert await store.reserve(counters) == math.inf

    async def test_what_all_give_back_is_whole_again(self, crew: Crew, store, backend):
        results = await crew.run(backend, "give_back")
        assert results.count(0.0) >= 5
        counters = [Counter(KEY, FIVE)]
        assert [await store.reserve(counters) for _ in range(5)] == [0.0] * 5
        assert await store.reserve(counters) > 0.0


class SharedSuite(Fixtures):
    """Of a store that other processes open too."""

    async def test_another_process_sees_what_was_written_at_once(self, store, backend, worker):
        await store.put(b"ours", b"ours", ttl_s=60)
        assert await asyncio.to_thread(worker.run, backend.url, "outlive", range(1)) == [["ours", "theirs"]]
        assert await store.get(b"theirs") == b"theirs"

    @pytest.mark.parametrize("days", [1, -1])
    async def test_a_process_with_a_wrong_calendar_ends_nothing(self, store, backend, days):
        """Neither our values for it, nor its values for us."""
        worker = Worker(days)
        try:
            await store.put(b"ours", b"ours", ttl_s=60)
            assert await asyncio.to_thread(worker.run, backend.url, "outlive", range(1)) == [["ours", "theirs"]]
            assert await store.get(b"theirs") == b"theirs"
            assert await store.get(b"ours") == b"ours"
        finally:
            worker.close()

    async def test_a_process_that_is_killed_while_it_writes_leaves_no_lock(self, store, backend):
        for _ in range(3):
            worker = Worker()
            try:
                worker.prepare(backend.url, "write_for_ever", range(10))
                assert await asyncio.to_thread(worker.is_ready)
                worker.go()
                await written(store)
            finally:
                worker.close()
            await store.delete(KEY)
            assert await store.add(KEY, b"v", ttl_s=60) is True
            assert await store.compare_and_set(KEY, b"v", None, ttl_s=60) is True
            assert await store.reserve([Counter(b"after", FIVE)]) in (0.0, pytest.approx(3600, abs=60))

    async def test_what_a_killed_process_was_told_is_written_is_there(self, store, backend, worker):
        await asyncio.to_thread(worker.run, backend.url, "outlive", range(1))
        worker.close()
        assert await store.get(b"theirs") == b"theirs"

    @pytest.fixture
    def worker(self):
        worker = Worker()
        yield worker
        worker.close()


async def written(store) -> None:
    """Wait until the process that is to be killed is in the middle of its work."""
    while await store.get(KEY) is None:  # noqa: ASYNC110 (another process sets it)
        await asyncio.sleep(0.01)


def numbers(results: list[bool]) -> list[int]:
    """Who won; the results stand in the order of the takers."""
    return [number for number, won in enumerate(results) if won]

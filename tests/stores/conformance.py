"""What every store promises, line by line of `zenoo_security.stores.protocol`.

A backend runs the suite by a class of its own, with the fixture `backend`:

    class TestMemory(StoreSuite):
        @pytest.fixture
        def backend(self): ...
"""

from __future__ import annotations

import asyncio
import math
import secrets
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stores.quotas import SeveralSuite, WindowSuite, take
from zenoo_security.errors import ParameterError
from zenoo_security.stores import Backoff, Counter, Outcome, Store, attempts
from zenoo_security.stores.attempts import Count
from zenoo_security.stores.protocol import MAX_KEY_BYTES, MAX_TTL_S, MAX_VALUE_BYTES

if TYPE_CHECKING:
    from stores.backend import Backend

DAY_S = 86_400.0

HOSTILE_KEYS = [
    b"\x00",
    b"\xff",
    b"session/\x00/\xff\xfe",
    bytes(range(256)),
    b"*",
    b"a?c",
    b"[a-z]",
    b"{tag}",
    b"back\\slash",
    b"\\",
    b"100%",
    b"under_score",
    b"it's",
    b'"quoted"',
    b"'; DROP TABLE zenoo_security.values; --",
    b"new\nline\r\n",
    b" ",
    b"\xc3\xa9",
    "é".encode("utf-16"),
    b"k" * MAX_KEY_BYTES,
    b"\xff" * MAX_KEY_BYTES,
]

TWO = Backoff((0.0, 3600.0), 3, 7200.0)
"""Two attempts, an hour's wait, and a stop at the third failure."""

FREE = Backoff((0.0,), None, 7200.0)

# One method is run by the class of every store, on an empty store whose keys are new in every example.
shared = settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors, HealthCheck.too_slow],
)

KEYS = st.sampled_from([b"a", b"b", b"a\x00", b"A"])
VALUES = st.sampled_from([b"", b"x", b"y\x00\xff"])


async def scanned(store: Store, prefix: bytes) -> list[tuple[bytes, bytes]]:
    """What a scan finds, sorted."""
    return sorted([item async for item in store.scan(prefix)])


class Steps:
    """Makes the calendar jump, for this process and for the clock that the store was given."""

    def __init__(self, backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
        self._backend = backend
        self._monkeypatch = monkeypatch
        self._real = time.time, time.time_ns
        self._offset_s = 0.0

    def step(self, seconds: float) -> None:
        """Jump by so many seconds."""
        now, now_ns = self._real
        self._offset_s += seconds
        offset_s = self._offset_s
        self._monkeypatch.setattr(time, "time", lambda: now() + offset_s)
        self._monkeypatch.setattr(time, "time_ns", lambda: now_ns() + int(offset_s * 1e9))
        self._backend.step_calendar(seconds)


class Fixtures:
    """What a suite needs."""

    @pytest.fixture
    def backend(self) -> Backend:
        raise NotImplementedError

    @pytest.fixture
    async def store(self, backend):
        store = backend.open()
        yield store
        await store.aclose()

    @pytest.fixture
    def calendar(self, backend, monkeypatch):
        return Steps(backend, monkeypatch)


class ValueSuite(Fixtures):
    """get, put, add, delete, compare_and_set and scan."""

    def test_it_is_a_store(self, store):
        assert isinstance(store, Store)

    async def test_what_was_put_is_read_until_it_is_replaced_or_removed(self, store):
        assert await store.get(b"k") is None
        await store.put(b"k", b"one", ttl_s=None)
        assert await store.get(b"k") == b"one"
        await store.put(b"k", b"two", ttl_s=60)
        assert await store.get(b"k") == b"two"
        assert await store.delete(b"k") is True
        assert await store.get(b"k") is None

    async def test_what_is_read_is_bytes(self, store):
        await store.put(b"k", b"v", ttl_s=None)
        assert type(await store.get(b"k")) is bytes
        assert [(type(key), type(value)) for key, value in await scanned(store, b"k")] == [(bytes, bytes)]

    async def test_add_sets_only_where_there_is_nothing(self, store):
        assert await store.add(b"k", b"one", ttl_s=None) is True
        assert await store.add(b"k", b"two", ttl_s=None) is False
        assert await store.get(b"k") == b"one"

    async def test_delete_says_whether_there_was_one(self, store):
        assert await store.delete(b"k") is False
        await store.put(b"k", b"", ttl_s=None)
        assert [await store.delete(b"k"), await store.delete(b"k")] == [True, False]
        assert await store.add(b"k", b"again", ttl_s=None) is True

    async def test_compare_and_set_replaces_what_was_expected_and_nothing_else(self, store):
        assert await store.compare_and_set(b"k", b"one", b"two", ttl_s=None) is False
        assert await store.get(b"k") is None
        await store.put(b"k", b"one", ttl_s=None)
        assert await store.compare_and_set(b"k", b"wrong", b"two", ttl_s=None) is False
        assert await store.compare_and_set(b"k", b"one\x00", b"two", ttl_s=None) is False
        assert await store.get(b"k") == b"one"
        assert await store.compare_and_set(b"k", b"one", b"two", ttl_s=None) is True
        assert await store.get(b"k") == b"two"

    async def test_compare_and_set_takes_none_for_no_value(self, store):
        assert await store.compare_and_set(b"k", None, b"first", ttl_s=None) is True
        assert await store.compare_and_set(b"k", None, b"second", ttl_s=None) is False
        assert await store.get(b"k") == b"first"
        assert await store.compare_and_set(b"k", b"first", None, ttl_s=None) is True
        assert await store.get(b"k") is None
        assert await store.compare_and_set(b"k", None, None, ttl_s=None) is True
        await store.put(b"k", b"there", ttl_s=None)
        assert await store.compare_and_set(b"k", None, None, ttl_s=None) is False
        assert await store.get(b"k") == b"there"

    async def test_an_empty_value_is_a_value(self, store):
        await store.put(b"k", b"", ttl_s=None)
        assert await store.get(b"k") == b""
        assert await store.add(b"k", b"x", ttl_s=None) is False
        assert await store.compare_and_set(b"k", None, b"x", ttl_s=None) is False
        assert await store.compare_and_set(b"k", b"", b"x", ttl_s=None) is True
        assert await scanned(store, b"") == [(b"k", b"x")]

    @pytest.mark.parametrize("size", [1024 * 1024, MAX_VALUE_BYTES])
    async def test_a_large_value_comes_back_whole(self, store, size):
        value = bytes(range(256)) * (size // 256)
        await store.put(b"large", value, ttl_s=60)
        assert await store.get(b"large") == value
        assert await store.compare_and_set(b"large", value[:-1] + b"\x00", b"", ttl_s=60) is False
        assert await store.compare_and_set(b"large", value, value[::-1], ttl_s=60) is True
        assert await scanned(store, b"large") == [(b"large", value[::-1])]

    @pytest.mark.asvs("v5.0.0-1.3.9")
    async def test_hostile_keys_are_keys_like_any_other(self, store):
        """Each is its own, in every operation, and none is a pattern for another."""
        for number, key in enumerate(HOSTILE_KEYS):
            assert await store.add(key, b"%d" % number, ttl_s=60) is True
        for number, key in enumerate(HOSTILE_KEYS):
            assert await store.get(key) == b"%d" % number
        assert await scanned(store, b"") == sorted((key, b"%d" % number) for number, key in enumerate(HOSTILE_KEYS))
        for number, key in enumerate(HOSTILE_KEYS):
            assert await store.compare_and_set(key, b"%d" % number, b"new", ttl_s=60) is True
            assert await store.delete(key) is True
        assert await scanned(store, b"") == []

    @pytest.mark.parametrize("prefix", HOSTILE_KEYS, ids=lambda key: key[:12].hex())
    async def test_a_scan_takes_its_prefix_literally(self, store, prefix):
        inside = {prefix, prefix[:-1] + prefix[-1:]} | (
            {prefix + b"\x00", prefix + b"\xff"} if len(prefix) < 512 else set()
        )
        outside = {b"a", b"aXc", b"m", b"100 percent", b"underXscore", prefix[:-1], bytes([prefix[0] ^ 1]) + prefix[1:]}
        outside = {key for key in outside if key and not key.startswith(prefix)}
        for key in inside | outside:
            await store.put(key, key[:3], ttl_s=60)
        assert await scanned(store, prefix) == sorted((key, key[:3]) for key in inside)

    async def test_a_scan_sees_once_what_is_there_from_beginning_to_end(self, store):
        """While others come, change and go."""
        stay = {b"s/%04d" % number for number in range(600)}
        for number in range(0, 600, 50):
            await asyncio.gather(*(store.put(key, key, ttl_s=60) for key in sorted(stay)[number : number + 50]))
        seen = []
        async for key, value in store.scan(b"s/"):
            if len(seen) < 100:
                await store.put(b"s/new/%d" % len(seen), b"", ttl_s=60)
                await store.delete(b"s/new/%d" % (len(seen) - 5))
            assert value == key or key.startswith(b"s/new/")
            seen.append(key)
        assert sorted(key for key in seen if key in stay) == sorted(stay)

    async def test_a_scan_may_be_left_early(self, store):
        for number in range(20):
            await store.put(b"s/%d" % number, b"", ttl_s=60)
        scan = store.scan(b"s/")
        assert (await anext(scan))[0].startswith(b"s/")
        await scan.aclose()
        await store.put(b"s/0", b"after", ttl_s=60)
        assert await store.get(b"s/0") == b"after"

    @shared
    @given(
        st.lists(
            st.one_of(
                st.tuples(st.just("get"), KEYS),
                st.tuples(st.just("put"), KEYS, VALUES),
                st.tuples(st.just("add"), KEYS, VALUES),
                st.tuples(st.just("delete"), KEYS),
                st.tuples(st.just("compare_and_set"), KEYS, st.none() | VALUES, st.none() | VALUES),
            ),
            max_size=20,
        )
    )
    async def test_any_sequence_of_calls_is_that_of_a_dictionary(self, store, calls):
        model: dict[bytes, bytes] = {}
        for name, key, *values in calls:
            ttl = {} if name in {"get", "delete"} else {"ttl_s": 60.0}
            answer = await getattr(store, name)(key, *values, **ttl)
            assert answer == in_dictionary(model, name, key, *values)
        assert await scanned(store, b"") == sorted(model.items())
        for key in model:
            await store.delete(key)

    async def test_values_quotas_and_counters_of_one_key_are_apart(self, store):
        await take(store, b"k", limit=1, window_s=3600)
        await store.reserve([Counter(b"k", TWO)])
        assert await store.get(b"k") is None
        assert await store.delete(b"k") is False
        assert await store.add(b"k", b"v", ttl_s=60) is True
        assert await scanned(store, b"") == [(b"k", b"v")]
        await store.settle([Counter(b"k", TWO)], [Outcome.CLEARED])
        assert (await take(store, b"k", limit=1, window_s=3600)).allowed is False
        assert await store.get(b"k") == b"v"

    async def test_another_handle_sees_what_was_written_at_once(self, store, backend):
        other = backend.open()
        try:
            for number in range(20):
                await store.put(b"k", b"%d" % number, ttl_s=60)
                assert await other.get(b"k") == b"%d" % number
                await other.put(b"k", b"back", ttl_s=60)
                assert await store.get(b"k") == b"back"
        finally:
            await other.aclose()

    async def test_a_call_that_was_cancelled_harms_no_other(self, store):
        """The half done answer of one task never reaches another."""
        await store.put(b"k", b"v", ttl_s=60)
        for pause in (0.0, 0.0005, 0.002):
            calls = [store.get(b"k"), store.put(b"other", b"x" * 10_000, ttl_s=60), store.add(b"k", b"", ttl_s=60)]
            tasks = [asyncio.ensure_future(call) for call in calls]
            await asyncio.sleep(pause)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            assert await asyncio.gather(*(store.get(b"k") for _ in range(20))) == [b"v"] * 20

    async def test_it_is_closed_twice_without_harm(self, backend):
        store = backend.open()
        await store.now()
        await store.aclose()
        await store.aclose()

    async def test_it_is_closed_without_having_been_used(self, backend):
        await backend.open().aclose()


def in_dictionary(model: dict[bytes, bytes], name: str, key: bytes, *values: bytes | None) -> object:
    """What a store must answer, done to a dictionary."""
    there = model.get(key)
    if name == "get":
        return there
    expected, new = {"put": (there, *values), "add": (None, *values), "delete": (there, None)}.get(name, values)
    if there != expected:
        return False
    model.pop(key, None)
    if new is not None:
        model[key] = new
    return {"put": None, "delete": there is not None}.get(name, True)


class TimeSuite(Fixtures):
    """Expiry, and calendars that jump."""

    async def test_a_value_that_has_expired_is_not_there(self, store, backend):
        for key in (b"get", b"add", b"delete", b"replace", b"set", b"scan"):
            await store.put(key, b"old", ttl_s=0.2)
        await backend.pass_time(0.3)
        assert await scanned(store, b"") == []
        assert await store.get(b"get") is None
        assert await store.delete(b"delete") is False
        assert await store.compare_and_set(b"replace", b"old", b"new", ttl_s=60) is False
        assert await store.compare_and_set(b"set", None, b"new", ttl_s=60) is True
        assert await store.add(b"add", b"new", ttl_s=60) is True
        assert await scanned(store, b"") == [(b"add", b"new"), (b"set", b"new")]

    async def test_a_value_is_there_until_it_expires(self, store, backend):
        await store.put(b"minute", b"v", ttl_s=60)
        await store.put(b"longest", b"v", ttl_s=MAX_TTL_S)
        await store.put(b"for good", b"v", ttl_s=None)
        await backend.pass_time(0.3)
        assert [await store.get(key) for key in (b"minute", b"longest", b"for good")] == [b"v"] * 3

    async def test_the_latest_write_says_when_a_value_expires(self, store, backend):
        for key in (b"put", b"set", b"for good"):
            await store.put(key, b"old", ttl_s=1.0)
        await store.put(b"shorter", b"old", ttl_s=None)
        await store.put(b"put", b"v", ttl_s=60)
        await store.put(b"for good", b"v", ttl_s=None)
        assert await store.compare_and_set(b"set", b"old", b"v", ttl_s=60) is True
        assert await store.compare_and_set(b"shorter", b"old", b"v", ttl_s=1.0) is True
        await backend.pass_time(1.1)
        assert await scanned(store, b"") == [(b"for good", b"v"), (b"put", b"v"), (b"set", b"v")]

    async def test_a_write_that_is_refused_changes_no_expiry(self, store, backend):
        await store.put(b"add", b"v", ttl_s=1.0)
        await store.put(b"set", b"v", ttl_s=1.0)
        assert await store.add(b"add", b"x", ttl_s=60) is False
        assert await store.compare_and_set(b"set", b"wrong", b"x", ttl_s=60) is False
        await backend.pass_time(1.1)
        assert await scanned(store, b"") == []

    async def test_a_quota_refills_and_a_counter_waits_by_the_time_that_passes(self, store, backend):
        counters = [Counter(b"k", Backoff((1.0,), None, 60.0))]
        assert (await take(store, b"k", limit=1, window_s=1.0)).allowed is True
        assert (await take(store, b"k", limit=1, window_s=1.0)).allowed is False
        assert await store.reserve(counters) == 0.0
        assert 0.0 < await store.reserve(counters) <= 1.0
        await backend.pass_time(1.1)
        assert (await take(store, b"k", limit=1, window_s=1.0)).allowed is True
        assert await store.reserve(counters) == 0.0

    async def test_a_counter_is_forgotten_after_its_time(self, store, backend):
        counters = [Counter(b"k", Backoff((0.0, 0.0, 1.0), None, 1.0))]
        assert [await store.reserve(counters) for _ in range(3)] == [0.0] * 3
        assert await store.reserve(counters) > 0.0
        await backend.pass_time(1.1)
        assert [await store.reserve(counters) for _ in range(3)] == [0.0] * 3

    @pytest.mark.asvs("v5.0.0-6.3.1")
    @pytest.mark.parametrize("jump_s", [DAY_S, -DAY_S])
    async def test_a_calendar_that_jumps_ends_nothing_and_stretches_nothing(self, store, backend, calendar, jump_s):
        """A value, a quota, a counter and the store's time itself, all made before the jump."""
        counters, waits = [Counter(b"c", TWO)], [Counter(b"w", Backoff((0.3,), None, 60.0))]
        await store.put(b"minute", b"v", ttl_s=60)
        await store.put(b"soon", b"v", ttl_s=0.2)
        await take(store, b"q", limit=1, window_s=60)
        assert [await store.reserve(counters), await store.reserve(counters), await store.reserve(waits)] == [0.0] * 3
        before = await store.now()
        calendar.step(jump_s)
        assert before <= await store.now() < before + 30
        assert await store.get(b"minute") == b"v"
        assert (await take(store, b"q", limit=1, window_s=60)).allowed is False
        assert 3500 < await store.reserve(counters) <= 3600
        await backend.pass_time(0.4)
        assert await store.get(b"soon") is None
        assert await store.get(b"minute") == b"v"
        assert await store.reserve(waits) == 0.0

    @pytest.mark.parametrize("jump_s", [DAY_S, -DAY_S])
    async def test_what_is_written_after_a_jump_lasts_as_long_as_it_should(self, store, backend, calendar, jump_s):
        await store.put(b"before", b"v", ttl_s=60)
        calendar.step(jump_s)
        await store.put(b"minute", b"v", ttl_s=60)
        await store.put(b"soon", b"v", ttl_s=0.2)
        calendar.step(-jump_s)
        assert await store.get(b"minute") == b"v"
        await backend.pass_time(0.3)
        assert [key for key, _ in await scanned(store, b"")] == [b"before", b"minute"]

    async def test_its_time_grows_as_time_passes(self, store, backend):
        before = await store.now()
        await backend.pass_time(0.25)
        after = await store.now()
        assert 0.24 <= after - before < 30
        assert before > 1_500_000_000


class QuotaSuite(Fixtures):
    """take."""

    async def test_the_whole_quota_at_once_and_then_nothing(self, store):
        taken = [await take(store, b"k", limit=3, window_s=3600) for _ in range(4)]
        assert [(one.allowed, one.remaining) for one in taken] == [(True, 2), (True, 1), (True, 0), (False, 0)]
        assert [one.retry_after_s for one in taken[:3]] == [0.0] * 3
        assert taken[3].retry_after_s == pytest.approx(1200, abs=30)
        assert [one.reset_after_s for one in taken] == pytest.approx([1200, 2400, 3600, 3600], abs=30)

    async def test_what_is_refused_takes_nothing(self, store):
        assert (await take(store, b"k", limit=10, window_s=3600, cost=8)).remaining == 2
        refused = await take(store, b"k", limit=10, window_s=3600, cost=3)
        assert (refused.allowed, refused.remaining) == (False, 2)
        assert refused.retry_after_s == pytest.approx(360, abs=30)
        assert (await take(store, b"k", limit=10, window_s=3600, cost=2)).allowed is True

    async def test_after_the_time_it_names_it_can_be_taken(self, store, backend):
        await take(store, b"k", limit=4, window_s=4.0, cost=4)
        refused = await take(store, b"k", limit=4, window_s=4.0)
        assert refused.allowed is False
        await backend.pass_time(refused.retry_after_s)
        assert (await take(store, b"k", limit=4, window_s=4.0)).allowed is True

    async def test_quotas_of_different_keys_are_apart(self, store):
        assert [(await take(store, key, limit=1, window_s=3600)).allowed for key in HOSTILE_KEYS] == [True] * len(
            HOSTILE_KEYS
        )
        assert [(await take(store, key, limit=1, window_s=3600)).allowed for key in HOSTILE_KEYS] == [False] * len(
            HOSTILE_KEYS
        )

    @pytest.mark.asvs("v5.0.0-1.4.2")
    @pytest.mark.parametrize(
        ("limit", "window_s"), [(1, 31_622_400.0), (1_000_000, 31_622_400.0), (7, 3600.0), (1, 0.001)]
    )
    async def test_limits_at_the_ends_of_their_ranges(self, store, limit, window_s):
        assert (await take(store, b"k", limit=limit, window_s=window_s, cost=limit))[:2] == (True, 0)
        if window_s > 1:
            assert (await take(store, b"k", limit=limit, window_s=window_s)).allowed is False

    @shared
    @given(costs=st.lists(st.integers(1, 7), max_size=12))
    async def test_never_more_than_the_limit_at_once(self, store, costs):
        key, left = secrets.token_bytes(16), 7
        for cost in costs:
            taken = await take(store, key, limit=7, window_s=31_622_400.0, cost=cost)
            left -= cost if cost <= left else 0
            assert taken.remaining == left


class AttemptSuite(Fixtures):
    """reserve and settle, against `zenoo_security.stores.attempts`."""

    async def test_attempts_are_reserved_until_the_counter_waits(self, store):
        counters = [Counter(b"k", TWO)]
        assert [await store.reserve(counters), await store.reserve(counters)] == [0.0, 0.0]
        assert 3500 < await store.reserve(counters) <= 3600

    async def test_all_counters_or_none(self, store):
        """One that refuses keeps the others from being counted, wherever it stands."""
        full, other = Counter(b"full", TWO), Counter(b"other", TWO)
        assert [await store.reserve([full]) for _ in range(2)] == [0.0, 0.0]
        for counters in ([full, other], [other, full], [Counter(b"third", TWO), full, other]):
            assert await store.reserve(counters) > 0.0
        assert [await store.reserve([other]) for _ in range(2)] == [0.0, 0.0]

    async def test_the_longest_wait_of_all_counters_is_named(self, store):
        short, long = Counter(b"short", Backoff((60.0,), None, 60.0)), Counter(b"long", Backoff((900.0,), None, 900.0))
        assert await store.reserve([short, long]) == 0.0
        assert await store.reserve([short, long]) == pytest.approx(900, abs=30)
        assert await store.reserve([long, short]) == pytest.approx(900, abs=30)
        assert await store.reserve([short]) == pytest.approx(60, abs=30)

    async def test_what_is_given_back_was_never_counted(self, store):
        counters = [Counter(b"a", TWO), Counter(b"b", TWO)]
        for _ in range(5):
            assert await store.reserve(counters) == 0.0
            await store.settle(counters, [Outcome.GIVEN_BACK, Outcome.GIVEN_BACK])
        assert [await store.reserve(counters) for _ in range(2)] == [0.0, 0.0]
        assert await store.reserve(counters) > 0.0

    async def test_each_counter_has_an_outcome_of_its_own(self, store):
        counters = [Counter(b"cleared", TWO), Counter(b"given back", TWO), Counter(b"failed", TWO)]
        assert await store.reserve(counters) == 0.0
        await store.settle(counters, [Outcome.CLEARED, Outcome.GIVEN_BACK, Outcome.FAILED])
        assert await store.reserve(counters) == 0.0
        await store.settle(counters, [Outcome.CLEARED, Outcome.GIVEN_BACK, Outcome.FAILED])
        assert [await store.reserve([counter]) > 0.0 for counter in counters] == [False, False, True]

    @pytest.mark.asvs("v5.0.0-6.3.1")
    async def test_confirmed_failures_stop_it_for_good_until_it_is_cleared(self, store):
        backoff = Backoff((0.0,), 3, 7200.0)
        counters = [Counter(b"k", backoff)]
        for _ in range(3):
            assert await store.reserve(counters) == 0.0
            await store.settle(counters, [Outcome.FAILED])
        assert await store.reserve(counters) == math.inf
        await store.settle(counters, [Outcome.GIVEN_BACK])
        assert await store.reserve([*counters, Counter(b"other", TWO)]) == math.inf
        await store.settle(counters, [Outcome.CLEARED])
        assert await store.reserve(counters) == 0.0

    async def test_a_counter_that_is_gone_stays_gone(self, store):
        """Settling what a success cleared meanwhile counts nothing."""
        backoff = Backoff((0.0,), 1, 60.0)
        counters = [Counter(b"k", backoff)]
        for outcome in (Outcome.FAILED, Outcome.GIVEN_BACK, Outcome.CLEARED):
            await store.settle(counters, [outcome])
            assert await store.reserve(counters) == 0.0
            await store.settle(counters, [Outcome.CLEARED])

    async def test_a_counter_that_was_forgotten_is_gone(self, store, backend):
        counters = [Counter(b"k", Backoff((0.0,), 1, 1.0))]
        await store.reserve(counters)
        await backend.pass_time(1.1)
        await store.settle(counters, [Outcome.FAILED])
        assert await store.reserve(counters) == 0.0

    async def test_a_counter_that_stopped_is_never_forgotten(self, store, backend):
        counters = [Counter(b"k", Backoff((0.0,), 1, 1.0))]
        await store.reserve(counters)
        await store.settle(counters, [Outcome.FAILED])
        await backend.pass_time(1.3)
        await store.put(b"anything", b"", ttl_s=60)
        assert await store.reserve(counters) == math.inf

    async def test_counters_under_hostile_keys_and_the_most_there_may_be(self, store):
        for start in range(0, len(HOSTILE_KEYS), 8):
            counters = [Counter(key, TWO) for key in HOSTILE_KEYS[start : start + 8]]
            assert [await store.reserve(counters) for _ in range(2)] == [0.0, 0.0]
            assert [await store.reserve([counter]) > 0.0 for counter in counters] == [True] * len(counters)

    @pytest.mark.asvs("v5.0.0-1.4.2")
    async def test_the_longest_backoff_there_may_be(self, store):
        """1000 delays, and times as far away as they go."""
        counters = [Counter(b"k", Backoff((*[0.0] * 999, 3e8), None, 3e8))]
        assert await store.reserve(counters) == 0.0
        patient = [Counter(b"p", Backoff((3e8,), 1_000_000, 3e8))]
        assert await store.reserve(patient) == 0.0
        assert await store.reserve(patient) == pytest.approx(3e8, rel=1e-6)

    @shared
    @given(
        calls=st.lists(
            st.tuples(
                st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True), st.sampled_from([None, *Outcome])
            ),
            max_size=25,
        ),
    )
    async def test_any_sequence_of_calls_is_that_of_the_reference(self, store, calls):
        """Delays are nothing or hours, so that the time which a call takes changes no answer."""
        backoffs = {"a": TWO, "b": Backoff((0.0, 0.0, 3600.0, 7200.0), 2, 9000.0), "c": Backoff((0.0,), None, 7200.0)}
        reference, unused = Reference(), secrets.token_bytes(16)
        for names, outcome in calls:
            counters = [Counter(unused + name.encode(), backoffs[name]) for name in names]
            if outcome is None:
                assert await store.reserve(counters) == pytest.approx(reference.reserve(counters, 0.0), abs=60)
            else:
                await store.settle(counters, [outcome] * len(counters))
                reference.settle(counters, [outcome] * len(counters), 0.0)


class Reference:
    """Counters in a dictionary, by the pure arithmetic."""

    def __init__(self) -> None:
        self._counts: dict[bytes, Count] = {}

    def reserve(self, counters, now: float) -> float:
        """Reserve, as a store does."""
        found = [self._count(counter.key, now) or Count() for counter in counters]
        after = [attempts.reserve(count, counter.backoff, now) for count, counter in zip(found, counters, strict=True)]
        if None in after:
            return max(count.next_at - now for count in found)
        self._counts.update((counter.key, count) for counter, count in zip(counters, after, strict=True) if count)
        return 0.0

    def settle(self, counters, outcomes, now: float) -> None:
        """Settle, as a store does."""
        for counter, outcome in zip(counters, outcomes, strict=True):
            count = self._count(counter.key, now)
            if count is None:
                continue
            after = attempts.settle(count, counter.backoff, outcome, now)
            if after is None:
                del self._counts[counter.key]
            else:
                self._counts[counter.key] = after

    def _count(self, key: bytes, now: float) -> Count | None:
        count = self._counts.get(key)
        return count if count and now < count.forget_at else None


WRONG_KEYS = [b"", b"k" * (MAX_KEY_BYTES + 1), "text", None, bytearray(b"k"), 1]
WRONG_TTLS = [0, -1.0, math.nan, math.inf, -math.inf, MAX_TTL_S * 1.001, "60"]
WRONG_VALUES = [bytes(MAX_VALUE_BYTES + 1), "text", bytearray(b"v"), 1]
WRONG_QUOTAS = [
    {"limit": 0},
    {"limit": -1},
    {"limit": 1_000_001},
    {"limit": 1.5},
    {"limit": 5, "cost": 0},
    {"limit": 5, "cost": 6},
    {"limit": 5, "cost": -1},
    {"limit": 5, "cost": 1.5},
    {"window_s": 0.0},
    {"window_s": 0.0009},
    {"window_s": 31_622_401},
    {"window_s": math.nan},
    {"window_s": math.inf},
    {"window_s": "60"},
]


class ArgumentSuite(Fixtures):
    """What is out of its range is refused, and changes nothing."""

    @pytest.mark.parametrize("key", WRONG_KEYS, ids=repr)
    async def test_keys(self, store, key):
        calls = [
            lambda: store.get(key),
            lambda: store.put(key, b"", ttl_s=60),
            lambda: store.add(key, b"", ttl_s=60),
            lambda: store.delete(key),
            lambda: store.compare_and_set(key, None, b"", ttl_s=60),
            lambda: take(store, key, limit=1, window_s=60),
            lambda: store.reserve([Counter(key, TWO)]),
            lambda: store.settle([Counter(key, TWO)], [Outcome.FAILED]),
        ]
        for call in calls:
            with pytest.raises(ParameterError):
                await call()

    @pytest.mark.parametrize("prefix", [*WRONG_KEYS[1:], b"k" * (MAX_KEY_BYTES + 1)], ids=repr)
    async def test_prefixes(self, store, prefix):
        with pytest.raises(ParameterError):
            await scanned(store, prefix)

    @pytest.mark.parametrize("ttl_s", WRONG_TTLS, ids=repr)
    async def test_times_to_live(self, store, ttl_s):
        await store.put(b"k", b"there", ttl_s=60)
        for call in (
            lambda: store.put(b"k", b"v", ttl_s=ttl_s),
            lambda: store.add(b"new", b"v", ttl_s=ttl_s),
            lambda: store.compare_and_set(b"k", b"there", b"v", ttl_s=ttl_s),
        ):
            with pytest.raises(ParameterError):
                await call()
        assert await scanned(store, b"") == [(b"k", b"there")]

    @pytest.mark.parametrize("value", WRONG_VALUES, ids=lambda value: type(value).__name__)
    async def test_values(self, store, value):
        for call in (
            lambda: store.put(b"k", value, ttl_s=60),
            lambda: store.add(b"k", value, ttl_s=60),
            lambda: store.compare_and_set(b"k", None, value, ttl_s=60),
            lambda: store.compare_and_set(b"k", value, None, ttl_s=60),
        ):
            with pytest.raises(ParameterError):
                await call()
        assert await store.get(b"k") is None

    async def test_none_is_no_value_to_put_or_add(self, store):
        """Nor is it a way to remove one."""
        await store.put(b"k", b"v", ttl_s=60)
        for call in (store.put, store.add):
            for key in (b"k", b"new"):
                with pytest.raises(ParameterError):
                    await call(key, None, ttl_s=60)
        assert await scanned(store, b"") == [(b"k", b"v")]

    @pytest.mark.parametrize("wrong", WRONG_QUOTAS, ids=repr)
    async def test_quotas(self, store, wrong):
        with pytest.raises(ParameterError):
            await take(store, b"k", **{"limit": 5, "window_s": 60.0, **wrong})
        assert (await take(store, b"k", limit=5, window_s=60.0, cost=5)).allowed is True

    async def test_counters(self, store):
        nine = [Counter(b"%d" % number, TWO) for number in range(9)]
        for counters in ([], nine, [nine[0], nine[1], nine[0]]):
            with pytest.raises(ParameterError):
                await store.reserve(counters)
            with pytest.raises(ParameterError):
                await store.settle(counters, [Outcome.FAILED] * len(counters))
        for outcomes in ([], [Outcome.FAILED] * 2, ["failed"]):
            with pytest.raises(ParameterError):
                await store.settle(nine[:1], outcomes)

    async def test_messages_hold_neither_keys_nor_values(self, store):
        for call in (lambda: store.put(b"secret" * 100, b"", ttl_s=60), lambda: store.put(b"k", "secret", ttl_s=60)):
            with pytest.raises(ParameterError) as raised:
                await call()
            assert "secret" not in str(raised.value)


class StoreSuite(ValueSuite, TimeSuite, QuotaSuite, WindowSuite, SeveralSuite, AttemptSuite, ArgumentSuite):
    """What every store promises to one process."""

"""Stores on a clock that stands still between two steps: every answer is known to the second."""

from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stores.conformance import Fixtures, Reference, shared
from stores.quotas import ExactQuotaSuite, take
from zenoo_security.stores import Backoff, Counter, Outcome

SECONDS = st.sampled_from([0.0, 0.25, 1.0, 29.75, 30.0, 60.0, 3600.0])

BACKOFFS = {
    "a": Backoff((0.0, 0.0, 30.0, 60.0), 3, 60.0),
    "b": Backoff((1.0,), None, 3600.0),
    "c": Backoff((0.0, 3600.0), 2, 3600.0),
}

NAMES = st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True)


class ExactTimeSuite(ExactQuotaSuite, Fixtures):
    """Of a store that is given a clock."""

    async def test_a_value_is_there_to_the_last_moment(self, store, backend):
        await store.put(b"k", b"v", ttl_s=60.0)
        await backend.pass_time(59.75)
        assert await store.get(b"k") == b"v"
        await backend.pass_time(0.25)
        assert await store.get(b"k") is None

    async def test_a_quota_regains_a_unit_at_a_time(self, store, backend):
        assert await take(store, b"k", limit=4, window_s=60, cost=4) == pytest.approx((True, 0, 0.0, 60.0))
        await backend.pass_time(14.75)
        assert await take(store, b"k", limit=4, window_s=60) == pytest.approx((False, 0, 0.25, 45.25))
        await backend.pass_time(0.25)
        assert await take(store, b"k", limit=4, window_s=60) == pytest.approx((True, 0, 0.0, 60.0))
        await backend.pass_time(45.0)
        assert await take(store, b"k", limit=4, window_s=60, cost=2) == pytest.approx((True, 1, 0.0, 45.0))

    @shared
    @given(steps=st.lists(st.tuples(SECONDS, st.integers(1, 5)), max_size=30))
    async def test_no_window_holds_more_than_twice_the_quota(self, store, backend, steps):
        """And no moment more than the quota: what GCRA promises."""
        key, taken, now = secrets.token_bytes(16), [], 0.0
        for seconds, cost in steps:
            await backend.pass_time(seconds)
            now += seconds
            if (await take(store, key, limit=5, window_s=60.0, cost=cost)).allowed:
                taken.append((now, cost))
        for start, _ in taken:
            for end, _ in taken:
                if start <= end:
                    assert sum(cost for at, cost in taken if start <= at <= end) <= 5 + (end - start) / 12

    @shared
    @given(
        calls=st.lists(
            st.tuples(SECONDS, NAMES, st.lists(st.none() | st.sampled_from(Outcome), max_size=3)), max_size=25
        )
    )
    async def test_any_sequence_of_calls_is_that_of_the_reference_to_the_second(self, store, backend, calls):
        """Whatever the time between them: delays, what is forgotten, what stops."""
        reference, unused, now = Reference(), secrets.token_bytes(16), 0.0
        for seconds, names, outcomes in calls:
            await backend.pass_time(seconds)
            now += seconds
            counters = [Counter(unused + name.encode(), BACKOFFS[name]) for name in names]
            if len(outcomes) == len(names) and None not in outcomes:
                await store.settle(counters, outcomes)
                reference.settle(counters, outcomes, now)
            else:
                assert await store.reserve(counters) == pytest.approx(reference.reserve(counters, now), abs=1e-6)

"""take, peek and forget: two algorithms, one quota or several, against what they promise."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zenoo_security.errors import ParameterError
from zenoo_security.stores import Quota

if TYPE_CHECKING:
    from zenoo_security.stores import Store, Taken
    from zenoo_security.stores.quota import Algorithm

__all__ = ["ExactQuotaSuite", "SeveralSuite", "WindowSuite", "take"]

HOUR_S = 3600.0

shared = settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors, HealthCheck.too_slow],
)


async def take(
    store: Store, key: bytes, *, limit: int, window_s: float, cost: int = 1, algorithm: Algorithm = "gcra"
) -> Taken:
    """Take from one quota."""
    [taken] = await store.take([Quota(key, limit, window_s, algorithm)], cost=cost)
    return taken


def window(key: bytes, limit: int, window_s: float = HOUR_S) -> Quota:
    """A sliding window."""
    return Quota(key, limit, window_s, "sliding_window")


class WindowSuite:
    """One sliding window."""

    async def test_a_window_gives_its_quota_and_then_nothing_until_the_first_unit_is_a_window_ago(self, store):
        taken = [(await store.take([window(b"k", 3)]))[0] for _ in range(4)]
        assert [(one.allowed, one.remaining) for one in taken] == [(True, 2), (True, 1), (True, 0), (False, 0)]
        assert [one.retry_after_s for one in taken[:3]] == [0.0] * 3
        assert [taken[3].retry_after_s, taken[3].reset_after_s] == pytest.approx([HOUR_S] * 2, abs=30)

    async def test_a_cost_is_taken_whole_or_not_at_all(self, store):
        assert (await store.take([window(b"k", 10)], cost=8))[0].remaining == 2
        [refused] = await store.take([window(b"k", 10)], cost=3)
        assert (refused.allowed, refused.remaining) == (False, 2)
        assert (await store.take([window(b"k", 10)], cost=2))[0].allowed is True

    @pytest.mark.parametrize("cost", [1, 999, 1000, 1001, 10_000])
    async def test_the_largest_window_holds_its_quota(self, store, cost):
        quota = window(b"k", 10_000)
        while (left := (await store.peek([quota]))[0].remaining) > 10_000 % cost and left > 9_990:
            assert (await store.take([quota], cost=cost))[0].remaining == left - cost
        left = (await store.peek([quota]))[0].remaining
        if left:
            assert (await store.take([quota], cost=left))[0].remaining == 0
        assert (await store.take([quota]))[0].allowed is False

    async def test_units_come_back_as_their_moments_pass(self, store, backend):
        """A third of a second later nothing is left of the first two, and the third is still counted."""
        quota = window(b"k", 3, 0.3)
        await store.take([quota], cost=2)
        await backend.pass_time(0.2)
        await store.take([quota])
        await backend.pass_time(0.15)
        [taken] = await store.take([quota])
        assert (taken.allowed, taken.remaining) == (True, 1)
        await backend.pass_time(0.4)
        assert (await store.peek([quota]))[0] == (True, 3, 0.0, 0.0)

    async def test_after_the_time_it_names_it_can_be_taken_from_the_window(self, store, backend):
        quota = window(b"k", 2, 0.5)
        await store.take([quota], cost=2)
        [refused] = await store.take([quota])
        assert 0.0 < refused.retry_after_s <= 0.5
        await backend.pass_time(refused.retry_after_s)
        assert (await store.take([quota]))[0].allowed is True

    async def test_a_larger_limit_than_a_window_keeps_is_refused(self, store):
        with pytest.raises(ParameterError, match="10000"):
            window(b"k", 10_001)


class SeveralSuite:
    """Several quotas at once, looking at them, and forgetting them."""

    async def test_several_are_taken_from_together_or_not_at_all(self, store):
        """The second is used up first; what it refuses costs the others nothing."""
        quotas = [Quota(b"rate", 5, HOUR_S), window(b"window", 2), Quota(b"other", 9, HOUR_S)]
        for left in (1, 0):
            taken = await store.take(quotas)
            assert [one.allowed for one in taken] == [True] * 3
            assert taken[1].remaining == left
        for _ in range(3):
            refused = await store.take(quotas)
            assert [(one.allowed, one.remaining) for one in refused] == [(True, 3), (False, 0), (True, 7)]
            assert [one.retry_after_s > 0 for one in refused] == [False, True, False]
        assert [one.remaining for one in await store.peek([quotas[0], quotas[2]])] == [3, 7]

    async def test_answers_stand_in_the_order_of_the_quotas(self, store):
        quotas = [Quota(b"%d" % number, number, HOUR_S) for number in (5, 3, 8, 1, 7)]
        assert [one.remaining for one in await store.take(quotas)] == [4, 2, 7, 0, 6]
        assert [one.remaining for one in await store.peek(quotas[::-1])] == [6, 0, 7, 2, 4]

    async def test_a_refusal_leaves_nothing_of_a_quota_that_was_never_used(self, store):
        await store.take([window(b"used", 1)])
        await store.take([Quota(b"new", 5, HOUR_S), window(b"used", 1)])
        assert await store.forget([Quota(b"new", 5, HOUR_S)]) == 0

    @pytest.mark.parametrize("algorithm", ["sliding_window", "gcra"])
    async def test_peek_says_what_take_would_and_takes_nothing(self, store, algorithm):
        quota = Quota(b"k", 3, HOUR_S, algorithm)
        for _ in range(5):
            assert (await store.peek([quota], cost=3))[0] == (True, 3, 0.0, 0.0)
        await store.take([quota], cost=2)
        for _ in range(5):
            [seen] = await store.peek([quota], cost=2)
            assert (seen.allowed, seen.remaining) == (False, 1)
            assert seen.retry_after_s > 0
        assert (await store.take([quota]))[0].allowed is True

    @pytest.mark.parametrize("algorithm", ["sliding_window", "gcra"])
    async def test_what_is_forgotten_is_whole_again(self, store, algorithm):
        quotas = [Quota(key, 1, HOUR_S, algorithm) for key in (b"a", b"b", b"never")]
        await store.take(quotas[:2])
        assert await store.forget(quotas) == 2
        assert await store.forget(quotas) == 0
        assert [one.allowed for one in await store.take(quotas)] == [True] * 3

    async def test_the_two_algorithms_of_one_key_are_apart(self, store):
        await store.take([Quota(b"k", 1, HOUR_S)])
        assert (await store.take([window(b"k", 1)]))[0].allowed is True
        assert await store.forget([window(b"k", 1)]) == 1
        assert (await store.take([Quota(b"k", 1, HOUR_S)]))[0].allowed is False

    async def test_quotas_that_cannot_be_taken_from_are_refused(self, store):
        one = Quota(b"k", 5, HOUR_S)
        nine = [Quota(b"%d" % number, 5, HOUR_S) for number in range(9)]
        for quotas in ([], nine, [one, one], [one, Quota(b"k", 6, 60.0)], [b"k"], [one, None]):
            for call in (store.take, store.peek, store.forget):
                with pytest.raises(ParameterError):
                    await call(quotas)
        for cost in (0, -1, 3, 1.0, "1", None):
            for call in (store.take, store.peek):
                with pytest.raises(ParameterError):
                    await call([one, Quota(b"two", 2, HOUR_S)], cost=cost)
        assert (await store.peek([one]))[0].remaining == 5


class Model:
    """What the two algorithms promise, computed from all that was ever taken: slow and plain."""

    def __init__(self, quotas: list[Quota]) -> None:
        self.quotas = quotas
        self.taken: list[tuple[float, int]] = []

    def allowed(self, quota: Quota, now: float, cost: int) -> bool:
        """Whether a quota has the cost at a time."""
        if quota.algorithm == "sliding_window":
            return sum(units for at, units in self.taken if at > now - quota.window_s) + cost <= quota.limit
        debt, latest = 0.0, 0.0
        for at, units in self.taken:
            debt, latest = max(debt - (at - latest) * quota.limit / quota.window_s, 0.0) + units, at
        return max(debt - (now - latest) * quota.limit / quota.window_s, 0.0) + cost <= quota.limit

    def take(self, now: float, cost: int) -> list[bool]:
        """What each quota says; counted when all have it."""
        answers = [self.allowed(quota, now, cost) for quota in self.quotas]
        if all(answers):
            self.taken.append((now, cost))
        return answers


class ExactQuotaSuite:
    """Of a store that is given a clock."""

    async def test_a_unit_of_a_window_is_counted_to_the_last_moment(self, store, backend):
        quota = window(b"k", 2, 60.0)
        assert (await store.take([quota]))[0] == pytest.approx((True, 1, 0.0, 60.0))
        await backend.pass_time(10.0)
        assert (await store.take([quota]))[0] == pytest.approx((True, 0, 0.0, 60.0))
        await backend.pass_time(49.75)
        assert (await store.take([quota]))[0] == pytest.approx((False, 0, 0.25, 10.25))
        assert (await store.take([quota], cost=2))[0] == pytest.approx((False, 0, 10.25, 10.25))
        await backend.pass_time(0.25)
        assert (await store.take([quota]))[0] == pytest.approx((True, 0, 0.0, 60.0))

    @pytest.mark.parametrize("which", [[0], [1], [2], [0, 1, 2]], ids=["short", "long", "gcra", "together"])
    @shared
    @given(
        steps=st.lists(st.tuples(st.sampled_from([0.0, 0.25, 1.0, 2.5, 10.0, 60.0]), st.integers(1, 4)), max_size=40)
    )
    async def test_any_sequence_of_takes_is_that_of_the_model(self, store, backend, steps, which):
        """So in no window of the sliding one is more than its quota, whatever the times and the costs."""
        start, now = secrets.token_bytes(8), 0.0
        all_three = window(start + b"a", 5, 10.0), window(start + b"b", 9, 60.0), Quota(start + b"c", 4, 8.0)
        model = Model([all_three[number] for number in which])
        for seconds, cost in steps:
            await backend.pass_time(seconds)
            now += seconds
            looked = await store.peek(model.quotas, cost=cost)
            taken = await store.take(model.quotas, cost=cost)
            assert [one.allowed for one in looked] == [one.allowed for one in taken] == model.take(now, cost)
        for quota in (quota for quota in model.quotas if quota.algorithm == "sliding_window"):
            for at, _ in model.taken:
                assert sum(units for other, units in model.taken if at <= other < at + quota.window_s) <= quota.limit

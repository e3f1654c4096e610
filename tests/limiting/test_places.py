"""One suite for all places: in this process, in a file that processes share, and in every store."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from zenoo_security import RateLimiter, RateLimitExceeded
from zenoo_security.errors import InputTooLarge, InvalidInput, ParameterError
from zenoo_security.limits import BaseLimiter, Decision, Decisions, RateLimits, RatePolicy

TAKERS = 200

both = pytest.mark.parametrize("algorithm", ["sliding_window", "gcra"])


@both
@pytest.mark.asvs("v5.0.0-2.4.1", "v5.0.0-6.3.1")
async def test_of_two_hundred_at_once_as_many_as_the_quota_are_let_through(store, algorithm):
    limiter = RateLimiter(50, 3600, algorithm=algorithm, store=store)
    decisions = await asyncio.gather(*(limiter.ahit("alice") for _ in range(TAKERS)))
    assert sum(decision.allowed for decision in decisions) == 50
    assert sorted(decision.remaining for decision in decisions if decision) == list(range(50))
    assert {type(decision) for decision in decisions} == {Decision}


@both
def test_of_two_hundred_in_threads_as_many_as_the_quota_are_let_through(store, algorithm):
    """By the calls that do not await."""
    limiter = RateLimiter(50, 3600, algorithm=algorithm, store=store)
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: limiter.allow("alice"), range(TAKERS))) == 50


def test_several_limits_in_threads_let_through_as_many_as_the_smallest(store):
    """And those that refused nothing were charged for what was let through, and no more."""
    limits = RateLimits("150/h and 50/day", store=store)
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: limits.allow("alice"), range(TAKERS))) == 50
    assert [each.remaining for each in limits.peek("alice").decisions] == [100, 0]


def test_a_forked_process_counts_together_with_its_parent(store, place):
    """With the limiter that was used before the fork; in the memory of a process it goes on from there alone."""
    limiter = RateLimiter(3, 3600, store=store)
    assert limiter.hit("alice").remaining == 2
    child = os.fork()
    if child == 0:
        os._exit(limiter.hit("alice").remaining)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
    assert limiter.peek("alice").remaining == (2 if place in ("process", "memory") else 1)
    assert limiter.allow("alice")


async def test_of_two_hundred_at_once_no_more_than_the_smallest_of_several_are_let_through(store):
    limits = RateLimits("150/h and 50/day", store=store)
    decisions = await asyncio.gather(*(limits.ahit("alice") for _ in range(TAKERS)))
    assert sum(decision.allowed for decision in decisions) == 50
    assert [each.remaining for each in (await limits.apeek("alice")).decisions] == [100, 0]


@both
def test_the_calls_of_a_limiter(store, algorithm):
    """A cost, a refusal that is not charged, a look that takes nothing, a reset."""
    limiter = RateLimiter(5, 3600, algorithm=algorithm, store=store)
    assert limiter.peek("alice").remaining == 5
    assert limiter.hit("alice", 3).remaining == 2
    assert limiter.allow("alice")
    refused = limiter.hit("alice", 2)
    assert (refused.allowed, refused.limit, refused.remaining) == (False, 5, 1)
    assert 0 < refused.retry_after <= refused.reset_after <= 3600
    assert not limiter.peek("alice", 2)
    assert limiter.peek("alice").remaining == 1
    assert limiter.require("alice").remaining == 0
    with pytest.raises(RateLimitExceeded) as raised:
        limiter.require("alice")
    assert raised.value.retry_after > 0
    assert limiter.hit("bob").remaining == 4
    assert [limiter.reset("alice"), limiter.reset("alice")] == [True, False]
    assert limiter.hit("alice").remaining == 4


@both
async def test_the_awaited_calls_of_a_limiter(store, algorithm):
    limiter = RateLimiter(2, 3600, algorithm=algorithm, store=store)
    assert (await limiter.apeek("alice")).remaining == 2
    assert (await limiter.ahit("alice")).remaining == 1
    assert (await limiter.arequire("alice")).remaining == 0
    with pytest.raises(RateLimitExceeded):
        await limiter.arequire("alice")
    assert await limiter.is_allowed("alice") is False
    assert await limiter.get_remaining_requests("alice") == 0
    assert await limiter.areset("alice") is True
    assert await limiter.is_allowed("alice") is True


@both
def test_a_quota_comes_back_with_the_time_of_the_place(store, algorithm):
    limiter = RateLimiter(1, 0.3, algorithm=algorithm, store=store)
    assert limiter.hit("alice")
    refused = limiter.hit("alice")
    while refused.retry_after > 0:
        assert refused.retry_after <= 0.3
        refused = limiter.hit("alice")
    assert refused.allowed


def test_several_limits_are_taken_from_together_or_not_at_all(store):
    limits = RateLimits("2/h and 3/day", store=store)
    assert [limits.hit("alice").remaining for _ in range(2)] == [1, 0]
    for _ in range(3):
        refused = limits.hit("alice")
        assert isinstance(refused, Decisions)
        assert refused.decided_by.name == "2/h"
        assert [(each.allowed, each.limit, each.remaining) for each in refused.decisions] == [
            (False, 2, 0),
            (True, 3, 1),
        ]
        assert (refused.limit, refused.remaining, bool(refused)) == (2, 0, False)
        assert refused.retry_after == refused.decisions[0].retry_after > 0
    assert limits.reset("alice") is True
    assert limits.peek("alice").remaining == 2


@both
def test_what_the_headers_of_an_answer_need(store, algorithm):
    """For each limit its policy and its figures, by the same two names for one limit as for several."""
    for limiter, names in (
        (RateLimiter(5, 60, algorithm=algorithm, store=store), ["5/min"]),
        (RateLimiter(5, 60, algorithm=algorithm, store=store, name="login"), ["login"]),
        (RateLimits("5/s and 9/h", algorithm=algorithm, store=store), ["5/s", "9/h"]),
        (RateLimits("5/s and 9/h", algorithm=algorithm, store=store, name="api"), ["api:5/s", "api:9/h"]),
        (RateLimits([RatePolicy(5, 60, algorithm, "burst")], store=store), ["burst"]),
    ):
        assert isinstance(limiter, BaseLimiter)
        decision = limiter.hit("alice")
        assert [policy.name for policy in limiter.policies] == names
        for policy, each in zip(limiter.policies, decision.decisions, strict=True):
            assert policy.limit == each.limit == each.remaining + 1
            assert 0 < each.reset_after <= policy.window_s
            assert policy.algorithm == algorithm


@pytest.mark.parametrize("identifier", [None, "", 7, b"alice", "\ud800", ["alice"]], ids=repr)
def test_what_is_no_identifier_is_refused(store, identifier):
    for limiter in (RateLimiter(3, 60, store=store), RateLimits("3/s and 5/h", store=store)):
        for call in (limiter.hit, limiter.peek, limiter.allow, limiter.reset, limiter.require):
            with pytest.raises(InvalidInput):
                call(identifier)


@pytest.mark.parametrize("identifier", ["x" * 4097, "ü" * 2049], ids=["ascii", "umlauts"])
def test_a_huge_identifier_is_refused(store, identifier):
    with pytest.raises(InputTooLarge):
        RateLimiter(3, 60, store=store).hit(identifier)


@pytest.mark.parametrize("cost", [0, -1, 4, 2**40, 1.5, "1", None])
def test_a_cost_out_of_range_is_refused(store, cost):
    for limiter in (RateLimiter(3, 60, store=store), RateLimits("3/s and 5/h", store=store)):
        for call in (limiter.hit, limiter.peek, limiter.require):
            with pytest.raises(ParameterError):
                call("alice", cost)
        assert limiter.peek("alice").remaining == 3


@pytest.mark.parametrize(
    "arguments",
    [
        {"max_requests": 0},
        {"max_requests": 2**70},
        {"max_requests": 100_001},
        {"max_requests": 1.5},
        {"window_seconds": 0},
        {"window_seconds": float("nan")},
        {"window_seconds": 1e9},
        {"algorithm": "token_bucket"},
        {"name": "two\nlines"},
        {"name": 'quo"ted'},
    ],
    ids=str,
)
def test_arguments_out_of_range_are_refused(store, arguments):
    with pytest.raises(ParameterError):
        RateLimiter(**arguments, store=store)

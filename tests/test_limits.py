"""The rate limiter from Python: decisions, identifiers from outside, clocks, threads, forks."""

from __future__ import annotations

import copy
import os
import pickle
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security import RateLimiter, RateLimitExceeded
from zenoo_security.clock import FakeClock
from zenoo_security.errors import InputTooLarge, InvalidInput, ParameterError
from zenoo_security.limits import Decision

both = pytest.mark.parametrize("algorithm", ["sliding_window", "gcra"])


@both
def test_a_decision_says_what_is_left_and_when_to_come_back(algorithm):
    """Three of three, then refused until the first unit is back, then whole after a window."""
    clock = FakeClock()
    limiter = RateLimiter(3, 60, algorithm=algorithm, clock=clock)
    assert [limiter.hit("alice").remaining for _ in range(3)] == [2, 1, 0]
    refused = limiter.hit("alice")
    assert (refused.allowed, refused.limit, refused.remaining) == (False, 3, 0)
    assert refused.retry_after == (60.0 if algorithm == "sliding_window" else 20.0)
    assert refused.reset_after == 60.0
    clock.advance(refused.retry_after)
    assert limiter.hit("alice").allowed
    clock.advance(60)
    assert limiter.peek("alice").remaining == 3


def test_a_decision_is_as_true_as_it_is_allowed():
    """`if limiter.hit(...)` does not let everybody in."""
    limiter = RateLimiter(1, 60)
    assert limiter.hit("alice")
    assert not limiter.hit("alice")


def test_a_decision_is_a_value():
    """It cannot be changed, compares by value and shows its figures."""
    clock = FakeClock()
    decision = RateLimiter(2, 60, clock=clock).hit("alice")
    assert decision == RateLimiter(2, 60, clock=clock).hit("bob")
    assert repr(decision) == "Decision(allowed=True, limit=2, remaining=1, retry_after=0.0, reset_after=60.0)"
    with pytest.raises(AttributeError):
        decision.allowed = False


def test_a_decision_of_another_limiter_is_as_it_says():
    """Allowed exactly when there is nothing to wait for, however short it is; and it stands for itself alone."""
    decision = Decision(5, 2, reset_after=3.5)
    assert (decision.allowed, decision.limit, decision.remaining, decision.reset_after) == (True, 5, 2, 3.5)
    assert not Decision(5, 0, 1e-12)
    assert Decision(5, 0, 1e-12).retry_after > 0
    assert decision.decisions == (decision,)


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf"), 1e300])
def test_a_decision_waits_for_a_time_that_comes(seconds):
    for times in ((seconds, 0.0), (0.0, seconds)):
        with pytest.raises(ParameterError):
            Decision(5, 0, *times)


async def test_the_guides_methods():
    """is_allowed takes one request, get_remaining_requests takes none."""
    limiter = RateLimiter(max_requests=2, window_seconds=60)
    assert await limiter.get_remaining_requests("alice") == 2
    assert [await limiter.is_allowed("alice") for _ in range(3)] == [True, True, False]
    assert [await limiter.get_remaining_requests("alice") for _ in range(2)] == [0, 0]


def test_the_guides_defaults_and_positions():
    """RateLimiter() is 100 in 60 s; the two figures are positional."""
    assert RateLimiter().hit("alice").remaining == 99
    assert RateLimiter(5, 10).hit("alice").reset_after == pytest.approx(10)


@pytest.mark.asvs("v5.0.0-2.4.1")
def test_require_raises_with_the_time_to_wait():
    """What is over the quota is an exception that knows when to retry."""
    clock = FakeClock()
    limiter = RateLimiter(2, 60, clock=clock)
    assert limiter.require("alice", 2).remaining == 0
    clock.advance(15)
    with pytest.raises(RateLimitExceeded) as raised:
        limiter.require("alice")
    assert raised.value.retry_after == 45.0


@both
def test_a_cost_is_taken_whole_or_not_at_all(algorithm):
    """Two of three do not fit after two; one does."""
    limiter = RateLimiter(3, 60, algorithm=algorithm)
    assert limiter.hit("alice", 2)
    assert not limiter.hit("alice", cost=2)
    assert limiter.hit("alice", 1)


@pytest.mark.parametrize("cost", [0, -1, 4, 2**40, 1.5, "1", None])
def test_a_cost_out_of_range_is_refused(cost):
    """No cost makes requests come back, and none waits for ever."""
    limiter = RateLimiter(3, 60)
    for call in (limiter.hit, limiter.peek, limiter.require):
        with pytest.raises(ParameterError):
            call("alice", cost)
    assert limiter.peek("alice").remaining == 3


@pytest.mark.parametrize(
    "arguments",
    [
        {"max_requests": 0},
        {"max_requests": -1},
        {"max_requests": 2**70},
        {"max_requests": 100_001},
        {"max_requests": 1_000_001, "algorithm": "gcra"},
        {"window_seconds": 0},
        {"window_seconds": -1},
        {"window_seconds": float("nan")},
        {"window_seconds": float("inf")},
        {"window_seconds": 10**400},
        {"window_seconds": 1e-4},
        {"window_seconds": 1e9},
        {"max_keys": 0},
        {"max_keys": -5},
        {"algorithm": "token_bucket"},
        {"algorithm": ""},
    ],
)
def test_arguments_out_of_range_are_refused(arguments):
    """Each is a ParameterError, not an OverflowError from inside."""
    with pytest.raises(ParameterError):
        RateLimiter(**arguments)


@pytest.mark.parametrize("identifier", [None, "", 7, b"alice", ["alice"], "\ud800", "alice\udfff", object()])
def test_what_is_no_identifier_is_refused(identifier):
    """A missing, empty or broken identifier is an error of ours from every method, and counts for nobody."""
    limiter = RateLimiter(3, 60)
    for call in (limiter.hit, limiter.peek, limiter.allow, limiter.reset, limiter.require):
        with pytest.raises(InvalidInput):
            call(identifier)
    assert limiter.key_count() == 0


@pytest.mark.parametrize("identifier", ["x" * 4097, "x" * 10_000_000, "ü" * 2049])
def test_a_huge_identifier_is_refused(identifier):
    """Nobody makes the limiter hash megabytes."""
    with pytest.raises(InputTooLarge):
        RateLimiter(3, 60).hit(identifier)


def test_an_identifier_is_exact():
    """Case, spaces, NUL and composition all make another identifier: who wants less canonicalizes before."""
    limiter = RateLimiter(1, 60)
    names = ["alice", "Alice", "alice ", "alice\0", "\0", "é", "e\u0301", "x" * 4096]
    assert all(limiter.allow(name) for name in names)
    assert not any(limiter.allow(name) for name in names)


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20), min_size=1, max_size=50))
def test_any_text_has_a_quota_of_its_own(names):
    """Whatever the names, each gets two and no more."""
    limiter = RateLimiter(2, 60, clock=FakeClock())
    seen: dict[str, int] = {}
    for name in names:
        allowed = limiter.allow(name)
        seen[name] = seen.get(name, 0) + 1
        assert allowed == (seen[name] <= 2)


@both
@given(data=st.data())
def test_never_more_than_the_quota_under_a_fake_clock(algorithm, data):
    """Whatever the pauses: no window of a sliding window over the quota, GCRA never over burst and rate."""
    limit = data.draw(st.integers(1, 5))
    clock = FakeClock()
    limiter = RateLimiter(limit, 10, algorithm=algorithm, clock=clock)
    granted = []
    for pause in data.draw(st.lists(st.sampled_from([0, 0.5, 1, 2, 5, 10, 20]), max_size=60)):
        clock.advance(pause)
        if limiter.hit("alice"):
            granted.append(clock.monotonic())
    for start in granted:
        within = sum(start <= moment < start + 10 for moment in granted)
        assert within <= (limit if algorithm == "sliding_window" else 2 * limit)


@both
@pytest.mark.asvs("v5.0.0-2.4.1", "v5.0.0-6.3.1")
def test_eight_threads_on_one_identifier_get_its_quota(algorithm):
    """Of 8 x 500 calls at one moment exactly 100 are let through."""
    limiter = RateLimiter(100, 60, algorithm=algorithm)
    allowed: list[bool] = []
    start = threading.Barrier(8)

    def hammer() -> None:
        start.wait()
        allowed.extend([limiter.allow("alice") for _ in range(500)])

    threads = [threading.Thread(target=hammer) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(allowed), sum(allowed)) == (4000, 100)


def test_a_full_limiter_refuses_newcomers_and_says_when_to_come_back():
    """Nobody who is counted is forgotten; a place is free when the first of them has its quota back."""
    clock = FakeClock()
    limiter = RateLimiter(1, 60, max_keys=2, clock=clock)
    limiter.hit("alice")
    clock.advance(20)
    limiter.hit("bob")
    newcomer = limiter.hit("carol")
    assert (newcomer.allowed, newcomer.remaining, newcomer.retry_after) == (False, 0, 40.0)
    clock.advance(newcomer.retry_after)
    assert limiter.hit("carol")
    assert not limiter.hit("bob")
    assert limiter.key_count() == 2


def test_reset_gives_the_quota_back():
    """After reset an identifier is a new one; the answer says whether it was known."""
    limiter = RateLimiter(1, 60)
    limiter.hit("alice")
    assert limiter.reset("alice") is True
    assert limiter.reset("alice") is False
    assert limiter.hit("alice")


@pytest.mark.parametrize("reading", [-1.0, float("nan"), float("inf"), 1e300])
def test_a_clock_that_tells_nonsense_is_refused(reading):
    """A clock before its own beginning, or none at all, is an error and not a free pass."""

    class Broken(FakeClock):
        def monotonic(self):
            return reading

    with pytest.raises(ParameterError):
        RateLimiter(1, 60, clock=Broken()).hit("alice")


def test_what_a_clock_raises_comes_through():
    """The limiter does not swallow an error of the clock and go on."""

    class Broken(FakeClock):
        def monotonic(self):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        RateLimiter(1, 60, clock=Broken()).allow("alice")


def test_the_systems_clock_counts_without_python():
    """Without a clock of one's own, time passes by the system's monotonic clock."""
    limiter = RateLimiter(1, 0.05)
    assert limiter.hit("alice")
    refused = limiter.hit("alice")
    while refused.retry_after > 0:
        assert refused.retry_after <= 0.05
        refused = limiter.hit("alice")
    assert refused.allowed


def test_a_forked_process_counts_on_from_where_it_was():
    """A child sees what was used before the fork, and does not hang on a lock."""
    limiter = RateLimiter(3, 60)
    limiter.hit("alice", 2)
    child = os.fork()
    if child == 0:
        os._exit(0 if [limiter.allow("alice") for _ in range(2)] == [True, False] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert limiter.peek("alice").remaining == 1


@pytest.mark.parametrize("copier", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_limiter_is_not_copied(copier):
    """A copy would hand out the same quota a second time."""
    with pytest.raises(TypeError):
        copier(RateLimiter(1, 60))


def test_a_limiter_shows_no_identifier():
    """Neither repr nor attributes hold what was limited."""
    limiter = RateLimiter(1, 60)
    limiter.hit("203.0.113.9")
    assert "203" not in repr(limiter)
    assert not hasattr(limiter, "__dict__")

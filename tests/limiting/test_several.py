"""Several limits: how they are written, and that they hold together in one process."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security.clock import FakeClock
from zenoo_security.errors import ParameterError
from zenoo_security.limits import RateLimiter, RateLimits, RatePolicy, parse_rates
from zenoo_security.stores.memory import MemoryStore


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("60/minute", [(60, 60)]),
        ("10/s and 1000/h", [(10, 1), (1000, 3600)]),
        ("10/second,1000/hour", [(10, 1), (1000, 3600)]),
        (" 5 / 10 s , 100/day ", [(5, 10), (100, 86_400)]),
        ("1/2 hours and 3/15min and 7/30 days", [(1, 7200), (3, 900), (7, 2_592_000)]),
        ("2/minutes", [(2, 60)]),
    ],
)
def test_limits_are_read_as_people_write_them(text, figures):
    assert [(rate.limit, rate.window_s) for rate in parse_rates(text)] == figures
    assert {rate.algorithm for rate in parse_rates(text, algorithm="gcra")} == {"gcra"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "60",
        "60/",
        "/minute",
        "60/m",
        "60/month",
        "60/Minute",
        "0/s",
        "-1/s",
        "+1/s",
        "1.5/s",
        "1e3/s",
        "06/s",
        "6/0 s",
        "60 per minute",
        "60/minute and",
        "and 60/minute",
        "60/minuteand5/s",
        "60/minute or 5/s",
        "60/minute;5/s",
        "60/minute,,5/s",
        "٦/s",
        "60/minute\n",
        "99999999/s",
        "1/s," * 60,
    ],
)
def test_anything_else_is_an_error_that_says_how(text):
    """But a blank at either end, which is none of ours."""
    if text == "60/minute\n":
        assert len(parse_rates(text)) == 1
        return
    with pytest.raises(ParameterError, match=r"60/minute|unit of a limit"):
        parse_rates(text)


@pytest.mark.parametrize(
    "rates",
    [
        [],
        [RatePolicy(5, 60), RatePolicy(5, 60)],
        [RatePolicy(5, 60, name="a"), RatePolicy(6, 60, name="a")],
        [RatePolicy(number, 60) for number in range(1, 10)],
        ["60/minute"],
        "5/s and 5/second",
    ],
    ids=["none", "alike", "one name", "nine", "texts", "alike as text"],
)
def test_limits_are_some_and_no_two_alike(rates):
    with pytest.raises(ParameterError):
        RateLimits(rates)


def test_a_policy_names_itself():
    assert [RatePolicy(100, seconds).name for seconds in (1, 60.0, 3600, 86_400, 90, 0.5)] == [
        "100/s",
        "100/min",
        "100/h",
        "100/day",
        "100/90s",
        "100/0.5s",
    ]


@pytest.mark.parametrize("name", ["a b", 'a"', "a\\", "é", "-a", "a" * 65, "a\n", 7])
def test_the_name_of_a_policy_fits_into_a_header(name):
    with pytest.raises(ParameterError):
        RatePolicy(1, 60, name=name)


def test_neither_class_is_subclassed():
    """What a subclass would override is not what is called."""
    for base, arguments in ((RateLimiter, ()), (RateLimits, ("5/s",))):
        with pytest.raises(ParameterError, match="subclassed"):
            type("Mine", (base,), {})(*arguments)


@given(steps=st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0, 10.0, 60.0]), st.integers(1, 4)), max_size=50))
def test_limits_of_one_process_are_those_of_the_store(steps):
    """Decision by decision, whatever the times and the costs."""
    clock = FakeClock()
    ours = RateLimits([RatePolicy(4, 1), RatePolicy(9, 60), RatePolicy(12, 30, "gcra")], clock=clock)
    theirs = RateLimits(ours.policies, store=MemoryStore(clock=clock))
    for seconds, cost in steps:
        clock.advance(seconds)
        one, two = ours.hit("alice", cost), theirs.hit("alice", cost)
        assert (one.allowed, one.remaining) == (two.allowed, two.remaining)
        assert [each.allowed for each in one.decisions] == [each.allowed for each in two.decisions]
        assert [each.remaining for each in one.decisions] == [each.remaining for each in two.decisions]
        assert one.retry_after == pytest.approx(two.retry_after, abs=1e-5)


@pytest.mark.asvs("v5.0.0-15.4.3")
def test_threads_that_come_between_see_all_limits_taken_or_none():
    """Each look at the clock lets other threads run, so every one comes in the middle of another's decision."""

    class Yielding(FakeClock):
        def monotonic(self) -> float:
            time.sleep(0.0001)
            return super().monotonic()

    limits = RateLimits("90/h and 30/day", clock=Yielding())
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: limits.allow("alice"), range(100))) == 30
    assert [each.remaining for each in limits.peek("alice").decisions] == [60, 0]


@pytest.mark.asvs("v5.0.0-15.4.3")
def test_a_fork_finds_no_lock_taken():
    """While another thread takes as fast as it can."""
    limits = RateLimits("1000000/h and 900000/day", algorithm="gcra")
    end = threading.Event()

    def hammer() -> None:
        while not end.is_set():
            limits.hit("alice")

    thread = threading.Thread(target=hammer)
    thread.start()
    try:
        for _ in range(20):
            child = os.fork()
            if child == 0:
                os._exit(0 if limits.hit("bob") else 1)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        end.set()
        thread.join()


def test_a_new_name_without_a_place_in_one_limit_is_charged_in_none():
    """The limit with the longer window is full of names that the shorter one has forgotten."""
    clock = FakeClock()
    limits = RateLimits([RatePolicy(2, 1), RatePolicy(5, 3600)], max_keys=2, clock=clock)
    assert limits.allow("alice")
    assert limits.allow("bob")
    clock.advance(10)
    refused = limits.hit("carol")
    assert not refused
    assert [each.remaining for each in refused.decisions] == [2, 0]
    assert limits.peek("carol").decisions[0].remaining == 2

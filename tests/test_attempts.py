"""The native table of attempts beside the functions that it stands for, and what a flood does to it."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zenoo_security._native import AccountKeys, AttemptTable, Slowing
from zenoo_security.errors import ParameterError
from zenoo_security.keyring import KeyRing
from zenoo_security.stores import attempts
from zenoo_security.stores.attempts import Backoff, Count, Counter, Outcome

FIVE = Backoff((0.0, 0.0, 0.0, 0.0, 300.0, 600.0, 3600.0), 7, 86_400.0)
SECONDS = st.floats(0, 1e6) | st.sampled_from([0.0, 0.1, 1.0, 30.0])


@st.composite
def backoffs(draw):
    delays_s = tuple(draw(st.lists(SECONDS, min_size=1, max_size=5)))
    keep_s = max(*delays_s, 1.0) * draw(st.sampled_from([1, 1.5, 100]))
    return Backoff(delays_s, draw(st.none() | st.integers(1, 4)), keep_s)


class Model:
    """The table without a bound, in the functions of stores/attempts.py."""

    def __init__(self) -> None:
        self.counts: dict[bytes, Count] = {}

    def find(self, key, now):
        count = self.counts.get(key)
        return count if count and now < count.forget_at else None

    def reserve(self, counters, now):
        found = [self.find(counter.key, now) or Count() for counter in counters]
        after = [attempts.reserve(count, counter.backoff, now) for counter, count in zip(counters, found, strict=True)]
        if None in after:
            return max(count.next_at - now for count in found)
        self.counts |= {counter.key: count for counter, count in zip(counters, after, strict=True)}
        return 0.0

    def settle(self, counters, outcomes, now):
        for counter, outcome in zip(counters, outcomes, strict=True):
            count = self.find(counter.key, now)
            after = attempts.settle(count, counter.backoff, outcome, now) if count else None
            self.counts.pop(counter.key, None)
            if after:
                self.counts[counter.key] = after


@settings(max_examples=300)
@given(data=st.data())
def test_the_table_does_what_the_functions_say(data):
    """Whatever is reserved and settled, in whatever order and at whatever time: the same waits, to the last bit."""
    keys = data.draw(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=4, unique=True))
    slowed = {key: data.draw(backoffs()) for key in keys}
    table, model, now = AttemptTable(16), Model(), 0.0
    for _ in range(data.draw(st.integers(1, 25))):
        now += data.draw(SECONDS)
        chosen = data.draw(st.lists(st.sampled_from(keys), min_size=1, max_size=4, unique=True))
        counters = [Counter(key, slowed[key]) for key in chosen]
        if data.draw(st.booleans()):
            assert table.reserve(counters, now) == model.reserve(counters, now)
        else:
            outcomes = [data.draw(st.sampled_from(Outcome)) for _ in counters]
            table.settle(counters, outcomes, now)
            model.settle(counters, outcomes, now)
    for key in keys:
        assert table.reserve([Counter(key, slowed[key])], now) == model.reserve([Counter(key, slowed[key])], now)


def test_a_counter_that_refuses_keeps_the_others_from_counting():
    """All or none: what is asked together with a locked counter is not counted."""
    table = AttemptTable(16)
    locked, free = Counter(b"a", Backoff((60.0,), None, 60.0)), Counter(b"b", Backoff((0.0, 60.0), None, 60.0))
    assert table.reserve([locked], 0.0) == 0.0
    assert [table.reserve([locked, free], 10.0) for _ in range(3)] == [50.0] * 3
    assert [table.reserve([free], 10.0) for _ in range(3)] == [0.0, 0.0, 60.0]


def test_forget_and_len():
    """A counter can be dropped, stopped or not, and begins anew then."""
    table = AttemptTable(16)
    once = Counter(b"a", Backoff((0.0,), 1, 60.0))
    table.reserve([once], 0.0)
    table.settle([once], [Outcome.FAILED], 0.0)
    assert table.reserve([once], 1e9) == math.inf
    assert len(table) == 1
    assert [table.forget(b"a"), table.forget(b"a")] == [True, False]
    assert table.reserve([once], 1e9) == 0.0


class Stranger:
    """Has nothing that a counter or an outcome has."""


@pytest.mark.parametrize(
    "counters",
    [
        [],
        [Counter(bytes([number]), FIVE) for number in range(1, 10)],
        [Counter(b"a", FIVE), Counter(b"a", FIVE)],
        [Counter(b"", FIVE)],
        [Counter(b"x" * 513, FIVE)],
        [Counter("a", FIVE)],
        [Counter(b"a", Stranger())],
        [(b"a",)],
        [b"a"],
        7,
        "text",
        {b"a": FIVE},
    ],
)
def test_what_is_no_counter_is_refused(counters):
    """Each is a ParameterError, from both calls, and nothing is counted."""
    table = AttemptTable(16)
    with pytest.raises(ParameterError):
        table.reserve(counters, 0.0)
    with pytest.raises(ParameterError):
        table.settle(counters, [Outcome.FAILED], 0.0)
    assert len(table) == 0


@pytest.mark.parametrize("outcomes", [[], [Outcome.FAILED] * 2, ["failed"], [None], 7, [Stranger()]])
def test_what_is_no_outcome_is_refused(outcomes):
    """One for each counter, of the three that there are."""
    with pytest.raises(ParameterError):
        AttemptTable(16).settle([Counter(b"a", FIVE)], outcomes, 0.0)


@pytest.mark.parametrize("now", [math.nan, math.inf, -math.inf])
def test_a_time_that_is_none_is_refused(now):
    """A clock that tells nonsense lets nobody in."""
    with pytest.raises(ParameterError):
        AttemptTable(16).reserve([Counter(b"a", FIVE)], now)


@pytest.mark.parametrize("capacity", [0, 15, -1, 2**70, 100_000_001, "16", None])
def test_a_capacity_out_of_range_is_refused(capacity):
    with pytest.raises(ParameterError):
        AttemptTable(capacity)


def fail(table, counter, now):
    """One attempt, which fails. What it had to wait."""
    wait_s = table.reserve([counter], now)
    if wait_s == 0.0:
        table.settle([counter], [Outcome.FAILED], now)
    return wait_s


@pytest.mark.asvs("v5.0.0-6.1.1", "v5.0.0-6.3.1")
def test_a_million_made_up_names_do_not_reset_a_victim():
    """The victim's lock runs on to the second, after a flood of names that all failed once in a table of 10,000."""
    table, victim = AttemptTable(10_000), Counter(b"victim", FIVE)
    for _ in range(5):
        fail(table, victim, 0.0)
    assert fail(table, victim, 1.0) == 299.0
    for number in range(1_000_000):
        fail(table, Counter(b"made up %d" % number, FIVE), 1.0)
    assert len(table) <= 10_000
    assert fail(table, victim, 1.0) == 299.0


def test_a_flood_that_fails_less_often_never_resets_a_victim():
    """However many names fail five times each, the counter of who failed six times stays."""
    table, victim = AttemptTable(64), Counter(b"victim", FIVE)
    for _ in range(5):
        fail(table, victim, 0.0)
    fail(table, victim, 300.0)
    for number in range(10_000):
        for _ in range(5):
            fail(table, Counter(b"made up %d" % number, FIVE), 301.0)
    assert fail(table, victim, 301.0) == 599.0


@pytest.mark.parametrize("guesses", range(1, 6))
def test_a_flood_pays_a_whole_table_of_failures_for_each_guess_that_it_gets_back(guesses):
    """To push out a counter of so many failures, names must fail so often in nearly all of the places."""
    capacity, cost = 1000, 0
    table, victim = AttemptTable(capacity), Counter(b"victim", Backoff(FIVE.delays_s[5 - guesses :], 7, 86_400.0))
    for _ in range(guesses):
        fail(table, victim, 0.0)
    while table.reserve([victim], 1.0) > 0.0:
        made_up = Counter(b"made up %d" % cost, FIVE)
        for _ in range(guesses):
            fail(table, made_up, 1.0)
            cost += 1
    assert cost > 0.8 * guesses * capacity


def test_whoever_logs_in_rightly_is_let_in_during_a_flood():
    """A newcomer has a first attempt in a table full of made-up names, however often those failed."""
    table = AttemptTable(64)
    for number in range(2000):
        for _ in range(5):
            fail(table, Counter(b"made up %d" % number, FIVE), 0.0)
        owner = Counter(b"owner %d" % number, FIVE)
        assert table.reserve([owner], 0.0) == 0.0
        table.settle([owner], [Outcome.CLEARED], 0.0)


def test_a_stop_is_never_evicted():
    """When all places have stopped, a newcomer is refused with a time to come back; a stop outlasts every flood."""
    table = AttemptTable(16)
    stopped = [Counter(b"stopped %d" % number, Backoff((0.0,), 1, 60.0)) for number in range(16)]
    for counter in stopped:
        fail(table, counter, 0.0)
    for number in range(100):
        assert table.reserve([Counter(b"made up %d" % number, FIVE)], 1e9) == 60.0
    assert all(table.reserve([counter], 1e9) == math.inf for counter in stopped)


def test_what_is_forgotten_makes_room_first():
    """No counter that still counts goes while one that does not is there."""
    table = AttemptTable(16)
    for number in range(15):
        fail(table, Counter(b"old %d" % number, Backoff((0.0,), None, 60.0)), 0.0)
    young = Counter(b"young", Backoff((0.0, 60.0), None, 1000.0))
    table.reserve([young], 30.0)
    for number in range(15):
        table.reserve([Counter(b"new %d" % number, FIVE)], 61.0)
    assert [table.reserve([young], 61.0), table.reserve([young], 61.0)] == [0.0, 60.0]


MEASURE = """
import os
from pathlib import Path
from zenoo_security._native import AttemptTable
from zenoo_security.stores import Backoff, Counter
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
table, backoff = AttemptTable(COUNT), Backoff((0.0,), None, 1000.0)
table.reserve([Counter(b"first", backoff)], 0.0)
before = resident()
for number in range(2 * COUNT):
    table.reserve([Counter(b"%d" % number, backoff)], 0.0)
assert len(table) == COUNT
print((resident() - before) / COUNT)
"""


def test_a_counter_takes_less_than_a_hundred_bytes():
    """Measured in a process of its own, right after the table has doubled, when it is at its emptiest."""
    script = MEASURE.replace("COUNT", str(7 * 2**15 + 1))
    result = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert 40 < float(result.stdout) < 100


def test_counters_that_one_table_knows_are_new_in_another():
    """What was found out about them in one table is not used in the other."""
    counters = AccountKeys(KeyRing.generate()).source("prod", "anna", "203.0.113.9", Slowing(Counter, [FIVE] * 3))
    tables = [AttemptTable(16) for _ in range(3)]
    for _ in range(5):
        assert [table.reserve(counters, 0.0) for table in tables] == [0.0] * 3
    assert [table.reserve(list(counters), 0.0) for table in tables] == [300.0] * 3
    for table in tables:
        table.settle(counters, [Outcome.CLEARED] * 3, 0.0)
    assert [len(table) for table in tables] == [0] * 3
    with pytest.raises(ParameterError):
        tables[0].settle(counters, [Outcome.CLEARED] * 2, 0.0)


def test_what_is_kept_for_ever_is_refused():
    """A number that a server of a store could not hold; a wait that overflows there would come back as another."""
    with pytest.raises(ParameterError):
        Backoff((1e13,), None, 1e13)


def test_names_that_fail_next_to_a_victims_do_not_have_it_dropped():
    """Whoever fills the table must fail as often with most of it, not just with a few dozen names around the victim's."""
    free = Backoff((0.0,), None, 86_400.0)

    def fail(table, name, times, now):
        for _ in range(times):
            assert table.reserve([Counter(name, free)], now) == 0.0
            table.settle([Counter(name, free)], [Outcome.FAILED], now)

    dropped = 0
    for _ in range(5):
        table = AttemptTable(2000)
        for number in range(200):
            fail(table, b"before/%d" % number, 6, 1.0)
        fail(table, b"victim", 5, 1.0)
        for number in range(200):
            fail(table, b"after/%d" % number, 6, 1.0)
        for number in range(5000):
            fail(table, b"flood/%d" % number, 1, 2.0)
        dropped += not table.forget(b"victim")
    assert dropped == 0

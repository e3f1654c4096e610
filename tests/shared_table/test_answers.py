"""The rate limiter on a file that processes share gives the answers of the one in memory."""

from __future__ import annotations

import copy
import json
import os
import pickle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.conftest import Heard
from shared_table.tables import both, table
from zenoo_security import RateLimiter, RateLimitExceeded, RateLimits, rate_limited
from zenoo_security.audit import AuditLog, configured
from zenoo_security.clock import FakeClock
from zenoo_security.errors import InputTooLarge, InvalidInput, ParameterError, StoreIncompatible, StoreUnavailable
from zenoo_security.keyring import KeyRing
from zenoo_security.limits import RatePolicy, SharedTable

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def heard() -> Iterator[Heard]:
    """What the audit log is told."""
    heard = Heard()
    with configured(AuditLog(heard)):
        yield heard


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["hit", "peek", "allow", "reset", "hit"]),
        st.sampled_from(["alice", "bob"]),
        st.integers(1, 4),
        st.sampled_from([0, 0, 0.25, 1, 3, 10, 11]),
    ),
    max_size=60,
)


@both
@given(limit=st.integers(4, 9), steps=STEPS)
def test_it_answers_as_the_limiter_in_memory(tmp_path_factory, algorithm, limit, steps):
    """Whatever is asked and however long the pauses, each answer is the same, with all of its figures."""
    clock = FakeClock()
    shared = table(tmp_path_factory.mktemp("table") / "limits")
    limiters = [RateLimiter(limit, 10, algorithm=algorithm, clock=clock, store=store) for store in (None, shared)]
    for call, name, cost, pause in steps:
        clock.advance(pause)
        arguments = (name, cost) if call in ("hit", "peek") else (name,)
        own, other = [getattr(limiter, call)(*arguments) for limiter in limiters]
        # The limiter in memory still knows a name that has its whole quota back.
        assert own == other or call == "reset"


@both
def test_two_tables_at_one_path_are_one(path, algorithm):
    """What one took, the other has not; after a reset by one, both have it."""
    one, other = (RateLimiter(2, 60, algorithm=algorithm, store=table(path)) for _ in range(2))
    assert [one.allow("alice"), other.allow("alice"), one.allow("alice")] == [True, True, False]
    assert other.peek("alice").remaining == 0
    assert other.reset("alice") is True
    assert one.peek("alice").remaining == 2


def test_limiters_of_other_figures_or_names_count_apart(path):
    """Each has its own quota, in one file."""
    arguments = [
        {"max_requests": 1, "window_seconds": 60},
        {"max_requests": 1, "window_seconds": 61},
        {"max_requests": 1, "window_seconds": 60, "algorithm": "gcra"},
        {"max_requests": 1, "window_seconds": 60, "name": "exports"},
    ]
    limiters = [RateLimiter(**{"store": table(path), **each}) for each in arguments]
    assert [limiter.allow("alice") for limiter in limiters] == [True] * 4
    assert [limiter.allow("alice") for limiter in limiters] == [False] * 4


@pytest.mark.parametrize("identifier", [None, "", 7, b"alice", "\ud800"])
def test_what_is_no_identifier_is_refused(path, identifier):
    """As in memory, and nothing is written."""
    limiter = RateLimiter(3, 60, store=table(path))
    for call in (limiter.hit, limiter.peek, limiter.allow, limiter.reset, limiter.require):
        with pytest.raises(InvalidInput):
            call(identifier)
    with pytest.raises(InputTooLarge):
        limiter.hit("x" * 4097)
    assert limiter.key_count() == 0


@pytest.mark.parametrize(
    "arguments",
    [{"max_keys": 0}, {"max_keys": -1}, {"max_keys": 2**70}, {"max_keys": "x"}],
    ids=str,
)
def test_arguments_out_of_range_are_refused(path, arguments):
    """Each is a ParameterError, not an OverflowError from inside."""
    with pytest.raises(ParameterError):
        table(path, **arguments)


@pytest.mark.parametrize("broken", ["limits", "", "a\0b", 7, None])
def test_a_path_is_absolute(broken):
    """Workers that were started in other directories would each have a file of their own."""
    with pytest.raises((ParameterError, StoreIncompatible)):
        SharedTable(broken)


def test_a_sliding_window_has_an_upper_bound_that_gcra_has_not(path):
    """Each of its requests takes a place."""
    with pytest.raises(ParameterError, match="gcra"):
        RateLimiter(10_001, 60, store=table(path))
    assert RateLimiter(1_000_000, 60, store=table(path), algorithm="gcra").allow("alice")


@both
def test_a_full_table_refuses_newcomers_and_forgets_nobody(path, algorithm):
    """A made-up name finds no place; who was counted still is; a window later there is room."""
    clock = FakeClock()
    limiter = RateLimiter(1, 60, algorithm=algorithm, store=table(path, max_keys=1), clock=clock)
    known = [name for name in map(str, range(2000)) if limiter.allow(name)]
    assert len(known) < 1100
    decisions = [limiter.hit(f"new {number}") for number in range(100)]
    refused = [decision for decision in decisions if not decision]
    assert refused
    assert all(0 < decision.retry_after <= 60 and decision.remaining == 0 for decision in refused)
    assert not any(map(limiter.allow, known))
    clock.advance(60)
    assert limiter.allow("newcomer")


@pytest.mark.parametrize("copier", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_table_is_not_copied(path, copier):
    """There is one, at its path."""
    with pytest.raises(TypeError):
        copier(table(path))


def test_a_table_that_cannot_be_used_refuses_or_lets_through_by_choice(tmp_path, heard):
    """Refused unless the limit says otherwise, and told either way; a table that is damaged is refused always."""
    directory = tmp_path / "run"
    directory.mkdir()
    path = directory / "limits"
    limiters = [RateLimiter(5, 60, store=table(path), on_store_failure=choice) for choice in ("refuse", "allow")]
    os.truncate(path, 0)
    for limiter in limiters:
        with pytest.raises(StoreIncompatible):
            limiter.hit("alice")
    path.unlink()
    directory.rmdir()
    refusing, allowing = limiters
    for call in (refusing.hit, refusing.peek, refusing.allow, refusing.reset, allowing.reset):
        with pytest.raises(StoreUnavailable):
            call("alice")
    assert [allowing.hit("alice").remaining, allowing.peek("alice").remaining, allowing.allow("alice")] == [0, 0, True]
    told = [json.loads(entry.line)["details"]["let_through"] for entry in heard if entry.event == "limit.uncounted"]
    assert told == [False, True]


def test_what_is_of_stores_alone_is_refused(path):
    """A table has a secret of its own."""
    with pytest.raises(ParameterError, match="key_ring"):
        RateLimiter(5, 60, store=table(path), key_ring=KeyRing.generate())
    with pytest.raises(ParameterError, match="key_ring"):
        RateLimits("5/min and 10/h", store=table(path), key_ring=KeyRing.generate())
    for make in (RateLimiter, lambda *_, **options: RateLimits("5/min and 10/h", **options)):
        with pytest.raises(ParameterError, match="on_store_failure"):
            make(5, 60, store=table(path), on_store_failure="ignore")


def test_decorated_functions_count_together_by_name(path):
    once, again = (
        rate_limited("1/h and 9/day", key="who", store=table(path), name=name)(lambda who: who)
        for name in ("export", "export")
    )
    other = rate_limited("1/h", key="who", store=table(path), name="other")(lambda who: who)
    assert (once("alice"), other("alice")) == ("alice", "alice")
    with pytest.raises(RateLimitExceeded):
        again("alice")


async def test_no_call_waits(path):
    """In an event loop too, awaited or not."""
    limiter = RateLimiter(2, 60, store=table(path))
    assert limiter.waits is False
    assert [(await limiter.ahit("alice")).remaining, limiter.hit("alice").remaining] == [1, 0]
    assert not await limiter.is_allowed("alice")


@given(steps=st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0, 10.0, 60.0]), st.integers(1, 4)), max_size=50))
def test_several_limits_in_a_table_are_those_of_one_process(steps):
    """Decision by decision, whatever the times and the costs."""
    clock = FakeClock()
    ours = RateLimits([RatePolicy(4, 1), RatePolicy(9, 60), RatePolicy(12, 30, "gcra")], clock=clock)
    with TemporaryDirectory() as directory:
        theirs = RateLimits(ours.policies, store=table(Path(directory) / "limits"), clock=clock)
        for seconds, cost in steps:
            clock.advance(seconds)
            one, two = ours.hit("alice", cost), theirs.hit("alice", cost)
            assert [(each.allowed, each.remaining) for each in one.decisions] == [
                (each.allowed, each.remaining) for each in two.decisions
            ]


@both
def test_several_limits_take_nothing_when_one_has_no_place(path, algorithm):
    """A new name finds a place for one of them and none for the other: what was taken is given back."""
    clock = FakeClock()
    store = table(path, max_keys=1)
    limits = RateLimits([RatePolicy(1, 60, algorithm), RatePolicy(2, 60, algorithm)], store=store, clock=clock)
    known = [name for name in map(str, range(2000)) if limits.allow(name)]
    assert 0 < len(known) < 1100
    for number in range(300):
        name = f"new {number}"
        refused = limits.hit(name)
        if not refused:
            assert [each.remaining for each in limits.peek(name).decisions] == [1, 2]


def test_several_limits_in_a_table_fail_as_one(tmp_path, heard):
    """They refuse or let through together, and are told of as one."""
    directory = tmp_path / "run"
    directory.mkdir()
    path = directory / "limits"
    refusing, allowing = (
        RateLimits("5/min and 9/h", store=table(path), on_store_failure=choice) for choice in ("refuse", "allow")
    )
    os.truncate(path, 0)
    with pytest.raises(StoreIncompatible):
        allowing.hit("alice")
    path.unlink()
    directory.rmdir()
    with pytest.raises(StoreUnavailable):
        refusing.hit("alice")
    decision = allowing.hit("alice")
    assert decision.allowed
    assert [(each.limit, each.remaining) for each in decision.decisions] == [(5, 0), (9, 0)]
    told = [json.loads(entry.line)["details"] for entry in heard if entry.event == "limit.uncounted"]
    assert [(each["let_through"], each["limiter"]) for each in told] == [
        (False, "5/min and 9/h"),
        (True, "5/min and 9/h"),
    ]


@both
def test_processes_that_come_between_exceed_no_limit_and_are_charged_for_none(path, algorithm):
    """Four at once, until nothing is left: the sum is the smallest quota, and the other has lost no more than that.

    But for the few permits of a sliding window that were given back out of their turn.
    """
    limits = RateLimits([RatePolicy(900, 3600, algorithm), RatePolicy(600, 86_400, algorithm)], store=table(path))
    children = []
    for _ in range(4):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(writer, b"%d" % sum(limits.allow("alice") for _ in range(1500)))
            os._exit(0)
        os.close(writer)
        children.append((child, reader))
    granted = 0
    for child, reader in children:
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        granted += int(os.read(reader, 16))
        os.close(reader)
    assert 590 <= granted <= 600
    hour = limits.peek("alice").decisions[0]
    assert 890 - granted <= hour.remaining <= 901 - granted

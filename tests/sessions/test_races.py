"""Two requests at once, in every order that hypothesis finds, one operation of the store at a time."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.watched import ALICE, Watched, outcome, run, stop
from zenoo_security import KeyRing
from zenoo_security.clock import FakeClock
from zenoo_security.errors import SessionEnded
from zenoo_security.sessions import SessionPolicy, Sessions
from zenoo_security.sessions import index as index_module

RING = KeyRing.generate()
SECRET = "secret"
ORDERS = st.lists(st.integers(0, 2), max_size=60)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """Whoever waits for a moment lets another go first."""

    async def moment(_: float) -> None:
        await stop()

    monkeypatch.setattr(index_module.asyncio, "sleep", moment)


class Race:
    """Sessions on a store that stops before each operation."""

    def __init__(self, **policy) -> None:
        self.clock = FakeClock()
        self.store = Watched(self.clock, stops=True)
        self.sessions = Sessions(self.store, RING, policy=SessionPolicy(**policy), clock=self.clock)

    def start(self, **options) -> str:
        return run(self.sessions.start(ALICE, SECRET, **options))

    def run(self, order: list[int], *coroutines) -> list:
        """What each of them returns, or the `SessionEnded` that it raises; they take turns as the order says."""
        results: dict[int, object] = {}
        waiting = list(range(len(coroutines)))
        turns = iter(order)
        while waiting:
            turn = waiting[next(turns, 0) % len(waiting)]
            try:
                coroutines[turn].send(None)
            except StopIteration as stopped:
                results[turn] = stopped.value
                waiting.remove(turn)
            except SessionEnded:
                results[turn] = SessionEnded
                waiting.remove(turn)
        return [results[turn] for turn in range(len(coroutines))]

    def lets_in(self, token) -> bool:
        return token is not SessionEnded and outcome(self.sessions.get(token)) is not SessionEnded

    def records(self) -> int:
        """How many sessions are stored, whoever may have their tokens."""
        return len(run(self.store.keys(b"session/")))

    def listed(self) -> int:
        return len(run(self.sessions.list("shop", "alice")))

    def tidy(self) -> None:
        """What lets somebody in can be seen and ended, and nothing else is left."""
        assert self.records() == self.listed()
        run(self.sessions.end_all("shop", "alice"))
        assert run(self.store.keys()) == set()


@given(ORDERS)
def test_of_two_rotations_one_wins(order) -> None:
    race = Race()
    old = race.start()
    tokens = race.run(order, race.sessions.rotate(old), race.sessions.rotate(old))
    assert not race.lets_in(old)
    assert sorted(map(race.lets_in, tokens)) == [False, True]
    assert tokens.count(SessionEnded) == 1
    race.tidy()


@given(ORDERS)
def test_a_ticket_is_completed_once(order) -> None:
    race = Race()
    ticket = race.start(pending=True)
    tokens = race.run(order, *(race.sessions.rotate(ticket) for _ in range(3)))
    assert sum(map(race.lets_in, tokens)) == 1
    assert tokens.count(SessionEnded) == 2
    assert run(race.store.keys(b"ticket/")) == set()
    race.tidy()


@given(ORDERS)
def test_a_session_that_is_rotated_while_all_are_ended_has_ended(order) -> None:
    race = Race()
    old = race.start()
    token, _ = race.run(order, race.sessions.rotate(old), race.sessions.end_all("shop", "alice"))
    assert not race.lets_in(old)
    assert not race.lets_in(token)
    assert race.records() == 0


@given(ORDERS)
def test_a_ticket_that_is_completed_while_all_are_ended_has_ended(order) -> None:
    race = Race()
    ticket = race.start(pending=True)
    token, _ = race.run(order, race.sessions.rotate(ticket), race.sessions.end_all("shop", "alice"))
    assert not race.lets_in(token)
    assert race.records() == 0


@given(ORDERS)
def test_a_session_that_is_rotated_while_its_id_is_ended_has_ended(order) -> None:
    race = Race()
    old = race.start()
    session_id = run(race.sessions.get(old)).id
    token, _ = race.run(order, race.sessions.rotate(old), race.sessions.end_by_id("shop", "alice", session_id))
    assert not race.lets_in(token)
    assert race.records() == 0


@given(ORDERS)
def test_a_login_while_all_are_ended_is_either_refused_or_listed(order) -> None:
    race = Race()
    race.start()
    token, _ = race.run(order, race.sessions.start(ALICE, SECRET), race.sessions.end_all("shop", "alice"))
    assert race.lets_in(token) == (race.listed() == 1)
    race.tidy()


@given(ORDERS)
def test_a_logout_while_the_session_is_rotated_leaves_nothing_unlisted(order) -> None:
    race = Race()
    old = race.start()
    token, _ = race.run(order, race.sessions.rotate(old), race.sessions.end(old))
    assert not race.lets_in(old)
    assert race.lets_in(token) == (race.listed() == 1)
    race.tidy()


@given(ORDERS)
def test_use_and_checks_bring_no_ended_session_back(order) -> None:
    race = Race()
    token = race.start()
    race.clock.advance(61)
    calls = (race.sessions.get(token), race.sessions.mark_checked(token, ALICE), race.sessions.end(token))
    race.run(order, *calls)
    assert not race.lets_in(token)
    assert run(race.store.keys()) == set()


@given(ORDERS)
def test_use_and_checks_bring_no_rotated_token_back(order) -> None:
    race = Race()
    old = race.start()
    race.clock.advance(61)
    calls = (race.sessions.get(old), race.sessions.mark_checked(old, ALICE), race.sessions.rotate(old))
    *_, token = race.run(order, *calls)
    assert not race.lets_in(old)
    assert race.lets_in(token)
    race.tidy()


@settings(max_examples=50)
@given(ORDERS)
def test_logins_at_once_never_leave_more_than_are_allowed(order) -> None:
    race = Race(most=2)
    race.start()
    tokens = race.run(order, *(race.sessions.start(ALICE, SECRET) for _ in range(3)))
    assert sum(map(race.lets_in, tokens)) <= race.records() <= 2
    race.tidy()


@given(ORDERS)
def test_a_login_that_is_not_complete_makes_no_room_for_another(order) -> None:
    race = Race(most=2)
    oldest = race.start()
    tokens = race.run(order, *(race.sessions.start(ALICE, SECRET) for _ in range(2)))
    assert [race.lets_in(token) for token in (oldest, *tokens)] == [False, True, True]


@given(ORDERS)
def test_a_session_reaches_its_end_whatever_happens_at_the_same_time(order) -> None:
    race = Race(absolute_s=1800)
    token = race.start()
    race.clock.advance(1799)

    async def time_passes() -> None:
        await stop()
        race.clock.advance(1)

    calls = (race.sessions.get(token), race.sessions.mark_checked(token, ALICE), time_passes())
    race.run(order, *calls)
    assert not race.lets_in(token)
    race.clock.advance(1)
    assert run(race.store.keys()) == set()

"""The process dies between any two writes: nobody is let in by that, everything can be ended, and everything expires."""

from __future__ import annotations

import pytest

from sessions.watched import ALICE, Killed, Watched, outcome, run
from zenoo_security import KeyRing
from zenoo_security.clock import FakeClock
from zenoo_security.errors import SessionEnded
from zenoo_security.sessions import SessionPolicy, Sessions

SECRET = "secret"
RING = KeyRing.generate()
POLICY = SessionPolicy(most=2)
MOST_WRITES = 12

OPERATIONS = {
    "start": lambda sessions, tokens: sessions.start(ALICE, SECRET),
    "start a third": lambda sessions, tokens: sessions.start(ALICE, SECRET, replaces=tokens[0]),
    "ticket": lambda sessions, tokens: sessions.start(ALICE, SECRET, pending=True),
    "rotate": lambda sessions, tokens: sessions.rotate(tokens[0]),
    "complete": lambda sessions, tokens: sessions.rotate(tokens[2]),
    "end": lambda sessions, tokens: sessions.end(tokens[0]),
    "end all": lambda sessions, tokens: sessions.end_all("shop", "alice"),
    "look up": lambda sessions, tokens: sessions.get(tokens[0]),
    "check": lambda sessions, tokens: sessions.mark_checked(tokens[0], ALICE),
}


def lets_in(sessions: Sessions, tokens: list[str]) -> list[bool]:
    return [outcome(sessions.get(token)) is not SessionEnded for token in tokens]


@pytest.mark.parametrize("writes", range(MOST_WRITES))
@pytest.mark.parametrize("name", OPERATIONS)
def test_whoever_dies_leaves_nothing_that_lets_anybody_in_or_stays(name, writes) -> None:
    clock = FakeClock()
    store = Watched(clock)
    sessions = Sessions(store, RING, policy=POLICY, clock=clock)
    tokens = [run(sessions.start(ALICE, SECRET, pending=pending)) for pending in (False, False, True)]
    clock.advance(61)
    before = run(store.keys(b"session/"))
    store.writes_left = writes
    try:
        run(OPERATIONS[name](sessions, tokens))
    except Killed:
        pass
    else:
        assert writes > 0
        return
    store.writes_left = float("inf")
    survivor = Sessions(store, RING, policy=POLICY, clock=clock)

    # Nothing has become a way in that was none: a record that is new belongs to a token that nobody has.
    alive = lets_in(survivor, tokens[:2])
    assert sum(alive) <= len(before)
    # Whatever a known token opens is listed, and ends with the account.
    listed = {session.id for session in run(survivor.list("shop", "alice"))}
    assert {run(survivor.get(token)).id for token, yes in zip(tokens, alive, strict=False) if yes} <= listed
    run(survivor.end_all("shop", "alice"))
    assert lets_in(survivor, tokens[:2]) == [False, False]
    assert outcome(survivor.rotate(tokens[2])) is SessionEnded
    # The account is not locked, and in time everything is gone.
    token = run(survivor.start(ALICE, SECRET))
    assert lets_in(survivor, [token]) == [True]
    clock.advance(43_200)
    assert run(store.keys()) == set()


@pytest.mark.parametrize("writes", range(1, MOST_WRITES))
def test_what_was_marked_as_ended_ends_with_the_next_login(writes) -> None:
    """Dying in the middle of ending all sessions, before the records were deleted."""
    clock = FakeClock()
    store = Watched(clock)
    sessions = Sessions(store, RING, clock=clock)
    tokens = [run(sessions.start(ALICE, SECRET)) for _ in range(5)]
    store.writes_left = writes
    try:
        run(sessions.end_all("shop", "alice"))
    except Killed:
        store.writes_left = float("inf")
        run(sessions.start(ALICE, SECRET))
    assert lets_in(sessions, tokens) == [False] * 5


@pytest.mark.parametrize("writes", range(1, 6))
def test_ending_all_again_ends_the_rest_and_counts_it(writes) -> None:
    clock = FakeClock()
    store = Watched(clock)
    sessions = Sessions(store, RING, clock=clock)
    for _ in range(5):
        run(sessions.start(ALICE, SECRET))
    store.writes_left = writes
    with pytest.raises(Killed):
        run(sessions.end_all("shop", "alice"))
    store.writes_left = float("inf")
    left = run(store.keys(b"session/"))
    assert len(run(sessions.list("shop", "alice"))) == len(left)
    assert run(sessions.end_all("shop", "alice")) == len(left)
    assert run(store.keys()) == set()

"""Whatever is done to sessions, in any order: who is let in is who should be."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from sessions.watched import ALICE, BOB, NOW, Watched, outcome, run
from zenoo_security import KeyRing
from zenoo_security.clock import FakeClock
from zenoo_security.errors import SessionEnded
from zenoo_security.sessions import SessionPolicy, Sessions

POLICY = SessionPolicy(idle_s=600, absolute_s=3000, most=3, ticket_s=300)
RING = KeyRing.generate()
USERS = st.sampled_from([ALICE, BOB, replace(ALICE, database="test")])


@dataclass
class Expected:
    """What a token should open, if it is not ended."""

    user: object
    pending: bool
    seen_at: float
    expires_at: float
    secret: str
    order: int
    family: list[str] = field(default_factory=list)

    def alive(self, now: float) -> bool:
        return now < self.expires_at and (self.pending or now < self.seen_at + POLICY.idle_s)


class Model(RuleBasedStateMachine):
    """Two processes on one store, and a dictionary that says what should be true."""

    tokens = Bundle("tokens")
    secrets: ClassVar = st.integers(0, 9).map(lambda number: f"secret {number}")
    processes: ClassVar = st.integers(0, 1)

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock(now=NOW)
        self.store = Watched(self.clock)
        self.processes_ = [Sessions(self.store, RING, policy=POLICY, clock=self.clock) for _ in range(2)]
        self.expected: dict[str, Expected] = {}
        self.started = 0

    @property
    def now(self) -> float:
        return self.clock.monotonic()

    def admit(self, token: str, expected: Expected) -> str:
        """The account may have three: the oldest of the others end."""
        same = [
            other
            for other, it in self.expected.items()
            if (it.user, it.pending) == (expected.user, expected.pending) and it.alive(self.now)
        ]
        same.sort(key=lambda other: self.expected[other].order)
        for oldest in same[: max(0, len(same) + 1 - POLICY.most)]:
            del self.expected[oldest]
        self.expected[token] = expected
        return token

    def opens(self, token: str) -> Expected | None:
        it = self.expected.get(token)
        return it if it and it.alive(self.now) else None

    @rule(target=tokens, user=USERS, secret=secrets, pending=st.booleans(), process=processes)
    def start(self, user, secret, pending, process):
        token = run(self.processes_[process].start(user, secret, pending=pending))
        self.started += 1
        lifetime_s = POLICY.ticket_s if pending else POLICY.absolute_s
        return self.admit(token, Expected(user, pending, self.now, self.now + lifetime_s, secret, self.started))

    @rule(target=tokens, token=tokens, process=processes)
    def rotate(self, token, process):
        new = outcome(self.processes_[process].rotate(token))
        it = self.opens(token)
        self.expected.pop(token, None)
        assert (new is SessionEnded) == (it is None)
        if it is None:
            return token
        if it.pending:
            return self.admit(
                new, replace(it, pending=False, seen_at=self.now, expires_at=self.now + POLICY.absolute_s)
            )
        self.expected[new] = replace(it, seen_at=self.now)
        return new

    @rule(token=tokens, process=processes)
    def use(self, token, process):
        session = outcome(self.processes_[process].get(token))
        it = self.opens(token)
        if it is None or it.pending:
            assert session is SessionEnded
            return
        if self.now - it.seen_at >= POLICY.touch_s:
            it.seen_at = self.now
        assert session.principal == it.user
        assert session.seen_at == NOW + it.seen_at
        assert session.expires_at == NOW + it.expires_at

    @rule(token=tokens, process=processes)
    def check(self, token, process):
        it = self.opens(token)
        answered = outcome(self.processes_[process].mark_checked(token, it.user if it else ALICE))
        assert (answered is SessionEnded) == (it is None or it.pending)

    @rule(token=tokens, process=processes)
    def end(self, token, process):
        run(self.processes_[process].end(token))
        self.expected.pop(token, None)

    @rule(user=USERS, token=tokens, process=processes)
    def end_by_id(self, user, token, process):
        it = self.opens(token)
        if it and not it.pending:
            session = next(s for s in self.listed(it.user) if s.expires_at == NOW + it.expires_at)
            ended = run(self.processes_[process].end_by_id(user.database, user.login, session.id))
            assert ended == (user == it.user)
            if ended:
                gone = [t for t, other in self.expected.items() if not self.known(t, other, user)]
                for other in gone:
                    del self.expected[other]

    def known(self, token, it, user) -> bool:
        """Whether a token still opens; several sessions may have begun in the same moment."""
        return (
            it.user != user
            or not it.alive(self.now)
            or outcome(self.processes_[0].credential(token)) is not SessionEnded
        )

    @rule(user=USERS, process=processes)
    def end_all(self, user, process):
        ended = run(self.processes_[process].end_all(user.database, user.login))
        mine = [token for token, it in self.expected.items() if it.user == user]
        assert ended == sum(self.opens(token) is not None and not self.expected[token].pending for token in mine)
        for token in mine:
            del self.expected[token]

    @rule(seconds=st.sampled_from([1, 19, 20, 21, 61, 299, 300, 599, 600, 3000]))
    def time_passes(self, seconds):
        self.clock.advance(seconds)

    @rule(days=st.sampled_from([-1, 1]))
    def calendar_jumps(self, days):
        self.clock.set_now(self.clock.now() + days * 86_400)

    def listed(self, user):
        return run(self.processes_[1].list(user.database, user.login))

    @invariant()
    def credentials_open_for_those_who_should_be_in(self):
        for token in list(self.expected):
            it = self.opens(token)
            opened = outcome(self.processes_[0].credential(token))
            assert opened == (it.secret if it else SessionEnded)

    @invariant()
    def no_more_are_in_than_are_listed_and_allowed(self):
        for user in (ALICE, BOB):
            alive = [t for t, it in self.expected.items() if it.user == user and not it.pending and it.alive(self.now)]
            assert len(alive) == len(self.listed(user)) <= POLICY.most

    @invariant()
    def nothing_else_is_stored(self):
        alive = sum(it.alive(self.now) for it in self.expected.values())
        keys = run(self.store.keys(b"session/")) | run(self.store.keys(b"ticket/"))
        assert len(keys) == alive


Model.TestCase.settings = settings(max_examples=60, stateful_step_count=30)
TestModel = Model.TestCase

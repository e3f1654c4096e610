"""A flood of refusals is no flood of events."""

from __future__ import annotations

import json

from zenoo_security.clock import FakeClock
from zenoo_security.web import Methods
from zenoo_security.web.telling import BoundedTelling

from .driving import Sent, through


def test_a_minute_has_sixty_events_and_the_next_one_says_how_many_were_left_out(heard) -> None:
    clock = FakeClock()
    telling = BoundedTelling(clock)
    for _ in range(1000):
        telling.tell("input_validation_fail", what="host", codes=["malformed"])
    assert len(heard) == 60
    clock.advance(60)
    telling.tell("input_validation_fail", what="host", codes=["malformed"])
    telling.tell("input_validation_fail", what="host", codes=["malformed"])
    assert [count(event) for event in heard[59:]] == [1, 941, 1]


def count(entry) -> int:
    return json.loads(entry.line)["details"]["count"]


def test_a_control_that_refuses_a_million_times_does_not_write_as_often(heard) -> None:
    control = Methods()
    for _ in range(100):
        assert through("asgi", [control], Sent("TRACE")).status == 405
    assert len(heard) == 60

"""Defect 65: by the wall clock, one hour forwards freed everybody and one hour back froze everybody."""

from __future__ import annotations

import time

import pytest

from zenoo_security import RateLimiter
from zenoo_security.clock import FakeClock


@pytest.mark.parametrize("algorithm", ["sliding_window", "gcra"])
@pytest.mark.parametrize("jump", [3600, -3600])
def test_setting_the_calendar_changes_nothing(algorithm, jump):
    """A refused client stays refused for as long as it was told, and is free after that."""
    clock = FakeClock(now=1_700_000_000)
    limiter = RateLimiter(1, 60, algorithm=algorithm, clock=clock)
    limiter.hit("alice")
    clock.set_now(clock.now() + jump)
    assert limiter.hit("alice").retry_after == 60.0
    clock.advance(60)
    assert limiter.hit("alice").allowed


def test_the_calendar_is_not_even_read(monkeypatch, caplog):
    """Without a clock of one's own time.time has no part in it; only the audit log notes it."""
    caplog.set_level("CRITICAL", "zenoo_security.audit")

    def refuse() -> float:
        raise AssertionError("the calendar was read")

    monkeypatch.setattr(time, "time", refuse)
    limiter = RateLimiter(1, 60)
    assert [limiter.allow("alice"), limiter.allow("alice")] == [True, False]

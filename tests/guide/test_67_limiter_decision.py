"""Defect 67: a bare False told nobody how long to wait, and there was no cost and no way to allow a burst."""

from __future__ import annotations

import pytest

from zenoo_security import RateLimiter
from zenoo_security.clock import FakeClock


@pytest.mark.parametrize("algorithm", ["sliding_window", "gcra"])
def test_who_waits_as_told_is_let_in(algorithm):
    """retry_after is the moment from which the same request succeeds, for any cost."""
    clock = FakeClock()
    limiter = RateLimiter(10, 60, algorithm=algorithm, clock=clock)
    for cost in (3, 7, 5, 10, 1):
        decision = limiter.hit("alice", cost)
        if not decision.allowed:
            clock.advance(decision.retry_after)
            assert limiter.hit("alice", cost).allowed


def test_a_client_that_keeps_knocking_is_not_kept_out_for_ever():
    """What is refused is not charged: knocking 1,000 times does not move the moment of the next request."""
    clock = FakeClock()
    limiter = RateLimiter(1, 60, clock=clock)
    limiter.hit("alice")
    for _ in range(1000):
        clock.advance(0.05)
        assert not limiter.hit("alice")
    assert limiter.hit("alice").retry_after == pytest.approx(10)

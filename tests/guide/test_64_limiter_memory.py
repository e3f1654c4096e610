"""Defect 64: the guide kept a deque for every client it ever saw; 100,000 one-shot clients left 100,000 of them."""

from __future__ import annotations

from zenoo_security import RateLimiter
from zenoo_security.clock import FakeClock


def test_one_shot_clients_are_forgotten():
    """A hundred clients are within the window at a time; what is held stays near that, not near all of them."""
    clock = FakeClock()
    limiter = RateLimiter(100, 60, clock=clock)
    for client in range(100_000):
        clock.advance(0.6)
        limiter.allow(f"client-{client}")
    assert limiter.key_count() < 10_000


def test_the_number_of_clients_is_capped():
    """However many come at once, no more are held than was said."""
    limiter = RateLimiter(100, 60, max_keys=1000, clock=FakeClock())
    allowed = sum(limiter.allow(f"client-{client}") for client in range(100_000))
    assert (allowed, limiter.key_count()) == (1000, 1000)

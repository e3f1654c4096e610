"""Defect 66: get_remaining_requests walked all timestamps, stale ones too, and made an entry for whoever was asked about."""

from __future__ import annotations

from zenoo_security import RateLimiter
from zenoo_security.clock import FakeClock


async def test_asking_makes_no_entry():
    """A question about a stranger leaves nothing behind."""
    limiter = RateLimiter(100, 60)
    assert await limiter.get_remaining_requests("stranger") == 100
    assert limiter.key_count() == 0


async def test_stale_requests_do_not_count():
    """What is older than the window is not counted, also before the next request clears it away."""
    clock = FakeClock()
    limiter = RateLimiter(100, 60, clock=clock)
    for _ in range(40):
        limiter.hit("alice")
    clock.advance(59.999)
    assert await limiter.get_remaining_requests("alice") == 60
    clock.advance(0.001)
    assert await limiter.get_remaining_requests("alice") == 100


def test_gcra_keeps_one_number_a_client():
    """A million requests of quota cost no more memory than one."""
    limiter = RateLimiter(1_000_000, 60, algorithm="gcra", clock=FakeClock())
    assert limiter.hit("alice", 1_000_000).remaining == 0
    assert not limiter.allow("alice")

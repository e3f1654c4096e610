"""The same requests at the same moments get the same answers as from `limits`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security import RateLimiter
from zenoo_security.clock import FakeClock

limits = pytest.importorskip("limits")
storage = pytest.importorskip("limits.storage")
strategies = pytest.importorskip("limits.strategies")

START = 1_700_000_000.0
# Odd milliseconds: `limits` counts a request at the very end of its window and we do not, so no pause may end there.
PAUSES = st.integers(0, 15_000).map(lambda half: half * 0.002 + 0.001)


@given(
    limit=st.integers(1, 6),
    requests=st.lists(st.tuples(PAUSES, st.integers(1, 3), st.sampled_from("abc")), max_size=60),
)
def test_the_sliding_window_is_the_moving_window_of_limits(limit, requests):
    """Accepted and refused in the same order, for any pauses, costs and clients."""
    item = limits.RateLimitItemPerSecond(limit, 10)
    clock = FakeClock(now=START)
    ours = RateLimiter(limit, 10, clock=clock)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("limits.storage.memory.time.time", clock.now)
        # Its timer thread clears by the real clock's pace; what counts is decided at each request.
        patch.setattr(storage.MemoryStorage, "_MemoryStorage__schedule_expiry", lambda _self: None)
        theirs = strategies.MovingWindowRateLimiter(storage.MemoryStorage())
        for number, (pause, cost, client) in enumerate(requests):
            if cost > limit:
                continue
            clock.advance(pause + (0.0001 * number))
            assert ours.hit(client, cost).allowed == theirs.hit(item, client, cost=cost)

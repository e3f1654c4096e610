"""What limiters tell the audit log, bounded: who is refused may ask a million times a second, and writes no such log.

`src/primitives/limits/refusals.rs` does the same for the limiter of one process.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from zenoo_security.audit import emit
from zenoo_security.stores import forks

if TYPE_CHECKING:
    from zenoo_security._native import Decision
    from zenoo_security.clock import Clock
    from zenoo_security.limits.policy import RatePolicy

__all__ = ["Teller", "tell_refusals"]

_PLACES: Final = 256
_LEAST_S: Final = 1.0
_MOST_S: Final = 60.0


def tell_refusals(limiter: str, policy: RatePolicy, count: int) -> None:
    """Tell of so many requests that were refused."""
    emit(
        "excess_rate_limit_exceeded",
        what="requests",
        limiter=limiter,
        limit=policy.limit,
        window_s=policy.window_s,
        count=count,
    )


class _Bounded:
    """Counts things of names, and says when to tell of them.

    Names fall into 256 places. A place tells of its first at once, then no more often than `every_s`.
    """

    def __init__(self, every_s: float, clock: Clock) -> None:
        self._every_s = every_s
        self._clock = clock
        self._lock = threading.Lock()
        # The time from which a place may tell again, and what it has kept to itself.
        self._places: dict[int, tuple[float, int]] = {}
        forks.register(self)

    def count(self, name: str) -> int:
        """Count one; how many are to be told now, 0 when it is not time."""
        place, now = hash(name) % _PLACES, self._clock.monotonic()
        with self._lock:
            due, untold = self._places.get(place, (now, 0))
            if now < due:
                self._places[place] = (due, untold + 1)
                return 0
            self._places[place] = (now + self._every_s, 0)
            return untold + 1

    def before_fork(self) -> None:
        """Keep other threads out: the child has none that could let go of the lock."""
        self._lock.acquire()

    def after_fork(self, *, in_child: bool) -> None:
        """Let them in again."""
        del in_child
        self._lock.release()


class Teller:
    """Tells of the refusals of one limiter, and of a store that does not answer.

    Args:
        limiter: its name.
        window_s: its shortest window; a place tells once in it, a second to a minute.
        clock: what tells the time.
    """

    def __init__(self, limiter: str, window_s: float, clock: Clock) -> None:
        self._limiter = limiter
        every_s = min(max(window_s, _LEAST_S), _MOST_S)
        self._refusals = _Bounded(every_s, clock)
        self._failures = _Bounded(every_s, clock)

    def refused(self, identifier: str, policy: RatePolicy, decision: Decision) -> None:
        """Tell, if it is time, that an identifier was refused."""
        if not decision.allowed and (count := self._refusals.count(identifier)):
            tell_refusals(self._limiter, policy, count)

    def failed(self, *, let_through: bool) -> None:
        """Tell, if it is time, that the store does not answer, and what became of the request."""
        # One name: it is the store that fails, whoever asks.
        if count := self._failures.count(""):
            emit("limit.uncounted", limiter=self._limiter, let_through=let_through, count=count)

"""Counters of attempts: the arithmetic that every store does in its own language, atomically.

An attempt is counted when it is reserved, before the password is looked at, so that two hundred at once are not two
hundred tries. What came of it is settled afterwards. Each count is followed by a delay in which nothing more can be
reserved; failures that were confirmed stop the counter for good at last (NIST SP 800-63B-4, section 3.2.2).
A process that dies between the two leaves a delay, which passes, and never a stop.
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import Final, NamedTuple

from zenoo_security.errors import ParameterError
from zenoo_security.stores.protocol import MAX_TTL_S

__all__ = ["MAX_COUNT", "Backoff", "Count", "Counter", "Outcome", "reserve", "settle"]

MAX_COUNT: Final = 1_000_000
"""Counts stay there; they do not grow without end."""

_MAX_DELAYS: Final = 1000


class Outcome(enum.Enum):
    """What came of an attempt, for one of its counters."""

    FAILED = "failed"
    """It stays counted, and counts towards the stop."""

    GIVEN_BACK = "given_back"
    """As if it had not been: Odoo was down, or the counter is not the one that a success clears."""

    CLEARED = "cleared"
    """It succeeded: the counter begins anew."""


@dataclass(frozen=True)
class Backoff:
    """How a counter slows down.

    Args:
        delays_s: seconds to wait after the first attempt, the second and so on; after more, the last one. Zeros at the
            beginning are attempts that are free.
        stop: confirmed failures after which nothing is reserved any more until the counter is cleared or deleted;
            `None` for never.
        keep_s: seconds after its latest attempt that a counter is forgotten, unless it has stopped; at least the
            longest delay, and up to `MAX_TTL_S`.

    Raises:
        ParameterError: no delay, over 1000 of them, one that is negative or not finite, `stop` under 1, or `keep_s`
            shorter than the longest delay or over `MAX_TTL_S`.
    """

    delays_s: tuple[float, ...]
    stop: int | None
    keep_s: float

    def __post_init__(self) -> None:
        if not 1 <= len(self.delays_s) <= _MAX_DELAYS or not all(0 <= delay < math.inf for delay in self.delays_s):
            raise ParameterError("delays_s holds 1 to 1000 numbers of seconds")
        # Drivers take a list that mixes whole numbers and others for a mistake.
        object.__setattr__(self, "delays_s", tuple(map(float, self.delays_s)))
        if self.stop is not None and not 1 <= self.stop <= MAX_COUNT:
            raise ParameterError(f"stop is 1 to {MAX_COUNT} failures, or None")
        if not max(*self.delays_s, 1.0) <= self.keep_s <= MAX_TTL_S:
            raise ParameterError(
                f"keep_s is at least a second, as long as the longest delay, and up to {MAX_TTL_S:.0f} seconds"
            )

    def delay_s(self, attempts: int) -> float:
        """Seconds to wait after so many attempts."""
        return self.delays_s[min(attempts, len(self.delays_s)) - 1] if attempts > 0 else 0.0


class Counter(NamedTuple):
    """One counter: its key, as in `Store`, and how it slows down."""

    key: bytes
    backoff: Backoff


class Count(NamedTuple):
    """The state of a counter.

    Attributes:
        attempts: reserved and not given back.
        failures: of those, confirmed.
        next_at: the store's time from which the next attempt is allowed; `math.inf` when it has stopped.
        forget_at: the store's time from which the counter counts as never used; `math.inf` when it has stopped.
    """

    attempts: int = 0
    failures: int = 0
    next_at: float = 0.0
    forget_at: float = 0.0


def reserve(count: Count, backoff: Backoff, now: float) -> Count | None:
    """The state after one more attempt, or `None` when it is not allowed at this time."""
    if now < count.next_at:
        return None
    attempts = min(count.attempts + 1, MAX_COUNT)
    return Count(attempts, count.failures, now + backoff.delay_s(attempts), now + backoff.keep_s)


def settle(count: Count, backoff: Backoff, outcome: Outcome, now: float) -> Count | None:
    """The state after an outcome; `None` when nothing is left to remember.

    A stop is for good: no outcome but `CLEARED` changes a counter that has stopped.
    """
    if outcome is Outcome.CLEARED:
        return None
    if outcome is Outcome.FAILED:
        failures = min(count.failures + 1, MAX_COUNT)
        if backoff.stop is not None and failures >= backoff.stop:
            return Count(count.attempts, failures, math.inf, math.inf)
        return count._replace(failures=failures)
    if count.next_at == math.inf:
        return count
    attempts = max(count.attempts - 1, count.failures)
    if attempts == 0:
        return None
    return count._replace(attempts=attempts, next_at=min(count.next_at, now))

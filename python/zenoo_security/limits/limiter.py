"""Rate limits in the memory of one process.

Every worker process counts for itself: with four workers a client gets four quotas. Where a limit holds back an
attacker it belongs in a store that all workers share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from zenoo_security._native import Decision, Limiter
from zenoo_security.audit import emit
from zenoo_security.clock import SYSTEM_CLOCK, Clock
from zenoo_security.errors import ParameterError, RateLimitExceeded

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Self

    from zenoo_security.limits.shared import SharedTable

__all__ = ["Algorithm", "Decision", "RateLimiter"]

Algorithm = Literal["sliding_window", "gcra"]


class RateLimiter(Limiter):
    """One quota for each of many identifiers: users, addresses, or whatever text the application chooses.

    `sliding_window` is exact: in no stretch of time as long as the window are more than `max_requests` let through. It
    keeps eight bytes for each request in the window. `gcra` keeps eight bytes in all: a rested identifier may take
    `max_requests` at once and then regains one every `window_seconds / max_requests`, so that a window right after a
    rest can hold nearly twice as many.

    Durations are measured by the monotonic clock: setting the calendar changes nothing. What is refused is not charged.
    At most `max_keys` identifiers are held, as keyed hashes and not as text. One that has its whole quota again is
    forgotten when its place is needed; when nobody has, a new identifier is refused, since letting it in uncounted, or
    dropping another's count for it, would hand an attacker with many names a way around the limit.

    A refusal is an event of the audit log, `excess_rate_limit_exceeded`, with the principal and the client of the
    context and never with the identifier: at once for the first one, then once in a window (a second to a minute) with
    their number. However many identifiers there are, 256 events are the most in that time.

    All methods may be called from any thread. `hit`, `peek`, `allow` and `reset` are single native calls.

    Args:
        max_requests: requests of a whole quota, 1 to 1,000,000; at most 100,000 for a sliding window.
        window_seconds: seconds, 0.001 to 31,622,400 (366 days).
        algorithm: `sliding_window` or `gcra`.
        max_keys: how many identifiers are held at most. Each takes up to 100 bytes (50 with `gcra`); a sliding window
            of more than three requests takes eight bytes more for each of them.
        clock: what tells the time; for tests.
        store: where to count: a `SharedTable` for all processes of this machine, whose own `max_keys` then counts. A
            sliding window there has at most 10,000 requests. None: the memory of this process.

    Raises:
        ParameterError: if an argument is out of range.

    >>> limiter = RateLimiter(2, 60)
    >>> limiter.hit("alice").remaining, limiter.hit("alice").remaining
    (1, 0)
    >>> bool(limiter.hit("alice")), bool(limiter.hit("bob"))
    (False, True)
    """

    __slots__ = ()

    def __new__(
        cls,
        max_requests: int = 100,
        window_seconds: float = 60,
        *,
        algorithm: Algorithm = "sliding_window",
        max_keys: int = 100_000,
        clock: Clock = SYSTEM_CLOCK,
        store: SharedTable | None = None,
    ) -> Self:
        """Check the arguments and make the limiter."""
        own_clock = None if clock is SYSTEM_CLOCK else clock
        try:
            told = _teller(max_requests, window_seconds)
            return super().__new__(cls, max_requests, window_seconds, algorithm, max_keys, own_clock, told, store)
        except OverflowError:
            raise ParameterError("max_requests, window_seconds and max_keys are positive and not huge") from None

    def require(self, identifier: str, cost: int = 1) -> Decision:
        """Take from the quota, or raise.

        Args:
            identifier: whose quota.
            cost: how many requests this one counts as.

        Raises:
            RateLimitExceeded: if the requests are not there; its `retry_after` says when they will be, in seconds.
            InvalidInput: if the identifier is not a str, is empty, or holds a lone surrogate.
            InputTooLarge: if the identifier has more than 4096 bytes in UTF-8.
            ParameterError: if the cost is less than 1 or more than the whole quota.
        """
        decision = self.hit(identifier, cost)
        if not decision.allowed:
            raise RateLimitExceeded(decision.retry_after)
        return decision

    async def is_allowed(self, identifier: str) -> bool:
        """Take one request from the quota of an identifier; whether it was there.

        Raises:
            InvalidInput: if the identifier is not a str, is empty, or holds a lone surrogate. A client whose address is
                not known needs a decision of its own: a common name for all such clients would be one quota for them.
            InputTooLarge: if the identifier has more than 4096 bytes in UTF-8.
        """
        return self.allow(identifier)

    async def get_remaining_requests(self, identifier: str) -> int:
        """How many requests an identifier has left. Takes none and remembers nothing.

        Raises:
            InvalidInput: as for `is_allowed`.
            InputTooLarge: as for `is_allowed`.
        """
        return self.peek(identifier).remaining


def _teller(limit: int, window_s: float) -> Callable[[int], None]:
    def tell(count: int) -> None:
        emit("excess_rate_limit_exceeded", what="requests", limit=limit, window_s=window_s, count=count)

    return tell

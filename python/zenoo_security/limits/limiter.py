"""`RateLimiter`: one limit, counted in the memory of one process or in a store that all workers share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security._native import Limiter
from zenoo_security.clock import SYSTEM_CLOCK, Clock
from zenoo_security.errors import ParameterError
from zenoo_security.limits.base import BaseLimiter
from zenoo_security.limits.native import native_limiter, on_failure
from zenoo_security.limits.policy import Algorithm, RatePolicy
from zenoo_security.limits.shared import SharedTable
from zenoo_security.limits.stored import OnStoreFailure, Stored
from zenoo_security.limits.telling import Teller, tell_refusals

if TYPE_CHECKING:
    from typing_extensions import Self

    from zenoo_security.keyring import KeyRing
    from zenoo_security.stores import Store

__all__ = ["RateLimiter"]


class RateLimiter(BaseLimiter):
    """One quota for each of many identifiers: users, addresses, or whatever text the application chooses.

    Without a store it counts in the memory of this process: four workers are four quotas. With one, all that share the
    store count together. What is made is a subclass of this class for the one or the other.

    `sliding_window` is exact: in no stretch of time as long as the window are more than `max_requests` let through. It
    keeps eight bytes for each request in the window. `gcra` keeps eight bytes in all: a rested identifier may take
    `max_requests` at once and then regains one every `window_seconds / max_requests`, so that a window right after a
    rest can hold nearly twice as many.

    Durations are measured by the monotonic clock, or by the store: setting the calendar of this machine changes
    nothing. What is refused is not charged.

    In this process at most `max_keys` identifiers are held, as keyed hashes and not as text. One that has its whole
    quota again is forgotten when its place is needed; when nobody has, a new identifier is refused, since letting it in
    uncounted, or dropping another's count for it, would hand an attacker with many names a way around the limit. In a
    store they are SHA-256 digests, keyed ones with a `key_ring`, and expire when the quota is whole again.

    A refusal is an event of the audit log, `excess_rate_limit_exceeded`, with the principal and the client of the
    context and never with the identifier: at once for the first one, then once in a window (a second to a minute) with
    their number. However many identifiers there are, 256 events are the most in that time.

    All methods may be called from any thread. Without a store, and with a `SharedTable`, `hit`, `peek`, `allow` and
    `reset` are single native calls.

    Args:
        max_requests: requests of a whole quota, 1 to 1,000,000; of a sliding window at most 100,000, in a store 10,000.
        window_seconds: seconds, 0.001 to 31,622,400 (366 days).
        algorithm: `sliding_window` or `gcra`.
        store: where to count: a `SharedTable` of this machine, or a store as `open_store` gives it.
        name: what the audit log and the headers call it, and what keeps limiters with the same quota apart that share a
            store: 1 to 64 of `A-Z a-z 0-9 . _ / : -`. As `100/min` unless given.
        key_ring: keys the digests of identifiers in the store, so that who has the store cannot find an address by
            trying all of them. The ring must be the same for all that count together. Not for a `SharedTable`, which
            has a secret of its own.
        on_store_failure: `refuse` raises `StoreUnavailable` when the store does not answer; `allow` lets through what
            cannot be counted. Both are `limit.uncounted` in the audit log.
        max_keys: how many identifiers this process holds at most. Each takes up to 100 bytes (50 with `gcra`); a
            sliding window of more than three requests takes eight bytes more for each of them.
        clock: what tells the time in this process; for tests.

    Raises:
        ParameterError: if an argument is out of range.

    >>> limiter = RateLimiter(2, 60)
    >>> limiter.hit("alice").remaining, limiter.hit("alice").remaining
    (1, 0)
    >>> bool(limiter.hit("alice")), bool(limiter.hit("bob"))
    (False, True)
    """

    __slots__ = ()

    def __new__(  # noqa: PYI034 (a subclass)
        cls,
        max_requests: int = 100,
        window_seconds: float = 60,
        *,
        algorithm: Algorithm = "sliding_window",
        store: Store | SharedTable | None = None,
        name: str | None = None,
        key_ring: KeyRing | None = None,
        on_store_failure: OnStoreFailure = "refuse",
        max_keys: int = 100_000,
        clock: Clock = SYSTEM_CLOCK,
    ) -> RateLimiter:
        """Check the arguments and make the limiter."""
        if cls is not RateLimiter:
            raise ParameterError("a RateLimiter cannot be subclassed: keep one in an attribute instead")
        policy = RatePolicy(max_requests, window_seconds, algorithm, name or "")
        if store is None:
            return _ProcessLimiter.of(policy, max_keys=max_keys, clock=clock)
        if isinstance(store, SharedTable):
            if key_ring is not None:
                raise ParameterError("a SharedTable keys its hashes itself: leave key_ring out")
            return _ProcessLimiter.of(
                policy, max_keys=max_keys, clock=clock, table=store, on_store_failure=on_store_failure
            )
        limiter = object.__new__(_StoredLimiter)
        limiter._set(
            [policy],
            name=policy.name,
            store=store,
            key_ring=key_ring,
            on_store_failure=on_store_failure,
            clock=clock,
        )
        return limiter

    def key_count(self) -> int:
        """How many identifiers this process holds now, those included that could be forgotten.

        With a `SharedTable`: how many of its places are taken, by all limiters. With a store: none.
        """
        raise NotImplementedError


class _StoredLimiter(Stored, RateLimiter):
    __slots__ = ()


class _ProcessLimiter(Limiter, RateLimiter):
    """Its calls are those of `Limiter`, with nothing in between."""

    __slots__ = ("name", "policies")

    @classmethod
    def of(
        cls,
        policy: RatePolicy,
        *,
        max_keys: int,
        clock: Clock,
        table: SharedTable | None = None,
        on_store_failure: OnStoreFailure = "refuse",
    ) -> Self:
        """Make one."""
        failed = None if table is None else on_failure(Teller(policy.name, policy.window_s, clock), on_store_failure)
        self = native_limiter(
            cls,
            policy,
            policy.name,
            max_keys=max_keys,
            clock=clock,
            table=table,
            failed=failed,
            told=lambda count: tell_refusals(policy.name, policy, count),
        )
        self.name, self.policies = policy.name, (policy,)
        return self

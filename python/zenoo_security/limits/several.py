"""`RateLimits`: several limits at once, all or nothing."""

from __future__ import annotations

import dataclasses
import threading
from typing import TYPE_CHECKING

from zenoo_security._native import Limiter
from zenoo_security.clock import SYSTEM_CLOCK, Clock
from zenoo_security.errors import ParameterError
from zenoo_security.limits.base import BaseLimiter
from zenoo_security.limits.decisions import Decisions, combined
from zenoo_security.limits.policy import MAX_POLICIES, Algorithm, RatePolicy, parse_rates
from zenoo_security.limits.shared import SharedTable
from zenoo_security.limits.stored import OnStoreFailure, Stored
from zenoo_security.limits.telling import Teller
from zenoo_security.stores import forks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zenoo_security.keyring import KeyRing
    from zenoo_security.stores import Store

__all__ = ["RateLimits"]


class RateLimits(BaseLimiter):
    """Several limits for each identifier, such as 10 a second and 1000 an hour.

    A request is let through when all of them have it, and is taken from all; else from none. Never more than any of the
    quotas is let through, and no request that was refused is charged: in a store one decision is one atomic operation,
    in this process one lock stands around it.

    The answer is a `Decisions`: the figures are those of the limit that decided, `decided_by`, and `decisions` has what
    each of the limits says.

    Args:
        rates: as a text, `"10/s and 1000/h"` (`zenoo_security.limits.parse_rates`), or as `RatePolicy` objects: 1 to 8,
            and no two alike.
        algorithm: of the limits that are given as a text.
        store: as for `RateLimiter`, but no `SharedTable`. So are the other arguments; `max_keys` holds for each limit.
        name: stands before the names of the policies, as `login:10/s`.

    Raises:
        ParameterError: if an argument is out of range, or the text is of another form.

    >>> limits = RateLimits("2/s and 3/h")
    >>> [limits.hit("alice").remaining for _ in range(2)]
    [1, 0]
    >>> refused = limits.hit("alice")
    >>> refused.decided_by.name, [decision.remaining for decision in refused.decisions]
    ('2/s', [0, 1])
    """

    __slots__ = ()

    def __new__(  # noqa: PYI034 (a subclass)
        cls,
        rates: str | Iterable[RatePolicy],
        *,
        algorithm: Algorithm = "sliding_window",
        store: Store | SharedTable | None = None,
        name: str | None = None,
        key_ring: KeyRing | None = None,
        on_store_failure: OnStoreFailure = "refuse",
        max_keys: int = 100_000,
        clock: Clock = SYSTEM_CLOCK,
    ) -> RateLimits:
        """Check the arguments and make the limiter."""
        if cls is not RateLimits:
            raise ParameterError("RateLimits cannot be subclassed: keep them in an attribute instead")
        if isinstance(store, SharedTable):
            raise ParameterError("several limits do not count in a SharedTable: use a RateLimiter(..., store=table)")
        policies = _policies(rates, algorithm, name)
        name = name or " and ".join(policy.name for policy in policies)
        if store is None:
            counted = object.__new__(_ProcessLimits)
            counted._set(policies, name=name, max_keys=max_keys, clock=clock)
            return counted
        stored = object.__new__(_StoredLimits)
        stored._set(policies, name=name, store=store, key_ring=key_ring, on_store_failure=on_store_failure, clock=clock)
        return stored


class _StoredLimits(Stored, RateLimits):
    __slots__ = ()


class _ProcessLimits(RateLimits):
    __slots__ = ("__weakref__", "_limiters", "_lock", "_teller", "name", "policies")

    _limiters: list[Limiter]
    _lock: threading.Lock
    _teller: Teller

    def _set(self, policies: Sequence[RatePolicy], *, name: str, max_keys: int, clock: Clock) -> None:
        self.name, self.policies = name, tuple(policies)
        own_clock = None if clock is SYSTEM_CLOCK else clock
        self._limiters = [
            Limiter(policy.limit, policy.window_s, policy.algorithm, max_keys, own_clock) for policy in policies
        ]
        self._teller = Teller(name, min(policy.window_s for policy in policies), clock)
        self._lock = threading.Lock()
        forks.register(self)

    def hit(self, identifier: str, cost: int = 1) -> Decisions:
        """See `BaseLimiter.hit`."""
        with self._lock:
            # Nobody else takes from them, and time only adds: what they say they have, they have.
            decisions = [limiter.peek(identifier, cost) for limiter in self._limiters]
            if all(decisions):
                decisions = [limiter.hit(identifier, cost) for limiter in self._limiters]
        together = combined(self.policies, decisions)
        self._teller.refused(identifier, together.decided_by, together)
        return together

    def peek(self, identifier: str, cost: int = 1) -> Decisions:
        """See `BaseLimiter.peek`."""
        with self._lock:
            return combined(self.policies, [limiter.peek(identifier, cost) for limiter in self._limiters])

    def reset(self, identifier: str) -> bool:
        """See `BaseLimiter.reset`."""
        with self._lock:
            return sum(limiter.reset(identifier) for limiter in self._limiters) > 0

    def before_fork(self) -> None:
        """Keep other threads out: the child has none that could let go of the lock."""
        self._lock.acquire()

    def after_fork(self, *, in_child: bool) -> None:
        """Let them in again."""
        del in_child
        self._lock.release()


def _policies(rates: str | Iterable[RatePolicy], algorithm: Algorithm, name: str | None) -> tuple[RatePolicy, ...]:
    policies = parse_rates(rates, algorithm=algorithm) if isinstance(rates, str) else tuple(rates)
    if not all(isinstance(policy, RatePolicy) for policy in policies):
        raise ParameterError("rates are a text such as 10/s and 1000/h, or RatePolicy objects")
    alike = {(policy.limit, policy.window_s, policy.algorithm) for policy in policies}
    names = {policy.name for policy in policies}
    if not 1 <= len(policies) == len(alike) == len(names) <= MAX_POLICIES:
        raise ParameterError(f"rates are 1 to {MAX_POLICIES}, and no two have the same figures or the same name")
    if name is None:
        return policies
    return tuple(dataclasses.replace(policy, name=f"{name}:{policy.name}") for policy in policies)

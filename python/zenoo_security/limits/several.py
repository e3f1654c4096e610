"""`RateLimits`: several limits at once, all or nothing."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from zenoo_security._native import Limiter, hit_all, peek_all
from zenoo_security.clock import SYSTEM_CLOCK, Clock
from zenoo_security.errors import ParameterError
from zenoo_security.limits.base import BaseLimiter
from zenoo_security.limits.decisions import Decisions, combined
from zenoo_security.limits.native import native_limiter, on_failure
from zenoo_security.limits.policy import MAX_POLICIES, Algorithm, RatePolicy, parse_rates
from zenoo_security.limits.shared import SharedTable
from zenoo_security.limits.stored import OnStoreFailure, Stored
from zenoo_security.limits.telling import Teller

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zenoo_security.keyring import KeyRing
    from zenoo_security.stores import Store

__all__ = ["RateLimits"]


class RateLimits(BaseLimiter):
    """Several limits for each identifier, such as 10 a second and 1000 an hour.

    A request is let through when all of them have it, and is taken from all; else from none. Never more than any of the
    quotas is let through, and no request that was refused is charged: in a store and in this process one decision is
    one atomic operation. In a `SharedTable` all limits are asked first, and when another process is faster then, what
    was taken is given back. Until it is, it is missing there: of several requests for the last ones of a quota that
    come at the same moment, one may be refused that would have had it.

    The answer is a `Decisions`: the figures are those of the limit that decided, `decided_by`, and `decisions` has what
    each of the limits says.

    Args:
        rates: as a text, `"10/s and 1000/h"` (`zenoo_security.limits.parse_rates`), or as `RatePolicy` objects: 1 to 8,
            and no two alike.
        algorithm: of the limits that are given as a text.
        store: as for `RateLimiter`. So are the other arguments; `max_keys` holds for each limit.
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
        policies = _policies(rates, algorithm, name)
        name = name or " and ".join(policy.name for policy in policies)
        if store is None or isinstance(store, SharedTable):
            if store is not None and key_ring is not None:
                raise ParameterError("a SharedTable keys its hashes itself: leave key_ring out")
            counted = object.__new__(_NativeLimits)
            counted._set(
                policies, name=name, table=store, on_store_failure=on_store_failure, max_keys=max_keys, clock=clock
            )
            return counted
        stored = object.__new__(_StoredLimits)
        stored._set(policies, name=name, store=store, key_ring=key_ring, on_store_failure=on_store_failure, clock=clock)
        return stored


class _StoredLimits(Stored, RateLimits):
    __slots__ = ()


class _NativeLimits(RateLimits):
    """Counts in this process, or in a table."""

    __slots__ = ("_limiters", "_teller", "name", "policies")

    _limiters: list[Limiter]
    _teller: Teller

    def _set(
        self,
        policies: Sequence[RatePolicy],
        *,
        name: str,
        table: SharedTable | None,
        on_store_failure: OnStoreFailure,
        max_keys: int,
        clock: Clock,
    ) -> None:
        self.name, self.policies = name, tuple(policies)
        self._teller = Teller(name, min(policy.window_s for policy in policies), clock)
        failed = None if table is None else on_failure(self._teller, on_store_failure)
        self._limiters = [
            native_limiter(Limiter, policy, name, max_keys=max_keys, clock=clock, table=table, failed=failed)
            for policy in policies
        ]

    def hit(self, identifier: str, cost: int = 1) -> Decisions:
        """See `BaseLimiter.hit`."""
        together = combined(self.policies, hit_all(self._limiters, identifier, cost))
        self._teller.refused(identifier, together.decided_by, together)
        return together

    def peek(self, identifier: str, cost: int = 1) -> Decisions:
        """See `BaseLimiter.peek`."""
        return combined(self.policies, peek_all(self._limiters, identifier, cost))

    def reset(self, identifier: str) -> bool:
        """See `BaseLimiter.reset`."""
        return sum(limiter.reset(identifier) for limiter in self._limiters) > 0


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

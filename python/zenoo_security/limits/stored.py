"""Rate limits in a store: all workers and all machines that share it count together."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypeVar

from zenoo_security._native import Decision
from zenoo_security.errors import ParameterError, StoreUnavailable
from zenoo_security.limits.base import BaseLimiter
from zenoo_security.limits.decisions import Decisions, combined
from zenoo_security.limits.identifier import identifier_bytes
from zenoo_security.limits.telling import Teller
from zenoo_security.stores import Quota, Store
from zenoo_security.stores.memory import MemoryStore
from zenoo_security.stores.waiting import at_once, result_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from zenoo_security.clock import Clock
    from zenoo_security.limits.policy import RatePolicy
    from zenoo_security.stores import Taken

__all__ = ["OnStoreFailure", "Stored"]

OnStoreFailure: TypeAlias = Literal["refuse", "allow"]

_T = TypeVar("_T")

_PREFIX: Final = b"limit/"


class Stored(BaseLimiter):
    """The half of a limiter that counts in a store.

    An identifier is kept as the SHA-256 of itself, the limiter's name and the limit with its algorithm: a policy that
    was changed begins anew and misreads nothing.
    """

    __slots__ = ("__weakref__", "_allows", "_at_once", "_quotas", "_store", "_teller", "name", "policies")

    def _set(
        self, policies: Sequence[RatePolicy], *, name: str, store: Store, on_store_failure: OnStoreFailure, clock: Clock
    ) -> None:
        if not isinstance(store, Store):
            raise ParameterError("store is a Store, as open_store gives it")
        if on_store_failure not in ("refuse", "allow"):
            raise ParameterError("on_store_failure is refuse or allow")
        self.name = name
        self.policies = tuple(policies)
        self._store = store
        self._allows = on_store_failure == "allow"
        self._quotas = [_quota_of(name, policy) for policy in policies]
        self._teller = Teller(name, min(policy.window_s for policy in policies), clock)
        self._at_once = isinstance(store, MemoryStore)

    def hit(self, identifier: str, cost: int = 1) -> Decision:
        """See `BaseLimiter.hit`."""
        return self._wait(self.ahit(identifier, cost))

    def peek(self, identifier: str, cost: int = 1) -> Decision:
        """See `BaseLimiter.peek`."""
        return self._wait(self.apeek(identifier, cost))

    def reset(self, identifier: str) -> bool:
        """See `BaseLimiter.reset`."""
        return self._wait(self.areset(identifier))

    async def ahit(self, identifier: str, cost: int = 1) -> Decision:
        """See `BaseLimiter.hit`."""
        try:
            taken = await self._store.take(self._of(identifier), cost=cost)
        except StoreUnavailable:
            self._teller.failed(let_through=self._allows)
            if not self._allows:
                raise
            return self._unknown()
        decision = self._decision(taken)
        if not decision.allowed:
            self._teller.refused(identifier, self._decider(decision), decision)
        return decision

    async def apeek(self, identifier: str, cost: int = 1) -> Decision:
        """See `BaseLimiter.peek`."""
        try:
            return self._decision(await self._store.peek(self._of(identifier), cost=cost))
        except StoreUnavailable:
            if not self._allows:
                raise
        return self._unknown()

    async def areset(self, identifier: str) -> bool:
        """See `BaseLimiter.reset`. Raises `StoreUnavailable` whatever `on_store_failure` says."""
        return await self._store.forget(self._of(identifier)) > 0

    def key_count(self) -> int:
        """How many identifiers this process holds: none, they are in the store."""
        return 0

    def _of(self, identifier: str) -> list[Quota]:
        data = identifier_bytes(identifier)
        return [quota(data) for quota in self._quotas]

    def _decision(self, taken: Sequence[Taken]) -> Decision:
        decisions = [
            Decision(policy.limit, one.remaining, one.retry_after_s, one.reset_after_s)
            for policy, one in zip(self.policies, taken, strict=True)
        ]
        return decisions[0] if len(decisions) == 1 else combined(self.policies, decisions)

    def _unknown(self) -> Decision:
        """What is said of a request that was let through uncounted: that nothing is known to remain."""
        decisions = [Decision(policy.limit, 0) for policy in self.policies]
        return decisions[0] if len(decisions) == 1 else combined(self.policies, decisions)

    def _decider(self, decision: Decision) -> RatePolicy:
        return decision.decided_by if isinstance(decision, Decisions) else self.policies[0]

    def _wait(self, answer: Coroutine[Any, Any, _T]) -> _T:
        return at_once(answer) if self._at_once else result_of(answer)


def _quota_of(name: str, policy: RatePolicy) -> Callable[[bytes], Quota]:
    """Makes the quota of an identifier."""
    make = partial(Quota, limit=policy.limit, window_s=float(policy.window_s), algorithm=policy.algorithm)
    make(b"")  # checks the figures
    label = f"{name}\0{policy.algorithm}\0{policy.limit}\0{float(policy.window_s)!r}\0"
    begun = hashlib.sha256(label.encode())

    def quota(identifier: bytes) -> Quota:
        digest = begun.copy()
        digest.update(identifier)
        return make(_PREFIX + digest.digest())

    return quota

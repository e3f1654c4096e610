"""Rate limits in a store: all workers and all machines that share it count together."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypeVar

from zenoo_security._native import BlindIndex, Decision
from zenoo_security.errors import ParameterError, StoreUnavailable
from zenoo_security.limits.base import BaseLimiter
from zenoo_security.limits.decisions import combined, decider
from zenoo_security.limits.identifier import identifier_bytes
from zenoo_security.limits.telling import Teller
from zenoo_security.stores import Quota, Store
from zenoo_security.stores.memory import MemoryStore
from zenoo_security.stores.waiting import at_once, result_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from zenoo_security.clock import Clock
    from zenoo_security.keyring import KeyRing
    from zenoo_security.limits.policy import RatePolicy
    from zenoo_security.stores import Taken

__all__ = ["OnStoreFailure", "Stored"]

OnStoreFailure: TypeAlias = Literal["refuse", "allow"]
"""Whether a call is refused or allowed that cannot be counted."""

_T = TypeVar("_T")

_PREFIX: Final = b"limit/"


class Stored(BaseLimiter):
    """The half of a limiter that counts in a store.

    An identifier is kept as a digest of itself, the limiter's name and the limit with its algorithm: a policy that was
    changed begins anew and misreads nothing. The digest is SHA-256, or a keyed one where there is a key ring: then who
    has the store cannot find an address by trying all of them.
    """

    __slots__ = ("__weakref__", "_allows", "_quotas", "_store", "_teller", "name", "policies", "waits")

    waits: bool

    def _set(
        self,
        policies: Sequence[RatePolicy],
        *,
        name: str,
        store: Store,
        key_ring: KeyRing | None,
        on_store_failure: OnStoreFailure,
        clock: Clock,
    ) -> None:
        if not isinstance(store, Store):
            raise ParameterError("store is a Store, as open_store gives it")
        if on_store_failure not in ("refuse", "allow"):
            raise ParameterError("on_store_failure is refuse or allow")
        self.name = name
        self.policies = tuple(policies)
        self._store = store
        self._allows = on_store_failure == "allow"
        self._quotas = [_quota_of(name, policy, key_ring) for policy in policies]
        self._teller = Teller(name, min(policy.window_s for policy in policies), clock)
        self.waits = not isinstance(store, MemoryStore)

    def hit(self, identifier: str, cost: int = 1) -> Decision:
        """See `BaseLimiter.hit`."""
        return self._wait(self.ahit(identifier, cost))

    def peek(self, identifier: str, cost: int = 1) -> Decision:
        """See `BaseLimiter.peek`."""
        return self._wait(self.apeek(identifier, cost))

    def reset(self, identifier: str) -> bool:
        """See `BaseLimiter.reset`."""
        return self._wait(self.areset(identifier))

    def try_hit(self, identifier: str, cost: int = 1) -> Decision:
        """See `BaseLimiter.try_hit`."""
        return self._wait(self.atry_hit(identifier, cost))

    async def ahit(self, identifier: str, cost: int = 1) -> Decision:
        """See `BaseLimiter.hit`."""
        decision = await self.atry_hit(identifier, cost)
        if not decision.allowed:
            self._teller.refused(identifier, decider(self.policies, decision), decision)
        return decision

    async def atry_hit(self, identifier: str, cost: int = 1) -> Decision:
        """See `BaseLimiter.try_hit`."""
        try:
            taken = await self._store.take(self._of(identifier), cost=cost)
        except StoreUnavailable:
            self._teller.failed(let_through=self._allows)
            if not self._allows:
                raise
            return self._unknown()
        return self._decision(taken)

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

    def _wait(self, answer: Coroutine[Any, Any, _T]) -> _T:
        return result_of(answer) if self.waits else at_once(answer)


def _quota_of(name: str, policy: RatePolicy, key_ring: KeyRing | None) -> Callable[[bytes], Quota]:
    """Makes the quota of an identifier."""
    label = (name, policy.algorithm, str(policy.limit), repr(float(policy.window_s)))
    digest = _digest(label) if key_ring is None else _keyed_digest(label, key_ring)
    make = partial(Quota, limit=policy.limit, window_s=float(policy.window_s), algorithm=policy.algorithm)
    make(b"")  # checks the figures
    return lambda identifier: make(_PREFIX + digest(identifier))


def _digest(label: Sequence[str]) -> Callable[[bytes], bytes]:
    begun = hashlib.sha256("".join(f"{part}\0" for part in label).encode())

    def digest(identifier: bytes) -> bytes:
        hashed = begun.copy()
        hashed.update(identifier)
        return hashed.digest()

    return digest


def _keyed_digest(label: Sequence[str], key_ring: KeyRing) -> Callable[[bytes], bytes]:
    """HMAC-SHA256 under the index key of the ring, which outlives its rotation (docs/formats.md)."""
    index, context = BlindIndex(key_ring, length=32), ("rate limit", *label)
    return lambda identifier: index.compute(identifier, context=context).encode()

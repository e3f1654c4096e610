"""The blocks of all workers, in a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.clock import BOOT_CLOCK, Clock
from zenoo_security.errors import InvalidInput, ParameterError, StoreUnavailable
from zenoo_security.stores import Quota
from zenoo_security.stores.store_time import StoreTime
from zenoo_security.web.blocks.policy import DEFAULT_POLICY, BlockPolicy
from zenoo_security.web.blocks.record import Block, check_words
from zenoo_security.web.networks import network_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from zenoo_security.stores import Store

__all__ = ["BlockStore", "network"]

_PREFIX: Final = b"block/"
_DAY_S: Final = 86_400.0
_MOST_S: Final = 366 * 86_400.0
_TRIES: Final = 20


def network(address: str) -> str:
    """The network of an address, as it is blocked.

    Raises:
        InvalidInput: it is no address.

    >>> network("203.0.113.9"), network("2001:db8::9"), network("2001:db8::/64")
    ('203.0.113.9', '2001:db8::/64', '2001:db8::/64')
    """
    found = network_of(address.removesuffix("/64"))
    if found is None:
        raise InvalidInput("an address is written like 203.0.113.9 or 2001:db8::9", field="address", code="ip_address")
    return found


class BlockStore:
    """The blocks of all workers, in a store.

    One record a network, which outlives its block, so that the next one is longer. Every change compares and sets: of
    two workers that find the same network out one blocks it, and it counts once.

    Args:
        store: where they are.
        policy: when and how long.
        clock: carries the store's time on between two questions for it.
    """

    def __init__(self, store: Store, policy: BlockPolicy = DEFAULT_POLICY, *, clock: Clock = BOOT_CLOCK) -> None:
        self.policy: Final = policy
        self._store: Final = store
        self._time: Final = StoreTime(store, clock)

    async def find(self, network: str) -> Block | None:
        """The block of a network; `None` when there is none, or none any more.

        Raises:
            StoreUnavailable: the store does not answer.
            StoreIncompatible: a newer version has written it.
        """
        raw = await self._store.get(_PREFIX + network.encode())
        if raw is None:
            return None
        block = Block.decode(network, raw)
        return block if block.until > await self._time.now() else None

    async def left_s(self, block: Block) -> float:
        """Seconds until a block ends."""
        return block.until - await self._time.now()

    async def violated(self, network: str) -> bool:
        """Count a violation. Returns whether it was one too many."""
        (taken,) = await self._store.take([self._violations(network)])
        return not taken.allowed

    async def may_block(self) -> bool:
        """Count a block that violations bring about. Returns whether there may be one more today."""
        (taken,) = await self._store.take([Quota(_PREFIX + b"day", self.policy.most_a_day, _DAY_S)])
        return taken.allowed

    async def block(self, network: str, *, reason: str, by: str, seconds: float | None = None) -> tuple[Block, bool]:
        """Block a network.

        Args:
            network: which.
            reason: in a word.
            by: who does it.
            seconds: how long; that of the policy unless given. A block that lasts longer already stays as it is.

        Returns:
            The block that there is now, and whether it is a new one.

        Raises:
            ParameterError: the reason, the one who does it, or the time is none.
            StoreUnavailable: the store does not answer.
        """
        check_words(reason, by)
        if seconds is not None and not 0 < seconds <= _MOST_S:
            raise ParameterError("a block lasts more than 0 seconds and at most 366 days")
        key = _PREFIX + network.encode()
        now = await self._time.sync()
        for _ in range(_TRIES):
            raw = await self._store.get(key)
            before = None if raw is None else Block.decode(network, raw)
            if before is not None and before.until > now and (seconds is None or before.until >= now + seconds):
                return before, False
            times = 0 if before is None else before.times
            lasts_s = self.policy.duration_s(times) if seconds is None else seconds
            block = Block(network, now, now + lasts_s, times + 1, reason, by)
            if await self._store.compare_and_set(key, raw, block.encode(), ttl_s=lasts_s + self.policy.forget_s):
                return block, True
        raise StoreUnavailable("too many changes of one block at the same time")

    async def unblock(self, network: str) -> None:
        """End a block, forget that there was one, and the violations, of which one more would bring it back."""
        await self._store.delete(_PREFIX + network.encode())
        await self._store.forget([self._violations(network)])

    def _violations(self, network: str) -> Quota:
        name = _PREFIX + b"violations/" + network.encode()
        return Quota(name, self.policy.violations, self.policy.window_s)

    async def blocks(self) -> AsyncIterator[Block]:
        """All blocks that have not ended, in no order."""
        now = await self._time.sync()
        async for key, raw in self._store.scan(_PREFIX):
            block = Block.decode(key.removeprefix(_PREFIX).decode("ascii", "replace"), raw)
            if block.until > now:
                yield block

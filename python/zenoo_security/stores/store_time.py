"""The store's time without asking for it: measured now and then, and carried on by a clock that only grows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zenoo_security.clock import Clock
    from zenoo_security.stores import Store

__all__ = ["StoreTime"]

_TRUSTED_S: Final = 60.0


class StoreTime:
    """An estimate of what `store.now()` would say.

    Args:
        store: whose time it is.
        clock: its monotonic half carries the time on.
    """

    __slots__ = ("_ahead_s", "_clock", "_measured_at", "_store")

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._ahead_s = -math.inf
        self._measured_at = -math.inf

    def estimate(self) -> float:
        """The store's time, without asking; minus infinity before it was ever asked."""
        return self._clock.monotonic() + self._ahead_s

    async def sync(self) -> float:
        """Ask the store for its time.

        Raises:
            StoreUnavailable: it does not say.
        """
        asked_at = self._clock.monotonic()
        now = await self._store.now()
        # The way to the store and back counts as time that has passed: what expires may end early by it, never late.
        self._ahead_s = now - asked_at
        self._measured_at = asked_at
        return now

    async def now(self) -> float:
        """The estimate, if the store was asked within the last minute; else the store is asked.

        Raises:
            StoreUnavailable: it does not say.
        """
        if self._clock.monotonic() - self._measured_at < _TRUSTED_S:
            return self.estimate()
        return await self.sync()

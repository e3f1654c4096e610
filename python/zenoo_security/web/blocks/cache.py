"""What the store said a moment ago about a network, so that not every request asks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zenoo_security.clock import Clock
    from zenoo_security.web.blocks.record import Block

__all__ = ["BlockCache"]

_CAPACITY: Final = 10_000


class BlockCache:
    """Networks that this process asked for last, blocked or not.

    Args:
        kept_s: seconds for which an answer is good.
        clock: what tells the time.
    """

    def __init__(self, kept_s: float, clock: Clock) -> None:
        self._kept_s: Final = kept_s
        self._monotonic: Final = clock.monotonic
        self._known: Final[dict[str, tuple[float, Block | None, float]]] = {}

    def get(self, network: str) -> tuple[Block | None, float] | None:
        """The block of a network, if any, and the seconds that it lasts; `None` when the store has to be asked."""
        known = self._known.get(network)
        if known is None:
            return None
        now = self._monotonic()
        good_until, block, ends_at = known
        return (block, ends_at - now) if now < good_until else None

    def put(self, network: str, block: Block | None, lasts_s: float = 0.0) -> None:
        """Remember what the store said."""
        self.forget(network)
        if len(self._known) >= _CAPACITY:
            self.forget(next(iter(self._known), ""))
        now = self._monotonic()
        kept_s = self._kept_s if block is None else min(self._kept_s, lasts_s)
        self._known[network] = (now + kept_s, block, now + lasts_s)

    def forget(self, network: str) -> None:
        """Ask the store the next time."""
        self._known.pop(network, None)

"""What all limiters can do, wherever they count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security.errors import RateLimitExceeded

if TYPE_CHECKING:
    from zenoo_security._native import Decision
    from zenoo_security.limits.policy import RatePolicy

__all__ = ["BaseLimiter"]


class BaseLimiter:
    """A quota, or several at once, for each of many identifiers: users, addresses, or whatever text one chooses.

    Every call has a twin for code that awaits: `hit` and `ahit`, `peek` and `apeek`, `reset` and `areset`, `require`
    and `arequire`. With a store that has a server the first of each waits, and raises `ParameterError` where that would
    hold up an event loop.

    Identifiers are 1 to 4,096 bytes in UTF-8. All calls raise

        InvalidInput: the identifier is not a str, is empty, or holds a lone surrogate. A client whose address is not
            known needs a decision of its own: a common name for all such clients would be one quota for them.
        InputTooLarge: the identifier is longer.
        ParameterError: the cost is less than 1 or more than the whole quota, of several the smallest.
        StoreUnavailable: the store does not answer, and the limiter refuses then.

    Attributes:
        name: what the audit log calls it.
        policies: its limits, in the order of `decision.decisions`.
    """

    __slots__ = ()

    waits = False
    """Whether the calls that do not await have to wait for a server."""

    name: str
    policies: tuple[RatePolicy, ...]

    def hit(self, identifier: str, cost: int = 1) -> Decision:
        """Take `cost` requests from the quota of an identifier, if all of them are there; else nothing."""
        raise NotImplementedError

    def peek(self, identifier: str, cost: int = 1) -> Decision:
        """What `hit` would answer. Takes nothing; `remaining` and `reset_after` are those of now."""
        raise NotImplementedError

    def reset(self, identifier: str) -> bool:
        """Give an identifier its whole quota back. Returns whether anything had been counted for it."""
        raise NotImplementedError

    def allow(self, identifier: str) -> bool:
        """`hit` of one request without the figures: whether it may go on."""
        return self.hit(identifier).allowed

    def require(self, identifier: str, cost: int = 1) -> Decision:
        """`hit`, or raise.

        Raises:
            RateLimitExceeded: the requests are not there; its `retry_after` says when they will be, in seconds.
        """
        return _required(self.hit(identifier, cost))

    def try_hit(self, identifier: str, cost: int = 1) -> Decision:
        """`hit` that tells the audit log of no refusal: for who waits and tries again."""
        decision = self.peek(identifier, cost)
        return self.hit(identifier, cost) if decision.allowed else decision

    async def atry_hit(self, identifier: str, cost: int = 1) -> Decision:
        """`try_hit`, awaited."""
        return self.try_hit(identifier, cost)

    async def ahit(self, identifier: str, cost: int = 1) -> Decision:
        """`hit`, awaited."""
        return self.hit(identifier, cost)

    async def apeek(self, identifier: str, cost: int = 1) -> Decision:
        """`peek`, awaited."""
        return self.peek(identifier, cost)

    async def areset(self, identifier: str) -> bool:
        """`reset`, awaited."""
        return self.reset(identifier)

    async def arequire(self, identifier: str, cost: int = 1) -> Decision:
        """`require`, awaited."""
        return _required(await self.ahit(identifier, cost))

    async def is_allowed(self, identifier: str) -> bool:
        """Take one request from the quota of an identifier; whether it was there."""
        return (await self.ahit(identifier)).allowed

    async def get_remaining_requests(self, identifier: str) -> int:
        """How many requests an identifier has left. Takes none and remembers nothing."""
        return (await self.apeek(identifier)).remaining


def _required(decision: Decision) -> Decision:
    if not decision.allowed:
        raise RateLimitExceeded(decision.retry_after)
    return decision

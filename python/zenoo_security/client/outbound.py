"""Rate limits on the calls that we make, so that no mistake and no client of ours overloads Odoo."""

from __future__ import annotations

from zenoo_security.errors import ParameterError
from zenoo_security.limits import BaseLimiter, Throttle

__all__ = ["Outbound"]


class Outbound:
    """Lets the calls to one server wait for their turn.

    Args:
        limits: a `Throttle`; or a `RateLimiter` or `RateLimits`, which then is waited for up to a minute.
        server: the address that the calls are counted under: with a store that several processes share, they count
            together.

    Raises:
        ParameterError: it is none of these.
    """

    __slots__ = ("_server", "_throttle")

    def __init__(self, limits: BaseLimiter | Throttle, server: str) -> None:
        if isinstance(limits, BaseLimiter):
            limits = Throttle(limits)
        if not isinstance(limits, Throttle):
            raise ParameterError("outbound is a RateLimiter, RateLimits or Throttle")
        self._throttle = limits
        self._server = server

    async def turn(self) -> None:
        """Wait until a call may go out.

        Raises:
            RateLimitExceeded: that would be too late, or too many wait already.
            StoreUnavailable: the store of the limits does not answer.
        """
        await self._throttle.atake(self._server)

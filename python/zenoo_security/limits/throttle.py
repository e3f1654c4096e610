"""Waiting for a rate limit instead of being refused: for calls of ours that would overload somebody else."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from typing import TYPE_CHECKING, Final

from zenoo_security.clock import SYSTEM_CLOCK, Clock
from zenoo_security.errors import ParameterError, RateLimitExceeded
from zenoo_security.limits.base import BaseLimiter
from zenoo_security.limits.decisions import decider
from zenoo_security.limits.identifier import identifier_bytes
from zenoo_security.limits.telling import Teller
from zenoo_security.stores import forks
from zenoo_security.stores.waiting import result_of

if TYPE_CHECKING:
    from zenoo_security._native import Decision

__all__ = ["Throttle"]

_MAX_WAIT_S: Final = 86_400.0
_MAX_WAITING: Final = 1_000_000
_LEAST_SLEEP_S: Final = 0.001


class Throttle:
    """Lets calls wait for their turn in a limiter.

    Those of one identifier come in the order in which they began to wait in this process; between processes that share
    a store, whoever asks first when a request is there again. A call that is cancelled while it waits has taken
    nothing, but for one that is cancelled while the store takes. What was taken is not given back.

    Args:
        limiter: a `RateLimiter` or `RateLimits`.
        max_wait_s: seconds that a call waits at most, 0 to 86,400. One that would wait longer is refused as soon as
            that is known; with 0 none waits.
        max_waiting: calls that wait at most, of all identifiers together, 1 to 1,000,000. One more is refused. One
            identifier can take all places: what must not stand behind it needs a `Throttle` of its own.
        clock: what tells the time; for tests.

    Raises:
        ParameterError: an argument is out of its range.

    >>> import asyncio
    >>> from zenoo_security.limits import RateLimits
    >>> odoo = Throttle(RateLimits("50/s"), max_wait_s=5)
    >>> asyncio.run(odoo.atake("erp.example.com")).remaining
    49
    """

    def __init__(
        self,
        limiter: BaseLimiter,
        *,
        max_wait_s: float = 60.0,
        max_waiting: int = 1000,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        if not isinstance(limiter, BaseLimiter):
            raise ParameterError("limiter is a RateLimiter or RateLimits")
        if not 0 <= max_wait_s <= _MAX_WAIT_S or not 1 <= max_waiting <= _MAX_WAITING:
            raise ParameterError(f"max_wait_s is 0 to {_MAX_WAIT_S:.0f} seconds, max_waiting 1 to {_MAX_WAITING:,}")
        self.limiter: Final = limiter
        self._max_wait_s: Final = max_wait_s
        self._max_waiting: Final = max_waiting
        self._clock: Final = clock
        self._teller = Teller(limiter.name, min(policy.window_s for policy in limiter.policies), clock)
        # Who waits, by identifier; the first of each tries, and the others wait for their turn to.
        self._queues: dict[str, deque[asyncio.Future[None]]] = {}
        self._waiting = 0
        self._lock = threading.Lock()
        forks.register(self)

    def take(self, identifier: str, cost: int = 1) -> Decision:
        """`atake` for code that cannot await.

        Raises:
            ParameterError: it would have to wait, and hold up the event loop of this thread.
        """
        identifier_bytes(identifier)
        if not self.limiter.waits and identifier not in self._queues:
            decision = self.limiter.try_hit(identifier, cost)
            if decision.allowed:
                return decision
        return result_of(self.atake(identifier, cost))

    async def atake(self, identifier: str, cost: int = 1) -> Decision:
        """Take from the quota of an identifier as soon as it is there.

        Raises:
            RateLimitExceeded: that would be after `max_wait_s`, or too many wait already.
            StoreUnavailable, InvalidInput, InputTooLarge, ParameterError: as from `BaseLimiter.hit`.
        """
        identifier_bytes(identifier)
        end = self._clock.monotonic() + self._max_wait_s
        if identifier not in self._queues:
            decision = await self.limiter.atry_hit(identifier, cost)
            if decision.allowed:
                return decision
        turn = self._queue_up(identifier)
        if turn is None:
            raise self._refusal(identifier, await self.limiter.apeek(identifier, cost))
        try:
            await asyncio.wait({turn}, timeout=max(end - self._clock.monotonic(), 0.0))
            if not turn.done():
                raise self._refusal(identifier, await self.limiter.apeek(identifier, cost))
            return await self._first(identifier, cost, end)
        finally:
            self._leave(identifier, turn)

    def before_fork(self) -> None:
        """Keep other threads out while this process is forked."""
        self._lock.acquire()

    def after_fork(self, *, in_child: bool) -> None:
        """Let them in again; those who wait are in the parent."""
        if in_child:
            self._queues, self._waiting = {}, 0
        self._lock.release()

    async def _first(self, identifier: str, cost: int, end: float) -> Decision:
        """Try until it is there."""
        while True:
            decision = await self.limiter.atry_hit(identifier, cost)
            if decision.allowed:
                return decision
            if self._clock.monotonic() + decision.retry_after > end:
                raise self._refusal(identifier, decision)
            await asyncio.sleep(max(decision.retry_after, _LEAST_SLEEP_S))

    def _refusal(self, identifier: str, decision: Decision) -> RateLimitExceeded:
        self._teller.refused(identifier, decider(self.limiter.policies, decision), decision)
        return RateLimitExceeded(decision.retry_after)

    def _queue_up(self, identifier: str) -> asyncio.Future[None] | None:
        """A place in the queue; `None` when there is none left."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        with self._lock:
            if self._waiting >= self._max_waiting:
                return None
            queue = self._queues.setdefault(identifier, deque())
            if not queue:
                turn.set_result(None)
            queue.append(turn)
            self._waiting += 1
        return turn

    def _leave(self, identifier: str, turn: asyncio.Future[None]) -> None:
        with self._lock:
            queue = self._queues.get(identifier)
            if queue is None or turn not in queue:
                # Of the process before a fork.
                return
            was_first = queue[0] is turn
            queue.remove(turn)
            self._waiting -= 1
            while queue and was_first and not _was_told(queue[0]):
                queue.popleft()
                self._waiting -= 1
            if not queue:
                del self._queues[identifier]


def _was_told(turn: asyncio.Future[None]) -> bool:
    """Let one try; not when its event loop has ended, and it waits no more."""
    try:
        turn.get_loop().call_soon_threadsafe(_give_turn, turn)
    except RuntimeError:
        return False
    return True


def _give_turn(turn: asyncio.Future[None]) -> None:
    if not turn.done():
        turn.set_result(None)

"""One attempt: reserved, and then settled by what came of it."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ParameterError, StoreError
from zenoo_security.stores import Outcome

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from types import TracebackType

    from typing_extensions import Self

    from zenoo_security.stores import Counter, Store

__all__ = ["Attempt", "Settlements"]

# Of the account, of the account from a network, of the network: whoever logs in to an account of their own must not
# clear what was counted for their network. Of a device there is one.
_SUCCESS: Final = (Outcome.CLEARED, Outcome.CLEARED, Outcome.GIVEN_BACK)
_FAILED: Final = (Outcome.FAILED,) * 3
_GIVEN_BACK: Final = (Outcome.GIVEN_BACK,) * 3


class Settlements:
    """Where attempts are settled.

    Args:
        store: where the counters are.
    """

    def __init__(self, store: Store) -> None:
        self.store: Final = store
        # The event loop alone would not keep them alive.
        self._running: set[asyncio.Future[None]] = set()

    async def finish(self, settling: Coroutine[None, None, None]) -> None:
        """Settle even when the task that waits for it is cancelled."""
        task = asyncio.ensure_future(settling)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.shield(task)


class Attempt:
    """An attempt that was reserved. It is settled once.

    In an `async with` block an attempt that was not settled at the end has failed, whatever ended the block: an
    exception, a cancelled task, or nothing.
    """

    __slots__ = ("_counters", "_settlements")

    def __init__(self, settlements: Settlements, counters: Sequence[Counter]) -> None:
        self._settlements = settlements
        self._counters: Sequence[Counter] | None = counters

    def succeeded(self) -> Coroutine[None, None, None]:
        """All factors were right: forget the failures of the account, and of the account from this network.

        Raises:
            StoreUnavailable: nothing was forgotten for certain; the login must not go on.
            ParameterError: it was settled before.
        """
        return self._settle(_SUCCESS)

    async def failed(self) -> None:
        """Something was wrong: count it towards the stop. A task that is cancelled meanwhile does not prevent that.

        Raises:
            StoreUnavailable: it may not count towards the stop; the delay stands.
            ParameterError: it was settled before.
        """
        await self._settlements.finish(self._settle(_FAILED))

    def give_back(self) -> Coroutine[None, None, None]:
        """As if it had not been: Odoo was down, or the password was right and a code is still to come.

        Raises:
            StoreUnavailable: it may still count as an attempt, whose delay passes.
            ParameterError: it was settled before.
        """
        return self._settle(_GIVEN_BACK)

    def _settle(self, outcomes: tuple[Outcome, ...]) -> Coroutine[None, None, None]:
        counters, self._counters = self._counters, None
        if counters is None:
            raise ParameterError("an attempt is settled once")
        if len(counters) < len(outcomes):
            outcomes = outcomes[: len(counters)]
        return self._settlements.store.settle(counters, outcomes)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._counters is None:
            return
        # What ended the block is what the caller must see; the reservation stands without the store.
        with contextlib.suppress(*[StoreError] if error else []):
            await self.failed()

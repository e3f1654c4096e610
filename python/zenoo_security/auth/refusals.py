"""Every refusal of a login takes the same time: a fixed one from the question, or a multiple of it.

Odoo refuses an unknown user in 10 ms and a wrong password in 300; a locked account does not get as far as Odoo. A dummy
hash cannot even that out, because the work is done by another server, at its own pace. So the answer waits.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from zenoo_security.clock import SYSTEM_CLOCK, Clock
from zenoo_security.errors import LoginFailed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["Refusals"]


class Refusals:
    """Holds back what was refused.

    Args:
        duration_s: seconds from the question to the answer, more than Odoo takes to refuse. When the work took longer,
            the answer comes at the next multiple.
        clock: measures the work.
    """

    def __init__(self, duration_s: float, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._duration_s = duration_s
        self._clock = clock

    @asynccontextmanager
    async def alike(self) -> AsyncIterator[None]:
        """Let a `LoginFailed` of the block out after the wait; anything else passes at once."""
        started = self._clock.monotonic()
        try:
            yield
        except LoginFailed as refusal:
            await asyncio.sleep(self.rest_s(self._clock.monotonic() - started))
            # The reason hangs there, for whatever follows it into a log.
            refusal.__context__ = None
            raise

    def rest_s(self, spent_s: float) -> float:
        """Seconds to wait after so many seconds of work."""
        return self._duration_s - spent_s % self._duration_s

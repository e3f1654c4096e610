"""The time of an event loop, which passes quickly where nothing but a time-out is waited for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

    import pytest

__all__ = ["Haste"]

T = TypeVar("T")

_STEP_S = 10.0
_TICK_S = 0.01


class Haste:
    """Lets the time of the running event loop pass: a time-out can be long, however busy the machine is, and be over.

    It is over for everything in the loop: nothing else may be under way that has a time-out.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        loop = asyncio.get_running_loop()
        self._ahead_s, time = 0.0, loop.time
        monkeypatch.setattr(loop, "time", lambda: time() + self._ahead_s)

    async def until(self, end: Coroutine[Any, Any, T]) -> T:
        """Let ten seconds pass in a hundredth of one, until this has ended."""
        task = asyncio.ensure_future(end)
        try:
            while not task.done():
                self._ahead_s += _STEP_S
                await asyncio.sleep(_TICK_S)
            return await task
        finally:
            task.cancel()

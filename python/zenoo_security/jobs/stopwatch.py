"""How long a job runs, and how much of that it waits for Odoo."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from zenoo_security.clock import SYSTEM_CLOCK

if TYPE_CHECKING:
    from collections.abc import Awaitable

__all__ = ["Stopwatch"]

T = TypeVar("T")


class Stopwatch:
    """Runs from when it is made.

    Args:
        seconds: what it shows at first.
        waited_s: the same, of the seconds spent in `waiting`.
    """

    def __init__(self, seconds: float = 0.0, waited_s: float = 0.0) -> None:
        self._started = SYSTEM_CLOCK.monotonic() - seconds
        self.waited_s = waited_s

    @property
    def seconds(self) -> float:
        """What it shows."""
        return SYSTEM_CLOCK.monotonic() - self._started

    async def waiting(self, answer: Awaitable[T]) -> T:
        """Wait for an answer, and count the time."""
        before = self.seconds
        try:
            return await answer
        finally:
            self.waited_s += self.seconds - before

"""Many ask for the same at once, one goes: the others wait for what it brings."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

__all__ = ["Flights"]

T = TypeVar("T")


class Flights(Generic[T]):
    """The work that is under way, by its key. For one event loop at a time; others begin their own."""

    def __init__(self) -> None:
        self._tasks: dict[tuple[asyncio.AbstractEventLoop, Hashable], asyncio.Future[T]] = {}

    async def join(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """Do the work, or wait for who is doing it. Its result or exception is everybody's.

        Whoever gives up waiting leaves the others theirs.
        """
        place = (asyncio.get_running_loop(), key)
        task = self._tasks.get(place)
        if task is None:
            task = self._tasks[place] = asyncio.ensure_future(work())
            task.add_done_callback(lambda done: self._land(place, done))
        return await asyncio.shield(task)

    def _land(self, place: tuple[asyncio.AbstractEventLoop, Hashable], task: asyncio.Future[T]) -> None:
        self._tasks.pop(place, None)
        if not task.cancelled():
            # Looked at, in case that nobody waits any more.
            task.exception()

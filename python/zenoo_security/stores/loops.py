"""What a store keeps for each event loop: sockets belong to the loop and to the process that opened them."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

__all__ = ["PerLoop"]

T = TypeVar("T")


class _Key(NamedTuple):
    pid: int
    loop: asyncio.AbstractEventLoop

    @classmethod
    def current(cls) -> _Key:
        return cls(os.getpid(), asyncio.get_running_loop())


@dataclass(frozen=True)
class _Entry(Generic[T]):
    thing: T
    closer: AsyncGenerator[None, None]


class PerLoop(Generic[T]):
    """One thing for each event loop of each process, made at its first use there.

    It is closed when its loop ends in the usual way (`asyncio.run`, and all that call `shutdown_asyncgens`), so that a
    WSGI application which runs every call in a loop of its own leaves no socket behind. What a forked process inherits
    is never touched there, not even to close it: the parent goes on with it.

    Args:
        make: makes one; called in the loop.
        close: closes it.
    """

    def __init__(self, make: Callable[[], T], close: Callable[[T], Awaitable[None]]) -> None:
        self._make = make
        self._close = close
        # No lock: single operations of a dict are atomic, and a lock that is held during a fork stays so in the child.
        self._entries: dict[_Key, _Entry[T]] = {}

    async def get(self) -> T:
        """The thing of the running loop."""
        key = _Key.current()
        entry = self._entries.get(key)
        return entry.thing if entry is not None else await self._open(key)

    async def aclose(self) -> None:
        """Close that of the running loop. Those of other loops are closed when these end."""
        entry = self._entries.pop(_Key.current(), None)
        if entry is not None:
            await entry.closer.aclose()

    async def _open(self, key: _Key) -> T:
        self._forget_dead_loops(key.pid)
        thing = self._make()
        closer = self._closer(key, thing)
        self._entries[key] = _Entry(thing, closer)
        # Makes the loop know it: at its end a loop closes the asynchronous generators that were begun in it.
        await closer.__anext__()
        return thing

    async def _closer(self, key: _Key, thing: T) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            self._entries.pop(key, None)
            await self._close(thing)

    def _forget_dead_loops(self, pid: int) -> None:
        for key in list(self._entries):
            if key.pid == pid and key.loop.is_closed():
                self._entries.pop(key, None)

"""Events in a store, for those who want to show the last ones."""

from __future__ import annotations

import asyncio
import secrets
import selectors
from typing import TYPE_CHECKING, Final

from zenoo_security.audit import forks
from zenoo_security.audit.sinks.background import Background
from zenoo_security.errors import ParameterError

if TYPE_CHECKING:
    from zenoo_security.audit.entry import Entry
    from zenoo_security.stores import Store

__all__ = ["StoreSink"]

_PREFIX: Final = b"audit/"
_MOST: Final = 1_000_000
_MAX_TTL_S: Final = 10 * 366 * 86_400.0


class _Writer:
    """Puts events into a store, in the thread of a `Background`: stores are asked on an event loop."""

    def __init__(self, store: Store, ttl_s: float, most: int) -> None:
        self._store = store
        self._ttl_s = ttl_s
        self._most = most
        self._count = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._inherited: list[asyncio.AbstractEventLoop] = []
        self._run = b""
        forks.register(self)

    def in_child(self) -> None:
        """The parent goes on with its loop: that is not touched here, not even to close it."""
        if self._loop is not None:
            self._inherited.append(self._loop)
            self._loop = None

    def __call__(self, entry: Entry) -> None:
        if self._loop is None:
            # A process that is forked shares an `epoll` with its parent, and would take its wake-ups.
            self._loop = asyncio.SelectorEventLoop(selectors.PollSelector())
            self._run = secrets.token_bytes(8)
        key = _PREFIX + self._run + (self._count % self._most).to_bytes(4, "big")
        self._count += 1
        self._loop.run_until_complete(self._store.put(key, entry.line, ttl_s=self._ttl_s))

    def close(self) -> None:
        """Close what the loop of the thread has open."""
        loop, self._loop = self._loop, None
        if loop is not None:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()


class StoreSink(Background):
    """Keeps the last events of each process in a store, in the background; `entries` reads those of all of them.

    Not a replacement for a file: what has access to the store can change what is in it.

    Args:
        store: where they are kept.
        ttl_s: seconds after which one is forgotten, up to ten years; 90 days unless given.
        most: how many are kept of each process, 1 to 1,000,000.
        capacity: as for `Background`.

    Raises:
        ParameterError: a number is out of its range.
    """

    def __init__(
        self, store: Store, *, ttl_s: float = 90 * 86_400.0, most: int = 10_000, capacity: int = 10_000
    ) -> None:
        if not 0 < ttl_s <= _MAX_TTL_S or not 1 <= most <= _MOST:
            raise ParameterError("ttl_s is over 0 and up to ten years, most 1 to 1,000,000")
        super().__init__(_Writer(store, ttl_s, most), capacity=capacity)
        self._store = store

    async def entries(self) -> list[str]:
        """The lines of all processes that the store still has, the oldest first."""
        return sorted([line.decode() async for _, line in self._store.scan(_PREFIX)])

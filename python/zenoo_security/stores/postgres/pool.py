"""Connections to PostgreSQL: few, kept, and never reused after anything went wrong on them."""

from __future__ import annotations

import asyncio
import os
import select
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from psycopg import waiting
from psycopg.conninfo import make_conninfo
from psycopg.pq import TransactionStatus

from zenoo_security.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from psycopg.abc import PQGen

__all__ = ["Connection", "Pool"]

_T = TypeVar("_T")
_WAIT_INTERVAL_S = 0.1


class Connection(psycopg.AsyncConnection[tuple[Any, ...]]):
    """One that is closed at once when a statement on it fails, is cancelled or takes too long.

    psycopg would ask the server to cancel, and wait for it; a server that hangs does not answer that either. The
    answer that is still to come dies with the connection.
    """

    async def wait(self, gen: PQGen[_T], interval: float = _WAIT_INTERVAL_S, timeout: float | None = None) -> _T:
        """Go through the steps of a statement."""
        del timeout
        try:
            return await waiting.wait_async(gen, self.pgconn.socket, interval=interval)
        except BaseException:
            self.pgconn.finish()
            raise

    def is_usable(self) -> bool:
        """Whether nothing is under way and the server has not closed it meanwhile; asks the kernel only."""
        if self.closed or self.pgconn.transaction_status != TransactionStatus.IDLE:
            return False
        poll = select.poll()
        poll.register(self.pgconn.socket, select.POLLIN)
        return not poll.poll(0)


class Pool:
    """Connections for one process, used from any of its threads and event loops.

    An idle connection belongs to no event loop, so that an application that runs each call in a loop of its own keeps
    its connections all the same. In a child process those of the parent are left alone.

    Args:
        parameters: of a connection.
        size: the most connections for each event loop, and the most that are kept.
    """

    def __init__(self, parameters: Mapping[str, str], size: int) -> None:
        self._conninfo = make_conninfo(**parameters)
        self._size = size
        self._closed = False
        self._inherited: list[object] = []
        self._begin()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Lend a connection, an idle one or a new one.

        Raises:
            StoreUnavailable: the pool is closed.
            psycopg.Error: the server cannot be reached.
        """
        self._leave_to_parent()
        async with self._slot():
            if self._closed:
                raise StoreUnavailable("the store is closed")
            connection = await self._take()
            try:
                yield connection
            finally:
                await self._give_back(connection)

    async def aclose(self) -> None:
        """Close what is idle; what is lent is closed when it comes back."""
        self._leave_to_parent()
        self._closed = True
        while (connection := self._latest()) is not None:
            await connection.close()

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._idle: deque[Connection] = deque()
        self._slots: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}

    def _leave_to_parent(self) -> None:
        """After a fork: neither use nor close what the parent uses."""
        if self._pid != os.getpid():
            self._inherited.append(self._idle)
            self._begin()

    def _slot(self) -> asyncio.Semaphore:
        loop = asyncio.get_running_loop()
        slot = self._slots.get(loop)
        if slot is None:
            # Not in a WeakKeyDictionary: a semaphore that somebody waited for holds its loop.
            for each in list(self._slots):
                if each.is_closed():
                    self._slots.pop(each, None)
            slot = self._slots.setdefault(loop, asyncio.Semaphore(self._size))
        return slot

    async def _take(self) -> Connection:
        while (connection := self._latest()) is not None:
            if connection.is_usable():
                return connection
            await connection.close()
        # Prepared statements would be lost, or another's, behind a pooler that changes servers between transactions.
        return await Connection.connect(self._conninfo, autocommit=True, prepare_threshold=None)

    def _latest(self) -> Connection | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    async def _give_back(self, connection: Connection) -> None:
        if self._closed or len(self._idle) >= self._size or not connection.is_usable():
            await connection.close()
        else:
            self._idle.append(connection)

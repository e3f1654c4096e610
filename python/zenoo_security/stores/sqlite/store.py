"""The operations of a store in one file."""

from __future__ import annotations

import asyncio
import functools
import os
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from zenoo_security.clock import BOOT_CLOCK
from zenoo_security.errors import ConfigurationError, ParameterError, StoreUnavailable
from zenoo_security.stores import bounds, forks
from zenoo_security.stores.sqlite import operations
from zenoo_security.stores.sqlite.connection import Connection
from zenoo_security.stores.sqlite.timeline import Timeline, boot_id
from zenoo_security.stores.sqlite.writer import Writer

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator, Callable, Sequence

    from zenoo_security.clock import Clock
    from zenoo_security.stores.attempts import Counter, Outcome
    from zenoo_security.stores.protocol import Taken
    from zenoo_security.stores.quota import Quota

__all__ = ["SqliteStore"]

_T = TypeVar("_T")

_MIN_BYTES: Final = 1024 * 1024
_GRACE_S: Final = 1.0


class SqliteStore:
    """Everything in one file, shared by the processes of one machine. The file must not be on a network share.

    The file is made with mode 0600 where there is none; one that others may read or write is refused. What was
    acknowledged is on the disk: a power cut loses nothing of it. Reads are done at once, in some microseconds. Writes
    are done by a thread, those that wait together in one transaction, so no event loop waits for the disk or for
    another process.

    Time is the kernel's since it started; setting the calendar changes nothing until the machine is started again, and
    even then time never runs back. What has expired is removed little by little by those who write.

    Any thread and any event loop may call any method. A process may be forked at any time: connections are closed
    before, and opened again by parent and child when they need one.

    Args:
        path: the file. Beside it SQLite keeps two more, `-wal` and `-shm`.
        timeout_s: seconds to wait for another process that writes, over 0 and up to 60. A call that had to wait for
            others of this process is refused after twice as long, and a second.
        max_bytes: how large the file may grow, at least 1 MiB. When it is full, nothing can be added.
        clock: what tells the time; for tests.

    Raises:
        ParameterError: `timeout_s` or `max_bytes` is out of its range.
        ConfigurationError: the file is open to others, belongs to somebody else, or cannot be made.
        StoreIncompatible: it was made by another version, or by something else.
        StoreUnavailable: it is locked for too long, or damaged.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        timeout_s: float = 5.0,
        max_bytes: int = 4 * 1024**3,
        clock: Clock = BOOT_CLOCK,
    ) -> None:
        if not 0 < timeout_s <= 60:  # noqa: PLR2004 (documented above)
            raise ParameterError("timeout_s is over 0 and up to 60 seconds")
        if max_bytes < _MIN_BYTES:
            raise ParameterError("max_bytes is at least 1 MiB")
        self._timeout_s = timeout_s
        self._timeline = Timeline(clock, boot_id())
        connection = functools.partial(Connection, _absolute(path), self._timeline, max_bytes=max_bytes)
        # A read that finds the file locked does not wait on the event loop, but is done again by the writer's thread.
        self._reads = connection(timeout_s=0.0)
        self._writes = connection(timeout_s=timeout_s)
        self._writer = self._new_writer()
        self._pid = os.getpid()
        self._closed = False
        self._writes.open()
        forks.register(self)

    async def get(self, key: bytes) -> bytes | None:
        """See `Store.get`."""
        bounds.check_key(key)
        rows = await self._read(operations.GET, (key,))
        return rows[0][0] if rows else None

    async def put(self, key: bytes, value: bytes, *, ttl_s: float | None) -> None:
        """See `Store.put`."""
        bounds.check_entry(key, value, ttl_s)
        await self._write(lambda connection, now: operations.put(connection, now, key, value, ttl_s))

    async def add(self, key: bytes, value: bytes, *, ttl_s: float | None) -> bool:
        """See `Store.add`."""
        bounds.check_entry(key, value, ttl_s)
        return await self.compare_and_set(key, None, value, ttl_s=ttl_s)

    async def delete(self, key: bytes) -> bool:
        """See `Store.delete`."""
        bounds.check_key(key)
        return await self._write(lambda connection, now: operations.delete(connection, now, key))

    async def compare_and_set(
        self, key: bytes, expected: bytes | None, value: bytes | None, *, ttl_s: float | None
    ) -> bool:
        """See `Store.compare_and_set`."""
        bounds.check_change(key, expected, value, ttl_s)
        return await self._write(
            lambda connection, now: operations.compare_and_set(
                connection, now, key, expected=expected, value=value, ttl_s=ttl_s
            )
        )

    async def take(self, quotas: Sequence[Quota], *, cost: int = 1) -> tuple[Taken, ...]:
        """See `Store.take`."""
        bounds.check_take(quotas, cost)
        return await self._write(lambda connection, now: operations.take(connection, now, quotas, cost))

    async def peek(self, quotas: Sequence[Quota], *, cost: int = 1) -> tuple[Taken, ...]:
        """See `Store.peek`."""
        bounds.check_take(quotas, cost)
        query, arguments = operations.quota_rows(quotas)
        return operations.peek(await self._read(query, arguments), self._timeline.now(), quotas, cost)

    async def forget(self, quotas: Sequence[Quota]) -> int:
        """See `Store.forget`."""
        bounds.check_quotas(quotas)
        return await self._write(lambda connection, now: operations.forget(connection, now, quotas))

    async def reserve(self, counters: Sequence[Counter]) -> float:
        """See `Store.reserve`."""
        bounds.check_counters(counters)
        return await self._write(lambda connection, now: operations.reserve(connection, now, counters))

    async def settle(self, counters: Sequence[Counter], outcomes: Sequence[Outcome]) -> None:
        """See `Store.settle`."""
        bounds.check_outcomes(counters, outcomes)
        await self._write(lambda connection, now: operations.settle(connection, now, counters, outcomes))

    async def scan(self, prefix: bytes) -> AsyncIterator[tuple[bytes, bytes]]:
        """See `Store.scan`. It reads some at a time, and so keeps nothing from being written."""
        bounds.check_prefix(prefix)
        after = b""
        while True:
            query, arguments = operations.page(prefix, after)
            rows = await self._read(query, arguments)
            if not rows:
                return
            for key, value in rows:
                yield key, value
            after = rows[-1][0]
            await asyncio.sleep(0)

    async def now(self) -> float:
        """See `Store.now`."""
        self._check_open()
        return self._timeline.now()

    async def aclose(self) -> None:
        """Finish what was begun and close the file. A call afterwards raises `StoreUnavailable`."""
        if not self._closed and self._pid == os.getpid():
            self._closed = True
            await asyncio.to_thread(self._close)

    def before_fork(self) -> None:
        """Close the connections while this process is forked."""
        self._writes.hold()
        self._reads.hold()

    def after_fork(self, *, in_child: bool) -> None:
        """Let them be opened again; the child has no thread that writes."""
        if in_child:
            self._pid = os.getpid()
            self._writer = self._new_writer()
        self._reads.release()
        self._writes.release()

    async def _read(self, query: str, arguments: Sequence[object]) -> list[Any]:
        """The rows of a query whose first argument is the time."""
        self._check_open()
        try:
            return self._reads.read(query, (self._timeline.now(), *arguments))
        except StoreUnavailable:
            # Maybe seconds later: what has expired meanwhile is not there.
            return await self._write(lambda connection, now: connection.execute(query, (now, *arguments)).fetchall())

    async def _write(self, work: Callable[[sqlite3.Connection, float], _T]) -> _T:
        self._check_open()
        call = asyncio.wrap_future(self._writer.submit(work))
        try:
            # The thread waits for locks no longer; a disk that hangs it could wait for without end.
            await asyncio.wait({call}, timeout=2 * self._timeout_s + _GRACE_S)
        finally:
            call.cancel()
        if call.cancelled():
            raise StoreUnavailable("the disk hangs: what was to be written may or may not be written later")
        return call.result()

    def _new_writer(self) -> Writer:
        writer = Writer(self._writes, self._timeout_s)
        # Ends the thread of a store that was never closed.
        weakref.finalize(self, writer.stop_later)
        return writer

    def _check_open(self) -> None:
        if self._closed:
            raise StoreUnavailable("the store is closed")
        if self._pid != os.getpid():
            raise StoreUnavailable("this process was forked without Python's knowledge: open the store after the fork")

    def _close(self) -> None:
        self._writer.stop()
        self._writes.close()
        self._reads.close()


def _absolute(path: str | os.PathLike[str]) -> Path:
    name = os.fspath(path)
    if not name or "\0" in name:
        raise ConfigurationError("the path of the store is empty or has a NUL in it")
    return Path(name).absolute()

"""A connection to the file that is opened when it is needed, and closed while the process is forked."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any, TypeAlias

from zenoo_security.errors import StoreUnavailable
from zenoo_security.stores.sqlite import file, operations

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from zenoo_security.stores.sqlite.timeline import Timeline

__all__ = ["Connection", "Work"]

Work: TypeAlias = "Callable[[sqlite3.Connection, float], Any]"
"""What is done with a connection at a time of the store."""


class Connection:
    """One connection, used by one thread at a time.

    Args:
        path: the file.
        timeline: its time.
        timeout_s: seconds to wait for the lock of another process.
        max_bytes: how large the file may grow.
    """

    def __init__(self, path: Path, timeline: Timeline, *, timeout_s: float, max_bytes: int) -> None:
        self._path = path
        self._timeline = timeline
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._opened: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None

    def open(self) -> None:
        """Open it now, for its errors."""
        with self._lock, file.translated(self._path):
            self._connection()

    def read(self, query: str, arguments: Sequence[object]) -> list[Any]:
        """The rows of a query."""
        with self._lock, file.translated(self._path):
            return self._connection().execute(query, arguments).fetchall()

    def write(self, works: Sequence[Work]) -> list[Any]:
        """Do several pieces of work in one transaction; what each of them returned, or the exception that it raised."""
        with self._lock, file.translated(self._path):
            connection = self._connection()
            try:
                return self._together(connection, works)
            except StoreUnavailable:
                return self._one_by_one(connection, works)

    def close(self) -> None:
        """Close it; the next call opens it again."""
        with self._lock:
            self._close()

    def hold(self) -> None:
        """Close it and keep everybody from opening it."""
        self._lock.acquire()
        self._close()

    def release(self) -> None:
        """Undo `hold`."""
        self._lock.release()

    def _together(self, connection: sqlite3.Connection, works: Sequence[Work]) -> list[Any]:
        with _transaction(connection):
            now = self._timeline.now()
            operations.purge(connection, now, len(works))
            results = [self._do(work, connection, now) for work in works]
            self._timeline.record(connection, now)
        return results

    def _do(self, work: Work, connection: sqlite3.Connection, now: float) -> Any:
        connection.execute("SAVEPOINT work")
        try:
            with file.translated(self._path):
                result = work(connection, now)
        except Exception as error:
            if not connection.in_transaction:
                # SQLite has rolled back everything, as it does when there is no space.
                raise
            result = error
            connection.execute("ROLLBACK TO work")
        connection.execute("RELEASE work")
        return result

    def _one_by_one(self, connection: sqlite3.Connection, works: Sequence[Work]) -> list[Any]:
        """So that one which finds no space fails alone. What had expired is back after a rollback and goes first."""
        with _transaction(connection):
            operations.purge(connection, self._timeline.now(), len(works))
        results: list[Any] = []
        for work in works:
            try:
                results += self._together(connection, [work])
            except StoreUnavailable as error:  # noqa: PERF203 (each has its own)
                results.append(error)
        return results

    def _connection(self) -> sqlite3.Connection:
        if self._opened is None:
            self._opened = self._open()
            self._identity = file.identity(self._path)
        elif self._identity != file.identity(self._path):
            # What is written to a file that has lost its name is lost.
            self._close()
            raise StoreUnavailable(f"{self._path}: the file was removed or replaced")
        return self._opened

    def _open(self) -> sqlite3.Connection:
        file.create(self._path, self._timeline)
        connection = file.connect(self._path, timeout_s=self._timeout_s, max_bytes=self._max_bytes)
        try:
            self._timeline.anchor(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _close(self) -> None:
        if self._opened:
            self._opened.close()
            self._opened = None


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")

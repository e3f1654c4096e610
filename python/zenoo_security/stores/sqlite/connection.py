"""A connection to the file that is opened when it is needed, and closed while the process is forked."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from typing import TYPE_CHECKING, Any

from zenoo_security.stores.sqlite import file, operations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from zenoo_security.stores.sqlite.timeline import Timeline

__all__ = ["Connection"]


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

    def open(self) -> None:
        """Open it now, for its errors."""
        with self._lock, file.translated(self._path):
            self._connection()

    def read(self, query: str, arguments: Sequence[object]) -> list[Any]:
        """The rows of a query."""
        with self._lock, file.translated(self._path):
            return self._connection().execute(query, arguments).fetchall()

    def write(self, works: Sequence[Callable[[sqlite3.Connection, float], Any]]) -> list[Any]:
        """Do several pieces of work in one transaction."""
        with self._lock, file.translated(self._path):
            connection = self._connection()
            try:
                with self._transaction(connection) as now:
                    return [work(connection, now) for work in works]
            except sqlite3.OperationalError as error:
                if "full" in str(error):
                    # The rollback brought back what had expired; without this it would be in the way for ever.
                    with self._transaction(connection):
                        pass
                raise

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

    @contextlib.contextmanager
    def _transaction(self, connection: sqlite3.Connection) -> Iterator[float]:
        connection.execute("BEGIN IMMEDIATE")
        try:
            now = self._timeline.now()
            operations.purge(connection, now)
            yield now
            self._timeline.record(connection, now)
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def _connection(self) -> sqlite3.Connection:
        if self._opened is None:
            file.create(self._path, self._timeline)
            opened = file.connect(self._path, timeout_s=self._timeout_s, max_bytes=self._max_bytes)
            try:
                self._timeline.anchor(opened)
            except BaseException:
                opened.close()
                raise
            self._opened = opened
        return self._opened

    def _close(self) -> None:
        if self._opened:
            self._opened.close()
            self._opened = None

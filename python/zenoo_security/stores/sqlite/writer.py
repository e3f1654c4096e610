"""The thread that writes, so that no event loop waits for the lock of another process or for the disk.

Calls that have come meanwhile are done in one transaction: however many wait, the disk is waited for once.
"""

from __future__ import annotations

import queue
import threading
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from zenoo_security.errors import StoreUnavailable

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from zenoo_security.stores.sqlite.connection import Connection

__all__ = ["Writer"]

_MOST_TOGETHER: Final = 256

_T = TypeVar("_T")


class _Call(NamedTuple):
    work: Callable[[sqlite3.Connection, float], Any]
    future: Future[Any]
    given_up_at: float


class Writer:
    """Does work on a connection of its own, each piece within a transaction.

    Args:
        connection: the connection.
        timeout_s: seconds after which a call that has not begun is refused.
    """

    def __init__(self, connection: Connection, timeout_s: float) -> None:
        self._connection = connection
        self._timeout_s = timeout_s
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def submit(self, work: Callable[[sqlite3.Connection, float], _T]) -> Future[_T]:
        """Have something done with the connection and the store's time.

        Raises:
            StoreUnavailable: there is no thread to do it.
        """
        future: Future[_T] = Future()
        if self._thread is None:
            self._start()
        self._calls.put(_Call(work, future, time.monotonic() + self._timeout_s))
        return future

    def stop(self) -> None:
        """End the thread when it has done what came before."""
        self.stop_later()
        if self._thread:
            self._thread.join()

    def stop_later(self) -> None:
        """The same, without waiting for it."""
        self._calls.put(None)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="zenoo-security-sqlite", daemon=True)
                try:
                    thread.start()
                except RuntimeError:
                    raise StoreUnavailable(
                        "this process can start no more threads, and so not the one that writes"
                    ) from None
                # Not before: who finds it here relies on it.
                self._thread = thread

    def _run(self) -> None:
        calls: list[_Call | None] = []
        while None not in calls:
            calls = [self._calls.get()]
            while not self._calls.empty() and len(calls) < _MOST_TOGETHER:
                calls.append(self._calls.get())
            self._do([call for call in calls if call and call.future.set_running_or_notify_cancel()])

    def _do(self, calls: Sequence[_Call]) -> None:
        now = time.monotonic()
        for call in calls:
            if call.given_up_at < now:
                call.future.set_exception(StoreUnavailable("the writers before this one took too long"))
        self._write([call for call in calls if call.given_up_at >= now])

    def _write(self, calls: Sequence[_Call]) -> None:
        if not calls:
            return
        try:
            results = self._connection.write([call.work for call in calls])
        except Exception as error:  # noqa: BLE001 (goes to those who asked)
            for call in calls:
                # One for each: whoever raises an exception adds to its traceback.
                call.future.set_exception(type(error)(*error.args))
            return
        for call, result in zip(calls, results, strict=True):
            if isinstance(result, Exception):
                call.future.set_exception(result)
            else:
                call.future.set_result(result)

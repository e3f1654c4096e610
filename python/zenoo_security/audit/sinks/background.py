"""A thread between the log and a sink that may be slow."""

from __future__ import annotations

import atexit
import contextlib
import queue
import threading
import time
from typing import TYPE_CHECKING, Final

from zenoo_security.audit import forks
from zenoo_security.audit.delivery import GUARD, Delivery
from zenoo_security.audit.entry import Closing, is_sink
from zenoo_security.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from zenoo_security.audit.entry import Entry, Sink
    from zenoo_security.clock import Clock

__all__ = ["Background"]

_CLOSE_S: Final = 5.0
_MOST: Final = 1_000_000


class Background:
    """Hands events to a sink in a thread of its own, so that no call waits for it.

    What waits in the queue is written when the process ends, and lost when it is killed. A queue that is full loses the
    event that comes next; so does a sink that fails. Both are counted and reported as for any sink, and neither refuses
    a call of a `required` log.

    Args:
        sink: takes the events.
        capacity: how many of them may wait, 1 to 1,000,000.

    Raises:
        ParameterError: the sink is none, or the capacity is out of range.
    """

    def __init__(self, sink: Sink, *, capacity: int = 10_000) -> None:
        if not is_sink(sink) or not 1 <= capacity <= _MOST:
            raise ParameterError("a sink is no class and no async function; the capacity is 1 to 1,000,000 events")
        self.sink: Final = sink
        self.name: Final = f"Background({getattr(sink, '__name__', type(sink).__name__)})"
        self._capacity = capacity
        self._follow_up: Callable[..., None] | None = None
        self._delivery: Delivery | None = None
        self.in_child()
        forks.register(self)

    def in_child(self) -> None:
        """The thread stays with the parent, and so does what waits for it."""
        self._running = False
        self._starting = threading.Lock()

    def tell_to(self, follow_up: Callable[..., None], clock: Clock) -> None:
        """Report failures, and what the sink has to say, to a log; the log calls this."""
        self._follow_up, self._delivery = follow_up, Delivery(self.sink, clock)

    def __call__(self, entry: Entry) -> None:
        """Put an event into the queue; one that finds it full is lost."""
        if not self._running:
            self._start()
        try:
            self._queue.put_nowait(entry)
        except queue.Full as error:
            self._lose(error)

    def close(self) -> None:
        """Wait until the queue is empty, up to 5 seconds, and close the sink."""
        if self._running:
            self._running = False
            atexit.unregister(self.close)
            until = time.monotonic() + _CLOSE_S
            with contextlib.suppress(queue.Full):
                self._queue.put(None, timeout=_CLOSE_S)
            self._thread.join(max(0.0, until - time.monotonic()))

    def _start(self) -> None:
        with self._starting:
            if not self._running:
                self._queue: queue.Queue[Entry | None] = queue.Queue(self._capacity)
                self._thread = threading.Thread(target=self._run, args=(self._queue,), name=self.name, daemon=True)
                self._thread.start()
                self._running = True
                atexit.register(self.close)

    def _lose(self, error: Exception) -> None:
        if self._delivery is None:
            raise error
        self._delivery.fail(error)
        self._report(self._delivery, None, worked=False)

    def _run(self, entries: queue.Queue[Entry | None]) -> None:
        GUARD.busy = True
        while (entry := entries.get()) is not None:
            if self._delivery is None:
                self.sink(entry)
            else:
                worked, made = self._delivery(entry)
                self._report(self._delivery, made, worked=worked)
        if isinstance(self.sink, Closing):
            self.sink.close()

    def _report(self, delivery: Delivery, made: object, *, worked: bool) -> None:
        if self._follow_up is not None and (made is not None or delivery.lost):
            self._follow_up(delivery, made, worked=worked)

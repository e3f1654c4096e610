"""One sink as the log sees it: what fails is counted, and told now and then."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from zenoo_security.audit import forks

if TYPE_CHECKING:
    from zenoo_security.audit.entry import Entry, Sink
    from zenoo_security.clock import Clock

__all__ = ["GUARD", "Delivery"]

_REPORT_EVERY_S: Final = 60.0


class Delivery:
    """Hands events to a sink.

    Args:
        sink: takes them.
        clock: measures the time between two reports.

    Attributes:
        sink: that one.
        name: how reports call it.
        error: the name of the last exception.
        lost: how many events it did not take since it worked.
    """

    def __init__(self, sink: Sink, clock: Clock) -> None:
        self.sink: Final = sink
        self.name: Final = getattr(sink, "name", None) or getattr(sink, "__name__", None) or type(sink).__name__
        self.error: str | None = None
        self._clock = clock
        self.lost = 0
        self._reported_at: float | None = None
        self._lock = threading.Lock()
        forks.register(self)

    def in_child(self) -> None:
        """See `Forked`."""
        self._lock = threading.Lock()

    def __call__(self, entry: Entry) -> tuple[bool, object]:
        """Hand over an event. Whether that worked, and what the sink returned."""
        try:
            return True, self.sink(entry)
        except Exception as error:  # noqa: BLE001 - whatever a sink does wrong, the call that is told of goes on
            self.fail(error)
            return False, None

    def fail(self, error: Exception) -> None:
        """Count an event that is lost."""
        with self._lock:
            self.lost += 1
            self.error = type(error).__name__

    def to_tell(self, *, worked: bool) -> int | None:
        """How many events are lost, when it is time to say so: at the first one, once a minute, and at the end."""
        now = self._clock.monotonic()
        with self._lock:
            lost = self.lost
            if worked:
                self.lost, self._reported_at = 0, None
            elif self._reported_at is None or now - self._reported_at >= _REPORT_EVERY_S:
                self._reported_at = now
            else:
                return None
        return lost or None


class _Guard(threading.local):
    """Whether this thread is inside a sink: an event that a sink causes goes to no sink."""

    busy = False


GUARD: Final = _Guard()

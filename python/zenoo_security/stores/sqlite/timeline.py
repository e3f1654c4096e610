"""The time of a store in a file: the same for all processes, and never set back or forth.

Since the machine started, time is what the kernel counts (CLOCK_BOOTTIME, which goes on while the machine sleeps), plus
an offset that the file keeps. Whoever opens the file in the same boot uses the same offset, whatever its calendar says.
After a boot the calendar is believed once, unless it lies before the last time that the file has seen.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3

    from zenoo_security.clock import Clock

__all__ = ["Timeline", "boot_id"]

_SEEN_EVERY_S: Final = 1.0


def boot_id() -> str:
    """What the kernel calls this boot, random(4)."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


class Timeline:
    """Tells a file's time.

    Args:
        clock: what counts the seconds.
        boot: the name of the boot in which it does.
    """

    def __init__(self, clock: Clock, boot: str) -> None:
        self._clock = clock
        self._monotonic = clock.monotonic
        self._boot = boot
        self._offset_s = 0.0
        self._seen = 0.0

    def create(self, connection: sqlite3.Connection) -> None:
        """Begin the time of a new file."""
        offset_s = self._clock.now() - self._monotonic()
        connection.execute("INSERT INTO clock (boot, offset_s, seen) VALUES (?, ?, 0)", (self._boot, offset_s))

    def anchor(self, connection: sqlite3.Connection) -> None:
        """Take the offset of this boot from the file; the first who comes after a boot sets it."""
        if self._is_anchored(connection):
            return
        connection.execute("BEGIN IMMEDIATE")
        if not self._is_anchored(connection):
            ((seen,),) = connection.execute("SELECT seen FROM clock")
            self._offset_s = max(self._clock.now(), seen) - self._monotonic()
            connection.execute("UPDATE clock SET boot = ?, offset_s = ?", (self._boot, self._offset_s))
        connection.execute("COMMIT")

    def now(self) -> float:
        """The file's time in Unix seconds."""
        return self._monotonic() + self._offset_s

    def record(self, connection: sqlite3.Connection, now: float) -> None:
        """Let the file know, once a second, what time it was; in a transaction that writes anyway."""
        if now - self._seen >= _SEEN_EVERY_S:
            self._seen = now
            connection.execute("UPDATE clock SET seen = max(seen, ?)", (now,))

    def _is_anchored(self, connection: sqlite3.Connection) -> bool:
        ((boot, self._offset_s),) = connection.execute("SELECT boot, offset_s FROM clock")
        return bool(boot == self._boot)

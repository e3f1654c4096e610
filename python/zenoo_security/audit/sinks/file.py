"""Events in a file: one line each, renamed when it is full, and chained if there is a key ring."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zenoo_security._native import AuditKey
from zenoo_security.audit import forks
from zenoo_security.audit.appending import AppendFile
from zenoo_security.audit.chain import BEGINNING, Position, seal
from zenoo_security.audit.entry import Notice
from zenoo_security.audit.sinks.own_lines import cut_line, own_line
from zenoo_security.audit.tail import position_at_end, read_tail
from zenoo_security.errors import KeyRingError, ParameterError

if TYPE_CHECKING:
    import os

    from zenoo_security._native import KeyRing
    from zenoo_security.audit.entry import Entry
    from zenoo_security.audit.tail import Tail

__all__ = ["FileSink"]

_LOG: Final = logging.getLogger("zenoo_security.audit")
_MIN_BYTES: Final = 64 * 1024
_MOST_FILES: Final = 10_000
_RENAME_AGAIN_AFTER_S: Final = 60.0


class FileSink:
    """Appends events to a file that any number of processes of one machine share, each write under a lock.

    A write survives the death of the process, and that of the machine after the next `checkpoint`.

    Args:
        path: the file; that of mode 0600 is made. Its folder must exist.
        max_bytes: the file is renamed to `path.1` before it grows over this, 64 KiB at least. One that cannot be
            renamed goes on growing, and says so once a minute.
        keep: how many renamed files are kept, 1 to 10,000; the oldest one is deleted.
        key_ring: chains the lines under its primary key. Without one they are not chained.
        checkpoint_every: so many lines of the chain are between two checkpoints.
        mode: 0o600, or 0o640 for a group that collects logs.

    Raises:
        ParameterError: an argument is out of its range.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        max_bytes: int = 100 * 1024 * 1024,
        keep: int = 10,
        key_ring: KeyRing | None = None,
        checkpoint_every: int = 10_000,
        mode: int = 0o600,
    ) -> None:
        if max_bytes < _MIN_BYTES or not 1 <= keep <= _MOST_FILES or checkpoint_every < 1 or mode not in {0o600, 0o640}:
            raise ParameterError(
                "max_bytes is 64 KiB or more, keep 1 to 10,000, checkpoint_every 1 or more, mode 0o600 or 0o640"
            )
        self._file: Final = AppendFile(Path(path), mode=mode, keep=keep)
        self._max_bytes = max_bytes
        self._every = checkpoint_every
        self._key = AuditKey(key_ring) if key_ring is not None else None
        self._at: Position | None = None
        self._stuck_at: float | None = None
        self._notices: list[Notice] = []
        self._lock = threading.Lock()
        forks.register(self)

    @property
    def chained(self) -> bool:
        """Whether the lines are chained."""
        return self._key is not None

    def __call__(self, entry: Entry) -> list[Notice] | None:
        """Append an event. Returns what the other sinks should hear: a checkpoint, or a file that is stuck.

        Raises:
            OSError: it was not written, and nothing of it was.
            KeyRingError: the file is chained, and this sink has no key ring.
        """
        with self._lock:
            position = self._append(entry.line, entry.time)
            if position is not None and not position.count % self._every:
                text = self._checkpoint(entry.time)
                self._notices.append(Notice("audit_checkpoint", {"checkpoint": text}))
            if not self._notices:
                return None
            notices, self._notices = self._notices, []
            return notices

    def checkpoint(self, now: float) -> str:
        """Write a checkpoint, wait until it is on the disk, and return its text.

        Raises:
            OSError: it was not written.
            ParameterError: the file is not chained.
        """
        if self._key is None:
            raise ParameterError("a checkpoint needs a chain: FileSink(path, key_ring=key_ring)")
        with self._lock:
            text = self._checkpoint(now)
            self._file.sync()
            return text

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._file.close()

    def in_child(self) -> None:
        """A file that the parent has open is locked for both."""
        self._lock = threading.Lock()
        self._file.close()

    def _checkpoint(self, now: float) -> str:
        position = self._append(own_line("audit_checkpoint", now), now)
        return (position or BEGINNING).text

    def _append(self, body: bytes, now: float) -> Position | None:
        try:
            end = self._file.lock(now)
            if end != self._file.end:
                end = self._catch_up(end, now)
            line, position = (body + b"\n", None) if self._key is None else self._line(body, first=end == 0)
            if end and end + len(line) > self._max_bytes and self._may_rename(now):
                end = self._renewed(end, now)
                line, position = self._line(body, first=end == 0)
            self._file.append(line, end)
            self._at = position
        finally:
            self._file.unlock()
        return position

    def _line(self, body: bytes, *, first: bool) -> tuple[bytes, Position | None]:
        if self._key is None:
            return body + b"\n", None
        return seal(body, self._at or BEGINNING, self._key, first=first)

    def _catch_up(self, end: int, now: float) -> int:
        """Find out how the file goes on: others wrote, it was opened just now, or something was done to it."""
        known, taken_away = self._file.end, self._file.taken_away
        self._file.end, self._file.taken_away = end, None
        tail = read_tail(self._file.read, end)
        if self._key is None:
            self._require_no_chain(tail)
        else:
            # The furthest of all that is known: where lines were removed from the end, the gap shows.
            found = tail.position or position_at_end(self._file.numbered(1))
            self._at = max(found or BEGINNING, self._at or BEGINNING, key=lambda position: position.count)
        if tail.cut:
            end = self._note(cut_line(tail, now), end, before=b"\n")
        if taken_away is not None or (known is not None and end < known):
            was = known if taken_away is None else taken_away
            _LOG.error("%s was cut, replaced or removed: %d bytes instead of %d", self._file.path, end, was)
            end = self._note(own_line("audit_file_altered", now, was_bytes=was, bytes=end), end)
        return end

    def _note(self, body: bytes, end: int, *, before: bytes = b"") -> int:
        """Write a line of our own. Returns where it ends."""
        line, position = self._line(body, first=end == 0)
        self._file.append(before + line, end)
        self._at = position
        return end + len(before) + len(line)

    def _require_no_chain(self, tail: Tail) -> None:
        """A line without a tag in a chained file would look like one that somebody added."""
        if tail.position is not None:
            self._file.end = None  # Looked at anew for the next event.
            raise KeyRingError("the file is chained: give FileSink the key ring, or another file")

    def _may_rename(self, now: float) -> bool:
        """Whether it was not tried within the last minute, and failed."""
        return self._stuck_at is None or not 0 <= now - self._stuck_at < _RENAME_AGAIN_AFTER_S

    def _renewed(self, end: int, now: float) -> int:
        """Go on in a new file, or in this one if it cannot be renamed. Returns the length of the file."""
        try:
            self._file.check_folder()
            end = self._note(own_line("audit_file_ended", now), end)
            self._file.rotate()
        except OSError as error:
            return self._stuck(error, end, now)
        self._stuck_at = None
        end = self._file.lock(now)
        # Others may have written since, and even filled a file.
        return self._catch_up(end, now)

    def _stuck(self, error: OSError, end: int, now: float) -> int:
        """Events in a file that is too large are better than no events."""
        self._stuck_at = now
        details = {"monitor": "rotation", "lost": 0, "reason": type(error).__name__}
        _LOG.error("%s is full and cannot be renamed, and goes on growing: %s", self._file.path, error.strerror)
        self._notices = [Notice("sys_monitor_disabled", details)]
        return self._note(own_line("sys_monitor_disabled", now, **details), end)

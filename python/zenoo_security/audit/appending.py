"""A file that several processes append to, one at a time, and that is renamed when it is full.

Each write is made under an exclusive `flock` of the file itself: that holds on local file systems, not on NFS. Whoever
finds the file longer than they left it looks whether it is still the one of that name, since the one who renames it
appends a last line before.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["AppendFile"]

_CHECK_EVERY_S: Final = 1.0
_WAIT_S: Final = 1.0
_WAIT_AGAIN_AFTER_S: Final = 5.0
_STEP_S: Final = 0.001
_NOW: Final = fcntl.LOCK_EX | fcntl.LOCK_NB
_ENDED: Final = b'"event.action":"audit_file_ended"'  # No text of an event has a quote that is not escaped.
_LAST_BYTES: Final = 4096


class AppendFile:
    """A file at a path, opened when it is needed.

    Args:
        path: where it is.
        mode: its permissions.
        keep: how many renamed files are kept, from `path.1`, the youngest, to `path.<keep>`.

    Attributes:
        end: its length after the last write of this process; `None` when nothing is known about it.
        taken_away: how long a file was that somebody renamed, removed or replaced who did not end it first.
    """

    def __init__(self, path: Path, *, mode: int, keep: int) -> None:
        self.path: Final = path
        self.end: int | None = None
        self.taken_away: int | None = None
        self._mode = mode
        self._keep = keep
        self._fd: int | None = None
        self._checked_at = 0.0
        self._impatient_until = 0.0

    def lock(self, now: float) -> int:
        """Open the file if need be, and wait until no other process writes. Returns its length.

        Raises:
            OSError: it cannot be opened, or another process has held it for a second.
        """
        while True:
            fd = self._open() if self._fd is None else self._fd
            try:
                fcntl.flock(fd, _NOW)
            except BlockingIOError:
                self._wait(fd)
            end = os.lseek(fd, 0, os.SEEK_END)
            if end == self.end and 0 <= now - self._checked_at < _CHECK_EVERY_S:
                return end
            self._checked_at = now
            if self._is_current(fd):
                return end
            if self.end is not None and not self._is_ended(end):
                self.taken_away = end
            self.close()

    def unlock(self) -> None:
        """Let others write."""
        if self._fd is not None:
            fcntl.flock(self._fd, fcntl.LOCK_UN)

    def append(self, data: bytes, end: int) -> None:
        """Write all of it at the end, or nothing. Only while it is locked.

        Raises:
            OSError: the disk is full, or the file may not grow.
        """
        fd = self._fd
        if fd is None:
            raise _not_open()
        written = os.write(fd, data)
        if written != len(data):
            os.ftruncate(fd, end)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.end = end + written

    def read(self, start: int, size: int) -> bytes:
        """Bytes from the middle."""
        return os.pread(self._descriptor(), size, start)

    def sync(self) -> None:
        """Wait until what was written is on the disk."""
        os.fsync(self._descriptor())

    def check_folder(self) -> None:
        """Refuse to begin what could not be ended.

        Raises:
            PermissionError: the file cannot be renamed.
        """
        if not os.access(self.path.parent, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    def rotate(self) -> None:
        """Rename the file, and forget the oldest one. Only while it is locked; the next `lock` opens a new one."""
        for number in range(self._keep, 0, -1):
            source = self.numbered(number - 1)
            if source.exists():
                source.replace(self.numbered(number))
        self.close()

    def numbered(self, number: int) -> Path:
        """The file that was renamed so many times."""
        return self.path.with_name(f"{self.path.name}.{number}") if number else self.path

    def close(self) -> None:
        """Let go of the file."""
        fd, self._fd, self.end = self._fd, None, None
        if fd is not None:
            os.close(fd)

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        fd = os.open(self.path, flags, self._mode)
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise OSError(errno.EINVAL, "not a regular file")  # noqa: TRY301
            os.fchmod(fd, self._mode)
        except OSError:
            os.close(fd)
            raise
        self._fd = fd
        return fd

    def _descriptor(self) -> int:
        if self._fd is None:
            raise _not_open()
        return self._fd

    def _is_ended(self, end: int) -> bool:
        start = max(0, end - _LAST_BYTES)
        return _ENDED in self.read(start, end - start).removesuffix(b"\n").rpartition(b"\n")[2]

    def _is_current(self, fd: int) -> bool:
        try:
            return os.path.samestat(self.path.lstat(), os.fstat(fd))
        except FileNotFoundError:
            return False

    def _wait(self, fd: int) -> None:
        """Wait for the lock. Somebody who hangs while they hold it delays one call, and then one in five seconds."""
        started = time.monotonic()
        while not _locked(fd):
            now = time.monotonic()
            if now - started > _WAIT_S:
                self._impatient_until = now + _WAIT_AGAIN_AFTER_S
            if now < self._impatient_until:
                raise BlockingIOError(errno.EWOULDBLOCK, "another process has held the file for too long")
            time.sleep(_STEP_S)


def _not_open() -> OSError:
    return OSError(errno.EBADF, os.strerror(errno.EBADF))


def _locked(fd: int) -> bool:
    try:
        fcntl.flock(fd, _NOW)
    except BlockingIOError:
        return False
    return True

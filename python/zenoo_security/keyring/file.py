"""Key rings in files: read, written and changed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zenoo_security.clock import SYSTEM_CLOCK
from zenoo_security.errors import KeyRingError
from zenoo_security.keyring.kek import open_ring
from zenoo_security.private_files import PrivateFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from zenoo_security._native import KeyRing
    from zenoo_security.keyring.kek import KeyEncryptionKey

__all__ = ["MAX_FILE_BYTES", "FileProvider", "load", "named", "save", "update"]

MAX_FILE_BYTES: Final = 1024 * 1024
"""A ring of 100 keys has some 20 KiB."""

_MISSING = "no such file; make a key ring with: zenoo-security keys create"
_LOCK_WAIT_S = 10.0
_LOCK_STEP_S = 0.02


class FileProvider:
    """A key ring that lies in the clear in a file of mode 0600; see `load`.

    Args:
        path: the file.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = path

    def load(self) -> KeyRing:
        """The ring of the file."""
        return load(self._path)


def load(path: str | os.PathLike[str], *, kek: KeyEncryptionKey | None = None) -> KeyRing:
    """Read a key ring from its file.

    The file is opened once and everything is checked on what was opened: a regular file, of this user or of root, that
    nobody else may read or write. A symbolic link is followed, as secrets are mounted in containers behind one.

    Args:
        path: the file.
        kek: the key-encryption key of a ring that is wrapped.

    Raises:
        KeyRingError: the file is missing, unreadable, open to others, half written or no key ring; it is wrapped and
            there is no `kek`, or another one; it is in the clear and there is one. The message says what to do.
    """
    with named(path):
        return open_ring(_file(path).read, kek)


def save(
    ring: KeyRing, path: str | os.PathLike[str], *, overwrite: bool = False, kek: KeyEncryptionKey | None = None
) -> None:
    """Write a key ring to a file of mode 0600, whole or not at all.

    The ring is written to a new file beside it, forced to the disk and then given its name.

    Args:
        ring: the ring.
        path: the file.
        overwrite: replace a file that exists. Without the old keys, what they encrypted is lost: keep a backup. To
            change a ring, use `update`.
        kek: the key-encryption key to wrap it under; in the clear without one.

    Raises:
        KeyRingError: the file exists, or cannot be written.
    """
    with named(path):
        _file(path).write(lambda: _document(ring, kek), overwrite=overwrite)


def update(
    path: str | os.PathLike[str],
    change: Callable[[KeyRing], KeyRing],
    *,
    kek: KeyEncryptionKey | None = None,
    new_kek: KeyEncryptionKey | None = None,
) -> KeyRing:
    """Change the ring of a file: read, change and replace it while nobody else does.

    Two rotations side by side would give two keys the same id. The lock is `.<name>.lock` beside the file, which stays.
    Where the path is a symbolic link, the file that it leads to is replaced.

    Args:
        path: the file.
        change: gives the new ring for the old one, such as `KeyRing.rotate`.
        kek: the key-encryption key of a ring that is wrapped; the new ring is wrapped under it too.
        new_kek: wrap the new ring under this one instead, whether the old one was wrapped or not.

    Returns:
        The new ring, which the file holds now.

    Raises:
        KeyRingError: the file cannot be read or written, another process has been changing it for 10 s, or the new ring
            lacks a key of the old one.
    """
    with named(path):
        real = _real(path)
    with _locked(real):
        old = load(real, kek=kek)
        new = change(old)
        if old.states.keys() - new.states.keys():
            raise KeyRingError(f"{real}: the changed key ring lacks a key, and what it encrypted would be lost")
        save(new, real, overwrite=True, kek=new_kek or kek)
    return new


@contextlib.contextmanager
def named(source: str | os.PathLike[str]) -> Iterator[None]:
    """Say in a `KeyRingError` where the ring was to come from."""
    try:
        yield
    except KeyRingError as error:
        raise KeyRingError(f"{os.fspath(source)}: {error}") from None


def _file(path: str | os.PathLike[str]) -> PrivateFile:
    return PrivateFile(os.fspath(path), max_bytes=MAX_FILE_BYTES, error=KeyRingError, missing=_MISSING)


def _document(ring: KeyRing, kek: KeyEncryptionKey | None) -> bytes:
    return (ring.to_json() if kek is None else ring.wrap(kek.reveal())).encode()


def _real(path: str | os.PathLike[str]) -> Path:
    try:
        return Path(os.path.realpath(path))
    except ValueError:
        raise KeyRingError("this is not a path") from None


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep others from changing a file. The lock goes with the process, however it ends."""
    try:
        lock = path.with_name(f".{path.name}.lock")
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "this is not a path"
        raise KeyRingError(f"{path}: cannot be locked: {reason}") from None
    try:
        if not _lock(descriptor):
            raise KeyRingError(f"{path}: another process is changing the key ring; try again later")
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    end = SYSTEM_CLOCK.monotonic() + _LOCK_WAIT_S
    while SYSTEM_CLOCK.monotonic() < end:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(_LOCK_STEP_S)
    return False

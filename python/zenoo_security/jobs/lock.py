"""A file that one process at a time holds; the operating system lets go of it when the process ends."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from zenoo_security.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["locked"]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file as long as the block runs; `<path>.lock` is removed at its end.

    Raises:
        ConfigurationError: another process holds it, or it cannot be made.
    """
    lock = path.with_name(f"{path.name}.lock")
    descriptor = _hold(lock)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
        os.close(descriptor)


def _hold(lock: Path) -> int:
    while True:
        try:
            descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ConfigurationError(f"{lock} cannot be made: {error.strerror}") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_still(lock, descriptor):
                return descriptor
        except BlockingIOError:
            os.close(descriptor)
            raise ConfigurationError(f"another process works with {lock.with_suffix('')}: let it finish") from None
        os.close(descriptor)


def _is_still(lock: Path, descriptor: int) -> bool:
    """Whether the file under the name is the one that is held: its last holder may have removed it meanwhile."""
    try:
        return os.path.samestat(lock.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False

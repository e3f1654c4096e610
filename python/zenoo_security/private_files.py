"""Read and write files that only their owner can reach: key rings, keys and passwords."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zenoo_security.errors import ConfigurationError, SecurityError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["PrivateFile"]


@dataclass(frozen=True)
class PrivateFile:
    """A file of mode 0600.

    Args:
        path: where it is.
        label: what messages begin with: the path, the variable that named it, or nothing.
        max_bytes: it is no larger.
        error: what is raised.
        missing: what to do when there is no such file.
    """

    path: str
    label: str = ""
    max_bytes: int = 65_536
    error: type[SecurityError] = ConfigurationError
    missing: str = "no such file"

    def read(self) -> bytes:
        """The content.

        The file is opened once and everything is checked on what was opened: a regular file, of this user or of root,
        that nobody else may read or write. A symbolic link is followed, as secrets are mounted in containers behind
        one.

        Raises:
            SecurityError: of the type `error`, with what is wrong and never with the content.
        """
        descriptor = self._open()
        try:
            self._check(os.fstat(descriptor))
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                content = file.read(self.max_bytes + 1)
        except OSError as error:
            raise self._refusal(f"cannot be read: {error.strerror}") from None
        finally:
            os.close(descriptor)
        return content

    def write(self, content: Callable[[], bytes], *, overwrite: bool = False) -> None:
        """Write a file of mode 0600, whole or not at all.

        The content goes to a new file beside it, which is forced to the disk and then given its name.

        Args:
            content: gives what to write; called when the new file is open.
            overwrite: replace a file that exists.

        Raises:
            SecurityError: of the type `error`: the file exists, or cannot be written.
        """
        target = Path(self.path)
        try:
            temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
            with _removed_afterwards(temporary):
                _write_new(temporary, content)
                if overwrite:
                    temporary.replace(target)
                else:
                    # Unlike a rename, a link never replaces a file that appeared in the meantime.
                    target.hardlink_to(temporary)
            _sync_directory(target.parent)
        except FileExistsError:
            raise self._refusal("the file exists; pass overwrite=True to replace it") from None
        except (OSError, ValueError) as error:
            raise self._refusal(f"cannot be written: {_reason(error)}") from None

    def _open(self) -> int:
        try:
            # A named pipe that nobody writes to must not hold the program up.
            return os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise self._refusal(self.missing) from None
        except (OSError, ValueError) as error:
            raise self._refusal(f"cannot be opened: {_reason(error)}") from None

    def _check(self, status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            raise self._refusal("this is not a regular file")
        if status.st_uid not in (os.geteuid(), 0):
            raise self._refusal("the file belongs to another user; it must be yours or root's")
        if status.st_mode & 0o077:
            mode = stat.S_IMODE(status.st_mode)
            raise self._refusal(
                f"mode {mode:04o} lets others at the secret; run: chmod 600 {self.path} "
                "(and if somebody may have read it, replace the secret)"
            )
        if status.st_size > self.max_bytes:
            raise self._refusal(f"the file has more than {self.max_bytes // 1024} KiB")

    def _refusal(self, message: str) -> SecurityError:
        return self.error(f"{self.label}: {message}" if self.label else message)


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or "this is not a path"


@contextlib.contextmanager
def _removed_afterwards(path: Path) -> Iterator[None]:
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _write_new(path: Path, content: Callable[[], bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o600)
        file.write(content())
        file.flush()
        os.fsync(descriptor)


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

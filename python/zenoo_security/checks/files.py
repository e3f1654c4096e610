"""Read a file that may be anything, and what the system says of files and folders. Nothing changes, nothing hangs."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zenoo_security.errors import ConfigurationError

__all__ = ["MAX_BYTES", "PathFacts", "TextFile", "expanded", "look_at", "read_text_file"]

MAX_BYTES: Final = 262_144
"""A configuration file is no larger."""
_MAX_LINE: Final = 16_384
_BLANKS: Final = re.compile(r"[^\S\n]{256}")
"""Of any kind: to the patterns of parsers a no-break space and a form feed are blanks as well."""


@dataclass(frozen=True)
class PathFacts:
    """What the system says of a path.

    Attributes:
        path: which.
        mode: its permission bits; None when it is not there or cannot be looked at.
        uid: whose it is.
        is_directory: whether it is a folder.
    """

    path: str
    mode: int | None = None
    uid: int = -1
    is_directory: bool = False

    def allows(self, bits: int) -> bool:
        """Whether any of these permission bits is set."""
        return self.mode is not None and bool(self.mode & bits)


@dataclass(frozen=True, repr=False)
class TextFile:
    """A file that was read. Its text may hold secrets, so its `repr` shows nothing."""

    facts: PathFacts
    text: str


def expanded(path: str) -> Path:
    """A path with the home folder in place of `~`; as it is where there is none."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def look_at(path: str) -> PathFacts:
    """What the system says of a path, symbolic links followed."""
    try:
        found = expanded(path).stat()
    except (OSError, ValueError):
        return PathFacts(path)
    return PathFacts(path, stat.S_IMODE(found.st_mode), found.st_uid, stat.S_ISDIR(found.st_mode))


def read_text_file(path: str | os.PathLike[str]) -> TextFile:
    """A text file, opened once.

    Raises:
        ConfigurationError: it is not there, no regular file, larger than 256 KiB, not UTF-8, binary, or has lines that
            no configuration has: of more than 16 KiB, or with more than 256 blanks in a row.
    """
    name = os.fspath(path)
    content, found = _read(name)
    if len(content) > MAX_BYTES:
        raise ConfigurationError(f"{name}: the file has more than {MAX_BYTES // 1024} KiB: this is no configuration")
    if b"\0" in content:
        raise ConfigurationError(f"{name}: this is a binary file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{name}: the file is not UTF-8: save it as UTF-8") from None
    _check_lines(name, text)
    return TextFile(PathFacts(name, stat.S_IMODE(found.st_mode), found.st_uid), text)


def _read(name: str) -> tuple[bytes, os.stat_result]:
    try:
        # A pipe without a writer would wait for one.
        descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "this is not a path"
        raise ConfigurationError(f"{name}: cannot be read: {reason}") from None
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise ConfigurationError(f"{name}: this is not a regular file")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(MAX_BYTES + 1), found
    finally:
        os.close(descriptor)


def _check_lines(name: str, text: str) -> None:
    """Keep patterns of parsers short: some take the square of the length of a line."""
    longest = max(map(len, text.split("\n")))
    if longest > _MAX_LINE or _BLANKS.search(text):
        raise ConfigurationError(f"{name}: a line is too long: this is no configuration")

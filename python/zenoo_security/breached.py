"""Stolen passwords: an offline file of their digests, and the look-up in it.

`build` makes the file from the download of Have I Been Pwned, lines of `SHA-1:count` in the order of the digests. An
entry is the first 8 bytes of a digest, so a billion passwords take 8 GB, and a password that is not among them is
refused by mistake once in 18 billion look-ups (2^64 / 10^9). The file is mapped, not read: a look-up touches a few
pages of it.

The file has a header of 32 bytes (magic `zsbreach`, version 1 and entry size 8 as 4 bytes each, the number of entries
as 8 bytes, 8 zeros) and the entries, strictly ascending. All numbers are big-endian.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import mmap
import os
import secrets
import struct
from bisect import bisect_left
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from zenoo_security.errors import ConfigurationError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["BreachedPasswords", "build"]

_HEADER: Final = struct.Struct(">8sIIQ8x")
_MAGIC: Final = b"zsbreach"
_VERSION: Final = 1
_ENTRY: Final = 8
_SAMPLES: Final = 1024
_SHA1_HEX: Final = 40
_MAX_LINE: Final = 256
_REPORT_LINES: Final = 100_000


class BreachedPasswords:
    """The passwords in a file that `build` made: `password in breached`.

    Replace the file by another one (`build` does), never write into it: it is mapped while this object is open.

    Args:
        path: the file.

    Raises:
        ConfigurationError: it cannot be opened, is none, is cut off, or is not sorted where that was looked at: 1024
            places all over it.
    """

    __slots__ = ("_count", "_map")

    def __init__(self, path: str | os.PathLike[str]) -> None:
        name = os.fspath(path)
        try:
            with Path(name).open("rb") as file:
                self._map: Final = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is empty or no file"
            raise ConfigurationError(f"{name}: the breached passwords cannot be opened: {reason}") from None
        try:
            self._count: Final = self._checked_count()
        except ConfigurationError as error:
            self.close()
            raise ConfigurationError(f"{name}: {error}") from None

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> bytes:
        """The entry at an index from 0 on."""
        start = _HEADER.size + index * _ENTRY
        return self._map[start : start + _ENTRY]

    def __contains__(self, password: object) -> bool:
        """Whether a password is among them.

        Args:
            password: in NFC; see `zenoo_security.password_policy.normalize_password`.
        """
        if not isinstance(password, str):
            return False
        return self._has(hashlib.sha1(password.encode(), usedforsecurity=False).digest()[:_ENTRY])

    def close(self) -> None:
        """Unmap the file."""
        self._map.close()

    def _has(self, entry: bytes) -> bool:
        index = bisect_left(self, entry, *self._around(entry))
        return index < self._count and self[index] == entry

    def _around(self, entry: bytes) -> tuple[int, int]:
        """Where an entry must be, if it is there: digests are spread evenly, so a short stretch nearly always."""
        guess = int.from_bytes(entry, "big") * self._count >> (8 * _ENTRY)
        margin = 4 * math.isqrt(self._count) + 1
        low, high = max(guess - margin, 0), min(guess + margin, self._count)
        return (
            0 if low > 0 and self[low] > entry else low,
            self._count if high < self._count and self[high] < entry else high,
        )

    def _checked_count(self) -> int:
        if len(self._map) < _HEADER.size or self._map[: len(_MAGIC)] != _MAGIC:
            raise ConfigurationError("this is no file of breached passwords: zenoo-security passwords breached build")
        _, version, entry, count = _HEADER.unpack_from(self._map)
        if (version, entry) != (_VERSION, _ENTRY):
            raise ConfigurationError("the breached passwords are in a newer format: update zenoo-security")
        if len(self._map) != _HEADER.size + count * _ENTRY or not count:
            raise ConfigurationError("the file is cut off, or longer than it says: build it again")
        places = sorted({index * (count - 1) // _SAMPLES for index in range(_SAMPLES + 1)})
        looked_at = [self[near] for place in places for near in (place, place + 1) if near < count]
        if any(after < before for before, after in pairwise(looked_at)):
            raise ConfigurationError("the entries are not sorted: build it again")
        return int(count)


def build(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    min_count: int = 1,
    report: Callable[[int], None] | None = None,
) -> int:
    """Make the file for `BreachedPasswords` from lines of `SHA-1:count`, in the order of the digests, read as a stream.

    It is written beside the target and then given its name, so a reader sees the old file or the new one.

    Args:
        source: the download of Have I Been Pwned, in one file.
        target: the file to make; replaced if it exists.
        min_count: passwords that were seen fewer times are left out; at least 1.
        report: called now and then with the number of bytes that were read.

    Returns:
        The number of entries.

    Raises:
        ConfigurationError: a line is none of that form or out of order (its number is told, not what it holds), or
            nothing is left, or a file cannot be read or written.
        ParameterError: `min_count` is under 1.
    """
    if min_count < 1:
        raise ParameterError("min_count must be at least 1")
    finished = Path(target)
    unfinished = finished.with_name(f".{finished.name}.{secrets.token_hex(8)}")
    try:
        with Path(source).open("rb") as lines, unfinished.open("xb") as output:
            count = _write(output, _entries(lines, min_count, report))
        unfinished.replace(finished)
    except OSError as error:
        raise ConfigurationError(f"{error.filename or target}: {error.strerror}") from None
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return count


def _entries(lines: BinaryIO, min_count: int, report: Callable[[int], None] | None) -> Iterator[bytes]:
    """The truncated digests, each once."""
    seen = taken = b""
    for number, line in enumerate(iter(partial(lines.readline, _MAX_LINE), b""), 1):
        entry, count = _parsed(line, number)
        if entry < seen:
            raise ConfigurationError(f"line {number} is out of order: download the file ordered by hash")
        seen = entry
        if count >= min_count and entry != taken:
            taken = entry
            yield entry
        if report is not None and number % _REPORT_LINES == 0:
            report(lines.tell())


def _parsed(line: bytes, number: int) -> tuple[bytes, int]:
    digest, separator, count = line.rstrip(b"\r\n").partition(b":")
    try:
        # fromhex passes over spaces.
        if len(line) < _MAX_LINE and len(digest) == _SHA1_HEX and digest.isalnum() and separator and count.isdigit():
            return bytes.fromhex(digest.decode("ascii"))[:_ENTRY], int(count)
    except ValueError:
        pass
    raise ConfigurationError(f"line {number} is not of the form SHA-1:count")


def _write(output: BinaryIO, entries: Iterator[bytes]) -> int:
    """Header and entries. The header comes last: a file that was not finished is none."""
    output.write(bytes(_HEADER.size))
    count = 0
    for count, entry in enumerate(entries, 1):  # noqa: B007
        output.write(entry)
    if not count:
        raise ConfigurationError("there is no password in it that counts")
    output.seek(0)
    output.write(_HEADER.pack(_MAGIC, _VERSION, _ENTRY, count))
    output.flush()
    os.fsync(output.fileno())
    return count

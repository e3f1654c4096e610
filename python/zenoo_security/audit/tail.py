"""How a file ends: after which place of the chain, and whether its last line is whole."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from zenoo_security.audit.chain import Position, parse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Tail", "position_at_end", "read_tail"]

_BYTES: Final = 64 * 1024


class Tail(NamedTuple):
    """The end of a file.

    Attributes:
        position: the place of the last whole line of a chain among the last 64 KiB, if there is one.
        cut: what follows the last line feed, at most 64 KiB.
    """

    position: Position | None
    cut: bytes


def read_tail(read: Callable[[int, int], bytes], end: int) -> Tail:
    """The end of a file of this length. No tag is checked here: `verify` does that.

    Args:
        read: gives so many bytes from there on: `read(start, size)`.
        end: the length of the file.
    """
    start = max(0, end - _BYTES)
    lines = read(start, end - start).split(b"\n")
    cut = lines[-1]
    # Of the last line the line feed alone may be missing.
    for line in reversed(lines):
        found = parse(line)
        if found is not None:
            return Tail(found.position, cut)
    return Tail(None, cut)


def position_at_end(path: Path) -> Position | None:
    """The place in the chain at the end of a file that nobody writes to, if it has one."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            return read_tail(lambda start, length: os.pread(file.fileno(), length, start), size).position
    except OSError:
        return None

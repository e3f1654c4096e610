"""The chain of an audit file: what a line says at its end, and how it is read back.

The tag of a line is an HMAC over the tag before it and over all bytes of the line up to its own tag. A line that is
changed or moved has another tag, and one that is removed or added makes the next one not fit.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from zenoo_security._native import AuditKey

__all__ = ["BEGINNING", "ChainLine", "Position", "decode_tag", "parse", "seal"]

_END: Final = re.compile(
    rb'(?:,"chain\.previous":"([A-Za-z0-9_-]{43})")?'
    rb',"chain\.count":([1-9][0-9]{0,17}),"chain\.key":([1-9][0-9]{0,9}),"chain\.tag":"([A-Za-z0-9_-]{43})"\}'
)
_END_BYTES: Final = 256


@dataclass(frozen=True)
class Position:
    """A place in a chain: how many lines it has up to there, and the tag of the last one."""

    count: int
    tag: bytes

    @property
    def text(self) -> str:
        """The text of a checkpoint: `count.tag`."""
        return f"{self.count}.{_encode(self.tag).decode()}"

    @classmethod
    def from_text(cls, text: str) -> Position | None:
        """The place that the text of a checkpoint names; nothing when it is none."""
        match = re.fullmatch(r"([1-9][0-9]{0,17})\.([A-Za-z0-9_-]{43})", text.strip())
        tag = decode_tag(match[2].encode()) if match else None
        return cls(int(match[1]), tag) if match and tag is not None else None


BEGINNING: Final = Position(0, bytes(32))
"""Where every chain begins."""


class ChainLine(NamedTuple):
    """What a line says about its place. Nothing of it is checked.

    Attributes:
        signed: what the tag is over, beside the tag before.
        previous: the tag before, where the line tells it: the first one of a file does.
        key_id: the key of the tag.
        position: the place after this line.
    """

    signed: bytes
    previous: bytes | None
    key_id: int
    position: Position


def seal(body: bytes, after: Position, key: AuditKey, *, first: bool) -> tuple[bytes, Position]:
    """A line of the chain, with its line feed, and the place after it.

    Args:
        body: one JSON object.
        after: the place that the line follows.
        key: tags it.
        first: the line is the first one of a file, and tells the tag before it.
    """
    told = b',"chain.previous":"%s"' % _encode(after.tag) if first else b""
    count = after.count + 1
    signed = b'%s%s,"chain.count":%d,"chain.key":%d,"chain.tag":"' % (body[:-1], told, count, key.key_id)
    tag = key.tag(after.tag, signed)
    return b'%s%s"}\n' % (signed, _encode(tag)), Position(count, tag)


def parse(line: bytes) -> ChainLine | None:
    """What a line, without its line feed, says about its place; nothing when it is no line of a chain."""
    match = _END.search(line, max(0, len(line) - _END_BYTES))
    if match is None or match.end() != len(line) or not line.startswith(b"{"):
        return None
    tag = decode_tag(match[4])
    previous = decode_tag(match[1]) if match[1] else None
    if tag is None or (match[1] and previous is None):
        return None
    return ChainLine(line[: match.start(4)], previous, int(match[3]), Position(int(match[2]), tag))


def decode_tag(text: bytes) -> bytes | None:
    """The tag of 43 characters; nothing when they are not the ones that it is written with."""
    tag = base64.urlsafe_b64decode(text + b"=")
    return tag if _encode(tag) == text else None


def _encode(tag: bytes) -> bytes:
    return base64.urlsafe_b64encode(tag)[:-1]

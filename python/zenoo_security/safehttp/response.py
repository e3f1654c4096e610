"""What a stranger's server answered, read within bounds."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import FetchFailed, ResponseTooLarge

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

__all__ = ["SafeResponse", "read_body"]

#: zlib's window bits for gzip and for deflate with its header (RFC 9110, 8.4.1).
_WINDOWS: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}


@dataclass(frozen=True)
class SafeResponse:
    """An answer. All in it is the word of a stranger.

    Attributes:
        status: the number.
        headers: names in lower case and values, in the order in which they came.
        content: the body, unpacked.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    content: bytes

    def header(self, name: str) -> str | None:
        """The first value of a header, or None."""
        return next((value for known, value in self.headers if known == name.lower()), None)

    def __repr__(self) -> str:
        return f"SafeResponse(status={self.status}, {len(self.content)} bytes)"


async def read_body(pieces: AsyncIterable[bytes], *, encoding: str | None, most: int) -> bytes:
    """Read a body and unpack it, never holding more than `most` bytes and one piece of either form.

    Args:
        pieces: as they come from the network.
        encoding: the `Content-Encoding`.
        most: bytes, packed and unpacked.

    Raises:
        ResponseTooLarge: it has more.
        FetchFailed: it is packed in a way that was not asked for, or cannot be unpacked (reason `protocol`).
    """
    name = (encoding or "identity").strip().lower()
    if name not in {"identity", *_WINDOWS}:
        raise FetchFailed("protocol")
    unpack = None if name == "identity" else zlib.decompressobj(_WINDOWS[name])
    body = bytearray()
    received = 0
    async for piece in pieces:
        received += len(piece)
        body += piece if unpack is None else _unpacked(unpack, piece, most - len(body) + 1)
        if received > most or len(body) > most:
            raise ResponseTooLarge(most)
    if unpack is not None and received and (not unpack.eof or unpack.unused_data):
        raise FetchFailed("protocol")
    return bytes(body)


def _unpacked(unpack: zlib._Decompress, piece: bytes, room: int) -> bytes:
    """At most `room` bytes; the rest of the piece is not unpacked, since the whole is too large then."""
    try:
        return unpack.decompress(piece, room)
    except zlib.error:
        pass
    raise FetchFailed("protocol")

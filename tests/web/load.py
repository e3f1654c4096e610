"""Load on a server: many connections, each with one request after the other, and every answer counted."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LOST = 0
"""Counted for a request whose connection ended without an answer."""

_HEAD_END = b"\r\n\r\n"


class _Connection(asyncio.Protocol):
    """Sends the next request when an answer is whole."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.buffer = b""
        self.transport: asyncio.Transport | None = None
        self.waits = False
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.next()

    def next(self) -> None:
        assert self.transport
        self.waits = self.load.may_send()
        if self.waits:
            self.transport.write(self.load.request)
        else:
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, end, body = self.buffer.partition(_HEAD_END)
        if not end:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
        if len(body) >= length:
            self.waits = False
            self.load.count(int(head[9:12]), body)
            self.buffer = b""
            self.next()

    def connection_lost(self, error: Exception | None) -> None:
        if self.waits:
            self.load.count(LOST, b"")
        if not self.ended.done():
            self.ended.set_result(None)


class Load:
    """Requests for one path of a server on this machine.

    Args:
        port: of the server.
        path: what is asked for.
        more: whether one more request is sent.
    """

    def __init__(self, port: int, path: str, more: Callable[[Load], bool]) -> None:
        self.port = port
        self.request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: python-httpx/0.28.1\r\n\r\n".encode()
        )
        self.more = more
        self.sent = 0
        self.statuses: Counter[int] = Counter()
        self.bodies: Counter[bytes] = Counter()

    def may_send(self) -> bool:
        """Whether one more is sent; counts it."""
        if not self.more(self):
            return False
        self.sent += 1
        return True

    def count(self, status: int, body: bytes) -> None:
        """Count an answer."""
        self.statuses[status] += 1
        if status == 200:
            self.bodies[body] += 1

    async def run(self, connections: int) -> None:
        """Send until there is no more to be sent; a connection that ends is opened anew."""
        await asyncio.gather(*(self._keep_asking() for _ in range(connections)))

    async def _keep_asking(self) -> None:
        loop = asyncio.get_running_loop()
        while self.more(self):
            with suppress(OSError):
                _, protocol = await loop.create_connection(lambda: _Connection(self), "127.0.0.1", self.port)
                await protocol.ended

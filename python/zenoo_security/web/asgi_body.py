"""The body of a request under ASGI: counted and timed as the application reads it, or read whole by a control."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from zenoo_security.errors import InvalidInput
from zenoo_security.web.body import BodyCount

if TYPE_CHECKING:
    from zenoo_security.web.request import Request

__all__ = ["AsgiBody", "read_whole"]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]


class AsgiBody(BodyCount):
    """`receive`, counted and timed.

    Args:
        request: it has the limit.
        receive: that of the server.
        seconds: from now until the whole body has to be there; `None` for any time.
    """

    __slots__ = ("_deadline", "_done", "_receive")

    def __init__(self, request: Request, receive: Receive, seconds: float | None) -> None:
        super().__init__(request.body_limit, request.body_audit)
        self._receive = receive
        self._done = False
        self._deadline = None if seconds is None else asyncio.get_running_loop().time() + seconds

    async def __call__(self) -> Message:
        """Hand over what comes next.

        Raises:
            InputTooLarge: the body is larger than the limit.
            InvalidInput: it is late.
        """
        message = await (self._receive() if self._done or self._deadline is None else self._in_time(self._deadline))
        if message["type"] == "http.request":
            self._done = self._done or not message.get("more_body", False)
            self.add(len(message.get("body", b"")))
        return message

    async def _in_time(self, deadline: float) -> Message:
        left_s = deadline - asyncio.get_running_loop().time()
        try:
            return await asyncio.wait_for(self._receive(), max(left_s, 0.0))
        except asyncio.TimeoutError:
            raise self.late() from None


async def read_whole(receive: Receive, limit: int) -> bytes:
    """The whole body, at most so many bytes.

    Raises:
        InputTooLarge: there are more.
        InvalidInput: it breaks off.
    """
    count, chunks = BodyCount(limit), []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise InvalidInput("the body of the request did not arrive", field="body")
        chunk = message.get("body", b"")
        count.add(len(chunk))
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)

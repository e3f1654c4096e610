"""Applications that answer as a test says, behind controls."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from zenoo_security.web import AsgiMiddleware, Control, WsgiMiddleware

from .driving import Got, Headers, Sent, ask_asgi, ask_wsgi

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

KINDS = ("asgi", "wsgi")


def answering(
    kind: str,
    controls: Sequence[Control],
    sent: Sent | None = None,
    *,
    status: int = 200,
    headers: Headers = (),
    body: bytes = b"hello",
    act: Callable[[Any], object] = lambda scope: None,
) -> Got:
    """One request through controls to an application that sends this response, after `act` saw its scope or environ."""

    async def asgi(scope: Any, receive: Any, send: Any) -> None:
        act(scope)
        await send({"type": "http.response.start", "status": status, "headers": list(headers)})
        await send({"type": "http.response.body", "body": body})

    def wsgi(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        act(environ)
        named = [(name.decode(), value.decode("latin-1")) for name, value in headers]
        start_response(f"{status} Some Reason", named)
        return [body]

    sent = sent or Sent()
    if kind == "asgi":
        return asyncio.run(ask_asgi(AsgiMiddleware(asgi, controls), sent))
    return ask_wsgi(WsgiMiddleware(wsgi, controls), sent)

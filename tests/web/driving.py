"""Drives an ASGI or a WSGI application by hand, without a server between."""

from __future__ import annotations

import asyncio
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from zenoo_security.web import AsgiMiddleware, Control, WsgiMiddleware

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Headers = list[tuple[bytes, bytes]]


@dataclass
class Sent:
    """A request; the chunks of its body come one by one."""

    method: str = "GET"
    path: str = "/"
    query: bytes = b""
    headers: Headers = field(default_factory=lambda: [(b"host", b"app.example.com")])
    chunks: Sequence[bytes] = ()
    scheme: str = "https"
    peer: str | None = "203.0.113.9"


@dataclass
class Got:
    """A response."""

    status: int
    headers: Headers
    body: bytes

    def values(self, name: str) -> list[bytes]:
        return [value for each, value in self.headers if each.lower() == name.encode()]


def scope_of(sent: Sent, kind: str = "http") -> dict[str, Any]:
    """The ASGI scope of a request."""
    scheme = sent.scheme if kind == "http" else sent.scheme.replace("http", "ws")
    return {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": sent.method,
        "scheme": scheme,
        "path": sent.path,
        "raw_path": sent.path.encode(),
        "query_string": sent.query,
        "headers": sent.headers,
        "client": (sent.peer, 1) if sent.peer is not None else None,
        "server": ("127.0.0.1", 80),
    }


async def ask_asgi(app: Callable[..., Any], sent: Sent) -> Got:
    """One request to an ASGI application."""
    messages: list[dict[str, Any]] = []
    parts = list(sent.chunks) or [b""]

    async def receive() -> dict[str, Any]:
        if not parts:
            await asyncio.Event().wait()  # The client stays until it has the response.
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    await app(scope_of(sent), receive, send)
    start, *bodies = messages
    assert start["type"] == "http.response.start"
    return Got(start["status"], list(start["headers"]), b"".join(body.get("body", b"") for body in bodies))


def ask_wsgi(app: Callable[..., Iterable[bytes]], sent: Sent) -> Got:
    """One request to a WSGI application."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": sent.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": sent.path.encode().decode("latin-1"),
        "QUERY_STRING": sent.query.decode("latin-1"),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": sent.scheme,
        "wsgi.input": io.BytesIO(b"".join(sent.chunks)),
        "wsgi.errors": io.StringIO(),
    }
    if sent.peer is not None:
        environ["REMOTE_ADDR"] = sent.peer
    for name, value in sent.headers:
        key = name.decode().upper().replace("-", "_")
        environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value.decode("latin-1")
    heads: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        heads.append((status, headers))
        return lambda _: None

    chunks = app(environ, start_response)
    try:
        body = b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    ((status, headers),) = heads
    return Got(int(status[:3]), [(name.encode(), value.encode("latin-1")) for name, value in headers], body)


async def _echo_asgi(scope: Any, receive: Any, send: Any) -> None:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"hello " + body})


def _echo_wsgi(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello " + body]


def through(kind: str, controls: Sequence[Control], sent: Sent) -> Got:
    """One request through controls to an application that says hello and repeats the body."""
    if kind == "asgi":
        return asyncio.run(ask_asgi(AsgiMiddleware(_echo_asgi, controls), sent))
    return ask_wsgi(WsgiMiddleware(_echo_wsgi, controls), sent)

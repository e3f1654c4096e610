"""Real servers on free loopback ports, and raw requests to them."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import uvicorn
from werkzeug.serving import WSGIRequestHandler as WerkzeugHandler
from werkzeug.serving import make_server as make_werkzeug

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ASGI = ("h11", "httptools")
WSGI = ("wsgiref", "werkzeug")
_STEP_S = 0.01


@contextlib.contextmanager
def serving(server: str, app: Callable[..., Any], **options: Any) -> Iterator[int]:
    """Serve an application; gives the port."""
    with _asgi(server, app, options) if server in ASGI else _wsgi(server, app) as port:
        yield port


@contextlib.contextmanager
def _asgi(http: str, app: Callable[..., Any], options: dict[str, Any]) -> Iterator[int]:
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=http, lifespan="off", log_level="critical", ws="wsproto", **options)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(_STEP_S)
        yield listening.getsockname()[1]
    finally:
        server.should_exit = server.force_exit = True
        thread.join()


class _Quiet(WSGIRequestHandler):
    timeout = 5

    def log_message(self, *args: Any) -> None:
        pass


class _QuietWerkzeug(WerkzeugHandler):
    timeout = 5

    def log(self, *args: Any) -> None:
        pass


@contextlib.contextmanager
def _wsgi(name: str, app: Callable[..., Any]) -> Iterator[int]:
    if name == "wsgiref":
        server: Any = make_server("127.0.0.1", 0, app, handler_class=_Quiet)
    else:
        server = make_werkzeug("127.0.0.1", 0, app, request_handler=_QuietWerkzeug)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": _STEP_S})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def raw(port: int, request: bytes, *, wait_s: float = 30.0) -> bytes:
    """Send bytes, and read until the server closes the connection or has sent one response."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait_s) as connection:
        return exchange(connection, request)


def exchange(connection: socket.socket, request: bytes) -> bytes:
    """The same on a connection that there is already."""
    connection.sendall(request)
    received = b""
    with contextlib.suppress(TimeoutError, ConnectionResetError):
        while data := connection.recv(65_536):
            received += data
            if _is_whole(received):
                break
    return received


def _is_whole(received: bytes) -> bool:
    head, separator, body = received.partition(b"\r\n\r\n")
    length = next((line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), None)
    return bool(separator) and length is not None and len(body) >= int(length)


def status(received: bytes) -> int | None:
    """The status code of a response; `None` where the server just closed."""
    return int(received.split(b" ", 2)[1]) if received.startswith(b"HTTP/") else None

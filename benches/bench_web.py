"""The whole stack around an empty Starlette application on uvicorn, beside the application alone and with slowapi.

Each stands on a server of its own with one worker, and is asked for the same page in turn, by the same client, with
the headers that httpx sends and those of a proxy. Run as a program it is one of the servers.
"""

from __future__ import annotations

import asyncio
import atexit
import http.client
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import uvicorn
from harness import Row
from slowapi import Limiter
from slowapi.middleware import SlowAPIASGIMiddleware, SlowAPIMiddleware
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from zenoo_security import SecurityHeaders, SecurityMiddleware
from zenoo_security.testing.postgres import free_port

CONNECTIONS = 8
REQUESTS = 400
START_S = 30.0
ALONE = f"Starlette {version('starlette')} on uvicorn {version('uvicorn')}"
SAME_HEADERS = f"{ALONE}, sending the same headers by hand"
SLOWAPI = f"slowapi {version('slowapi')}"
SLOWAPI_ASGI = f"slowapi {version('slowapi')}, pure ASGI"
REQUEST = (
    b"GET / HTTP/1.1\r\nHost: app.example.com\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\n"
    b"Connection: keep-alive\r\nUser-Agent: python-httpx/0.28.1\r\nX-Forwarded-For: 203.0.113.9\r\n"
    b"X-Forwarded-Proto: https\r\n\r\n"
)
OTHERS = {
    "RateLimit-Policy": '"100000/s";q=100000;w=1',
    "RateLimit": '"100000/s";r=99999;t=1',
    "X-Request-Id": "0123456789abcdef",
}
LIMIT = "100000/second"
"""Nobody is refused: every request is counted, and goes through all of the stack."""


def application(kind: str):
    """An application that says hello."""
    headers = None
    if kind == "same_headers":
        headers = {**SecurityHeaders.get_security_headers(), **OTHERS}

    async def hello(_) -> PlainTextResponse:
        return PlainTextResponse("hello", headers=headers)

    app = Starlette(routes=[Route("/", hello)])
    if kind == "ours":
        app.add_middleware(SecurityMiddleware, hosts=["app.example.com"], trusted_proxies=["127.0.0.0/8"], limits=LIMIT)
    elif kind.startswith("slowapi"):
        app.state.limiter = Limiter(
            key_func=lambda request: request.headers["x-forwarded-for"], default_limits=[LIMIT], headers_enabled=True
        )
        app.add_middleware(SlowAPIASGIMiddleware if kind == "slowapi_asgi" else SlowAPIMiddleware)
    return app


class Asking(asyncio.Protocol):
    """Asks again when the answer is whole."""

    def __init__(self, count: int) -> None:
        self.left = count
        self.buffer = b""
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport) -> None:
        self.transport = transport
        transport.write(REQUEST)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.buffer.endswith(b"\r\n\r\nhello"):
            return
        assert self.buffer.startswith(b"HTTP/1.1 200 ")
        self.buffer = b""
        self.left -= 1
        if self.left:
            self.transport.write(REQUEST)
        else:
            self.transport.close()

    def connection_lost(self, _) -> None:
        self.ended.set_result(self.left)


class Server:
    """One of the applications, from the first call on; a call is `REQUESTS` requests over `CONNECTIONS` connections."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.port = 0

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.port = free_port()
        process = subprocess.Popen([sys.executable, __file__, self.kind, str(self.port)], cwd=Path(__file__).parent)
        atexit.register(process.kill)
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                connection.request("GET", "/")
                connection.getresponse().read()
            except OSError:
                time.sleep(0.05)
            else:
                return
            finally:
                connection.close()
        raise RuntimeError(f"{self.kind} does not answer")

    def __call__(self) -> None:
        """Ask."""
        if not self.port:
            self.start()
        asyncio.run(self.ask())

    async def ask(self) -> None:
        """All connections at once."""
        loop = asyncio.get_running_loop()
        asked = [Asking(REQUESTS // CONNECTIONS) for _ in range(CONNECTIONS)]
        await asyncio.gather(*(loop.create_connection(lambda one=one: one, "127.0.0.1", self.port) for one in asked))
        assert not any(await asyncio.gather(*(one.ended for one in asked)))


def rows() -> list[Row]:
    """All of them."""
    return [
        Row(
            f"all controls on an empty application, {REQUESTS} requests",
            Server("ours"),
            {
                ALONE: Server("alone"),
                SAME_HEADERS: Server("same_headers"),
                SLOWAPI: Server("slowapi"),
                SLOWAPI_ASGI: Server("slowapi_asgi"),
            },
            times_as_fast={ALONE: 0.90, SLOWAPI: 1.5},
        )
    ]


def serve(kind: str, port: int) -> None:
    """Serve one of the applications until the process is killed."""
    uvicorn.run(application(kind), port=port, access_log=False, log_level="warning")


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))

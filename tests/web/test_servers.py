"""What real servers let through to an application, and what reaches it behind the controls."""

from __future__ import annotations

import contextlib
import socket
import time
from typing import Any

import pytest

from zenoo_security.web import (
    AsgiMiddleware,
    Control,
    Errors,
    Framing,
    Hosts,
    RequestId,
    SecurityHeaders,
    Sizes,
    WsgiMiddleware,
)

from .serving import ASGI, WSGI, raw, serving, status

HOST = b"Host: app.example.com\r\n"
POST = b"POST / HTTP/1.1\r\n" + HOST
GET = b"GET / HTTP/1.1\r\n" + HOST
AFTERWARDS = b"GET /afterwards HTTP/1.1\r\n" + HOST + b"\r\n"
CHUNKS = b"2\r\nhi\r\n0\r\n\r\n"

ODDITIES = {
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi!",
    "one length twice": POST + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
    "list of lengths": POST + b"Content-Length: 2, 2\r\n\r\nhi",
    "length and coding": POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    "coding twice": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    "identity": POST + b"Transfer-Encoding: identity\r\n\r\n",
    "other coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n" + CHUNKS,
    "vertical tab": POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n" + CHUNKS,
    "signed length": POST + b"Content-Length: +2\r\n\r\nhi",
    "hexadecimal length": POST + b"Content-Length: 0x2\r\n\r\nhi",
    "length with underscore": POST + b"Content-Length: 0_2\r\n\r\nhi",
    "blank before colon": POST + b"Content-Length : 2\r\n\r\nhi",
    "NUL in value": GET + b"X-Shop: a\x00b\r\n\r\n",
    "CR in value": GET + b"X-Shop: a\rb\r\n\r\n",
    "LF ends line": GET + b"X-Shop: a\nX-More: b\r\n\r\n",
    "ESC in value": GET + b"X-Shop: a\x1bb\r\n\r\n",
    "folded line": GET + b"X-Shop: a\r\n b\r\n\r\n",
    "two hosts": GET + b"Host: evil.example\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "host in target": b"GET http://evil.example/ HTTP/1.1\r\n" + HOST + b"\r\n",
    "underscore for hyphen": POST + b"Content-Length: 2\r\nContent_Length: 3\r\n\r\nhi",
    "forwarded with underscores": GET + b"X-Forwarded-For: 192.0.2.1\r\nX_Forwarded_For: 10.0.0.1\r\n\r\n",
    "blank in name": GET + b"X Shop: a\r\n\r\n",
    "no colon": GET + b"X-Shop\r\n\r\n",
}

LET_THROUGH = {
    "h11": {
        "one length twice",
        "list of lengths",
        "length and coding",
        "LF ends line",
        "ESC in value",
        "folded line",
        "host in target",
        "underscore for hyphen",
        "forwarded with underscores",
    },
    "httptools": {
        "identity",
        "other coding",
        "two hosts",
        "no host",
        "host in target",
        "underscore for hyphen",
        "forwarded with underscores",
    },
    "wsgiref": set(ODDITIES),
    "werkzeug": set(ODDITIES),
}
"""What reaches a bare application."""

ONE_MEANING = {
    # h11 has made one header of them, or put the line together.
    "h11": {"one length twice", "list of lengths", "LF ends line", "folded line"},
    # The path alone is handed on, with the Host header, which is what the application and `Hosts` go by.
    "httptools": {"host in target"},
    # These two, which are for development, take the first or the last one of two, cut lines or leave out what they do
    # not understand: nothing of it is left to be seen. A proxy has to stand before them.
    "wsgiref": {
        "two lengths",
        "one length twice",
        "vertical tab",
        "blank before colon",
        "CR in value",
        "LF ends line",
        "underscore for hyphen",
        "forwarded with underscores",
        "blank in name",
        "no colon",
    },
    "werkzeug": {
        "two lengths",
        "one length twice",
        "blank before colon",
        "CR in value",
        "LF ends line",
        "folded line",
        "underscore for hyphen",
        "forwarded with underscores",
        "blank in name",
        "no colon",
    },
}
"""What reaches the application behind `Framing` and `Hosts`, because a server leaves nothing odd of it."""


class Arrivals:
    """An application for all servers that notes which request has come."""

    def __init__(self) -> None:
        self.count = 0

    def app(self, server: str, *controls: Control) -> Any:
        return AsgiMiddleware(self.asgi, controls) if server in ASGI else WsgiMiddleware(self.wsgi, controls)

    async def asgi(self, scope: Any, receive: Any, send: Any) -> None:
        self.count += scope["path"] != "/afterwards"
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    def wsgi(self, environ: Any, start_response: Any) -> list[bytes]:
        self.count += environ["PATH_INFO"] != "/afterwards"
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]


def arriving(server: str, *controls: Control) -> set[str]:
    """The oddities that get to the application; each on a connection of its own."""
    arrivals, found = Arrivals(), set()
    with serving(server, arrivals.app(server, *controls)) as port:
        for name, request in ODDITIES.items():
            arrivals.count = 0
            received = raw(port, request)
            # A server may answer before the application has begun; the next request comes after.
            assert status(raw(port, AFTERWARDS)) == 200
            if arrivals.count:
                found.add(name)
            elif controls and received:
                assert status(received) in {400, 421}, name
    return found


@pytest.mark.asvs("v5.0.0-4.2.1", "v5.0.0-4.2.4")
@pytest.mark.parametrize("server", ASGI + WSGI)
def test_what_servers_let_through(server: str) -> None:
    assert arriving(server) == LET_THROUGH[server]


@pytest.mark.asvs("v5.0.0-4.2.1", "v5.0.0-4.2.4")
@pytest.mark.parametrize("server", ASGI + WSGI)
def test_what_has_two_meanings_does_not_reach_the_application(server: str) -> None:
    assert arriving(server, Framing(), Hosts(["app.example.com"])) == ONE_MEANING[server]


class Splitting:
    """An application that puts what a client sent into a header."""

    async def asgi(self, scope: Any, receive: Any, send: Any) -> None:
        hostile = (b"x-shop", b"a\r\nset-cookie: evil=1")
        await send({"type": "http.response.start", "status": 200, "headers": [hostile]})
        await send({"type": "http.response.body", "body": b""})

    def wsgi(self, environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("X-Shop", "a\r\nset-cookie: evil=1")])
        return [b""]


@pytest.mark.asvs("v5.0.0-4.2.4")
@pytest.mark.parametrize("server", WSGI)
def test_servers_split_a_response(server: str) -> None:
    with serving(server, Splitting().wsgi) as port:
        assert b"\r\nset-cookie: evil=1\r\n" in raw(port, GET + b"\r\n")


@pytest.mark.asvs("v5.0.0-4.2.4")
@pytest.mark.parametrize("server", ASGI + WSGI)
def test_a_response_is_not_split(server: str) -> None:
    controls = [Errors(log="none"), Framing()]
    app = AsgiMiddleware(Splitting().asgi, controls) if server in ASGI else WsgiMiddleware(Splitting().wsgi, controls)
    with serving(server, app) as port:
        received = raw(port, GET + b"\r\n")
    assert status(received) == 500
    assert b"evil" not in received


HANDSHAKE = (
    GET + b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


@pytest.mark.parametrize("server", ASGI)
def test_handshakes_are_answered_with_the_headers_of_controls(server: str) -> None:
    """One that is accepted, and one whose application fails."""

    async def chat(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        if scope["path"] != "/":
            raise ZeroDivisionError
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close"})

    app = AsgiMiddleware(chat, [SecurityHeaders("app"), RequestId(), Errors(log="none")])
    with serving(server, app) as port:
        accepted = raw(port, HANDSHAKE, wait_s=1.0)
        failed = raw(port, HANDSHAKE.replace(b"GET / ", b"GET /fails "))
    assert (status(accepted), status(failed)) == (101, 500)
    assert b"\r\nx-request-id: " in accepted.lower()
    assert b"\r\nx-content-type-options: nosniff\r\n" in failed.lower()
    assert b'"code":"internal_error"' in failed


@pytest.mark.asvs("v5.0.0-5.2.1")
@pytest.mark.parametrize("server", ASGI)
def test_an_oversized_body_is_cut_while_it_comes(server: str) -> None:
    """Chunks without an end: the answer is there, and the connection over, after the limit."""
    with (
        serving(server, Arrivals().app(server, Sizes(100_000))) as port,
        socket.create_connection(("127.0.0.1", port), timeout=30) as connection,
    ):
        connection.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\n")
        received = b""
        with contextlib.suppress(ConnectionError):
            for wait_s in [0.05] * 19 + [60]:
                connection.sendall(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
                connection.settimeout(wait_s)
                with contextlib.suppress(TimeoutError):
                    received = connection.recv(65_536)
                    break
        assert status(received) == 413


@pytest.mark.asvs("v5.0.0-5.2.1")
@pytest.mark.parametrize("server", ASGI + WSGI)
def test_an_oversized_body_is_refused_by_its_length(server: str) -> None:
    arrivals = Arrivals()
    with serving(server, arrivals.app(server, Sizes(100))) as port:
        received = raw(port, POST + b"Content-Length: 1000000000\r\n\r\n")
    assert status(received) == 413
    assert b"connection: close" in received.lower() or server == "wsgiref"  # It speaks HTTP/1.0.
    assert arrivals.count == 0


@pytest.mark.parametrize("server", ASGI)
def test_a_body_that_drips_in_is_cut(server: str) -> None:
    with serving(server, Arrivals().app(server, Sizes(body_seconds=0.2))) as port:
        begun = time.monotonic()
        received = raw(port, POST + b"Content-Length: 100\r\n\r\nx", wait_s=60)
        assert status(received) == 408
        assert time.monotonic() - begun < 30


@pytest.mark.parametrize("server", ASGI)
def test_a_head_that_drips_in_is_for_the_server_or_a_proxy(server: str) -> None:
    """No application is asked before the head is whole, and uvicorn waits; others are answered meanwhile."""
    arrivals = Arrivals()
    with (
        serving(server, arrivals.app(server, Sizes(body_seconds=0.1))) as port,
        socket.create_connection(("127.0.0.1", port), timeout=0.3) as slow,
    ):
        slow.sendall(b"GET / HTTP/1.1\r\nHost: app")
        with pytest.raises(TimeoutError):
            slow.recv(1)
        assert arrivals.count == 0
        assert status(raw(port, GET + b"\r\n")) == 200


@pytest.mark.asvs("v5.0.0-4.1.3")
@pytest.mark.parametrize("server", ASGI)
@pytest.mark.parametrize(("options", "client"), [({}, b"192.0.2.1"), ({"proxy_headers": False}, b"127.0.0.1")], ids=str)
def test_uvicorn_believes_this_machine_unless_told_otherwise(server: str, options: Any, client: bytes) -> None:
    async def who(scope: Any, receive: Any, send: Any) -> None:
        body = scope["client"][0].encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
        await send({"type": "http.response.body", "body": body})

    with serving(server, who, **options) as port:
        assert raw(port, GET + b"X-Forwarded-For: 192.0.2.1\r\n\r\n").endswith(client)


@pytest.mark.parametrize(("server", "expected"), [("h11", 400), ("httptools", 431)])
def test_a_long_head_is_cut_by_h11_and_by_sizes(server: str, expected: int) -> None:
    """h11 stops reading at `h11_max_incomplete_event_size`; httptools reads on, and `Sizes` answers what is whole."""
    options = {"h11_max_incomplete_event_size": 16_384}
    with serving(server, Arrivals().app(server, Sizes()), **options) as port:
        assert status(raw(port, GET + b"X-Shop: " + b"a" * 200_000 + b"\r\n\r\n")) == expected

"""How large a request may be."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest

from zenoo_security.errors import InvalidInput, ParameterError
from zenoo_security.web import AsgiMiddleware, Sizes, WsgiMiddleware

from .driving import Sent, ask_asgi, ask_wsgi, scope_of, through
from .probing import HOST, handshake


def post(*chunks: bytes, length: bytes | None = None, path: str = "/") -> Sent:
    headers = [HOST, (b"content-length", length)] if length is not None else [HOST]
    return Sent("POST", path=path, headers=headers, chunks=chunks)


@pytest.mark.asvs("v5.0.0-5.2.1")
@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (post(b"x" * 10, length=b"10"), 200),
        (post(b"x" * 11, length=b"11"), 413),
        (post(b"", length=b"9" * 5000), 413),
        # Nobody says how much, or lies.
        (post(b"x" * 5, b"x" * 5), 200),
        (post(b"x" * 5, b"x" * 6), 413),
        (post(b"x" * 11, length=b"5"), 413),
        (post(b"x" * 20, length=b"20", path="/upload/a"), 200),
        (post(b"x" * 21, length=b"21", path="/upload/a"), 413),
        (post(b"x" * 11, length=b"11", path="/uploads"), 413),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, int) else f"{value.path} {len(b''.join(value.chunks))}",
)
def test_a_body_has_a_limit(kind, sent, status) -> None:
    got = through(kind, [Sizes(10, paths={"/upload": 20})], sent)
    assert got.status == status
    assert (got.values("connection") == [b"close"]) == (status == 413 and kind == "asgi")


async def stubborn_asgi(scope, receive, send):
    """Reads on, whatever happens."""
    for _ in range(3):
        with contextlib.suppress(InvalidInput):
            await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body"})


def stubborn_wsgi(environ, start_response):
    for _ in range(3):
        with contextlib.suppress(InvalidInput):
            environ["wsgi.input"].read(6)
    start_response("200 OK", [])
    return []


@pytest.mark.parametrize("length", [None, b"5"])
def test_a_body_that_is_cut_is_told_once(kind, heard, length) -> None:
    """However often the application goes on to read."""
    sent = post(b"x" * 6, b"x" * 6, b"x" * 6, length=length)
    if kind == "asgi":
        got = asyncio.run(ask_asgi(AsgiMiddleware(stubborn_asgi, [Sizes(10)]), sent))
    else:
        got = ask_wsgi(WsgiMiddleware(stubborn_wsgi, [Sizes(10)]), sent)
    assert got.status == 413
    assert [event.event for event in heard] == ["input_validation_fail"]
    assert b"too_large" in heard[0].line


@pytest.mark.asvs("v5.0.0-5.2.1")
def test_a_length_over_the_limit_is_refused_before_the_body_is_read(heard) -> None:
    async def read() -> None:
        raise AssertionError("the body was asked for")

    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(AsgiMiddleware(None, [Sizes(10)])(scope_of(post(length=b"11")), read, send))
    assert sent[0]["status"] == 413
    assert [event.event for event in heard] == ["input_validation_fail"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (Sent(path="/" + "a" * 59, query=b"b" * 40), 200),
        (Sent(path="/" + "a" * 59, query=b"b" * 41), 414),
        (Sent(headers=[HOST] * 1 + [(b"x-%d" % number, b"") for number in range(9)]), 200),
        (Sent(headers=[HOST] * 1 + [(b"x-%d" % number, b"") for number in range(10)]), 431),
        (Sent(headers=[HOST, (b"cookie", b"a" * 170)]), 200),
        (Sent(headers=[HOST, (b"cookie", b"a" * 180)]), 431),
    ],
    ids=["target 100", "target 101", "10 headers", "11 headers", "head fits", "head too large"],
)
def test_a_head_has_limits(kind, sent, status) -> None:
    assert through(kind, [Sizes(headers=10, header_bytes=200, target_bytes=100)], sent).status == status


def test_a_handshake_has_limits_too() -> None:
    assert handshake([Sizes(target_bytes=10)], Sent(query=b"x" * 10)).status == 414


async def test_a_body_that_drips_in_is_cut(heard) -> None:
    async def app(scope, receive, send):
        while (await receive()).get("more_body"):
            pass

    drops = iter(range(50, -1, -1))

    async def drip():
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b"x", "more_body": next(drops) > 0}

    sent = []

    async def send(message):
        sent.append(message)

    begun = time.monotonic()
    await AsgiMiddleware(app, [Sizes(body_seconds=0.1)])(scope_of(post(length=b"1000")), drip, send)
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]
    assert time.monotonic() - begun >= 0.1
    (event,) = heard
    assert b"too_slow" in event.line


async def test_a_body_of_http2_without_a_length_has_to_be_in_time_too() -> None:
    async def app(scope, receive, send):
        await receive()

    sent = []

    async def send(message):
        sent.append(message)

    scope = scope_of(post()) | {"http_version": "2"}
    call = AsgiMiddleware(app, [Sizes(body_seconds=0.05)])(scope, asyncio.Event().wait, send)
    await asyncio.wait_for(call, 60)
    assert sent[0]["status"] == 408


async def test_who_waits_for_the_end_of_the_connection_has_time() -> None:
    """A server-sent stream calls `receive` to hear of the disconnect: the deadline is for the body alone."""
    parts = [{"type": "http.request", "body": b"x", "more_body": False}]

    async def receive():
        if parts:
            return parts.pop()
        await asyncio.sleep(0.1)
        return {"type": "http.disconnect"}

    async def app(scope, receive, send):
        await receive()
        assert (await receive())["type"] == "http.disconnect"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    sent = []

    async def send(message):
        sent.append(message)

    await AsgiMiddleware(app, [Sizes(body_seconds=0.05)])(scope_of(post(length=b"1")), receive, send)
    assert sent[0]["status"] == 200


@pytest.mark.parametrize(
    "arguments",
    [
        {"body": 0},
        {"body": 1.5},
        {"body": True},
        {"paths": {"/a": -1}},
        {"headers": 0},
        {"body_seconds": 0},
        {"body_seconds": float("nan")},
    ],
    ids=str,
)
def test_arguments_are_checked(arguments) -> None:
    with pytest.raises(ParameterError):
        Sizes(**arguments)

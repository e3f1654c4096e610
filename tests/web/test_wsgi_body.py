"""The body of a WSGI request that a control reads."""

from __future__ import annotations

import asyncio
import gc
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from zenoo_security.errors import InvalidInput
from zenoo_security.web import Control, Response, WsgiMiddleware, security_request

from .driving import Sent, ask_wsgi, through

if TYPE_CHECKING:
    from zenoo_security.web import Request


class Waits(Control):
    """Asks somebody first."""

    async def before(self, request: Request) -> Response | None:
        await asyncio.sleep(0)
        return None


def test_a_slow_body_holds_up_its_own_thread_alone() -> None:
    """Nobody else's session could be looked up, nor a request counted, while the one loop waited for it."""
    arrived, reading = threading.Event(), threading.Event()

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            reading.set()
            assert arrived.wait(60)
            return super().read(size)

    class Reads(Control):
        async def before(self, request: Request) -> Response:
            await asyncio.sleep(0)
            return Response(200, (), await request.read_body(10) if request.method == "POST" else b"")

    def slow(environ: dict[str, Any], start_response: Any) -> Any:
        return WsgiMiddleware(None, [Reads()])({**environ, "wsgi.input": Slow(b"hello")}, start_response)  # type: ignore[arg-type]

    sent = Sent("POST", headers=[(b"host", b"a.example"), (b"content-length", b"5")])
    with ThreadPoolExecutor(2) as pool:
        post = pool.submit(ask_wsgi, slow, sent)
        try:
            assert reading.wait(60)
            assert pool.submit(through, "wsgi", [Reads()], Sent()).result(5).status == 200
        finally:
            arrived.set()
        assert post.result(5).body == b"hello"


@pytest.mark.parametrize("fault", [b"123", OSError("reset")], ids=["short", "reset"])
def test_a_body_that_breaks_off_is_invalid_under_wsgi(fault: bytes | OSError) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if isinstance(fault, OSError):
                raise fault
            return fault

    class Reads(Control):
        async def before(self, request: Request) -> Response:
            with pytest.raises(InvalidInput):
                await request.read_body(10)
            return Response(400)

    def broken(environ: dict[str, Any], start_response: Any) -> Any:
        return WsgiMiddleware(None, [Reads()])({**environ, "wsgi.input": Broken()}, start_response)  # type: ignore[arg-type]

    sent = Sent("POST", headers=[(b"host", b"a.example"), (b"content-length", b"5")])
    assert ask_wsgi(broken, sent).status == 400


def test_an_application_may_read_the_whole_body_under_wsgi() -> None:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = asyncio.run(asyncio.wait_for(security_request(environ).read_body(10), 60))
        start_response("200 OK", [])
        return [body]

    sent = Sent("POST", headers=[(b"host", b"a.example"), (b"content-length", b"5")], chunks=[b"hello"])
    for controls in ([], [Waits()]):
        assert ask_wsgi(WsgiMiddleware(app, controls), sent).body == b"hello"


def test_nothing_of_a_request_waits_for_the_collector() -> None:
    """A server whose requests hold themselves keeps all that they held until a collection, and walks it there."""

    def serve() -> None:
        answer = ask_wsgi(WsgiMiddleware(lambda _, start: [start("200 OK", [])] and [b"hello"], []), Sent())
        assert answer.body == b"hello"

    serve()
    gc.collect()
    gc.disable()
    try:
        serve()
        assert gc.collect() == 0
    finally:
        gc.enable()

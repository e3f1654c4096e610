"""Controls around an application, by ASGI and by WSGI alike."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import pytest

from zenoo_security.audit.request import current_request
from zenoo_security.errors import InputTooLarge, ParameterError
from zenoo_security.principal import Principal, acting_as, get_current_user
from zenoo_security.web import AsgiMiddleware, Control, RequestId, Response, WsgiMiddleware

from .driving import Sent, ask_asgi, through

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from zenoo_security.web import Head, Request

KINDS = ("asgi", "wsgi")


class Note(Control):
    """Writes down when it is called, and answers when told to."""

    def __init__(self, name: str, log: list[str], response: Response | None = None) -> None:
        self.name, self.log, self.response = name, log, response

    def before(self, request: Request) -> Response | None:
        self.log.append(f"{self.name} in")
        return self.response

    def after(self, request: Request, head: Head) -> None:
        self.log.append(f"{self.name} out")
        head.set(b"x-note", self.name.encode())


@pytest.mark.parametrize("kind", KINDS)
def test_controls_run_in_order_on_the_way_in_and_in_reverse_on_the_way_out(kind: str) -> None:
    log: list[str] = []
    got = through(kind, [Note("a", log), Note("b", log)], Sent())
    assert log == ["a in", "b in", "b out", "a out"]
    assert (got.status, got.body, got.values("x-note")) == (200, b"hello ", [b"a"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_ends_the_way_in_and_passes_all_controls_on_the_way_out(kind: str) -> None:
    log: list[str] = []
    got = through(kind, [Note("a", log, Response(403, (), b"no")), Note("b", log)], Sent())
    assert log == ["a in", "b out", "a out"]
    assert (got.status, got.body, got.values("x-note")) == (403, b"no", [b"a"])


class Limit(Control):
    """Limits the body."""

    def before(self, request: Request) -> None:
        request.body_limit = 10


@pytest.mark.parametrize("kind", KINDS)
def test_a_body_over_the_limit_is_cut_whatever_its_length_says(kind: str) -> None:
    sent = Sent("POST", chunks=[b"12345", b"678901"])
    assert through(kind, [Limit()], sent).status == 413
    assert through(kind, [Limit()], Sent("POST", chunks=[b"12345", b"67890"])).body == b"hello 1234567890"


@pytest.mark.parametrize("kind", KINDS)
def test_a_context_is_around_later_controls_and_ends_with_the_response(kind: str) -> None:
    class Login(Control):
        async def before(self, request: Request) -> None:
            request.enter(acting_as(Principal("shop", 7, "alice")))

    class Who(Control):
        def before(self, request: Request) -> Response:
            return Response(200, (), get_current_user().encode())

    assert through(kind, [Login(), Who()], Sent()).body == b"alice"


@pytest.mark.parametrize("kind", KINDS)
def test_an_exception_is_answered_by_the_control_that_can(kind: str) -> None:
    class Fails(Control):
        def before(self, request: Request) -> Response:
            raise ZeroDivisionError

    class Answers(Control):
        def on_error(self, request: Request, error: Exception) -> Response | None:
            return Response(500, (), b"sorry") if isinstance(error, ZeroDivisionError) else None

    assert through(kind, [Answers(), Fails()], Sent()).body == b"sorry"
    with pytest.raises(ZeroDivisionError):
        through(kind, [Fails()], Sent())


@pytest.mark.parametrize("middleware", [AsgiMiddleware, WsgiMiddleware])
def test_only_controls_are_controls(middleware: type) -> None:
    with pytest.raises(ParameterError):
        middleware(None, [object()])


@pytest.mark.parametrize("kind", KINDS)
def test_there_may_be_any_number_of_controls(kind: str) -> None:
    log: list[str] = []
    assert through(kind, [Note(str(number), log) for number in range(70)], Sent()).values("x-note") == [b"0"]
    assert len(log) == 140


class Sometimes(Control):
    """Answers at once, or asks somebody first."""

    def __init__(self, answer: Response | None, *, at_once: bool) -> None:
        self.answer, self.at_once = answer, at_once

    def before(self, request: Request) -> Response | Awaitable[Response | None] | None:
        return self.answer if self.at_once else self.ask()

    async def ask(self) -> Response | None:
        return self.answer


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize(("answer", "status"), [(None, 200), (Response(403), 403)], ids=["passes", "refuses"])
def test_a_plain_function_may_give_a_coroutine_when_it_has_to_ask(
    kind: str, at_once: bool, answer: Response | None, status: int
) -> None:
    assert through(kind, [Sometimes(answer, at_once=at_once)], Sent()).status == status


@pytest.mark.parametrize("kind", KINDS)
def test_a_control_may_read_the_body_and_answer(kind: str) -> None:
    class Reads(Control):
        async def before(self, request: Request) -> Response:
            try:
                return Response(200, (), await request.read_body(10))
            except InputTooLarge:
                return Response(413)

    def sent(*chunks: bytes) -> Sent:
        length = str(sum(map(len, chunks))).encode()
        return Sent("POST", headers=[(b"host", b"a.example"), (b"content-length", length)], chunks=chunks)

    assert through(kind, [Reads()], sent(b"12345", b"67890")).body == b"1234567890"
    assert through(kind, [Reads()], sent(b"12345", b"678901")).status == 413
    assert through(kind, [Reads()], sent()).body == b""


def test_controls_that_wait_share_one_loop_under_wsgi() -> None:
    """A connection to a store is opened once, and the context of the request is there."""
    loops = []

    class Waits(Control):
        async def before(self, request: Request) -> Response | None:
            await asyncio.sleep(0)
            loops.append(asyncio.get_running_loop())
            return Response(200, (), current_request().id.encode())

    controls = [RequestId(), Waits()]
    got = [through("wsgi", controls, Sent()) for _ in range(2)]
    assert [each.body for each in got] == [each.values("x-request-id")[0] for each in got]
    assert loops[0] is loops[1]


async def test_a_response_that_has_begun_is_not_begun_again_when_the_body_is_too_large() -> None:
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        with contextlib.suppress(InputTooLarge):
            await receive()
        await send({"type": "http.response.body", "body": b"so far"})

    got = await ask_asgi(AsgiMiddleware(app, [Limit()]), Sent("POST", chunks=[b"12345678901"]))
    assert (got.status, got.body) == (200, b"so far")


def test_a_refusal_of_head_has_no_body_under_wsgi() -> None:
    """By ASGI the server leaves it out."""
    assert through("wsgi", [Note("a", [], Response(403, (), b"no"))], Sent("HEAD")).body == b""
    assert through("wsgi", [Note("a", [], Response(403, (), b"no"))], Sent("GET")).body == b"no"

"""Responses to the handshakes of WebSockets."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from zenoo_security.errors import HeaderInjection, StoreUnavailable
from zenoo_security.web import AsgiMiddleware, Control, Errors, Framing, RequestId, SecurityHeaders

from .driving import Sent, scope_of

if TYPE_CHECKING:
    from collections.abc import Sequence

SPLIT = (b"x-shop", b"a\r\nset-cookie: evil=1")
RESPONSES = {"websocket.http.response": {}}


def sent_by(
    controls: Sequence[Control], *messages: dict[str, Any], error: Exception | None = None, extensions: Any = None
) -> list[dict[str, Any]]:
    """What goes to the server when the application sends these messages, and then fails or not."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)
        if error is not None:
            raise error

    got: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        got.append(message)

    scope = scope_of(Sent(), "websocket") | {"extensions": RESPONSES if extensions is None else extensions}
    asyncio.run(AsgiMiddleware(app, controls)(scope, None, send))
    return got


def test_an_accepted_handshake_has_the_headers_of_controls() -> None:
    """A cookie that a control renews, and the id of the request."""
    accept = {"type": "websocket.accept", "subprotocol": "chat", "headers": [(b"X-Shop", b"a")]}
    more = {"type": "websocket.send", "text": "hello"}
    got = sent_by([RequestId()], accept, more)
    assert got[0]["subprotocol"] == "chat"
    assert [name for name, _ in got[0]["headers"]] == [b"x-shop", b"x-request-id"]
    assert got[1:] == [more]
    assert sent_by([RequestId()], {"type": "websocket.accept"})[0]["headers"][0][0] == b"x-request-id"


def test_a_handshake_that_the_application_refuses_has_the_headers_of_pages() -> None:
    start = {"type": "websocket.http.response.start", "status": 403, "headers": [(b"server", b"shop/1")]}
    body = {"type": "websocket.http.response.body", "body": b"no"}
    got = sent_by([SecurityHeaders("app")], start, body)
    names = {name for name, _ in got[0]["headers"]}
    assert got[0]["status"] == 403
    assert b"x-content-type-options" in names
    assert b"server" not in names
    assert got[1:] == [body]


@pytest.mark.asvs("v5.0.0-4.2.4")
@pytest.mark.parametrize("kind", ["websocket.accept", "websocket.http.response.start"])
def test_a_response_to_a_handshake_is_never_split(kind) -> None:
    with pytest.raises(HeaderInjection):
        sent_by([Framing()], {"type": kind, "status": 403, "headers": [SPLIT]})


def test_an_error_before_the_handshake_has_ended_is_answered() -> None:
    start, body = sent_by([Errors(log="none")], error=ValueError("secret"))
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 500)
    assert json.loads(body["body"])["code"] == "internal_error"


@pytest.mark.parametrize(("error", "code"), [(ValueError(), 1011), (StoreUnavailable(""), 1011)], ids=str)
def test_where_a_server_knows_no_such_response_the_connection_is_closed(error, code) -> None:
    assert sent_by([Errors(log="none")], error=error, extensions={}) == [{"type": "websocket.close", "code": code}]


@pytest.mark.parametrize("kind", ["websocket.accept", "websocket.close"])
def test_an_error_after_the_handshake_goes_to_the_server(kind) -> None:
    with pytest.raises(ZeroDivisionError):
        sent_by([Errors(log="none")], {"type": kind}, error=ZeroDivisionError())

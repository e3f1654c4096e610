"""Controls around an ASGI application: FastAPI, Starlette, Litestar, Django, or a plain function."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from zenoo_security._native import lowered
from zenoo_security.web.asgi_body import AsgiBody, read_whole
from zenoo_security.web.facts import BODY
from zenoo_security.web.pipeline import Pipeline
from zenoo_security.web.request import Request
from zenoo_security.web.response import Head, Response

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.web.control import Control

__all__ = ["AsgiMiddleware"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_KINDS: Final = frozenset({"http", "websocket"})
_SCHEMES: Final = {"ws": "http", "wss": "https"}
_RESPONSES_TO_HANDSHAKES: Final = "websocket.http.response"
_HANDSHAKE_ENDS: Final = frozenset({"websocket.accept", "websocket.close", "websocket.http.response.start"})
_SWITCHING_PROTOCOLS: Final = 101
_SERVER_ERROR: Final = 500
_POLICY_VIOLATION: Final = 1008  # RFC 6455, section 7.4.1
_INTERNAL_ERROR: Final = 1011


class AsgiMiddleware:
    """An ASGI application with controls around it; all of them in one layer.

    Args:
        app: the application.
        controls: in the order of the way in.

    Raises:
        ParameterError: one of the controls is none.
    """

    __slots__ = ("_app", "_pipeline")

    def __init__(self, app: App, controls: Sequence[Control] = ()) -> None:
        self._app: Final = app
        self._pipeline: Final = Pipeline(controls)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, or whatever else the server has to say."""
        if scope["type"] not in _KINDS:
            await self._app(scope, receive, send)
            return
        request = _request(scope)
        request.read_body = partial(read_whole, receive)
        answer = _Answer(self._pipeline, request, receive, send)
        try:
            await self._handle(request, answer, scope, receive)
        except Exception as error:
            if not await answer.error(error, scope):
                raise
        finally:
            request.close()

    async def _handle(self, request: Request, answer: _Answer, scope: Scope, receive: Receive) -> None:
        for before in self._pipeline.asked(request.head.facts):
            response = before(request)
            if response is not None and not isinstance(response, Response):
                response = await response
            if request.pending:
                request.enter_pending()
            if response is not None:
                await answer.refuse(response, scope)
                return
        inner = _inner_scope(scope, request)
        if request.kind == "websocket":
            await self._app(inner, receive, answer.send_handshake)
            return
        if request.body_limit is not None or request.body_seconds is not None:
            receive = answer.receive
            # From HTTP/2 on a body needs neither a length nor a coding.
            if request.head.facts & BODY or scope.get("http_version", "1.1")[:1] != "1":
                answer.expect_body()
        await self._app(inner, receive, answer.send)
        await answer.end()


class _Answer:
    """What goes back to the client of one request."""

    __slots__ = ("_pipeline", "_replaced", "_request", "_server_receive", "body", "server_send", "started")

    def __init__(self, pipeline: Pipeline, request: Request, receive: Receive, send: Send) -> None:
        self._pipeline = pipeline
        self._request = request
        self._replaced = False
        self._server_receive = receive
        self.server_send = send
        self.started = False
        self.body: AsgiBody | None = None

    def expect_body(self) -> None:
        """There will be a body: its time begins."""
        self.body = AsgiBody(self._request, self._server_receive, self._request.body_seconds)

    def receive(self) -> Awaitable[Message]:
        """Hand over what the client sends, counted also where the head names no body."""
        if self.body is None:
            self.body = AsgiBody(self._request, self._server_receive, None)
        return self.body()

    def send(self, message: Message) -> Awaitable[None]:
        """Pass on what the application sends."""
        if message["type"] == "http.response.start":
            if self.body is not None and self.body.refusal is not None:
                self._replaced = True
            else:
                message = self._completed(message["status"], message.get("headers", ()), message)
                self.started = True
        return _leave_out() if self._replaced else self.server_send(message)

    async def send_handshake(self, message: Message) -> None:
        """Pass on what the application sends for a WebSocket: the response to its handshake, and what follows."""
        if not self.started:
            self.started = message["type"] in _HANDSHAKE_ENDS
            if message["type"] == "websocket.accept":
                completed = self._completed(_SWITCHING_PROTOCOLS, message.get("headers", ()), message)
                message = {**message, "headers": completed["headers"]}
            elif message["type"] == "websocket.http.response.start":
                message = self._completed(message["status"], message.get("headers", ()), message)
        await self.server_send(message)

    async def end(self) -> None:
        """The application has nothing more to say: send the refusal that it would not."""
        if not self.started and self.body is not None and self.body.refusal is not None:
            await self.respond(self.body.refusal)

    async def error(self, error: Exception, scope: Scope) -> bool:
        """Answer for an exception. Returns whether anybody did."""
        if self.started:
            return False
        refusal = self.body.refusal if self.body is not None else None
        response = refusal or self._pipeline.answer(self._request, error)
        if response is None:
            return False
        await self.refuse(response, scope)
        return True

    async def refuse(self, response: Response, scope: Scope) -> None:
        """Send the response of a control in place of that of the application."""
        if self._request.kind == "http":
            await self.respond(response)
        elif _RESPONSES_TO_HANDSHAKES in (scope.get("extensions") or {}):
            await self.respond(response, "websocket.http.response")
        else:
            code = _POLICY_VIOLATION if response.status < _SERVER_ERROR else _INTERNAL_ERROR
            await self.server_send({"type": "websocket.close", "code": code})

    async def respond(self, response: Response, kind: str = "http.response") -> None:
        """Send a whole response."""
        response = self._pipeline.formed(self._request, response)
        self.started = True
        await self.server_send(self._completed(response.status, response.headers, {"type": f"{kind}.start"}))
        await self.server_send({"type": f"{kind}.body", "body": response.body})

    def _completed(self, status: int, headers: Sequence[tuple[bytes, bytes]], message: Message) -> Message:
        head = Head(status, lowered(headers))
        self._pipeline.complete(self._request, head)
        return {**message, "status": head.status, "headers": head.headers}


async def _leave_out() -> None:
    """In place of a message that is not sent."""


def _request(scope: Scope) -> Request:
    client = scope.get("client")
    root = scope.get("root_path") or ""
    return Request(
        scope["type"],
        scope.get("method", "GET"),
        _scheme(scope),
        _below(root, scope["path"]) if root else scope["path"],
        scope.get("query_string", b""),
        scope["headers"],
        (client[0] or None) if client else None,
        root,
    )


def _below(root: str, path: str) -> str:
    """The path for the routes of an application: `root` is a part of it, unless a proxy has cut it off."""
    rest = path.removeprefix(root)
    return rest if not rest or rest[0] == "/" else path


def _inner_scope(scope: Scope, request: Request) -> Scope:
    """The scope for the application: with the client and the scheme that the controls found."""
    inner = dict(scope)
    request.place(inner)
    if request.client != request.peer:
        inner["client"] = (request.client, 0) if request.client is not None else None
    if scope.get("scheme") != request.scheme and _scheme(scope) != request.scheme:
        secure = request.scheme == "https"
        inner["scheme"] = ("wss" if secure else "ws") if request.kind == "websocket" else request.scheme
    return inner


def _scheme(scope: Scope) -> str:
    scheme: str = scope.get("scheme", "http")
    return _SCHEMES.get(scheme, scheme)

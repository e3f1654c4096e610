"""Controls around a WSGI application (PEP 3333): Flask, Django, Odoo, or a plain function."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

from zenoo_security._native import wsgi_lowered, wsgi_request, wsgi_titled
from zenoo_security.web.body import BodyCount
from zenoo_security.web.pipeline import Pipeline
from zenoo_security.web.request import Request
from zenoo_security.web.response import Head, Response
from zenoo_security.web.wsgi_body import WholeBody

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
    from types import TracebackType

    from zenoo_security.web.control import Control

    ExcInfo = tuple[type[BaseException], BaseException, TracebackType]
    Headers = list[tuple[str, str]]
    Write = Callable[[bytes], object]
    Start = Callable[[str, Headers, ExcInfo | None], Write]
    App = Callable[[dict[str, Any], Any], Iterable[bytes]]

__all__ = ["WsgiMiddleware", "request_of"]

_FOR_SERVERS: Final = b"connection"
"""PEP 3333 leaves it to the server, and some refuse a response that has it."""


class WsgiMiddleware:
    """A WSGI application with controls around it; all of them in one layer.

    A control that asks a store does so in the event loop of a thread of ours, which all requests share; bodies are read
    in the threads of their requests.

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

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Handle one request."""
        request = request_of(environ)
        body = WholeBody(environ)
        request.read_body = body.read
        answer = _Answer(self._pipeline, request, start_response)
        try:
            return _Chunks(request, self._handle(request, answer, environ, body))
        except Exception as error:
            response = answer.error(error)
            if response is None:
                request.close()
                raise
            return _Chunks(request, response)
        except BaseException:
            request.close()
            raise

    def _handle(self, request: Request, answer: _Answer, environ: dict[str, Any], body: WholeBody) -> _Reply:
        for before in self._pipeline.asked(request.head.facts):
            response = before(request)
            if response is not None and not isinstance(response, Response):
                response = body.wait(cast("Coroutine[Any, Any, Response | None]", response))
            if request.pending:
                request.enter_pending()
            if response is not None:
                return _Reply(answer.respond(response))
        request.place(environ)
        _tell(environ, request)
        if request.body_limit is not None:
            answer.body = BodyCount(request.body_limit, request.body_audit)
            environ["wsgi.input"] = _Input(answer.body, environ["wsgi.input"])
        return answer.first_chunk(self._app(environ, answer.start))


class _Reply:
    """The chunks of a response, the first of which has been made: by then the head is known."""

    __slots__ = ("close", "first", "rest")

    def __init__(self, first: bytes, rest: Iterable[bytes] = (), close: Callable[[], object] | None = None) -> None:
        self.first = first
        self.rest = rest
        self.close = close


class _Answer:
    """What goes back to the client of one request."""

    __slots__ = ("_pipeline", "_request", "_start_response", "body", "started")

    def __init__(self, pipeline: Pipeline, request: Request, start_response: Start) -> None:
        self._pipeline = pipeline
        self._request = request
        self._start_response = start_response
        self.started = False
        self.body: BodyCount | None = None

    def start(self, status: str, headers: Headers, exc_info: ExcInfo | None = None) -> Write:
        """The `start_response` of the application."""
        if self.refusal is not None:
            return lambda _: None
        number, _, phrase = status.partition(" ")
        return self._start(int(number), phrase, wsgi_lowered(headers), exc_info)

    @property
    def refusal(self) -> Response | None:
        """What is sent whatever the application says."""
        return self.body.refusal if self.body is not None and not self.started else None

    def first_chunk(self, chunks: Iterable[bytes]) -> _Reply:
        """Let the application begin, or send the refusal that it would not."""
        close = getattr(chunks, "close", None)
        try:
            iterator = iter(chunks)
            first = next(iterator, b"")
        except BaseException:
            if close is not None:
                close()
            raise
        if self.refusal is not None:
            return _Reply(self.respond(self.refusal), close=close)
        return _Reply(first, iterator, close)

    def error(self, error: Exception) -> _Reply | None:
        """Answer for an exception; `None` when nobody does."""
        if self.started:
            return None
        response = self.refusal or self._pipeline.answer(self._request, error)
        return None if response is None else _Reply(self.respond(response))

    def respond(self, response: Response) -> bytes:
        """Send the head of a whole response; gives its body."""
        response = self._pipeline.formed(self._request, response)
        headers = [header for header in response.headers if header[0] != _FOR_SERVERS]
        self._start(response.status, HTTPStatus(response.status).phrase, headers, None)
        return b"" if self._request.method == "HEAD" else response.body

    def _start(self, status: int, phrase: str, headers: list[tuple[bytes, bytes]], exc_info: ExcInfo | None) -> Write:
        head = Head(status, headers)
        self._pipeline.complete(self._request, head)
        self.started = True
        said = head.status == status and phrase.isprintable()
        line = f"{head.status} {phrase if said else HTTPStatus(head.status).phrase}"
        return self._start_response(line, wsgi_titled(head.headers), exc_info)


class _Chunks:
    """The body of a response; what the request held is let go when the server closes it."""

    __slots__ = ("_reply", "_request")

    def __init__(self, request: Request, reply: _Reply) -> None:
        self._request = request
        self._reply = reply

    def __iter__(self) -> Iterator[bytes]:
        if self._reply.first:
            yield self._reply.first
        yield from self._reply.rest

    def close(self) -> None:
        try:
            if self._reply.close is not None:
                self._reply.close()
        finally:
            self._request.close()


class _Input:
    """`wsgi.input`, counted."""

    __slots__ = ("_body", "_input")

    def __init__(self, body: BodyCount, stream: Any) -> None:
        self._body = body
        self._input = stream

    def read(self, size: int = -1) -> bytes:
        """Read so many bytes, or all."""
        return self._counted(self._input.read(self._capped(size)))

    def readline(self, size: int = -1) -> bytes:
        """Read to the end of the line, at most so many bytes."""
        return self._counted(self._input.readline(self._capped(size)))

    def readlines(self, hint: int = -1) -> list[bytes]:
        """Read lines, until they have that many bytes."""
        lines: list[bytes] = []
        while (hint <= 0 or sum(map(len, lines)) < hint) and (line := self.readline()):
            lines.append(line)
        return lines

    def __iter__(self) -> Iterator[bytes]:
        while line := self.readline():
            yield line

    def _capped(self, size: int | None) -> int:
        """One byte over the limit is enough to know that there is one."""
        left = (self._body.left or 0) + 1
        return left if size is None or size < 0 else min(size, left)

    def _counted(self, data: bytes) -> bytes:
        self._body.add(len(data))
        return data


def request_of(environ: dict[str, Any]) -> Request:
    """The head of a request, as PEP 3333 hands it over."""
    return Request(
        "http",
        environ["REQUEST_METHOD"],
        environ["wsgi.url_scheme"],
        _decoded(environ.get("PATH_INFO", "")),
        environ.get("QUERY_STRING", "").encode("latin-1"),
        wsgi_request(environ),
        environ.get("REMOTE_ADDR") or None,
        _decoded(environ.get("SCRIPT_NAME", "")),
    )


def _decoded(path: str) -> str:
    return path.encode("latin-1").decode("utf-8", "replace")


def _tell(environ: dict[str, Any], request: Request) -> None:
    """Tell the application the client and the scheme that the controls found."""
    if request.client != request.peer:
        environ["REMOTE_ADDR"] = request.client or ""
    environ["wsgi.url_scheme"] = request.scheme

"""A request as the controls see it, whether it came by ASGI or by WSGI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from zenoo_security._native import RequestHead

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from zenoo_security.web.telling import BoundedTelling

__all__ = ["Request", "security_request"]

_PLACE: Final = "zenoo_security.request"


class Request:
    """The head of a request, and what the controls have found out about it.

    Attributes:
        kind: `http`, or `websocket` for the handshake of one.
        method: as it was sent; `GET` for a WebSocket.
        scheme: `http` or `https`, for a WebSocket too. A control that trusts a proxy sets it.
        path: decoded, as the application routes it: without `root`.
        root: where the application is mounted (`root_path`, `SCRIPT_NAME`), such as `/shop`; mostly empty.
        query: what follows the question mark, as it was sent.
        headers: names in lower case and values, in their order, each as often as it was sent.
        head: those headers, read once, and the facts about the request.
        peer: the address at the other end of the connection; `None` where there is none, as on a Unix socket.
        client: the address of the client, for limits and logs: `peer`, until a control that trusts a proxy sets it.
        body_limit: bytes that the application may read; `None` for any number.
        body_seconds: seconds in which the whole body has to be there; `None` for any time. ASGI alone.
        body_audit: what is told when a body goes beyond one of them.
        read_body: reads the whole body, at most so many bytes, for a control that answers the request itself: nobody
            can read it any more. Raises `InputTooLarge` where there are more, and `InvalidInput` where it breaks off.
        pending: what is entered before the next control is asked.
        found: what controls leave for the application and for each other, by the names that they document.
    """

    __slots__ = (
        "_entered",
        "body_audit",
        "body_limit",
        "body_seconds",
        "client",
        "found",
        "head",
        "headers",
        "kind",
        "method",
        "path",
        "peer",
        "pending",
        "query",
        "read_body",
        "root",
        "scheme",
    )

    def __init__(  # noqa: PLR0917 - by their order: names go through a dictionary at every request
        self,
        kind: Literal["http", "websocket"],
        method: str,
        scheme: str,
        path: str,
        query: bytes,
        headers: Sequence[tuple[bytes, bytes]],
        peer: str | None,
        root: str = "",
    ) -> None:
        self.kind: Final = kind
        self.method: Final = method
        self.scheme = scheme
        self.path: Final = path or "/"
        self.root: Final = root
        self.query: Final = query
        self.headers: Final = headers
        self.head: Final = RequestHead(kind == "websocket", method, query, headers)
        self.peer: Final = peer
        self.client = peer
        self.body_limit: int | None = None
        self.body_seconds: float | None = None
        self.body_audit: BoundedTelling | None = None
        self.read_body: Callable[[int], Awaitable[bytes]] = _no_body
        self.found: Final[dict[str, Any]] = {}
        self.pending: tuple[AbstractContextManager[Any], ...] = ()
        self._entered: Final[list[AbstractContextManager[Any]]] = []

    def __repr__(self) -> str:
        """Neither the path nor a header: both may hold what is secret."""
        return f"<{type(self).__name__} {self.kind} {self.method}>"

    def values(self, name: bytes) -> tuple[bytes, ...]:
        """All values of a header, by its name in lower case."""
        return self.head.values(name)

    def value(self, name: bytes) -> bytes | None:
        """The value of a header that is there once; `None` when it is not there, or is twice."""
        return self.head.value(name)

    def enter(self, context: AbstractContextManager[Any]) -> None:
        """Have a context manager, such as `acting_as(principal)`, around all that follows, until the response is sent.

        The middleware enters it when the control has answered: what a control does may run in a context of its own.
        """
        self.pending = (*self.pending, context)

    def enter_pending(self) -> None:
        """Enter what controls asked for; the middleware calls it."""
        pending, self.pending = self.pending, ()
        for context in pending:
            context.__enter__()
            self._entered.append(context)

    def close(self) -> None:
        """Leave what was entered, the last first, also where one of them raises; the middleware calls it."""
        # What reads the body holds the scope or environ, and that holds this: all of it would wait for the collector.
        self.read_body = _no_body
        while self._entered:
            last = self._entered.pop()
            try:
                last.__exit__(None, None, None)
            except BaseException:
                self.close()
                raise

    def place(self, scope: dict[str, Any]) -> None:
        """Leave this where `security_request` finds it."""
        scope[_PLACE] = self


async def _no_body(_: int) -> bytes:
    return b""


def security_request(scope: Mapping[str, Any]) -> Request:
    """What the controls know about the request of an ASGI scope or a WSGI environ.

    Raises:
        KeyError: no middleware of ours is around the application.
    """
    request: Request = scope[_PLACE]
    return request

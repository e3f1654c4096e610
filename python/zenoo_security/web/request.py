"""A request as the controls see it, whether it came by ASGI or by WSGI."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from zenoo_security.web.telling import BoundedTelling

__all__ = ["Request", "security_request"]

_PLACE: Final = "zenoo_security.request"
_NOTHING: Final[Mapping[bytes, tuple[bytes, ...]]] = MappingProxyType({})


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
        "_repeated",
        "_single",
        "body_audit",
        "body_limit",
        "body_seconds",
        "client",
        "found",
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

    def __init__(
        self,
        *,
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
        self.peer: Final = peer
        self.client = peer
        self.body_limit: int | None = None
        self.body_seconds: float | None = None
        self.body_audit: BoundedTelling | None = None
        self.read_body: Callable[[int], Awaitable[bytes]] = _no_body
        self.found: Final[dict[str, Any]] = {}
        self._single: dict[bytes, bytes] | None = None
        self._repeated = _NOTHING
        self.pending: Final[list[AbstractContextManager[Any]]] = []
        self._entered: Final[list[AbstractContextManager[Any]]] = []

    def __repr__(self) -> str:
        """Neither the path nor a header: both may hold what is secret."""
        return f"<{type(self).__name__} {self.kind} {self.method}>"

    def values(self, name: bytes) -> tuple[bytes, ...]:
        """All values of a header, by its name in lower case."""
        single = self._single if self._single is not None else self._index()
        if name not in single:
            return ()
        return self._repeated[name] if name in self._repeated else (single[name],)

    def value(self, name: bytes) -> bytes | None:
        """The value of a header that is there once; `None` when it is not there, or is twice."""
        single = self._single if self._single is not None else self._index()
        return None if name in self._repeated else single.get(name)

    def names(self) -> tuple[bytes, ...]:
        """The names of all headers, each as often as it was sent."""
        single = self._single if self._single is not None else self._index()
        return tuple([name for name, _ in self.headers]) if self._repeated else tuple(single)

    def text(self) -> bytes:
        """The values of all headers without anything between, for what looks for single bytes in them."""
        single = self._single if self._single is not None else self._index()
        return b"".join([value for _, value in self.headers] if self._repeated else single.values())

    def _index(self) -> dict[bytes, bytes]:
        """Most requests have each of their headers once: then a plain dictionary is all that is needed."""
        single = self._single = dict(self.headers)
        if len(single) != len(self.headers):
            several: dict[bytes, list[bytes]] = {}
            for name, value in self.headers:
                several.setdefault(name, []).append(value)
            self._repeated = {name: tuple(values) for name, values in several.items() if len(values) > 1}
        return single

    def enter(self, context: AbstractContextManager[Any]) -> None:
        """Have a context manager, such as `acting_as(principal)`, around all that follows, until the response is sent.

        The middleware enters it when the control has answered: what a control does may run in a context of its own.
        """
        self.pending.append(context)

    def enter_pending(self) -> None:
        """Enter what controls asked for; the middleware calls it."""
        for context in self.pending:
            context.__enter__()
            self._entered.append(context)
        self.pending.clear()

    def close(self) -> None:
        """Leave what was entered, the last first, also where one of them raises; the middleware calls it."""
        if self._entered:
            try:
                self._entered.pop().__exit__(None, None, None)
            finally:
                self.close()

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

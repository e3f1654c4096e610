"""A page of an application to which people are sent, such as that of the login."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from zenoo_security.errors import ParameterError
from zenoo_security.web.response import Response

if TYPE_CHECKING:
    from zenoo_security.web.request import Request

__all__ = ["Page", "is_opened"]


class Page:
    """One page.

    Args:
        path: of the route of the application, such as `/login`; a query may follow.

    Raises:
        ParameterError: it is none, or leads to another host.
    """

    __slots__ = ("_address", "_path")

    def __init__(self, path: str) -> None:
        if not path.startswith("/") or not path.isascii() or not path.isprintable() or path.startswith(("//", "/\\")):
            raise ParameterError("a page is a path of this application, such as /login")
        self._address: Final = path
        self._path: Final = path.partition("?")[0]

    def is_at(self, request: Request) -> bool:
        """Whether a request is for it."""
        return request.path == self._path

    def redirect(self, request: Request) -> Response:
        """Send a browser there, wherever the application is mounted."""
        mounted = request.root.strip("/\\")
        root = "/" + quote(mounted) if mounted else ""
        return Response(303, ((b"location", (root + self._address).encode()), (b"content-length", b"0")))


def is_opened(request: Request) -> bool:
    """Whether a person has opened a page, and no script asks for data."""
    if request.method not in {"GET", "HEAD"} or request.kind != "http":
        return False
    mode = request.value(b"sec-fetch-mode")
    return mode == b"navigate" if mode is not None else b"text/html" in (request.value(b"accept") or b"")

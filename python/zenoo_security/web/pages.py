"""A page of an application to which people are sent, such as that of the login."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from zenoo_security.errors import ParameterError
from zenoo_security.web.redirects import is_own_path
from zenoo_security.web.response import Response

if TYPE_CHECKING:
    from zenoo_security.web.request import Request

__all__ = ["Page", "sent_to", "wants_page"]


class Page:
    """One page.

    Args:
        path: of the route of the application, such as `/login`; a query may follow.

    Raises:
        ParameterError: it is none, or leads to another host.
    """

    __slots__ = ("_address", "_path")

    def __init__(self, path: str) -> None:
        if not is_own_path(path):
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


def sent_to(page: Page | None, request: Request, otherwise: Response) -> Response | None:
    """Send a person to a page, and answer a program.

    Args:
        page: where to; `None` to answer everybody.
        request: what was asked for.
        otherwise: the answer for a program.

    Returns:
        The response; `None` on the page itself, which is shown to whoever is sent there.
    """
    if page is None:
        return otherwise
    if page.is_at(request):
        return None
    return page.redirect(request) if _is_opened(request) else otherwise


def wants_page(request: Request) -> bool:
    """Whether a person has opened a page or sent a form, and no script asks for data."""
    if request.kind != "http":
        return False
    mode = request.value(b"sec-fetch-mode")
    return mode == b"navigate" if mode is not None else b"text/html" in (request.value(b"accept") or b"")


def _is_opened(request: Request) -> bool:
    return request.method in {"GET", "HEAD"} and wants_page(request)

"""`Clear-Site-Data`: at logout a browser forgets what it has kept of the site."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, get_args

from zenoo_security.errors import ParameterError
from zenoo_security.web.control import Control
from zenoo_security.web.facts import method
from zenoo_security.web.finding import request_of
from zenoo_security.web.paths import Paths
from zenoo_security.web.response import Response

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Head

__all__ = ["ClearSiteData", "SiteData", "clear_site_data"]

SiteData = Literal["cache", "cookies", "storage"]

_FOUND: Final = "clear_site_data"
_NAME: Final = b"clear-site-data"
_ERRORS: Final = 400
_FILE: Final = re.compile(r"(?:/[\w.-]+)+")
_STYLESHEET: Final = ((b"content-type", b"text/css"), (b"cache-control", b"no-store"), (b"vary", b"sec-fetch-site"))
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class ClearSiteData(Control):
    """Adds `Clear-Site-Data` to the answer of a logout. Browsers heed it over https, and on this machine.

    With `cookies` all cookies of the registered domain go, those of its other hosts too. With `storage` service
    workers go as well.

    Chromium keeps the page that somebody leaves, also one with `no-store`, and at a logout that page is still open: a
    press of "back" would show it again. So the page after the logout loads an empty stylesheet, which clears the cache
    once more: `<link rel="stylesheet" href="/clear-site-data.css">`. This control answers for it, and has its header
    where a page of this site asks: no other site can empty anybody's cache with it. So it stands before `WebSessions`,
    and after the controls that refuse.

    Args:
        paths: where the application logs out, as `Paths` takes them; it may call `clear_site_data` instead.
        types: what is forgotten.
        stylesheet: the path of the stylesheet; `None` for none.

    Raises:
        ParameterError: these are no paths, or no such types.
    """

    __slots__ = ("_paths", "_stylesheet", "_value")

    def __init__(
        self,
        paths: Iterable[str] = (),
        *,
        types: Iterable[SiteData] = get_args(SiteData),
        stylesheet: str | None = "/clear-site-data.css",
    ) -> None:
        chosen = tuple(types)
        if not chosen or not set(chosen) <= set(get_args(SiteData)):
            raise ParameterError("the types of site data are cache, cookies and storage")
        if stylesheet is not None and not _FILE.fullmatch(stylesheet):
            raise ParameterError("stylesheet is the path of a file, such as /clear-site-data.css, or None")
        self._paths: Final = Paths(paths)
        self._stylesheet: Final = stylesheet
        self._value: Final = ",".join(f'"{each}"' for each in chosen).encode()

    def facts(self) -> int:
        """The stylesheet is read."""
        return method("GET") | method("HEAD")

    def before(self, request: Request) -> Response | None:
        """Answer for the stylesheet."""
        if request.path != self._stylesheet:
            return None
        is_ours = request.value(b"sec-fetch-site") == b"same-origin"
        return Response(200, _STYLESHEET + (((_NAME, b'"cache"'),) if is_ours else ()))

    def after(self, request: Request, head: Head) -> None:
        """Add the header where somebody has logged out."""
        if _FOUND in request.found or (
            head.status < _ERRORS and self._paths.match(request.path) and _is_meant(request)
        ):
            head.set(_NAME, self._value)


def _is_meant(request: Request) -> bool:
    """Whether it may be a logout: a page of another site can send any request, and have its visitors lose all."""
    return request.method not in _SAFE and request.value(b"sec-fetch-site") != b"cross-site"


def clear_site_data(source: object) -> None:
    """Have the browser forget what it has kept of the site, with the response to this request. `ClearSiteData` does it.

    Args:
        source: the request, as `request_of` takes it.

    Raises:
        ConfigurationError: no middleware of ours is around the application.
    """
    request_of(source).found[_FOUND] = True

"""`Clear-Site-Data`: at logout a browser forgets what it has kept of the site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

from zenoo_security.errors import ParameterError
from zenoo_security.web.control import Control
from zenoo_security.web.finding import request_of
from zenoo_security.web.paths import Paths

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Head

__all__ = ["ClearSiteData", "SiteData", "clear_site_data"]

SiteData = Literal["cache", "cookies", "storage"]

_FOUND: Final = "clear_site_data"
_NAME: Final = b"clear-site-data"
_ERRORS: Final = 400
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class ClearSiteData(Control):
    """Adds `Clear-Site-Data` to the answer of a logout. Browsers heed it over https, and on this machine.

    With `cookies` all cookies of the registered domain go, those of its other hosts too. With `storage` service
    workers go as well.

    Args:
        paths: where the application logs out, as `Paths` takes them; it may call `clear_site_data` instead.
        types: what is forgotten.

    Raises:
        ParameterError: these are no paths, or no such types.
    """

    __slots__ = ("_paths", "_value")

    def __init__(self, paths: Iterable[str] = (), *, types: Iterable[SiteData] = get_args(SiteData)) -> None:
        chosen = tuple(types)
        if not chosen or not set(chosen) <= set(get_args(SiteData)):
            raise ParameterError("the types of site data are cache, cookies and storage")
        self._paths: Final = Paths(paths)
        self._value: Final = ",".join(f'"{each}"' for each in chosen).encode()

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

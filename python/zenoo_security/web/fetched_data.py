"""Data that scripts fetch, and that no browser shows or embeds by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.web.control import Control
from zenoo_security.web.paths import Paths
from zenoo_security.web.problems import problem
from zenoo_security.web.telling import BoundedTelling

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Head, Response

__all__ = ["FetchedData"]

_NAME: Final = b"sec-fetch-dest"
_FETCHED: Final = frozenset({(), (b"empty",), (b"websocket",)})
"""`empty` is what `fetch`, `XMLHttpRequest`, `EventSource` and `sendBeacon` have (Fetch standard, section 2.2.5)."""

_REFUSED: Final = problem(403, "This is data for programs: fetch it, a browser does not show or embed it.", code="data")


class FetchedData(Control):
    """Refuses a browser that would show data as a page, or embed it as a frame, a picture, a script or a style sheet.

    What an attacker got into the data then never becomes part of a page, and no other page reads it as a script
    (OWASP ASVS 5.0, 3.2.1 and 3.5.8). A browser tells in `Sec-Fetch-Dest` what it wants something for, and scripts
    cannot change it. Clients that tell nothing are no browsers, or old ones: for those there are the headers.

    Args:
        paths: where the data is, as `Paths` takes them: `/api/`.

    Raises:
        ParameterError: these are no paths.
    """

    __slots__ = ("_audit", "_paths")

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths: Final = Paths(paths, ambiguous=True)
        self._audit: Final = BoundedTelling()

    def before(self, request: Request) -> Response | None:
        """Look at what it is for."""
        if tuple(request.values(_NAME)) in _FETCHED or not self._paths.match(request.path):
            return None
        self._audit.tell("input_validation_fail", what="destination", codes=["embedded"])
        return _REFUSED

    def after(self, request: Request, head: Head) -> None:
        """Have no cache show what was fetched."""
        if self._paths.match(request.path):
            head.vary((b"Sec-Fetch-Dest",))

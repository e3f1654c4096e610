"""Files that users uploaded: handed out to be kept or looked at, never to be run as a page of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.web.control import Control
from zenoo_security.web.header_changes import HeaderChanges, change_headers
from zenoo_security.web.paths import Paths

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Head

__all__ = ["UserFiles"]

_DISPOSITION: Final = b"content-disposition"
_SAFE: Final = (
    "image/avif",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "audio/mpeg",
    "video/mp4",
    "video/webm",
)
_FILE: Final = HeaderChanges(
    csp={
        "default-src": "'none'",
        "script-src": None,
        "style-src": None,
        "form-action": "'none'",
        "base-uri": "'none'",
        "sandbox": "",
    }
)


class UserFiles(Control):
    """Has browsers save what users uploaded, or show it alone and in a sandbox.

    What is not of a type in `inline` becomes an attachment. Either way the policy of the response is the sandbox: an
    SVG or an HTML page that somebody opens runs nothing, and is of no origin. Put it after `SecurityHeaders`.

    Args:
        paths: where the files are, as `Paths` takes them.
        inline: types that a browser may show; what holds script, such as `text/html` and `image/svg+xml`, is none.

    Raises:
        ParameterError: these are no paths.
    """

    __slots__ = ("_inline", "_paths")

    def __init__(self, paths: Iterable[str], *, inline: Iterable[str] = _SAFE) -> None:
        self._paths: Final = Paths(paths, ambiguous=True)
        self._inline: Final = frozenset(each.lower().encode() for each in inline)

    def before(self, request: Request) -> None:
        """Give the response the policy of a file."""
        if self._paths.match(request.path):
            change_headers(request, _FILE)

    def after(self, request: Request, head: Head) -> None:
        """Make it an attachment."""
        if not self._paths.match(request.path):
            return
        media_type = (head.value(b"content-type") or b"").partition(b";")[0].strip().lower()
        disposition = head.value(_DISPOSITION) or b""
        if media_type in self._inline or disposition.lstrip().lower().startswith(b"attachment"):
            return
        _, semicolon, parameters = disposition.partition(b";")
        head.set(_DISPOSITION, b"attachment" + semicolon + parameters)

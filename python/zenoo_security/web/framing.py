"""Heads that two readers could read in two ways: request smuggling and split responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.errors import HeaderInjection
from zenoo_security.web.control import Control
from zenoo_security.web.problems import problem
from zenoo_security.web.telling import BoundedTelling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Head, Response

__all__ = ["Framing"]

_TOKEN: Final = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""What the name of a header is made of (RFC 9110, section 5.6.2)."""

_CONTROLS: Final = bytes({*range(0x20), 0x7F} - {0x09})
"""What its value never has (RFC 9110, section 5.5)."""

_ONCE: Final = (b"host", b"content-length", b"transfer-encoding", b"content-type", b"authorization")
"""Headers of which a second one makes servers differ on which counts."""

_AMBIGUOUS: Final = problem(
    400,
    "Send a request whose head has one meaning alone.",
    headers=((b"connection", b"close"),),
    code="ambiguous_head",
)
"""Where the next request begins is not certain, so the connection cannot carry one."""


class Framing(Control):
    """Refuses heads that a proxy and a server may read in two ways, and responses that would be split.

    On the way in, 400 with the connection closed: two `Content-Length`, `Host`, `Transfer-Encoding`, `Content-Type` or
    `Authorization`; `Content-Length` beside `Transfer-Encoding`, or anything but digits; a transfer coding other than
    `chunked`; control characters in a value, and other characters than those of a token in a name. A name with an
    underscore, where the same with a hyphen is there or is one that controls look at: to a CGI-like application (WSGI,
    Django) the two are one.

    On the way out, a header with a line break, NUL or another control character, or whose name is no token, raises
    `HeaderInjection` in place of being sent: some servers write out what they get.

    Servers refuse much of this before any application sees it, each another part; `tests/web/test_servers.py` shows
    which. A line that is folded (obs-fold) has been put together by then, or refused.
    """

    def __init__(self) -> None:
        self._audit: Final = BoundedTelling()

    def before(self, request: Request) -> Response | None:
        """Look at the head of a request."""
        if _is_clean(request.headers) and _is_plain(request):
            return None
        self._audit.tell("input_validation_fail", what="head", codes=["ambiguous"])
        return _AMBIGUOUS

    def after(self, request: Request, head: Head) -> None:
        """Look at the head of a response.

        Raises:
            HeaderInjection: it would be split.
        """
        del request
        if not _is_clean(head.headers):
            raise HeaderInjection("a header of the response has a line break or a control character: encode its value")


def _is_clean(headers: Sequence[tuple[bytes, bytes]]) -> bool:
    if not headers:
        return True
    names, values = zip(*headers, strict=True)
    text = b"".join(values)
    return (
        all(names) and not b"".join(names).translate(None, _TOKEN) and len(text.translate(None, _CONTROLS)) == len(text)
    )


def _is_plain(request: Request) -> bool:
    values = request.values
    for name in _ONCE:
        if len(values(name)) > 1:
            return False
    length, coding = values(b"content-length"), values(b"transfer-encoding")
    if length and (coding or not length[0].isdigit()):
        return False
    if coding and coding[0].lower() != b"chunked":
        return False
    underscored = [name for name, _ in request.headers if b"_" in name]
    return not underscored or not any(_shadows(request, name.replace(b"_", b"-")) for name in underscored)


_LOOKED_AT: Final = frozenset(
    {
        *_ONCE,
        b"cookie",
        b"forwarded",
        b"origin",
        b"referer",
        b"sec-fetch-mode",
        b"sec-fetch-site",
        b"x-csrf-token",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-proto",
        b"x-real-ip",
        b"x-request-id",
    }
)


def _shadows(request: Request, name: bytes) -> bool:
    return name in _LOOKED_AT or bool(request.values(name))

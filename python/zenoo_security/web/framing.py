"""Heads that two readers could read in two ways: request smuggling and split responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security._native import splits
from zenoo_security.errors import HeaderInjection
from zenoo_security.web.control import Additions, Control
from zenoo_security.web.facts import AMBIGUOUS
from zenoo_security.web.problems import problem
from zenoo_security.web.telling import BoundedTelling

if TYPE_CHECKING:
    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Head, Response

__all__ = ["Framing"]

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
    `chunked`; control characters in a value, and other characters than those of a token in a name. A name with
    underscores that with hyphens is that of another header, or one that controls look at: to a CGI-like application
    (WSGI, Django) the two are one.

    On the way out, a header with a line break, NUL or another control character, or whose name is no token, raises
    `HeaderInjection` in place of being sent: some servers write out what they get.

    Servers refuse much of this before any application sees it, each another part; `tests/web/test_servers.py` shows
    which. A line that is folded (obs-fold) has been put together by then, or refused.
    """

    __slots__ = ("_audit",)

    def __init__(self) -> None:
        self._audit: Final = BoundedTelling()

    def facts(self) -> int:
        """Heads of two meanings."""
        return AMBIGUOUS

    def before(self, request: Request) -> Response | None:
        """Look at the head of a request."""
        if not request.head.facts & AMBIGUOUS:
            return None
        self._audit.tell("input_validation_fail", what="head", codes=["ambiguous"])
        return _AMBIGUOUS

    def after(self, request: Request, head: Head) -> None:
        """Look at the head of a response.

        Raises:
            HeaderInjection: it would be split.
        """
        del request
        if splits(head.headers):
            raise HeaderInjection("a header of the response has a line break or a control character: encode its value")

    def additions(self) -> Additions:
        """Nothing: it looks at every head, with all that controls have added."""
        return Additions(self._add)

    def _add(self, request: Request, head: Head) -> bool:
        self.after(request, head)
        return True

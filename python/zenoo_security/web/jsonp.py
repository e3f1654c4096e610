"""No JSONP."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from zenoo_security.web.control import Control
from zenoo_security.web.facts import QUERY
from zenoo_security.web.problems import problem
from zenoo_security.web.query import parameters, too_many
from zenoo_security.web.telling import BoundedTelling

if TYPE_CHECKING:
    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Response

__all__ = ["Jsonp"]

_NAMES: Final = frozenset({b"callback", b"jsonp", b"jsonpcallback", b"jsoncallback"})
_NO_SCRIPT: Final = re.compile(rb"[0-9]*|https?://[!-~]+")
"""A number, or a URL without blanks: as the beginning of a script each calls nothing."""

_REFUSED: Final = problem(400, "JSONP is not answered here: use CORS.", code="jsonp")


class Jsonp(Control):
    """Refuses requests for a script that calls a function with the data (OWASP ASVS 5.0, 3.5.6).

    Whatever page includes such a script gets the data of its visitor. A parameter `callback` or `jsonp` is refused
    unless it is empty, a number, or a whole URL, as `callback` has it elsewhere: scripts know more names of functions
    than a pattern does.
    """

    def __init__(self) -> None:
        self._audit: Final = BoundedTelling()

    def facts(self) -> int:
        """Requests with a query."""
        return QUERY

    def before(self, request: Request) -> Response | None:
        """Look at the query."""
        if not request.query or request.method not in {"GET", "HEAD"}:
            return None
        refusal = too_many(request.query)
        if refusal is not None:
            self._audit.tell("input_validation_fail", what="query", codes=["too_large"])
            return refusal
        for name, value in parameters(request.query):
            if name.lower().replace(b"_", b"") in _NAMES and not _NO_SCRIPT.fullmatch(value):
                self._audit.tell("input_validation_fail", what="query", codes=["jsonp"])
                return _REFUSED
        return None

"""How large a request may be, and how long its body may take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ParameterError
from zenoo_security.web.body import too_large
from zenoo_security.web.control import Control
from zenoo_security.web.facts import BODY
from zenoo_security.web.paths import ByPath
from zenoo_security.web.problems import problem
from zenoo_security.web.telling import BoundedTelling

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Response

__all__ = ["Sizes"]

_MIB: Final = 1024 * 1024
_MAX_DIGITS: Final = 19
"""A length of more digits is over every limit."""


class Sizes(Control):
    """Limits the head and the body of a request.

    A body whose `Content-Length` is over the limit is refused before a byte of it is read, with 413; one that says
    nothing, or lies, when it gets there. A body that is not whole in time is refused with 408, under ASGI; under WSGI
    the server or the proxy has to see to it, and so it has everywhere for a head that drips in: until it is whole, no
    application is asked.

    Args:
        body: bytes of a body.
        paths: prefix -> bytes of a body there, such as `{"/upload": 50 * 1024 * 1024}`; the longest prefix counts.
        body_seconds: from the call of the application until the body is whole; `None` for any time.
        headers: lines of a head.
        header_bytes: bytes of their names and values together.
        target_bytes: characters of the path, decoded, and bytes of the query together.

    Raises:
        ParameterError: a limit is not positive.
    """

    def __init__(
        self,
        body: int = _MIB,
        *,
        paths: Mapping[str, int] | None = None,
        body_seconds: float | None = 30.0,
        headers: int = 100,
        header_bytes: int = 32 * 1024,
        target_bytes: int = 8 * 1024,
    ) -> None:
        limits = (body, headers, header_bytes, target_bytes, *(paths or {}).values())
        if any(type(limit) is not int or limit <= 0 for limit in limits):
            raise ParameterError("the limits are positive whole numbers")
        if body_seconds is not None and not body_seconds > 0:
            raise ParameterError("body_seconds is positive, or None")
        self._body: Final = ByPath(body, paths or {})
        self._body_seconds: Final = body_seconds
        self._headers: Final = headers
        self._header_bytes: Final = header_bytes
        self._target_bytes: Final = target_bytes
        self._long_target: Final = problem(
            414, f"A path and its query may have {target_bytes} bytes.", code="target_too_long"
        )
        self._large_head: Final = problem(
            431, f"A request may have {headers} headers of {header_bytes} bytes together.", code="headers_too_large"
        )
        self._audit: Final = BoundedTelling()

    def before(self, request: Request) -> Response | None:
        """Look at the head, and limit the body."""
        if len(request.path) + len(request.query) > self._target_bytes:
            return self._refuse("target", self._long_target)
        if len(request.head) > self._headers or request.head.size > self._header_bytes:
            return self._refuse("headers", self._large_head)
        limit = self._body.find(request.path)
        if request.head.facts & BODY and any(_exceeds(length, limit) for length in request.values(b"content-length")):
            return self._refuse("body", too_large(limit))
        request.body_limit = limit
        request.body_seconds = self._body_seconds
        request.body_audit = self._audit
        return None

    def _refuse(self, what: str, response: Response) -> Response:
        self._audit.tell("input_validation_fail", what=what, codes=["too_large"])
        return response


def _exceeds(length: bytes, limit: int) -> bool:
    return length.isdigit() and (len(length) > _MAX_DIGITS or int(length) > limit)

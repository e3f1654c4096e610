"""Pages for people in place of the problem documents that programs get."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from zenoo_security.errors import ParameterError
from zenoo_security.web.control import Control
from zenoo_security.web.pages import wants_page
from zenoo_security.web.response import Response

if TYPE_CHECKING:
    from zenoo_security.web.request import Request

__all__ = ["ErrorPage", "ErrorPages", "Problem"]

_TYPE: Final = b"content-type"
_PROBLEM: Final = b"application/problem+json"
_REPLACED: Final = frozenset({_TYPE, b"content-length"})


@dataclass(frozen=True)
class Problem:
    """What a page tells. Nothing in it comes from the request.

    Attributes:
        status: the status code.
        title: the name of the status code, or of the kind of problem.
        detail: one sentence on what to do.
        code: tells problems of one status apart, where there are several.
        request_id: under which the log has more; of failures alone.
        retry_after_s: seconds until another try makes sense, where that is known.
    """

    status: int
    title: str
    detail: str | None = None
    code: str | None = None
    request_id: str | None = None
    retry_after_s: int | None = None


ErrorPage: TypeAlias = Callable[[Problem], str]
"""Makes the HTML of a page."""


class ErrorPages(Control):
    """Shows people a page where a control refuses or `Errors` answers; programs get the problem document.

    A browser that opens a page or sends a form says so in `Sec-Fetch-Mode`, or wants `text/html`. Status and headers
    stay. What the application itself answers is not looked at.

    Args:
        render: makes the page. It must not fail, and must not ask a store: it is called for each request of a flood.

    Raises:
        ParameterError: `render` cannot be called.
    """

    def __init__(self, render: ErrorPage) -> None:
        if not callable(render):
            raise ParameterError("error_pages is a function that takes a Problem and gives HTML")
        self._render: Final = render

    def on_refusal(self, request: Request, response: Response) -> Response:
        """Put a page in the place of a problem document."""
        headers = dict(response.headers)
        if headers.get(_TYPE) != _PROBLEM or not wants_page(request):
            return response
        body = self._render(_told(response.body, headers.get(b"retry-after"))).encode()
        kept = [header for header in response.headers if header[0] not in _REPLACED]
        typed = ((_TYPE, b"text/html; charset=utf-8"), (b"content-length", b"%d" % len(body)))
        return Response(response.status, (*typed, *kept), body)


def _told(body: bytes, retry_after: bytes | None) -> Problem:
    document = json.loads(body)
    seconds = int(retry_after) if retry_after is not None and retry_after.isdigit() else None
    return Problem(
        document["status"],
        document["title"],
        document.get("detail"),
        document.get("code"),
        document.get("request-id"),
        seconds,
    )

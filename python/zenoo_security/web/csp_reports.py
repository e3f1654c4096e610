"""Where browsers report what a Content-Security-Policy forbade."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from zenoo_security.audit import emit
from zenoo_security.audit.request import client_prefix
from zenoo_security.clock import SYSTEM_CLOCK, Clock
from zenoo_security.errors import InputTooLarge, InvalidInput, ParameterError
from zenoo_security.limits import RateLimiter
from zenoo_security.web.body import too_large
from zenoo_security.web.control import Control
from zenoo_security.web.csp_violations import REPORT_URI, REPORTING_API, Violation, violations
from zenoo_security.web.paths import Paths
from zenoo_security.web.problems import problem
from zenoo_security.web.response import Response
from zenoo_security.web.telling import BoundedTelling

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from zenoo_security.web.request import Request

__all__ = ["CspReports"]

_MAX_BYTES: Final = 64 * 1024
_PER_CLIENT: Final = 30
_IN_ALL: Final = 300
_WINDOW_S: Final = 60.0
_BODY_S: Final = 10.0
_EVERYBODY: Final = "everybody"
_NO_ADDRESS: Final = "no address"

_TAKEN: Final = Response(204)
_METHOD: Final = problem(405, "Reports are sent with POST.", headers=((b"allow", b"POST"),))
_MEDIA_TYPE: Final = problem(415, "Reports are application/csp-report or application/reports+json.")
_NO_REPORT: Final = problem(400, "This is no report.")
_TOO_SLOW: Final = problem(408, "The report did not arrive in time.", headers=((b"connection", b"close"),))
_TOO_MANY: Final = problem(429, "Too many reports.", headers=((b"retry-after", b"60"),))


class CspReports(Control):
    """Takes reports of both kinds, and writes them to the audit log as `csp_violation`.

    Anybody can send anything here, so it is bounded: 64 KiB, 30 requests a minute from one client, and 300 events a
    minute in all, in each process. Of a report stays what cannot be a secret: the directive, origins, and the path of
    the page without what is as long as a token. What extensions of the browser did is left out. Nothing that was sent
    is in the answer.

    Put it before whatever refuses requests that bring no token or come without a session: a browser sends neither.

    Args:
        path: where; the `report_to` of `SecurityHeaders`.
        per_client: requests that a client (an IPv4 address, or an IPv6 /64) may send in a minute.
        in_all: violations that are written in a minute, whoever sends them; what is more is not.
        body_seconds: in which a report has to be there; by ASGI alone.
        clock: for tests.

    Raises:
        ParameterError: this is no path, or a number is out of its range.
    """

    __slots__ = ("_audit", "_clients", "_everybody", "_path", "_seconds")

    def __init__(
        self,
        path: str = "/csp-reports",
        *,
        per_client: int = _PER_CLIENT,
        in_all: int = _IN_ALL,
        body_seconds: float = _BODY_S,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        Paths([path])
        if "*" in path:
            raise ParameterError("reports come to one path, such as /csp-reports")
        seconds: object = body_seconds  # Whatever its type says.
        if not isinstance(seconds, (int, float)) or not seconds > 0:
            raise ParameterError("body_seconds is a positive number")
        self._path: Final = path
        self._seconds: Final = body_seconds
        self._audit: Final = BoundedTelling(clock)
        self._clients: Final = RateLimiter(per_client, _WINDOW_S, max_keys=10_000, clock=clock)
        self._everybody: Final = RateLimiter(in_all, _WINDOW_S, max_keys=1, clock=clock)

    def before(self, request: Request) -> Response | Awaitable[Response | None] | None:
        """Take a report."""
        if request.path != self._path or request.kind != "http":
            return None
        if request.method != "POST":
            return _METHOD
        media_type = (request.value(b"content-type") or b"").partition(b";")[0].strip().lower()
        if media_type not in {REPORT_URI, REPORTING_API}:
            return _MEDIA_TYPE
        client = client_prefix(request.client) or _NO_ADDRESS
        if not self._clients.allow(client) or not self._everybody.peek(_EVERYBODY):
            return _TOO_MANY
        return self._take(request, media_type)

    async def _take(self, request: Request, media_type: bytes) -> Response:
        try:
            body = await asyncio.wait_for(request.read_body(_MAX_BYTES), self._seconds)
            found = violations(media_type, body)
        except asyncio.TimeoutError:
            return _TOO_SLOW
        except InvalidInput as error:
            fields = [error.field or "report"]
            self._audit.tell("input_validation_fail", what="csp_report", codes=[error.code], fields=fields)
            return too_large(_MAX_BYTES) if isinstance(error, InputTooLarge) else _NO_REPORT
        for violation in found:
            if not violation.is_of_an_extension and self._everybody.allow(_EVERYBODY):
                _tell(violation, request)
        return _TAKEN


def _tell(violation: Violation, request: Request) -> None:
    emit(
        "csp_violation",
        client_ip=request.client,
        directive=violation.directive,
        blocked=violation.blocked,
        page=violation.page,
        source=violation.source,
        line=violation.line,
        disposition=violation.disposition,
    )

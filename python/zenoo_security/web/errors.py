"""The last handler of errors: what happened inside stays inside."""

from __future__ import annotations

import logging
import math
import re
import traceback
from typing import TYPE_CHECKING, Final, Literal, get_args

from zenoo_security.errors import ClientBlocked, InvalidFields, InvalidInput, ParameterError, RateLimitExceeded
from zenoo_security.web.control import Control
from zenoo_security.web.error_kinds import kind_of_error
from zenoo_security.web.problems import problem
from zenoo_security.web.request_id import REQUEST_ID

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.web.error_kinds import Kind
    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Response

__all__ = ["Errors", "LoggedErrors"]

LoggedErrors = Literal["places", "full", "none"]

_SERVER_ERROR: Final = 500
_UNAUTHORIZED: Final = 401
_MAX_FRAMES: Final = 50
_MAX_CAUSES: Final = 10
_MAX_ERRORS: Final = 100
_FIELD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.\[\]-]{0,127}")


class Errors(Control):
    """Answers exceptions as `application/problem+json` (RFC 9457): no text, value or traceback of theirs is in it.

    Exceptions of this package have the status that fits, such as 401, 403, 404, 422 or 429 with `Retry-After`, and a
    `code` for programs; input that was refused, the names and codes of its fields. Everything else is 500 with the id
    of the request (`RequestId`), under which the log has the rest.

    It is asked when nobody inside has answered: handlers of the framework, and `HTTPException` and its like, go first.
    Once a response has begun, an exception goes on to the server, which breaks the connection off.

    Args:
        logger: where answers of 500 and more are logged, a logger or its name.
        log: `places`, the types of the exception and of its causes and the lines of code where they were raised;
            `full`, their texts as well, which may quote values of users; or `none`.

    Raises:
        ParameterError: an argument is of another kind.
    """

    def __init__(self, logger: logging.Logger | str = "zenoo_security.web", *, log: LoggedErrors = "places") -> None:
        if log not in get_args(LoggedErrors):
            raise ParameterError("log is places, full or none")
        self._logger: Final = logging.getLogger(logger) if isinstance(logger, str) else logger
        self._log: Final = log

    def on_error(self, request: Request, error: Exception) -> Response:
        """Answer for an exception."""
        kind = kind_of_error(error)
        request_id = request.found.get(REQUEST_ID)
        if kind.status >= _SERVER_ERROR and self._log != "none":
            self._write(kind, request_id, error)
        members = {"request_id": request_id} if request_id is not None and kind.status >= _SERVER_ERROR else {}
        if isinstance(error, InvalidInput):
            members["errors"] = list(_fields(error))
        return problem(kind.status, kind.detail, headers=tuple(_headers(kind, error)), code=kind.code, **members)

    def _write(self, kind: Kind, request_id: object, error: Exception) -> None:
        what, cause = type(error).__name__, error if self._log == "full" else None
        places = "" if cause is not None else "\n" + "\n".join(_places(error))
        self._logger.error("%s, status %d, request %s%s", what, kind.status, request_id, places, exc_info=cause)


def _headers(kind: Kind, error: Exception) -> Iterator[tuple[bytes, bytes]]:
    told = error.retry_after if isinstance(error, (ClientBlocked, RateLimitExceeded)) else None
    wait_s = math.ceil(told) if told is not None and math.isfinite(told) else kind.retry_after_s
    if wait_s is not None:
        yield b"retry-after", b"%d" % max(wait_s, 1)
    if kind.status == _UNAUTHORIZED:
        yield b"www-authenticate", b"Bearer"


def _fields(error: InvalidInput) -> Iterator[dict[str, str]]:
    """Fields and codes; the name of a field that somebody made up is left out."""
    problems = error.errors if isinstance(error, InvalidFields) else ((error.field, error.code),)
    for field, code, *_ in problems[:_MAX_ERRORS]:
        yield {"field": field, "code": code} if field and _FIELD.fullmatch(field) else {"code": code}


def _places(error: BaseException) -> Iterator[str]:
    """Types of an exception and of what led to it, and where they were raised; without a text or a value."""
    following: BaseException | None = error
    for _ in range(_MAX_CAUSES):
        if following is None:
            return
        yield f"{type(following).__module__}.{type(following).__qualname__}"
        for frame in traceback.extract_tb(following.__traceback__, limit=-_MAX_FRAMES):
            yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)

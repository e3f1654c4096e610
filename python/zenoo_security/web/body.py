"""Counting what an application reads of a request's body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.errors import InputTooLarge, InvalidInput
from zenoo_security.web.problems import problem

if TYPE_CHECKING:
    from zenoo_security.web.response import Response
    from zenoo_security.web.telling import BoundedTelling

__all__ = ["BodyCount", "too_large"]

_CLOSE: Final = ((b"connection", b"close"),)
"""What is left of the body is not read, so the connection cannot carry another request."""


def too_large(limit: int) -> Response:
    """The refusal of a body of more than so many bytes."""
    detail = f"The body of this request may have at most {limit} bytes."
    return problem(413, detail, headers=_CLOSE, code="too_large")


class BodyCount:
    """How much has been read, and the refusal once it was too much or took too long.

    The refusal outlasts the exception: an application that takes it for a malformed body and answers something else
    is not heard any more.

    Args:
        limit: bytes that may be read; `None` for any number.
        audit: what is told of the refusal.

    Attributes:
        refusal: the response to send whatever the application says; `None` as long as all is well.
    """

    __slots__ = ("_audit", "_limit", "_read", "refusal")

    def __init__(self, limit: int | None, audit: BoundedTelling | None = None) -> None:
        self._audit = audit
        self._limit = limit
        self._read = 0
        self.refusal: Response | None = None

    @property
    def left(self) -> int | None:
        """Bytes that may still be read."""
        return None if self._limit is None else self._limit - self._read

    def add(self, count: int) -> None:
        """Count bytes that are about to be handed over.

        Raises:
            InputTooLarge: more than the limit.
        """
        self._read += count
        if self._limit is not None and self._read > self._limit:
            self._refuse(too_large(self._limit), "too_large")
            raise InputTooLarge("the body of the request is too large", field="body")

    def late(self) -> InvalidInput:
        """The body did not come in time."""
        detail = "The body of this request did not arrive in time."
        self._refuse(problem(408, detail, headers=_CLOSE, code="too_slow"), "too_slow")
        return InvalidInput("the body of the request did not arrive in time", field="body", code="too_slow")

    def _refuse(self, response: Response, code: str) -> None:
        refused, self.refusal = self.refusal is not None, response
        if self._audit is not None and not refused:
            self._audit.tell("input_validation_fail", what="body", codes=[code])

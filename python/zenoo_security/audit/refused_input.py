"""Input from outside that is refused, told where it comes in: a validator that is called from a loop tells nobody."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from zenoo_security.audit.emitting import emit
from zenoo_security.errors import InvalidFields, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["validating"]

_told: Final[ContextVar[bool]] = ContextVar("zenoo_security_validating", default=False)


@contextmanager
def validating(what: str) -> Iterator[None]:
    """Tell the audit log when the block refuses its input (`input_validation_fail`), with fields and codes alone.

    Of blocks inside each other the outermost one tells.

    Args:
        what: what comes in here, in the words of the application.

    Raises:
        AuditUnavailable: the event cannot be written, and the log is `required`.

    >>> from zenoo_security import validate
    >>> with validating("search"):
    ...     validate.field_name("name")
    'name'
    """
    if _told.get():
        yield
        return
    token = _told.set(True)
    try:
        yield
    except InvalidInput as error:
        problems = error.errors if isinstance(error, InvalidFields) else ((error.field, error.code),)
        fields, codes = [problem[0] or "?" for problem in problems], [problem[1] for problem in problems]
        emit("input_validation_fail", what=what, fields=fields, codes=codes)
        raise
    finally:
        _told.reset(token)

"""What is told before it is done."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from zenoo_security.audit.emitting import Detail, emit
from zenoo_security.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["told_before"]


@contextmanager
def told_before(event: str, **details: Detail) -> Iterator[None]:
    """Tell about an event, then let the block do it: where the log is required and fails, nothing is done.

    A store that fails in the block has done it or has not; that is told, too.

    Args:
        event: as for `emit`, and so are the details.
        details: what is known about it.

    Raises:
        AuditUnavailable: as `emit`.
    """
    emit(event, level=None, **details)
    try:
        yield
    except StoreError:
        emit(event, level=None, **{**details, "outcome": "unknown", "reason": "store_unavailable"})
        raise

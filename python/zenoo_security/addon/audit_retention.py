"""What is said before the oldest rows of the audit log are deleted, so that what is missing then is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from zenoo_security.audit import emit
from zenoo_security.audit.chain import Position

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RETENTION", "expired_until", "is_retention", "tell_expired"]

RETENTION: Final = "audit_rows_expired"
"""The event that says so."""


def tell_expired(checkpoint: str | None, days: int, altered: int) -> None:
    """Say that rows are deleted because they are older than so many days.

    Args:
        checkpoint: the place in the chain after the last one; None where none of them is chained.
        days: how long rows are kept.
        altered: in how many places they are not as they were written, which nobody can check afterwards.
    """
    emit("audit_rows_expired", checkpoint=checkpoint, days=days, altered=altered)


def is_retention(members: Mapping[str, Any]) -> bool:
    """Whether an event says so."""
    return members.get("event.action") == RETENTION


def expired_until(members: Mapping[str, Any]) -> Position | None:
    """The place up to which it says so.

    Args:
        members: of the line of the event.
    """
    details = members.get("details")
    return Position.from_text(str(details.get("checkpoint"))) if isinstance(details, dict) else None

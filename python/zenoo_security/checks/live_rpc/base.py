"""What the checks over RPC share."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from zenoo_security.checks.check import Check
from zenoo_security.checks.live_rpc.snapshot import Database

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["DatabaseCheck", "is_older", "moment", "named"]

_SHOWN = 5


class DatabaseCheck(Check[Database]):
    """A check over RPC."""


def named(names: Iterable[object]) -> str:
    """The first five of some names, and how many more there are."""
    found = sorted(map(str, names))
    more = len(found) - _SHOWN
    return ", ".join(found[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def moment(value: Any) -> datetime | None:
    """A time as Odoo sends it; None where there is none."""
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def is_older(database: Database, value: Any, days: int) -> bool:
    """Whether a time is longer ago than these days; False where there is none."""
    when = moment(value)
    return when is not None and database.now - when > timedelta(days=days)

"""Lines that a file writes about itself."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

from zenoo_security._native import audit_line
from zenoo_security.audit.lines import kind_of, level_name

if TYPE_CHECKING:
    from zenoo_security.audit.tail import Tail

__all__ = ["cut_line", "own_line"]


def own_line(event: str, now: float, **details: Any) -> bytes:
    """One of them.

    Args:
        event: its name.
        now: when it occurred, in Unix seconds.
        details: what is known about it; `reason` has a field of its own.
    """
    kind = kind_of(event)
    fields = {
        "log.level": level_name(kind.level),
        "event.action": event,
        "event.category": kind.category,
        "event.outcome": kind.outcome,
        "event.reason": details.pop("reason", None),
        "process.pid": os.getpid(),
        "details": details or None,
    }
    return audit_line(fields, now=now)


def cut_line(tail: Tail, now: float) -> bytes:
    """The line after one that was cut: it vouches for what is left of that."""
    digest = hashlib.sha256(tail.cut).hexdigest()
    return own_line("audit_line_cut", now, bytes=len(tail.cut), digest=digest)

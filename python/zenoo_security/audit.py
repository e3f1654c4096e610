"""Events that an audit wants, as records of the logger `zenoo_security.audit`.

What is known about an event stands in `record.event`, a dict of names, ids and counts. Values of fields, passwords,
codes and tokens are never among them.
"""

from __future__ import annotations

import logging
from typing import TypeAlias

__all__ = ["LOGGER_NAME", "Detail", "emit"]

LOGGER_NAME = "zenoo_security.audit"
Detail: TypeAlias = str | int | float | bool | None

_LOGGER = logging.getLogger(LOGGER_NAME)


def emit(event: str, *, level: int = logging.WARNING, **details: Detail) -> None:
    """Log an event.

    Args:
        event: its name, such as `field.undecryptable`.
        level: of the log record.
        details: what is known about it; names, ids and counts.
    """
    _LOGGER.log(level, "%s %s", event, details, extra={"event": {"name": event, **details}})

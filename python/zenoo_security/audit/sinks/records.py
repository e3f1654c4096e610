"""Events as records of the `logging` module."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zenoo_security.audit.entry import Entry

__all__ = ["RecordSink"]


class RecordSink:
    """Logs the line of each event; its fields are `record.event`, a dict.

    Args:
        logger: the name of the logger.
    """

    def __init__(self, logger: str = "zenoo_security.audit") -> None:
        self._logger: Final = logging.getLogger(logger)

    def __call__(self, entry: Entry) -> None:
        """Log an event, if the logger wants its level."""
        if self._logger.isEnabledFor(entry.level):
            extra = {"event": json.loads(entry.line)}
            self._logger.log(entry.level, "%s", entry.line.decode(), extra=extra)

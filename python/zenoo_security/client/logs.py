"""Log lines of zenoo-rpc that print records, cut off before the values."""

from __future__ import annotations

import logging

__all__ = ["RecordFilter", "install"]

#: Where each logger's message goes on with data.
_CUTS = {
    "zenoo_rpc.ai.core.ai_client": ("Response content:", "Using fallback structured response:"),
    "zenoo_rpc.ai.query.nl_to_query": ("Executing query:",),
    "zenoo_rpc.batch.executor": ("Failed to create record",),
}


class RecordFilter(logging.Filter):
    """Keeps the beginning of a message that would go on with record data.

    Args:
        beginnings: how such messages begin.
    """

    def __init__(self, beginnings: tuple[str, ...]) -> None:
        super().__init__()
        self.beginnings = beginnings

    def filter(self, record: logging.LogRecord) -> bool:
        """Cut the message; never drop the record."""
        message = record.getMessage()
        for beginning in self.beginnings:
            if message.startswith(beginning):
                record.msg, record.args = f"{beginning} [values left out by zenoo-security]", None
        return True


def install() -> None:
    """Put the filters on zenoo-rpc's loggers; a second call changes nothing."""
    for name, beginnings in _CUTS.items():
        logger = logging.getLogger(name)
        if not any(isinstance(present, RecordFilter) for present in logger.filters):
            logger.addFilter(RecordFilter(beginnings))

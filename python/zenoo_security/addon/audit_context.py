"""Which database an event in Odoo belongs to."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["current_database", "in_database"]

_database: ContextVar[str | None] = ContextVar("zenoo_security_database", default=None)


@contextmanager
def in_database(name: str) -> Iterator[None]:
    """Have all events of a `with` block belong to a database, also those that a store's thread emits for it.

    Args:
        name: the database.
    """
    token = _database.set(name)
    try:
        yield
    finally:
        _database.reset(token)


def current_database(request: Any) -> str | None:
    """The database that an event belongs to: that of the block, of the request, or of the thread, in this order.

    Args:
        request: `odoo.http.request`.
    """
    return _database.get() or (request.db if request else None) or getattr(threading.current_thread(), "dbname", None)

"""Which request and which database an event in Odoo belongs to."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from zenoo_security.audit import in_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["carry_request", "current_database", "in_database"]

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


def carry_request(http: Any, trust_proxy: Callable[[dict[str, Any]], object]) -> None:
    """Give the events of each request to Odoo its number and the network of its client; once for each process.

    Args:
        http: the module `odoo.http`.
        trust_proxy: writes into the environment of a request what a proxy says of the client, if Odoo believes it.
    """
    call = http.Application.__call__
    if getattr(call, "carries_request", False):
        return

    def handle(application: Any, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        trust_proxy(environ)
        with in_request(client_ip=environ.get("REMOTE_ADDR")):
            answer: Iterable[bytes] = call(application, environ, start_response)
        return answer

    handle.carries_request = True  # type: ignore[attr-defined]
    http.Application.__call__ = handle

"""The client's address where Odoo has put its request away: it runs `/xmlrpc` and `/jsonrpc` without one."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["carry_client_address", "client_address"]

_address: ContextVar[str | None] = ContextVar("zenoo_security_client_address", default=None)


def client_address(request: Any) -> str | None:
    """The address of the client, as Odoo has it (with `proxy_mode` that which the proxy names), where there is one.

    Args:
        request: `odoo.http.request`; one that a test of Odoo's makes up may be without what came over HTTP.
    """
    came = getattr(request, "httprequest", None) if request else None
    return came.remote_addr if came else _address.get()


def carry_client_address(http: Any) -> None:
    """Have Odoo remember the address whenever it puts a request away; once for each process.

    Args:
        http: the module `odoo.http`.
    """
    borrow = http.borrow_request
    if getattr(borrow, "carries_client_address", False):
        return

    @contextmanager
    def borrow_request() -> Iterator[Any]:
        with borrow() as request:
            token = _address.set(request.httprequest.remote_addr if request else None)
            try:
                yield request
            finally:
                _address.reset(token)

    borrow_request.carries_client_address = True  # type: ignore[attr-defined]
    http.borrow_request = borrow_request

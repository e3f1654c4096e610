"""The HTTP request that Odoo is at, also where it has put its own request away, and who may see what is inside."""

from __future__ import annotations

import re
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

from zenoo_security.web.control import Control
from zenoo_security.web.request import Request
from zenoo_security.web.wsgi import request_of

if TYPE_CHECKING:
    from contextvars import Token

__all__ = [
    "LATE",
    "CurrentRequest",
    "asks_for_details",
    "current_request",
    "show_details",
    "shows_details",
    "take_up_request",
]

LATE: Final = "odoo late"
"""In `Request.found`: it came when nothing stood around Odoo's application yet."""

_DETAILS: Final = "odoo details"
_MODE: Final = re.compile(rb"(?:\A|&)debug=([A-Za-z0-9]+)")
_OFF: Final = frozenset({b"0", b"false", b"no", b"off"})
_current: Final[ContextVar[Request | None]] = ContextVar("zenoo_security_odoo_request", default=None)

current_request = _current.get
"""The request; `None` in a cron job, in `odoo shell`, and before the addon stands around Odoo's application."""


class CurrentRequest(Control):
    """Remembers the request for as long as it takes."""

    def before(self, request: Request) -> None:
        """Enter it."""
        request.enter(_Within(request))


def take_up_request(environ: dict[str, Any] | None) -> None:
    """Remember the request that loads the addon: it is under way, and nothing has looked at it.

    It stays in the context of its thread; the next request there puts itself in its place.

    Args:
        environ: of WSGI; `None` where Odoo has put the request away, so that its client is not known. It is one of RPC.
    """
    request = request_of(environ) if environ else Request("http", "POST", "http", "/jsonrpc", b"", [], None)
    request.found[LATE] = True
    _current.set(request)


def asks_for_details() -> bool:
    """Whether the address of the request asks for Odoo's debug mode, as `?debug=1` does.

    Where there is a session, Odoo keeps the mode there; RPC has none.
    """
    request = current_request()
    mode = _MODE.search(request.query) if request is not None else None
    return mode is not None and mode[1].lower() not in _OFF


def show_details() -> None:
    """Show tracebacks, texts of inner errors and versions in the answer: an administrator asks, in debug mode."""
    request = current_request()
    if request is not None:
        request.found[_DETAILS] = True


def shows_details() -> bool:
    """Whether the answer may have them; nobody has said so unless `show_details` was called in this request."""
    request = current_request()
    return request is not None and request.found.get(_DETAILS) is True


class _Within:
    """A context manager in which a request is the current one."""

    __slots__ = ("_request", "_token")

    def __init__(self, request: Request) -> None:
        self._request: Final = request

    def __enter__(self) -> None:
        self._token: Token[Request | None] = _current.set(self._request)

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)

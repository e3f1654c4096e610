"""The nonce that lets the inline scripts of one response run, and no others."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ParameterError
from zenoo_security.web.finding import request_of

if TYPE_CHECKING:
    from zenoo_security.web.request import Request

__all__ = ["csp_context", "csp_nonce", "spend"]

_NONCE: Final = "csp_nonce"
_SENT: Final = "csp_head_sent"
_BYTES: Final = 16
"""CSP Level 3, section 8.1: at least 128 bits from a secure generator."""


def csp_nonce(source: object) -> str:
    """The nonce of the response to a request, the same each time; made when it is first asked for.

    Args:
        source: the request, as `request_of` takes it.

    Raises:
        ParameterError: the head of the response is on its way already, without a nonce.
        ConfigurationError: no middleware of ours is around the application.
    """
    found = request_of(source).found
    nonce: str | None = found.get(_NONCE)
    if nonce is None:
        if _SENT in found:
            raise ParameterError("ask for the nonce before the response begins: its headers have been sent without one")
        nonce = found[_NONCE] = secrets.token_urlsafe(_BYTES)
    return nonce


def csp_context(source: object) -> dict[str, object]:
    """`csp_nonce` for the templates of Starlette, Flask and Django: name this function as a context processor.

    `<script nonce="{{ csp_nonce }}">`; a page that does not write it has none, and runs no script.
    """
    return {"csp_nonce": _Lazy(source)}


class _Lazy:
    """Asks for the nonce when a template writes it."""

    __slots__ = ("_source",)

    def __init__(self, source: object) -> None:
        self._source = source

    def __str__(self) -> str:
        return csp_nonce(self._source)

    # It is made of letters, digits, - and _.
    __html__ = __str__


def spend(request: Request) -> str | None:
    """The nonce that goes into the head of the response; from now on there is no other one."""
    found = request.found
    found[_SENT] = True
    nonce: str | None = found.get(_NONCE)
    return nonce

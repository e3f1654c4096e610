"""The request as the controls know it, found from whatever a framework hands to a view or a template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from zenoo_security.errors import ConfigurationError
from zenoo_security.web.request import Request, security_request

__all__ = ["request_of"]

_PLACES: Final = ("scope", "environ")
"""The requests of Starlette, FastAPI, Litestar and Django's ASGI have the one, of Flask and Django's WSGI the other."""


def request_of(source: object) -> Request:
    """The request as the controls know it.

    Args:
        source: an ASGI scope, a WSGI environ, or the request object of Starlette, FastAPI, Litestar, Django or Flask.

    Raises:
        ConfigurationError: no middleware of ours is around the application, or this is no request.
    """
    if isinstance(source, Request):
        return source
    places = (getattr(source, name, None) for name in _PLACES)
    scope = next((place for place in places if isinstance(place, Mapping)), source)
    try:
        return security_request(scope)  # type: ignore[arg-type]
    except (KeyError, TypeError):
        raise ConfigurationError(
            "put AsgiMiddleware or WsgiMiddleware around the application, and hand over the request of this call"
        ) from None

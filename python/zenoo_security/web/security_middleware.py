"""`SecurityMiddleware`: all controls around an application, by one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from zenoo_security.errors import ParameterError
from zenoo_security.web.asgi import AsgiMiddleware
from zenoo_security.web.request_info import require
from zenoo_security.web.security_controls import SecurityControls
from zenoo_security.web.wsgi import WsgiMiddleware

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Unpack

    from zenoo_security.web.security_options import SecurityOptions

__all__ = ["SecurityMiddleware", "WsgiSecurityMiddleware"]

_HOSTS: Final = "name the hosts of the application, hosts=['app.example.com']; hosts=None is for any"


class SecurityMiddleware(AsgiMiddleware):
    """An ASGI application (FastAPI, Starlette, Litestar, Django) with all controls around it.

    `WsgiSecurityMiddleware` is the same for WSGI.

    Without an application it is what the guide has: `process_request` decides by the address of the client.

    Args:
        app: the application.
        options: see `SecurityOptions`.

    Raises:
        ParameterError: there is an application and no `hosts`, or an option is out of its range.

    >>> import asyncio
    >>> asyncio.run(SecurityMiddleware().process_request({"client_ip": "203.0.113.9", "user_agent": "curl/8.5"}))
    True
    """

    __slots__ = ("_client",)

    def __init__(self, app: Any = None, **options: Unpack[SecurityOptions]) -> None:
        if app is not None and "hosts" not in options:
            raise ParameterError(_HOSTS)
        controls = SecurityControls(**options)
        self._client: Final = controls.of_clients
        super().__init__(_no_application if app is None else app, controls.in_order)

    async def process_request(self, request_info: Mapping[str, Any]) -> bool:
        """Decide on a request that came by some other way than ASGI.

        Args:
            request_info: `client_ip`, the address of the client; `user_agent`; where limits are by route also `method`
                and `path`.

        Returns:
            True. What is refused raises.

        Raises:
            ClientBlocked: the network of the client is blocked for a time.
            RateLimitExceeded: it has used up its quota for now.
            InvalidInput: `client_ip` is missing or no address: such clients are not let in, nor counted as one.
            StoreUnavailable: nothing can be counted at the moment.
        """
        return await require(request_info, self._client)


class WsgiSecurityMiddleware(WsgiMiddleware):
    """A WSGI application (Flask, Django, Odoo) with all controls around it.

    Args:
        app: the application.
        options: see `SecurityOptions`.

    Raises:
        ParameterError: as `SecurityMiddleware`.
    """

    __slots__ = ()

    def __init__(self, app: Any, **options: Unpack[SecurityOptions]) -> None:
        if "hosts" not in options:
            raise ParameterError(_HOSTS)
        super().__init__(app, SecurityControls(**options).in_order)


async def _no_application(*_: object) -> None:
    raise ParameterError("this SecurityMiddleware has no application: SecurityMiddleware(app, hosts=[...])")

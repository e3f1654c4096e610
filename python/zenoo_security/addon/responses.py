"""Around Odoo's WSGI application: headers and cookies on every response, and no database manager."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

from zenoo_security.addon.current_request import CurrentRequest
from zenoo_security.web import CookieAttributes, RequestId, SecurityHeaders, WsgiMiddleware
from zenoo_security.web.caching import keep_nowhere
from zenoo_security.web.control import Control
from zenoo_security.web.paths import Paths
from zenoo_security.web.problems import problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from zenoo_security.addon.rpc_limits import OdooLimits
    from zenoo_security.addon.settings import AddonSettings
    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Head, Response

__all__ = ["DatabaseManager", "PrivateAnswers", "controls_of", "protect_responses"]


class DatabaseManager(Control):
    """Answers 404 to the pages with which whoever has the master password makes, copies, loads and drops databases."""

    # Odoo takes a language away from before a path.
    _PAGES: Final = Paths(
        [language + page for language in ("", "/*") for page in ("/web/database/", "/xmlrpc/db", "/xmlrpc/2/db")]
    )

    def before(self, request: Request) -> Response | None:
        """Look at the path."""
        return problem(404) if self._PAGES.match(request.path) else None


class PrivateAnswers(Control):
    """Lets no cache keep what is one user's own, such as new recovery codes: answers to a POST, and to an API key.

    Pages are left to Odoo: a browser that may not keep them loads each anew on the way back.
    """

    def after(self, request: Request, head: Head) -> None:
        """Look how it was asked for."""
        if request.method not in {"GET", "HEAD"} or request.values(b"authorization"):
            keep_nowhere(head)


def controls_of(settings: AddonSettings, limits: OdooLimits) -> list[Control]:
    """What settings ask for.

    Args:
        settings: the settings.
        limits: the rate limits.
    """
    # Odoo itself says which of its cookies scripts may read.
    cookies = CookieAttributes(readable=None)
    always = [RequestId(), CurrentRequest(), SecurityHeaders("odoo"), PrivateAnswers(), cookies]
    return [*always, *([] if settings.database_manager else [DatabaseManager()]), limits]


def protect_responses(http: Any, controls: Sequence[Control], trust_proxy: Callable[[dict[str, Any]], object]) -> None:
    """Put controls around every request to Odoo, errors and static files included; once for each process.

    Args:
        http: the module `odoo.http`.
        controls: the controls.
        trust_proxy: writes into the environment of a request what a proxy says of the client, if Odoo believes it.
    """
    call = http.Application.__call__
    if getattr(call, "protects_responses", False):
        return

    # Odoo has one application for each process.
    wrapped = cache(lambda application: WsgiMiddleware(partial(call, application), controls))

    def handle(application: Any, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        trust_proxy(environ)
        return wrapped(application)(environ, start_response)

    handle.protects_responses = True  # type: ignore[attr-defined]
    http.Application.__call__ = handle

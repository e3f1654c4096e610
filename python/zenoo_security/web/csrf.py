"""Requests that another site has a browser send in its user's name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from zenoo_security.errors import ParameterError
from zenoo_security.web.control import Control
from zenoo_security.web.csrf_tokens import CsrfTokens
from zenoo_security.web.facts import ANY, WEBSOCKET, other_methods
from zenoo_security.web.origins import origin_list, origin_of_url, own_origin
from zenoo_security.web.paths import ByPath
from zenoo_security.web.problems import problem
from zenoo_security.web.telling import BoundedTelling

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Response

__all__ = ["Csrf"]

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_SIMPLE: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"})
_ESSENCE: Final = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
_SCRIPTED: Final = (b"cors", b"same-origin")

_FOREIGN: Final = problem(403, "Another site may not send this request in its visitors' names.", code="cross_site")
_UNPROVEN: Final = problem(
    403,
    "Send an Origin header with this request, or a bearer token in place of cookies.",
    code="origin_required",
)
_CONTENT_TYPE: Final = problem(
    415, "Send the body with a content type that a form cannot have.", code="content_type_not_allowed"
)

Source = Literal["own", "foreign", "unknown"]


class Csrf(Control):
    """Refuses what a page of another site has its visitor's browser send (OWASP ASVS 5.0, 3.5.1 to 3.5.3, 4.4.2).

    Where a request comes from the browser says itself, and no page can change it. In this order (OWASP CSRF cheat
    sheet, "Fetch Metadata headers"):

    1. A call with a bearer token and without a cookie passes: no other site has the token.
    2. `GET`, `HEAD` and `OPTIONS` pass: they must change nothing. Those below `guarded_reads` go on to 3, and have to
       come from a script of our own pages.
    3. `Sec-Fetch-Site`: `same-origin` and `none` pass; `same-site` and `cross-site` when `Origin` is on the list.
    4. Without it, `Origin`, and without that `Referer`: the origin of this request itself, or one on the list.
    5. Without any of the three it is no browser of today. It passes when it has no cookies and no credentials that a
       browser adds by itself. Otherwise it needs a token (`CsrfTokens`), or is refused; a program that uses the cookie
       sends an `Origin`.

    Logins are covered by 3 and 4, as there need not be a session. WebSockets too, and they are never a safe method:
    whoever opened one would read along.

    Args:
        origins: further origins that may send, such as `https://shop.example.com`; exact.
        tokens: lets a request without any of the three headers pass that has a token of its session.
        guarded_reads: prefixes of paths below which reading is as sensitive as writing.
        preflighted: prefixes below which a `POST` needs a content type that no form can have, so that a browser asks
            first (CORS) before another site can send it.

    Raises:
        ParameterError: an argument is out of its range.
    """

    def __init__(
        self,
        origins: Iterable[str] = (),
        *,
        tokens: CsrfTokens | None = None,
        guarded_reads: Iterable[str] = (),
        preflighted: Iterable[str] = (),
    ) -> None:
        if tokens is not None and not isinstance(tokens, CsrfTokens):
            raise ParameterError("tokens are CsrfTokens, or None")
        self._origins: Final = origin_list(origins)
        self._tokens: Final = tokens
        self._guarded: Final = ByPath(default=False, paths=dict.fromkeys(guarded_reads, True))
        self._preflighted: Final = ByPath(default=False, paths=dict.fromkeys(preflighted, True))
        self._audit: Final = BoundedTelling()

    def facts(self) -> int:
        """What may change something, and reading where that is guarded."""
        return ANY if self._guarded else WEBSOCKET | other_methods(_SAFE)

    def before(self, request: Request) -> Response | None:
        """Look at where a request comes from."""
        if request.kind == "websocket":
            return self._judge(request, "websocket")
        if request.method in _SAFE:
            return self._read(request) if self._guarded.find(request.path) else None
        if request.method == "POST" and self._preflighted.find(request.path) and _is_simple(request):
            self._audit.tell("input_validation_fail", what="body", codes=["content_type"])
            return _CONTENT_TYPE
        return self._judge(request, "request")

    def _read(self, request: Request) -> Response | None:
        site, mode = request.value(b"sec-fetch-site"), request.value(b"sec-fetch-mode")
        if site is not None and (site == b"none" or mode not in _SCRIPTED):
            return self._refuse(_FOREIGN, "read", "navigation")
        return self._judge(request, "read")

    def _judge(self, request: Request, what: str) -> Response | None:
        ambient = _has_ambient_credentials(request)
        if not ambient and request.values(b"authorization"):
            return None
        source = self._source(request)
        if source == "foreign":
            return self._refuse(_FOREIGN, what, "cross_site")
        if source == "unknown" and ambient and not (self._tokens is not None and self._tokens.check(request)):
            return self._refuse(_UNPROVEN, what, "origin_missing")
        return None

    def _source(self, request: Request) -> Source:
        sites, given = request.values(b"sec-fetch-site"), request.values(b"origin")
        if len(sites) > 1 or len(given) > 1:
            return "foreign"
        if given and given[0] in self._origins:
            return "own"
        if sites:
            return "own" if sites[0] in {b"same-origin", b"none"} else "foreign"
        if given:
            return self._compare(request, given[0].decode("latin-1"))
        referers = request.values(b"referer")
        if len(referers) == 1:
            return self._compare(request, origin_of_url(referers[0]))
        return "foreign" if referers else "unknown"

    def _compare(self, request: Request, origin: str | None) -> Source:
        if origin is None:
            return "foreign"
        return "own" if origin == own_origin(request) or origin.encode("latin-1") in self._origins else "foreign"

    def _refuse(self, response: Response, what: str, code: str) -> Response:
        self._audit.tell("malicious_cors", what=what, codes=[code])
        return response


def _has_ambient_credentials(request: Request) -> bool:
    """Whether there is anything that a browser adds to a request by itself: cookies, and all but bearer tokens."""
    if request.values(b"cookie"):
        return True
    return any(value[:7].lower() != b"bearer " for value in request.values(b"authorization"))


def _is_simple(request: Request) -> bool:
    """Whether a form could have sent the body (Fetch standard, CORS-safelisted request headers)."""
    value = request.value(b"content-type")
    essence = value.decode("latin-1").partition(";")[0].strip(" \t").lower() if value is not None else ""
    return essence in _SIMPLE or not _ESSENCE.fullmatch(essence)

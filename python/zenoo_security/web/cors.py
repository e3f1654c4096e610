"""Which other origins may read what an application answers (CORS, the Fetch standard)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ParameterError
from zenoo_security.web.control import Control
from zenoo_security.web.facts import method
from zenoo_security.web.origins import origin_list
from zenoo_security.web.problems import problem
from zenoo_security.web.response import Response
from zenoo_security.web.telling import BoundedTelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Head

__all__ = ["Cors"]

_MAX_AGE_S: Final = 7200
"""Chromium keeps no answer for longer."""

_MAX_ASKED: Final = 64
"""Headers that one preflight may ask for."""

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")
_PREFLIGHT_VARY: Final = (b"Origin", b"Access-Control-Request-Method", b"Access-Control-Request-Headers")
_ANSWERED: Final = "cors_preflight"
_REFUSED: Final = problem(403, "That origin may not send this request.", code="origin_not_allowed")
_OURS: Final = frozenset(
    {
        b"access-control-allow-origin",
        b"access-control-allow-credentials",
        b"access-control-allow-headers",
        b"access-control-allow-methods",
        b"access-control-allow-private-network",
        b"access-control-expose-headers",
        b"access-control-max-age",
    }
)


class Cors(Control):
    """Lets the origins of a list read responses, and answers what browsers ask before they send (preflights).

    An origin is compared as a whole and never repeated unless it is on the list; there are no patterns, and `null`,
    which every sandboxed page has, is none. What the application itself says in `Access-Control-*` is taken out: there
    is one place that decides. A request of another origin passes without these headers, so that its browser does not
    hand over the response; whether it may be sent at all is for `Csrf` to say.

    Args:
        origins: such as `https://shop.example.com`; or `"*"` for data that is public, and then without credentials.
        methods: that may be sent beside those of a form; `GET`, `HEAD` and `POST` are sent unasked.
        headers: of a request that may be sent beside those of a form.
        expose: headers of a response that a script may read.
        credentials: let cookies be sent.
        max_age_s: seconds for which a browser may remember a preflight, up to 7200.

    Raises:
        ParameterError: an argument is out of its range.
    """

    def __init__(
        self,
        origins: Iterable[str],
        *,
        methods: Iterable[str] = ("GET", "HEAD", "POST"),
        headers: Iterable[str] = ("Authorization", "Content-Type"),
        expose: Iterable[str] = ("RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-ID"),
        credentials: bool = False,
        max_age_s: int = 600,
    ) -> None:
        self._everybody: Final = origins == "*"
        if self._everybody and credentials:
            raise ParameterError("with credentials each origin is named: whoever could read in their users' names")
        if type(max_age_s) is not int or not 0 <= max_age_s <= _MAX_AGE_S:
            raise ParameterError("max_age_s is 0 to 7200")
        self._origins: Final = frozenset[bytes]() if self._everybody else origin_list(origins)
        self._methods: Final = frozenset(name.encode() for name in _tokens(methods, "methods"))
        self._headers: Final = frozenset(name.lower().encode() for name in _tokens(headers, "headers"))
        self._always: Final = ((b"access-control-allow-credentials", b"true"),) if credentials else ()
        exposed = ", ".join(_tokens(expose, "expose")).encode()
        self._exposed: Final = ((b"access-control-expose-headers", exposed),) if exposed else ()
        self._preflight: Final = (
            (b"access-control-allow-methods", b", ".join(sorted(self._methods))),
            (b"access-control-allow-headers", b", ".join(sorted(self._headers))),
            (b"access-control-max-age", b"%d" % max_age_s),
        )
        self._audit: Final = BoundedTelling()

    def facts(self) -> int:
        """Preflights are sent by `OPTIONS`."""
        return method("OPTIONS")

    def before(self, request: Request) -> Response | None:
        """Answer a preflight."""
        if not _is_preflight(request):
            return None
        methods = request.values(b"access-control-request-method")
        asked = _split(request.values(b"access-control-request-headers"))
        if self._allowed(request) is None or len(methods) > 1 or not self._may_send(methods[0], asked):
            self._audit.tell("malicious_cors", what="preflight", codes=["not_allowed"])
            return _REFUSED
        request.found[_ANSWERED] = True
        return Response(204, ((b"cache-control", b"no-store"),))

    def after(self, request: Request, head: Head) -> None:
        """Say who may read a response."""
        head.remove(_OURS)
        if _is_preflight(request):
            head.vary(_PREFLIGHT_VARY)
        elif not self._everybody:
            head.vary((b"Origin",))
        origin = self._allowed(request)
        if origin is None:
            return
        answered = _ANSWERED in request.found
        head.headers += [(b"access-control-allow-origin", origin), *self._always]
        head.headers += self._preflight if answered else self._exposed

    def _allowed(self, request: Request) -> bytes | None:
        """What stands in the response of a request by an origin that is allowed."""
        given = request.values(b"origin")
        if len(given) != 1:
            return None
        if self._everybody:
            return b"*"
        return given[0] if given[0] in self._origins else None

    def _may_send(self, method: bytes, asked: Sequence[bytes]) -> bool:
        return method in self._methods and self._headers.issuperset(asked)


def _is_preflight(request: Request) -> bool:
    return (
        request.method == "OPTIONS"
        and request.kind == "http"
        and bool(request.values(b"access-control-request-method") and request.values(b"origin"))
    )


def _split(values: Sequence[bytes]) -> list[bytes]:
    # What is left of too many is one text with commas, which is no name of the list.
    names = b",".join(values).lower().split(b",", _MAX_ASKED)
    return [name.strip(b" \t") for name in names if name.strip(b" \t")]


def _tokens(names: Iterable[str], what: str) -> list[str]:
    found = [] if isinstance(names, str) else list(names)
    if isinstance(names, str) or not all(_TOKEN.fullmatch(name) and name != "*" for name in found):
        raise ParameterError(f"{what} are a list of names, without patterns")
    return found

"""The cookie that carries a session token: how it is set, how it is cleared, and how it is read back.

The prefix `__Host-` makes the browser take the cookie from this very host alone, over TLS alone, so that no neighboring
subdomain can plant one (RFC 6265bis, section 4.1.3.2).
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, Final, Literal, get_args
from urllib.parse import urlsplit

from zenoo_security.address import is_loopback
from zenoo_security.errors import InsecureTransport, ParameterError, SessionEnded
from zenoo_security.tokens import SESSION, Prefix, token_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["SameSite", "SessionCookie"]

_LOG = logging.getLogger(__name__)

SameSite = Literal["Lax", "Strict"]
"""With which requests from other sites a browser sends the cookie: links alone, or none."""

_NAME: Final = re.compile(r"[A-Za-z0-9_]{1,64}")
_MAX_AGE_S: Final = 400 * 86_400
"""Browsers keep no cookie for longer (RFC 6265bis, section 5.5)."""

_MAX_HEADER_BYTES: Final = 16_384


class SessionCookie:
    """Writes and reads one cookie.

    Reading gives the token, or None: where there is no cookie, where its value is no token, and where there are two of
    the name, since one of them was planted. What is not a token never reaches the store.

    Args:
        name: the cookie is called `__Host-` and this: letters, digits and underscores.
        prefix: the kind of token that it carries.
        same_site: `Lax` lets a user who follows a link from a mail arrive logged in, and `Strict` does not. Either way
            no other site can post in their name, unless a GET request changes something.
        max_age_s: seconds that the browser keeps it, up to 400 days; None is until it is closed. The session itself
            ends by its own times.
        insecure: for development over plain http on this machine: a cookie without `Secure` and `__Host-`. It is
            logged as a warning, and a request for any other host raises `InsecureTransport`.

    Raises:
        ParameterError: an argument is out of its range.

    >>> SessionCookie().clear()
    '__Host-session=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax'
    """

    __slots__ = ("_insecure", "_max_age_s", "_prefix", "_same_site", "name")

    def __init__(
        self,
        name: str = "session",
        *,
        prefix: Prefix = SESSION,
        same_site: SameSite = "Lax",
        max_age_s: int | None = None,
        insecure: bool = False,
    ) -> None:
        if not _NAME.fullmatch(name) or same_site not in get_args(SameSite) or prefix not in get_args(Prefix):
            raise ParameterError("name holds letters, digits and underscores; same_site is Lax or Strict")
        if max_age_s is not None and not 0 < max_age_s <= _MAX_AGE_S:
            raise ParameterError("max_age_s is 1 to 34560000, or None")
        if insecure:
            _LOG.warning("session cookies are sent over plain http: never use insecure=True in production")
        self.name: Final = name if insecure else f"__Host-{name}"
        self._prefix: Final = prefix
        self._same_site: Final = same_site
        self._max_age_s: Final = max_age_s
        self._insecure: Final = insecure

    def header(self, token: str) -> str:
        """The value of the `Set-Cookie` header that hands a token to the browser.

        Raises:
            SessionEnded: this is no token of the kind.
        """
        token_digest(token, self._prefix)
        return self._header(token, self._max_age_s)

    def clear(self) -> str:
        """The value of the `Set-Cookie` header that takes the cookie from the browser; end the session as well."""
        return self._header("", 0)

    def _header(self, value: str, max_age_s: int | None) -> str:
        parts = [f"{self.name}={value}", "Path=/"]
        if max_age_s is not None:
            parts.append(f"Max-Age={max_age_s:d}")
        if not self._insecure:
            parts.append("Secure")
        return "; ".join([*parts, "HttpOnly", f"SameSite={self._same_site}"])

    def from_scope(self, scope: Mapping[str, Any]) -> str | None:
        """The token in the cookies of an ASGI request.

        Raises:
            InsecureTransport: `insecure`, and the request is for another machine than this one.
        """
        headers: Iterable[tuple[bytes, bytes]] = scope.get("headers", ())
        found = [(bytes(name).lower(), bytes(value)) for name, value in headers]
        hosts = [value for name, value in found if name == b"host"]
        self._check_host(hosts[0].decode("latin-1") if len(hosts) == 1 else "")
        # HTTP/2 may send them one by one (RFC 9113, section 8.2.3).
        return self._token(b"; ".join(value for name, value in found if name == b"cookie"))

    def from_environ(self, environ: Mapping[str, Any]) -> str | None:
        """The token in the cookies of a WSGI request.

        Raises:
            InsecureTransport: `insecure`, and the request is for another machine than this one.
        """
        self._check_host(str(environ.get("HTTP_HOST", "")))
        return self._token(str(environ.get("HTTP_COOKIE", "")).encode("latin-1", "replace"))

    def _check_host(self, host: str) -> None:
        if self._insecure and not _is_this_machine(host):
            raise InsecureTransport("cookies over plain http are for this machine alone: serve over https")

    def _token(self, cookies: bytes) -> str | None:
        if len(cookies) > _MAX_HEADER_BYTES:
            return None
        # Only the white space of RFC 6265: whoever strips more makes two names out of one.
        pairs = [pair.strip(b" \t").partition(b"=") for pair in cookies.split(b";")]
        values = [value for name, _, value in pairs if name == self.name.encode()]
        if len(values) != 1:
            return None
        token = values[0].decode("latin-1")
        try:
            token_digest(token, self._prefix)
        except SessionEnded:
            return None
        return token


def _is_this_machine(host: str) -> bool:
    try:
        return is_loopback(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False

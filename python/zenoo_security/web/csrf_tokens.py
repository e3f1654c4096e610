"""Tokens that a page of our own proves itself with, for browsers that say nothing of where a request comes from."""

from __future__ import annotations

import hmac
import re
import secrets
from typing import TYPE_CHECKING, Final

from zenoo_security._native import BlindIndex
from zenoo_security.cookies import SessionCookie
from zenoo_security.errors import ParameterError

if TYPE_CHECKING:
    from zenoo_security.keyring import KeyRing
    from zenoo_security.web.request import Request

__all__ = ["HEADER", "CsrfTokens"]

HEADER: Final = b"x-csrf-token"

_CONTEXT: Final = ("zenoo_security.csrf",)
_TAG_BYTES: Final = 32
_FORM: Final = re.compile(r"([0-9a-f]{32})\.([A-Za-z0-9_-]{43})")


class CsrfTokens:
    """HMAC-SHA256 over the session token and a random text (OWASP CSRF cheat sheet, "Employing HMAC CSRF Tokens").

    The key is derived from that of the ring for indexes, which its rotation leaves in place. Nothing is stored: a
    token is good as long as its session token, and with that one alone.

    Args:
        key_ring: that of the application.
        cookie: the cookie of the session.

    Raises:
        ParameterError: the cookie is none.

    >>> from zenoo_security import KeyRing
    >>> from zenoo_security.tokens import new_token
    >>> tokens, session = CsrfTokens(KeyRing.generate(), SessionCookie()), new_token()
    >>> tokens.verify(tokens.issue(session), session), tokens.verify(tokens.issue(session), new_token())
    (True, False)
    """

    __slots__ = ("_cookie", "_tags")

    def __init__(self, key_ring: KeyRing, cookie: SessionCookie) -> None:
        if not isinstance(cookie, SessionCookie):
            raise ParameterError("CsrfTokens takes the SessionCookie of the application")
        self._tags: Final = BlindIndex(key_ring, length=_TAG_BYTES)
        self._cookie: Final = cookie

    def issue(self, session_token: str) -> str:
        """A token for the pages of a session; its script sends it back as `X-CSRF-Token`."""
        nonce = secrets.token_hex(16)
        return f"{nonce}.{self._tag(nonce, session_token)}"

    def verify(self, token: object, session_token: str) -> bool:
        """Whether a token is one of this session."""
        match = _FORM.fullmatch(token) if isinstance(token, str) else None
        return match is not None and hmac.compare_digest(match[2], self._tag(match[1], session_token))

    def check(self, request: Request) -> bool:
        """Whether a request carries a token of its session in its header."""
        given = request.value(HEADER)
        session_token = self._cookie.from_scope({"headers": request.headers})
        return given is not None and session_token is not None and self.verify(given.decode("latin-1"), session_token)

    def _tag(self, nonce: str, session_token: str) -> str:
        return self._tags.compute(f"{nonce}!{session_token}", context=_CONTEXT).partition(".")[2]

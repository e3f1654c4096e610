"""The session token that a request brings along, in the cookie or in `Authorization` (RFC 6750, section 2.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.tokens import SESSION

if TYPE_CHECKING:
    from zenoo_security.cookies import SessionCookie
    from zenoo_security.web.request import Request

__all__ = ["AMBIGUOUS", "Credential", "credential_of"]

_OURS: Final = SESSION.encode()


class Credential:
    """A token, and how it came. Its text is in no `repr`.

    Attributes:
        token: the token.
        is_bearer: whether it came in `Authorization`, and not by itself, as a cookie does.
    """

    __slots__ = ("is_bearer", "token")

    def __init__(self, token: str, *, is_bearer: bool) -> None:
        self.token: Final = token
        self.is_bearer: Final = is_bearer


AMBIGUOUS: Final = Credential("", is_bearer=False)
"""The request brings two."""


def credential_of(request: Request, cookie: SessionCookie) -> Credential | None:
    """The token of a request; `AMBIGUOUS` where there are two, `None` where there is none of ours.

    Raises:
        InsecureTransport: as `SessionCookie.from_scope`.
    """
    authorizations = request.values(b"authorization")
    if len(authorizations) > 1:
        return AMBIGUOUS
    bearer = _bearer(authorizations[0]) if authorizations else None
    kept = _kept(request, cookie)
    if bearer is not None and kept is not None:
        return AMBIGUOUS
    if bearer is not None:
        return Credential(bearer, is_bearer=True)
    return Credential(kept, is_bearer=False) if kept is not None else None


def _bearer(value: bytes) -> str | None:
    """What is meant to be a token of ours; whether it is one, the store says."""
    scheme, _, token = value.strip().partition(b" ")
    token = token.strip()
    return token.decode("latin-1") if scheme.lower() == b"bearer" and token.startswith(_OURS) else None


def _kept(request: Request, cookie: SessionCookie) -> str | None:
    """The token in the cookies; those of most requests need no parser to see that it is not there."""
    name = cookie.name.encode()
    if not any(name in value for value in request.values(b"cookie")):
        return None
    return cookie.from_scope(
        {"headers": [(name, value) for name in (b"host", b"cookie") for value in request.values(name)]}
    )

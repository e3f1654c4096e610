"""Tokens that stand for a login: 256 random bits in text, of which only the SHA-256 is ever stored.

A token means nothing and holds nothing; who has it is let in. Its prefix tells what it is, also to the scanners that
look for secrets in published code, and a token of one kind is none of another.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from typing import Final, Literal, get_args

from zenoo_security.errors import ParameterError, SessionEnded

__all__ = ["DEVICE", "SESSION", "TICKET", "Prefix", "new_token", "token_digest"]

Prefix = Literal["zst_", "ztk_", "zdt_"]
"""What a token begins with: of a session, of a login that waits for its code, of a device."""

SESSION: Final = "zst_"
"""A session."""

TICKET: Final = "ztk_"
"""A login of which the second factor is missing."""

DEVICE: Final = "zdt_"
"""A device from which the user logged in before."""

_TOKEN_BYTES: Final = 32

# 32 bytes are 42 whole characters and 4 bits, so the last character is one of 16: each token has one text.
_FORMS: Final = {prefix: re.compile(prefix + "[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]") for prefix in get_args(Prefix)}


def new_token(prefix: Prefix = SESSION) -> str:
    """A new token: the prefix, and 32 bytes from the operating system in base64url without padding.

    Raises:
        ParameterError: there is no such kind of token.
    """
    _form(prefix)
    return prefix + base64.urlsafe_b64encode(secrets.token_bytes(_TOKEN_BYTES)).rstrip(b"=").decode()


def token_digest(token: object, prefix: Prefix = SESSION) -> bytes:
    """The SHA-256 of a token, 32 bytes: what a store keeps in its place.

    Args:
        token: what somebody sent.
        prefix: the kind of token that it must be.

    Raises:
        SessionEnded: it is no token of this kind. No more than its length of characters is looked at.
        ParameterError: there is no such kind of token.

    >>> len(token_digest(new_token()))
    32
    """
    if not isinstance(token, str) or not _form(prefix).fullmatch(token):
        raise SessionEnded
    return hashlib.sha256(token.encode()).digest()


def _form(prefix: Prefix) -> re.Pattern[str]:
    try:
        return _FORMS[prefix]
    except (KeyError, TypeError):
        raise ParameterError(f"the kinds of token are {', '.join(_FORMS)}") from None

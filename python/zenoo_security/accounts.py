"""Whose account: the one form of a login that counters, sessions and devices are kept under.

Odoo takes a login exactly; an attacker writes `Victim`, ` victim` and `VICTIM` and must meet the same counter.
"""

from __future__ import annotations

import re
from typing import Final

from zenoo_security.errors import InputTooLarge, InvalidInput
from zenoo_security.folding import fold

__all__ = ["MAX_LOGIN_BYTES", "canonical_login", "check_database", "check_login"]

MAX_LOGIN_BYTES: Final = 1024
# Odoo takes what looks like a connection string for one; PostgreSQL cuts names after 63 bytes.
_DATABASE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")


def check_database(database: object) -> str:
    """The name of a database, if it can be one.

    Raises:
        InvalidInput: it is not text, or no name of 1 to 63 letters, digits, dots, hyphens and underscores.
    """
    if not isinstance(database, str):
        raise InvalidInput("the value has the wrong type", field="database", code="type")
    if not _DATABASE.fullmatch(database):
        raise InvalidInput("the value is not valid", field="database", code="invalid")
    return database


def check_login(login: object) -> str:
    """The login as it was given, if it can be one.

    Raises:
        InvalidInput: it is not text, is blank, or holds a NUL or a lone surrogate.
        InputTooLarge: it has more than 1024 bytes in UTF-8.
    """
    if not isinstance(login, str):
        raise InvalidInput("the value has the wrong type", field="username", code="type")
    if len(login) > MAX_LOGIN_BYTES:
        raise InputTooLarge("the text is too long", field="username", code="too_long")
    if not login.isascii() and len(_utf8(login)) > MAX_LOGIN_BYTES:
        raise InputTooLarge("the text is too long", field="username", code="too_long")
    if not login.strip():
        raise InvalidInput("a value is required", field="username", code="empty")
    if "\0" in login:
        raise InvalidInput("control characters are not allowed", field="username", code="control")
    return login


def canonical_login(login: object) -> str:
    """A login trimmed, case-folded and in NFC.

    Raises:
        InvalidInput, InputTooLarge: as in `check_login`.

    >>> canonical_login(" Victim@Example.com") == canonical_login("VICTIM@example.COM")
    True
    """
    return fold(check_login(login).strip())


def _utf8(login: str) -> bytes:
    try:
        return login.encode()
    except UnicodeEncodeError:
        raise InvalidInput("the text is not valid Unicode", field="username", code="encoding") from None

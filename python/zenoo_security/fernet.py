"""Read what the Zenoo RPC guide encrypted with Fernet; never write it.

The guide's key was `ENCRYPTION_KEY`, a Fernet key as it is, or PBKDF2-HMAC-SHA256 (100,000 rounds) of
`ENCRYPTION_PASSWORD` and `ENCRYPTION_SALT`. It encoded the result in base64 a second time; values with and without
that are read. The format is https://github.com/fernet/spec/blob/master/Spec.md.

Our name for the key or the password is `ZENOO_SECURITY_ENCRYPTION_KEY`, and for the salt
`ZENOO_SECURITY_ENCRYPTION_SALT`. Either may be a file, as in `SecurityConfig`, and comes before the names of the guide.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
from functools import cached_property
from typing import TYPE_CHECKING

from zenoo_security.environment import PREFIX, read_secret
from zenoo_security.errors import DecryptionError, MissingExtra

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

__all__ = ["FernetReader", "is_fernet", "is_fernet_key"]

GUIDE_ROUNDS = 100_000
MAX_CHARS = 64 * 1024 * 1024
_ONCE = "gAAAAA"
"""Version 0x80 and the upper bytes of a time before the year 2106, in base64."""

_FORM = re.compile(rf"({_ONCE}|Z0FBQUFB)[A-Za-z0-9_=-]{{34,}}")
"""The same in base64 once or twice, and as much as no other text has in one word."""


class FernetReader:
    """Opens the guide's Fernet values.

    Args:
        key: a Fernet key; that of the environment unless given.
        password: the guide's password; that of the environment unless given.
        salt: the guide's salt; that of the environment unless given.
    """

    def __init__(self, *, key: str | None = None, password: str | None = None, salt: str | None = None) -> None:
        self._key = key
        self._password = password
        self._salt = salt

    def open(self, text: object) -> str:
        """The text in a Fernet value, encoded once or twice.

        Raises:
            DecryptionError: for every reason alike, also when there is no key.
            MissingExtra: the package `cryptography` is not installed.
            ConfigurationError: a file that the environment names cannot be read.
        """
        token = _token(text)
        opened = [self._open(fernet, token) for fernet in self._keys] if token else []
        for value in opened:
            if value is not None:
                return value
        raise DecryptionError("the value cannot be decrypted")

    @staticmethod
    def _open(fernet: Fernet, token: bytes) -> str | None:
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - an extra

        try:
            return fernet.decrypt(token).decode()
        except (InvalidToken, UnicodeDecodeError):
            return None

    @cached_property
    def _keys(self) -> list[Fernet]:
        given = [_raw_key(self._key or _of_environment("ENCRYPTION_KEY", "ENCRYPTION_KEY")), self._derived_key()]
        keys = [base64.urlsafe_b64encode(key) for key in given if key is not None]
        if not keys:  # then the extra is no matter: anybody can write what looks like a Fernet value
            return []
        try:
            from cryptography.fernet import Fernet  # noqa: PLC0415 - an extra
        except ImportError:
            raise MissingExtra("fernet", "reading the Fernet values of the guide") from None
        return list(map(Fernet, keys))

    def _derived_key(self) -> bytes | None:
        password = self._password or _of_environment("ENCRYPTION_KEY", "ENCRYPTION_PASSWORD")
        salt = self._salt or _of_environment("ENCRYPTION_SALT", "ENCRYPTION_SALT")
        if not password or not salt:
            return None
        # "surrogatepass": what is no UTF-8 opens nothing, where a UnicodeEncodeError would carry the password.
        password_bytes, salt_bytes = password.encode(errors="surrogatepass"), salt.encode(errors="surrogatepass")
        return hashlib.pbkdf2_hmac("sha256", password_bytes, salt_bytes, GUIDE_ROUNDS)


def _of_environment(setting: str, guides: str) -> str | None:
    """A secret under our name or in its file, or under the name that the guide has for it."""
    named = read_secret(PREFIX + setting)
    return os.environ.get(guides) if named is None else named


def is_fernet(text: object) -> bool:
    """Whether a value looks like a Fernet token, encoded once or twice, cut off or not; not whether it opens.

    >>> is_fernet("gAAAAA is no token")
    False
    """
    return isinstance(text, str) and len(text) <= MAX_CHARS and _FORM.fullmatch(text) is not None


def is_fernet_key(text: str) -> bool:
    """Whether a secret is a Fernet key as it is, and no password that needs a salt."""
    return _raw_key(text) is not None


def _token(text: object) -> bytes | None:
    """The Fernet token, encoded once, in a value of the guide; None when the value is something else."""
    if not isinstance(text, str) or not is_fernet(text):
        return None
    return text.encode() if text.startswith(_ONCE) else _decoded(text.encode())


def _raw_key(key: str | None) -> bytes | None:
    """The 32 bytes of a Fernet key; None for anything else, such as a password under the same name."""
    decoded = _decoded(key.encode(errors="replace")) if key else None
    return decoded if decoded is not None and len(decoded) == 32 else None  # noqa: PLR2004


def _decoded(text: bytes) -> bytes | None:
    try:
        return base64.b64decode(text, altchars=b"-_", validate=True) or None
    except binascii.Error:
        return None

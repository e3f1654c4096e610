"""Odoo's passwords in argon2id, and the way back: what `res.users._crypt_context()` returns."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Final, Literal, Protocol, get_args

from zenoo_security.errors import (
    HashCostExceeded,
    InvalidInput,
    MalformedHash,
    ParameterError,
    PasswordMismatch,
    PasswordTooLong,
    UnsupportedHash,
)
from zenoo_security.passwords import PasswordHasher

if TYPE_CHECKING:
    from typing import Any

__all__ = ["ExactPassword", "OdooPasswords", "Scheme", "typed_password"]

Scheme = Literal["argon2id", "pbkdf2_sha512"]

_PLAINTEXT: Final = "plaintext"
# What Odoo takes for a hash, odoo/addons/base/models/res_users.py, ResUsers.init: anything else it hashes at an update.
_HASH: Final = re.compile(r"\$[^$]+\$[^$]+\$.", re.DOTALL)
_REFUSED: Final = (
    HashCostExceeded,
    InvalidInput,
    MalformedHash,
    PasswordMismatch,
    PasswordTooLong,
    UnsupportedHash,
)


class _CryptContext(Protocol):
    """The part of passlib's `CryptContext` that is used here."""

    def hash(self, secret: Any) -> str: ...
    def identify(self, hash: Any) -> str | None: ...  # noqa: A002 - passlib's name
    def verify(self, secret: Any, hash: Any) -> bool: ...  # noqa: A002


class OdooPasswords:
    """Does what Odoo 19 asks of a passlib `CryptContext`.

    What is stored in argon2, bcrypt or passlib's PBKDF2 is verified; at a login it is replaced when it is not in the
    scheme or costs of a new hash. A damaged or unknown hash matches nothing: Odoo's own context would take the hash
    itself for the password.

    Args:
        odoo: Odoo's own context. It makes the hashes of the way back, and verifies passwords that somebody has put into
            the table in the clear, which Odoo hashes at the next login.
        scheme: of new hashes. `pbkdf2_sha512`, Odoo's own, is the way back: what a login has converted, Odoo verifies
            without the addon.
        hasher: makes and verifies.

    Raises:
        ParameterError: there is no such scheme.
    """

    def __init__(
        self, odoo: _CryptContext, scheme: Scheme = "argon2id", *, hasher: PasswordHasher | None = None
    ) -> None:
        if scheme not in get_args(Scheme):
            raise ParameterError(f"the scheme of new hashes is one of {', '.join(get_args(Scheme))}")
        self._odoo = odoo
        self._scheme = scheme
        self._hasher = hasher or PasswordHasher()

    def hash(self, secret: str | bytes) -> str:
        """Hash a password exactly as it is.

        Raises:
            PasswordTooLong, InvalidInput, HashingBusy: as `PasswordHasher.hash`.
        """
        return self._hasher.hash(secret) if self._scheme == "argon2id" else self._odoo.hash(secret)

    def identify(self, stored: str) -> str:
        """`plaintext` for what Odoo would hash at an update, else a word that is none of passlib's schemes for it."""
        return "hash" if _HASH.match(stored) else _PLAINTEXT

    def verify(self, secret: str | bytes, stored: str) -> bool:
        """Whether the password belongs to what is stored.

        Raises:
            HashingBusy: no memory became free in time. The password was not looked at.
        """
        if not stored:
            self.verify_nothing()
            return False
        if self.identify(stored) == _PLAINTEXT:
            return self._odoo.verify(secret, stored)
        try:
            self._hasher.verify(secret, stored)
        except _REFUSED:
            return False
        return True

    def verify_and_update(self, secret: str | bytes, stored: str) -> tuple[bool, str | None]:
        """Whether the password belongs to what is stored, and what to store instead, if anything.

        Raises:
            HashingBusy: as `verify`.
        """
        if not self.verify(secret, stored):
            return False, None
        return True, self.hash(secret) if self._is_to_be_replaced(stored) else None

    def verify_nothing(self) -> None:
        """Do the work of `verify` where there is no hash, so that the time does not tell.

        Raises:
            HashingBusy: as `verify`.
        """
        with contextlib.suppress(PasswordMismatch):
            self._hasher.dummy_verify("")

    def _is_to_be_replaced(self, stored: str) -> bool:
        if self.identify(stored) == _PLAINTEXT:
            return True
        if self._scheme == "argon2id":
            return self._hasher.needs_rehash(stored)
        return self._odoo.identify(stored) != self._scheme


class ExactPassword(str):
    """A password from which nothing is taken: Odoo strips what is typed, and so would hash another one."""

    __slots__ = ()

    def strip(self, chars: str | None = None, /) -> ExactPassword:
        """As it is."""
        del chars
        return self


def typed_password(given: object) -> str:
    r"""What was sent as a password; nothing in the place of what can be none.

    Odoo and PostgreSQL fail on such values, and only where there is somebody to compare them with.

    >>> typed_password("two words"), typed_password("a\x00b"), typed_password(["a"]), typed_password("\ud800")
    ('two words', '', '', '')
    """
    if not isinstance(given, str) or "\0" in given:
        return ""
    try:
        given.encode()
    except UnicodeEncodeError:
        return ""
    return given

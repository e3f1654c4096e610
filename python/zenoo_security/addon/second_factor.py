"""What Odoo's column of TOTP secrets holds, and recovery codes for code that cannot `await`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.addon.stored_field import key_pattern
from zenoo_security.audit import emit
from zenoo_security.errors import DecryptionError
from zenoo_security.fields import FieldCipher
from zenoo_security.mfa import recovery
from zenoo_security.passwords import PasswordHasher
from zenoo_security.stores.waiting import result_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from zenoo_security.keyring import KeyRing

__all__ = ["TotpSecrets", "is_sealed", "matching_recovery_code", "new_recovery_codes", "tell_recovery_code_used"]

_HASHER: Final = PasswordHasher()


class TotpSecrets:
    """The secrets of the second factor of one database, each bound to its user.

    >>> from zenoo_security import KeyRing
    >>> secrets = TotpSecrets(KeyRing.generate(), "6b9b6f1e-0000-4000-8000-1234567890ab")
    >>> token = secrets.seal(7, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    >>> secrets.open(7, token)
    'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
    >>> secrets.open(8, token)
    Traceback (most recent call last):
    zenoo_security.errors.DecryptionError: the value cannot be decrypted

    Args:
        key_ring: seals them.
        database: Odoo's `database.uuid`, which a database keeps under another name.
    """

    def __init__(self, key_ring: KeyRing, database: str) -> None:
        self._cipher = FieldCipher(key_ring)
        self._database = database
        self.primary_pattern: Final = key_pattern(key_ring.primary_id)
        """A regular expression for what the primary key sealed, as PostgreSQL takes it."""

    def seal(self, user: int, secret: str) -> str:
        """The token of a secret.

        Args:
            user: the id of the user.
            secret: in base32.

        Raises:
            InvalidInput: it is a token.
        """
        return self._cipher.encrypt(secret, context=self._context(user))

    def open(self, user: int, stored: str) -> str:
        """The secret of a token; what is in the clear is returned as it is.

        Raises:
            DecryptionError: it was sealed with other keys, or for another user or database.
        """
        if not is_sealed(stored):
            return stored
        secret = self._cipher.decrypt(stored, context=self._context(user))
        if not isinstance(secret, str):
            raise DecryptionError("the value cannot be decrypted")
        return secret

    def open_or_none(self, user: int, stored: str) -> str | None:
        """`open`, or None for what does not open."""
        try:
            return self.open(user, stored)
        except DecryptionError:
            return None

    def renew(self, rows: Iterable[tuple[int, str]]) -> list[str | None]:
        """Tokens under the primary key of what users have stored, in the clear or not; None for what does not open."""
        return [self._renewed(user, stored) for user, stored in rows]

    def _renewed(self, user: int, stored: str) -> str | None:
        secret = self.open_or_none(user, stored)
        return None if secret is None else self.seal(user, secret)

    def _context(self, user: int) -> tuple[str, ...]:
        return ("res.users", "totp_secret", self._database, str(user))


def is_sealed(stored: str) -> bool:
    """Whether it is a token, of whatever keys."""
    return FieldCipher.is_encrypted(stored)


def new_recovery_codes() -> tuple[list[str], dict[str, str]]:
    """Ten codes for the user to keep, and what is stored of them: selector -> hash."""
    codes = recovery.generate()
    return codes, result_of(recovery.hashed(codes, _HASHER))


def matching_recovery_code(code: str, kept: Mapping[str, str]) -> tuple[str, str]:
    """The selector and the hash that a code belongs to; one hash is computed, also when there is none.

    Args:
        code: in the form that `mfa.recovery.canonical` gives.
        kept: what is left of `new_recovery_codes`.

    Raises:
        OtpMismatch: it belongs to none.
        HashingBusy: no memory became free in time. The code was not looked at.
    """
    return result_of(recovery.matching(code, kept, _HASHER))


def tell_recovery_code_used(left: int) -> None:
    """Tell the audit log that a recovery code has let the user in who is acting, and has so many left."""
    emit("authn_recovery_code_used", left=left)

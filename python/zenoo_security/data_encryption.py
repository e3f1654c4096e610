"""`DataEncryption` of the Zenoo RPC guide, on a key ring, with the guide's own values still readable.

The guide encrypted with Fernet under PBKDF2-HMAC-SHA256 (100,000 rounds) of `ENCRYPTION_PASSWORD` and
`ENCRYPTION_SALT`, and encoded the result in base64 a second time. Such values are read, with or without the second
encoding, and never written.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from functools import cached_property
from typing import TYPE_CHECKING

from zenoo_security import keyring
from zenoo_security.errors import DecryptionError, InvalidInput, MissingExtra
from zenoo_security.fields import FieldCipher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.fernet import Fernet

__all__ = ["DataEncryption"]

DEFAULT_CONTEXT = ("zenoo_security", "sensitive_data")
"""What a value is bound to when the caller names nothing, as in the guide. Name model and field where you can."""

GUIDE_ROUNDS = 100_000
FERNET_PREFIX = "gAAAA"
"""Version 0x80 and the upper bytes of a time before the year 2106, in base64."""

MAX_FERNET_CHARS = 64 * 1024 * 1024


class DataEncryption:
    """Encrypt text for storage; read what this class or the guide's class of the same name wrote.

    Args:
        key_ring: the keys; from the environment (`zenoo_security.keyring.from_environment`) unless given.
        guide_password: the guide's password, for its values; `ENCRYPTION_PASSWORD` of the environment unless given.
        guide_salt: the guide's salt; `ENCRYPTION_SALT` of the environment unless given.

    Raises:
        KeyRingError: there is no key ring.
    """

    def __init__(
        self,
        key_ring: keyring.KeyRing | None = None,
        *,
        guide_password: str | None = None,
        guide_salt: str | None = None,
    ) -> None:
        self._cipher = FieldCipher(keyring.from_environment() if key_ring is None else key_ring)
        self._guide_password = guide_password
        self._guide_salt = guide_salt

    def encrypt_sensitive_data(self, data: str, *, context: Sequence[str] = DEFAULT_CONTEXT) -> str:
        """The token of a text, as `FieldCipher.encrypt`.

        Raises:
            InvalidInput: not a str, or one that UTF-8 cannot write.
        """
        if not isinstance(data, str):
            raise InvalidInput("must be str; FieldCipher.encrypt takes other types", field="data", code="type")
        return self._cipher.encrypt(data, context=context)

    def decrypt_sensitive_data(self, encrypted_data: str, *, context: Sequence[str] = DEFAULT_CONTEXT) -> str:
        """The text of a token, or of a Fernet value of the guide.

        Raises:
            DecryptionError: for every reason alike.
            MissingExtra: a Fernet value, and `cryptography` is not installed.
        """
        fernet_token = _fernet_token(encrypted_data)
        if fernet_token is not None:
            return self._decrypt_fernet(fernet_token)
        value = self._cipher.decrypt(encrypted_data, context=context)
        if not isinstance(value, str):
            raise DecryptionError(_UNDECRYPTABLE)
        return value

    def _decrypt_fernet(self, token: bytes) -> str:
        fernet, invalid_token = self._fernet
        if fernet is None:
            raise DecryptionError(_UNDECRYPTABLE)
        try:
            return fernet.decrypt(token).decode()
        except (invalid_token, UnicodeDecodeError):
            raise DecryptionError(_UNDECRYPTABLE) from None

    @cached_property
    def _fernet(self) -> tuple[Fernet | None, type[Exception]]:
        try:
            from cryptography.fernet import Fernet, InvalidToken  # noqa: PLC0415 - an extra
        except ImportError:
            raise MissingExtra("fernet", "reading the Fernet values of the guide") from None
        password = self._guide_password or os.environ.get("ENCRYPTION_PASSWORD")
        salt = self._guide_salt or os.environ.get("ENCRYPTION_SALT")
        if not password or not salt:
            return None, InvalidToken
        # "surrogatepass": what is no UTF-8 opens nothing, where a UnicodeEncodeError would carry the password.
        password_bytes, salt_bytes = password.encode(errors="surrogatepass"), salt.encode(errors="surrogatepass")
        key = hashlib.pbkdf2_hmac("sha256", password_bytes, salt_bytes, GUIDE_ROUNDS)
        return Fernet(base64.urlsafe_b64encode(key)), InvalidToken


_UNDECRYPTABLE = "the value cannot be decrypted"


def _fernet_token(text: object) -> bytes | None:
    """The Fernet token in a value of the guide, or None when the value is something else."""
    if not isinstance(text, str) or text.startswith("zs1.") or not 0 < len(text) <= MAX_FERNET_CHARS:
        return None
    if text.startswith(FERNET_PREFIX):
        return text.encode(errors="replace")
    try:
        inner = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    return inner if inner.startswith(FERNET_PREFIX.encode()) else None

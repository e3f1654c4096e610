"""`DataEncryption` of the Zenoo RPC guide, on a key ring, with the guide's own values still readable.

The guide encrypted with Fernet; `zenoo_security.fernet` reads that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security import keyring
from zenoo_security.errors import DecryptionError, InvalidInput
from zenoo_security.fernet import FernetReader, is_fernet
from zenoo_security.fields import FieldCipher

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["DataEncryption"]

DEFAULT_CONTEXT = ("zenoo_security", "sensitive_data")
"""What a value is bound to when the caller names nothing, as in the guide. Name model and field where you can."""


class DataEncryption:
    """Encrypt text for storage; read what this class or the guide's class of the same name wrote.

    Args:
        key_ring: the keys; from the environment (`zenoo_security.keyring.from_environment`) unless given.
        guide_password: the guide's password, for its values; that of the environment unless given, see `FernetReader`.
        guide_salt: the guide's salt; that of the environment unless given.

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
        self._guide = FernetReader(password=guide_password, salt=guide_salt)

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
        if is_fernet(encrypted_data):
            return self._guide.open(encrypted_data)
        value = self._cipher.decrypt(encrypted_data, context=context)
        if not isinstance(value, str):
            raise DecryptionError("the value cannot be decrypted")
        return value

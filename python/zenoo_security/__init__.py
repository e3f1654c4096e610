"""The security toolkit for everyone who builds on Odoo."""

from zenoo_security._native import __version__
from zenoo_security.data_encryption import DataEncryption
from zenoo_security.errors import SecurityError
from zenoo_security.fields import BlindIndex, Encrypted, EncryptedFields, FieldCipher
from zenoo_security.keyring import KeyRing

__all__ = [
    "BlindIndex",
    "DataEncryption",
    "Encrypted",
    "EncryptedFields",
    "FieldCipher",
    "KeyRing",
    "SecurityError",
    "__version__",
]

"""Key rings: where the keys of encrypted fields and blind indexes come from.

A ring is a JSON file of mode 0600 (`load`, `save`, `update`), the same wrapped under a key-encryption key
(`EnvelopeProvider`), what a program prints (`CommandProvider`), or, for those who can keep neither, a passphrase
(`from_passphrase`). `from_environment` reads whichever of them the environment names. `docs/formats.md` describes the
documents.
"""

from zenoo_security._native import KeyRing
from zenoo_security.keyring.command import CommandProvider
from zenoo_security.keyring.envelope import EnvelopeProvider
from zenoo_security.keyring.environment import (
    COMMAND_VARIABLE,
    FILE_VARIABLE,
    PASSPHRASE_VARIABLE,
    SALT_VARIABLE,
    VARIABLE,
    from_environment,
    is_configured,
)
from zenoo_security.keyring.file import MAX_FILE_BYTES, FileProvider, load, save, update
from zenoo_security.keyring.kek import KEK_VARIABLE, KeyEncryptionKey
from zenoo_security.keyring.passphrase import from_passphrase
from zenoo_security.keyring.provider import KeyProvider

__all__ = [
    "COMMAND_VARIABLE",
    "FILE_VARIABLE",
    "KEK_VARIABLE",
    "MAX_FILE_BYTES",
    "PASSPHRASE_VARIABLE",
    "SALT_VARIABLE",
    "VARIABLE",
    "CommandProvider",
    "EnvelopeProvider",
    "FileProvider",
    "KeyEncryptionKey",
    "KeyProvider",
    "KeyRing",
    "from_environment",
    "from_passphrase",
    "is_configured",
    "load",
    "save",
    "update",
]

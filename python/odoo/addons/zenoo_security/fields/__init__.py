from .columns import decrypt_columns, encrypt_columns, require_readable
from .encrypted import EncryptedChar, EncryptedHtml, EncryptedText

__all__ = [
    "EncryptedChar",
    "EncryptedHtml",
    "EncryptedText",
    "decrypt_columns",
    "encrypt_columns",
    "require_readable",
]

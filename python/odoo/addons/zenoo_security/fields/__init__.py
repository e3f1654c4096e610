from .encrypted import EncryptedChar, EncryptedHtml, EncryptedText

__all__ = ["EncryptedChar", "EncryptedHtml", "EncryptedText"]

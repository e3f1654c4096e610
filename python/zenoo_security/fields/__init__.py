"""Encrypted fields: the cipher, the blind index, and the declaration of which fields of which model they apply to.

>>> from zenoo_security import FieldCipher, KeyRing
>>> cipher = FieldCipher(KeyRing.generate())
>>> token = cipher.encrypt("anna@example.com", context=("res.partner", "email"))
>>> token[:4]
'zs1.'
>>> cipher.decrypt(token, context=("res.partner", "email"))
'anna@example.com'
"""

from zenoo_security._native import BlindIndex, FieldCipher, Undecryptable
from zenoo_security.fields.declaration import NORMALIZERS, TYPES, Encrypted, EncryptedFields

__all__ = ["NORMALIZERS", "TYPES", "BlindIndex", "Encrypted", "EncryptedFields", "FieldCipher", "Undecryptable"]

"""Defect 40: the guide's values named no key, and to change the password was to lose them."""

from __future__ import annotations

import pytest
from cryptography.fernet import InvalidToken

from guide.encryption import GuideEncryption
from zenoo_security import FieldCipher, KeyRing
from zenoo_security.errors import DecryptionError

EMAIL = ("res.partner", "email")


def test_the_guide_reads_nothing_after_its_password_has_changed():
    token = GuideEncryption("old password", "salt").encrypt_sensitive_data("anna@example.com")
    with pytest.raises(InvalidToken):
        GuideEncryption("new password", "salt").decrypt_sensitive_data(token)


def test_old_values_open_after_a_rotation_and_name_their_key():
    ring = KeyRing.generate()
    old = FieldCipher(ring).encrypt("anna@example.com", context=EMAIL)
    cipher = FieldCipher(ring.rotate())
    new = cipher.encrypt("anna@example.com", context=EMAIL)
    assert [FieldCipher.key_id(token) for token in (old, new)] == [1, 2]
    assert cipher.decrypt_many([old, new], context=EMAIL) == ["anna@example.com"] * 2


def test_a_key_that_is_retired_opens_nothing_more():
    ring = KeyRing.generate()
    token = FieldCipher(ring).encrypt("anna@example.com", context=EMAIL)
    with pytest.raises(DecryptionError):
        FieldCipher(ring.rotate().retire(1)).decrypt(token, context=EMAIL)

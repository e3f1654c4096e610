"""Defects 37 to 44 of the guide's encryption, each beside what the package does.

The guide's class is here as far as it is needed: Fernet under PBKDF2 (100,000 rounds), base64 twice.
"""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.fernet import Fernet

from zenoo_security import BlindIndex, DataEncryption, FieldCipher, KeyRing, keyring
from zenoo_security.errors import DecryptionError, InvalidInput, ParameterError
from zenoo_security.fields import Undecryptable

EMAIL, PHONE = ("res.partner", "email"), ("res.partner", "phone")
RING = KeyRing.generate()
CIPHER = FieldCipher(RING)


@pytest.mark.parametrize("password", ["x", "password", "fourteen chars"])
def test_37_a_weak_password_makes_no_keys(password):
    """The guide takes any password that is not empty, under 100,000 rounds; here 15 characters and 600,000 are the least."""
    with pytest.raises(ParameterError):
        keyring.from_passphrase(password, b"0123456789abcdef")
    with pytest.raises(ParameterError):
        keyring.from_passphrase("a long passphrase", b"0123456789abcdef", kdf="pbkdf2-sha256", rounds=100_000)


@pytest.mark.asvs("v5.0.0-11.3.3")
def test_38_a_value_does_not_move_between_fields():
    """A Fernet value opens wherever it is put; a token only under its context."""
    with pytest.raises(DecryptionError):
        CIPHER.decrypt(CIPHER.encrypt("anna@example.com", context=EMAIL), context=PHONE)


def test_39_a_value_is_encoded_once():
    """The guide makes 136 characters of 11; a token of 11 characters has less than 80."""
    key = base64.urlsafe_b64encode(hashlib.pbkdf2_hmac("sha256", b"x", b"salt", 100_000))
    guide = base64.urlsafe_b64encode(Fernet(key).encrypt(b"+4930123456"))
    assert len(guide) == 136
    assert len(DataEncryption(RING).encrypt_sensitive_data("+4930123456")) < 80


def test_40_keys_have_ids_and_rotate():
    """A token names its key, old tokens open after a rotation, and new ones use the new key."""
    token = CIPHER.encrypt("x", context=EMAIL)
    rotated = FieldCipher(RING.rotate())
    assert (rotated.key_id(token), rotated.key_id(rotated.encrypt("x", context=EMAIL))) == (1, 2)
    assert rotated.decrypt(token, context=EMAIL) == "x"


def test_41_a_failure_is_no_value():
    """The guide gives "[ENCRYPTED]", which a later save writes over the data; here it is an error, or a mark that no cipher takes."""
    damaged = CIPHER.encrypt("x", context=EMAIL)[:-1]
    with pytest.raises(DecryptionError):
        CIPHER.decrypt_records([{"email": damaged}], {"email": EMAIL})
    row = CIPHER.decrypt_records([{"email": damaged}], {"email": EMAIL}, on_error="mark")[0]
    assert isinstance(row["email"], Undecryptable)
    with pytest.raises(InvalidInput):
        CIPHER.encrypt_records([row], {"email": EMAIL})


def test_42_an_encrypted_value_can_be_found():
    """Encryption in place destroys search; the blind index keeps exact matches."""
    index = BlindIndex(RING, normalizer="email")
    assert index.compute("Anna@Example.com", context=EMAIL) == index.compute("anna@example.com", context=EMAIL)


@pytest.mark.parametrize("value", [False, True, 0, 15, 1.5, None])
def test_43_types_survive_and_nothing_is_encrypted_twice(value):
    """The guide stores str(value), and encrypts what is encrypted already."""
    token = CIPHER.encrypt(value, context=EMAIL)
    opened = CIPHER.decrypt(token, context=EMAIL)
    assert (type(opened), opened) == (type(value), value)
    with pytest.raises(InvalidInput):
        CIPHER.encrypt(token, context=EMAIL)


def test_44_lengths_can_be_hidden():
    """Fernet shows the length to 16 bytes and cannot hide more; padding hides it as far as asked."""
    cipher = FieldCipher(RING, padding=128)
    assert len({len(cipher.encrypt("x" * length, context=EMAIL)) for length in (0, 1, 40, 100)}) == 1


def test_45_an_empty_column_and_an_absent_field_are_no_failures():
    """False and None come back as they are, and a field that was not read stays absent."""
    rows = [{"id": 1, "email": False}, {"id": 2, "email": None}, {"id": 3}]
    assert CIPHER.decrypt_records(rows, {"email": EMAIL}) == rows

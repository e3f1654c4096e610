"""`DataEncryption`: the guide's names on a key ring, and the guide's values."""

from __future__ import annotations

import base64
import builtins
import hashlib

import pytest
from cryptography.fernet import Fernet

from zenoo_security import DataEncryption, KeyRing, keyring
from zenoo_security.errors import DecryptionError, InvalidInput, KeyRingError, MissingExtra

RING = KeyRing.generate()
PASSWORD, SALT = "guide password", "guide salt"
GUIDE = Fernet(base64.urlsafe_b64encode(hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), SALT.encode(), 100_000)))


@pytest.fixture
def encryption():
    return DataEncryption(RING, guide_password=PASSWORD, guide_salt=SALT)


def guide_value(text):
    """As the guide writes it: Fernet's base64 in base64 again."""
    return base64.urlsafe_b64encode(GUIDE.encrypt(text.encode())).decode()


def test_text_comes_back(encryption):
    """What is encrypted is a zs1 token and opens to the text."""
    token = encryption.encrypt_sensitive_data("O'Brien & Söhne")
    assert token.startswith("zs1.")
    assert encryption.decrypt_sensitive_data(token) == "O'Brien & Söhne"


def test_the_guides_values_are_read(encryption):
    """Fernet values in double and in single base64 open under the guide's password and salt."""
    assert encryption.decrypt_sensitive_data(guide_value("anna@example.com")) == "anna@example.com"
    assert encryption.decrypt_sensitive_data(GUIDE.encrypt(b"anna").decode()) == "anna"


def test_the_environment_is_the_default(monkeypatch):
    """Without arguments, as in the guide, ring, password and salt come from the environment."""
    monkeypatch.setenv(keyring.VARIABLE, RING.to_json())
    monkeypatch.setenv("ENCRYPTION_PASSWORD", PASSWORD)
    monkeypatch.setenv("ENCRYPTION_SALT", SALT)
    encryption = DataEncryption()
    assert encryption.decrypt_sensitive_data(guide_value("x")) == "x"
    assert encryption.decrypt_sensitive_data(encryption.encrypt_sensitive_data("y")) == "y"
    monkeypatch.delenv(keyring.VARIABLE)
    with pytest.raises(KeyRingError):
        DataEncryption()


def test_every_failure_is_one_error(encryption):
    """Plain text, altered Fernet values, another password and tokens of other types: one error, one text."""
    good = guide_value("x")
    other = DataEncryption(RING, guide_password="other", guide_salt=SALT)
    without = DataEncryption(RING)
    number = encryption._cipher.encrypt(5, context=("zenoo_security", "sensitive_data"))
    cases = [
        (encryption, text)
        for text in ("", "plain", good[:-8], good[8:], "gAAAA", "gAAAA\ud800", None, 5, number, "A" * 1000)
    ]
    texts = set()
    odd = DataEncryption(RING, guide_password="\ud800", guide_salt=SALT)
    for decryptor, text in [*cases, (other, good), (without, good), (odd, good)]:
        with pytest.raises(DecryptionError) as error:
            decryptor.decrypt_sensitive_data(text)
        texts.add(str(error.value))
    assert texts == {"the value cannot be decrypted"}


def test_only_text_is_encrypted(encryption):
    """The guide's method takes text; anything else is InvalidInput, not an AttributeError."""
    for value in (None, False, 5, b"x"):
        with pytest.raises(InvalidInput):
            encryption.encrypt_sensitive_data(value)


def test_a_missing_extra_is_named(encryption, monkeypatch):
    """Without cryptography the error names the extra to install."""
    real = builtins.__import__

    def no_cryptography(name, *args, **kwargs):
        if name.startswith("cryptography"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", no_cryptography)
    with pytest.raises(MissingExtra, match=r"zenoo-security\[fernet\]"):
        encryption.decrypt_sensitive_data(guide_value("x"))


def test_contexts_separate_values(encryption):
    """A value that was bound to a field opens only there."""
    token = encryption.encrypt_sensitive_data("x", context=("res.partner", "email"))
    with pytest.raises(DecryptionError):
        encryption.decrypt_sensitive_data(token)

"""Defect 37: the guide took any password that was not empty, under 100,000 rounds and whatever salt there was."""

from __future__ import annotations

import pytest

from guide.encryption import GuideEncryption
from zenoo_security import keyring
from zenoo_security.errors import ParameterError

PASSPHRASE, SALT = "anchor-violin-maple-orbit", b"0123456789abcdef"


def test_the_guide_makes_a_key_of_one_character():
    token = GuideEncryption("x", "y").encrypt_sensitive_data("anna@example.com")
    assert GuideEncryption("x", "y").decrypt_sensitive_data(token) == "anna@example.com"


@pytest.mark.parametrize("password", ["x", "password", "fourteen chars"])
def test_a_short_passphrase_makes_no_keys(password):
    with pytest.raises(ParameterError):
        keyring.from_passphrase(password, SALT)


def test_few_rounds_and_a_short_salt_make_no_keys():
    with pytest.raises(ParameterError):
        keyring.from_passphrase(PASSPHRASE, SALT, kdf="pbkdf2-sha256", rounds=100_000)
    with pytest.raises(ParameterError):
        keyring.from_passphrase(PASSPHRASE, b"y")


def test_two_installations_with_one_passphrase_have_different_keys():
    """Each has a salt of its own, so one table of guesses does not serve for both."""
    costs = {"memory_kib": 19_456, "passes": 2, "lanes": 1}
    one, other = (keyring.from_passphrase(PASSPHRASE, salt, **costs) for salt in (SALT, SALT[::-1]))
    assert one.to_json() != other.to_json()

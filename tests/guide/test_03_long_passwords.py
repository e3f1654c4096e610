"""Defect 3: the guide's bcrypt looked at 72 bytes of a password, or raised, by its version."""

from __future__ import annotations

import pytest

from zenoo_security.errors import PasswordTooLong


@pytest.mark.asvs("v5.0.0-6.2.8", "v5.0.0-6.2.9")
def test_all_of_a_long_password_counts(auth):
    long = "x" * 72
    hashed = auth.hash_password(long + "a")
    assert auth.verify_password(long + "a", hashed) is True
    assert auth.verify_password(long + "b", hashed) is False
    assert auth.verify_password(long, hashed) is False


def test_what_is_too_long_is_refused_and_never_cut(auth):
    with pytest.raises(PasswordTooLong):
        auth.hash_password("x" * 5000)
    assert auth.verify_password("x" * 5000, auth.hash_password("x" * 4096)) is False

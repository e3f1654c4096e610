"""Defect 2: the guide's hash_password came from passlib and raised at its first call with bcrypt 5."""

from __future__ import annotations

import bcrypt
import pytest


@pytest.mark.asvs("v5.0.0-11.4.2")
def test_a_password_is_hashed_with_argon2id_and_what_was_bcrypt_is_verified(auth):
    password = "tulip lamp seven river"
    hashed = auth.hash_password(password)
    assert hashed.startswith("$argon2id$")
    assert auth.verify_password(password, hashed) is True
    assert auth.verify_password(password, bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()) is True
    assert auth.verify_password("wrong", hashed) is False

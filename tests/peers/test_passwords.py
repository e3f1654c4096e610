"""The same passwords and hashes through argon2-cffi, bcrypt and passlib, in both directions."""

from __future__ import annotations

import argon2
import bcrypt
import pytest
from passlib.context import CryptContext
from passlib.hash import pbkdf2_sha256, pbkdf2_sha512

from zenoo_security import PasswordHasher
from zenoo_security.errors import MalformedHash, PasswordMismatch
from zenoo_security.passwords import OWASP_19_MIB, RFC_9106_64_MIB, Profile

PASSWORDS = ["", "password", "M\u1eadt kh\u1ea9u r\u1ea5t d\u00e0i", "x" * 72, " spaces ", "\U0001f511" * 10]
CHEAP = PasswordHasher(Profile(memory_kib=64, passes=2, lanes=2), danger_weak=True)


@pytest.mark.parametrize("password", PASSWORDS)
@pytest.mark.parametrize("kind", list(argon2.Type))
@pytest.mark.parametrize("costs", [(8, 1, 1), (64, 3, 2), (129, 2, 4), (100, 1, 3)])
def test_we_verify_argon2_cffi(password, kind, costs):
    """Every variant of argon2-cffi verifies here, with memory that is no multiple of the lanes too."""
    memory_kib, passes, lanes = costs
    theirs = argon2.PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes, type=kind)
    stored = theirs.hash(password)
    CHEAP.verify(password, stored)
    with pytest.raises(PasswordMismatch):
        CHEAP.verify(password + "x", stored)


@pytest.mark.parametrize("password", PASSWORDS)
@pytest.mark.parametrize(
    "profile", [Profile(8, 1, 1), Profile(64, 3, 2), Profile(129, 2, 4), OWASP_19_MIB, RFC_9106_64_MIB]
)
def test_argon2_cffi_verifies_ours(password, profile):
    """argon2-cffi verifies our hashes, and holds them for its own when its costs are the same."""
    stored = PasswordHasher(profile, danger_weak=True).hash(password)
    theirs = argon2.PasswordHasher(time_cost=profile.passes, memory_cost=profile.memory_kib, parallelism=profile.lanes)
    assert theirs.verify(stored, password)
    assert not theirs.check_needs_rehash(stored)


def test_raw_hashes_agree():
    """The same salt gives the same tag, for version 1.0 and 1.3 of each variant."""
    for kind in argon2.Type:
        for version in (16, 19):
            stored = argon2.low_level.hash_secret(b"password", b"somesalt", 2, 64, 2, 24, kind, version).decode()
            CHEAP.verify("password", stored)


@pytest.mark.parametrize("password", PASSWORDS)
@pytest.mark.parametrize("prefix", [b"2a", b"2b", b"2y"])
def test_we_verify_bcrypt(password, prefix):
    """Hashes of the bcrypt package verify here."""
    salt = bcrypt.gensalt(4).replace(b"2b", prefix)
    stored = bcrypt.hashpw(password.encode(), salt).decode()
    CHEAP.verify(password, stored)
    with pytest.raises(PasswordMismatch):
        CHEAP.verify(password[1:] + "y", stored)


@pytest.mark.parametrize("password", PASSWORDS)
@pytest.mark.parametrize("scheme", [pbkdf2_sha256, pbkdf2_sha512])
def test_we_verify_passlib(password, scheme):
    """Passlib's PBKDF2 verifies here, with every length of salt that it writes by itself or is asked for."""
    for salt_size in (0, 1, 16, 31, 1024):
        stored = scheme.using(rounds=3, salt_size=salt_size).hash(password)
        CHEAP.verify(password, stored)
        with pytest.raises(PasswordMismatch):
            CHEAP.verify(password + "x", stored)


@pytest.mark.parametrize("stored", ["$pbkdf2-sha256$01$c2FsdA$", "$pbkdf2-sha256$$c2FsdA$"])
def test_passlib_refuses_the_same_rounds(stored):
    """Passlib refuses rounds with a leading zero and without digits, as we do."""
    stored += "A" * 43
    with pytest.raises(ValueError):
        pbkdf2_sha256.verify("password", stored)
    with pytest.raises(MalformedHash):
        CHEAP.verify("password", stored)


def test_we_upgrade_what_odoo_stores():
    """A hash from Odoo's own context (600,000 rounds) verifies here and becomes argon2id."""
    odoo = CryptContext(["pbkdf2_sha512", "plaintext"], deprecated=["auto"], pbkdf2_sha512__rounds=600_000)
    stored = odoo.hash("admin")
    upgraded = PasswordHasher().verify_and_upgrade("admin", stored)
    assert upgraded is not None
    assert upgraded.startswith("$argon2id$")

"""Password hashing beside argon2-cffi, bcrypt, and what Odoo and pyca/cryptography do for PBKDF2."""

from __future__ import annotations

import warnings
from importlib.metadata import version

import argon2
import bcrypt
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from harness import Row

from zenoo_security import PasswordHasher
from zenoo_security.passwords import OWASP_19_MIB, RFC_9106_64_MIB, Profile

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from passlib.context import CryptContext
    from passlib.hash import pbkdf2_sha512

PASSWORD = "correct horse battery staple"
ARGON2_CFFI = f"argon2-cffi {version('argon2-cffi')}"
BCRYPT = f"bcrypt {version('bcrypt')}"
PASSLIB = f"passlib {version('passlib')} as Odoo calls it"
PYCA = f"cryptography {version('cryptography')}"


def argon2_row(name: str, profile: Profile, at_most: float) -> Row:
    """Hashing with a fresh salt. `at_most` is the share of argon2-cffi's time that we may take."""
    ours = PasswordHasher(profile)
    theirs = argon2.PasswordHasher(time_cost=profile.passes, memory_cost=profile.memory_kib, parallelism=profile.lanes)

    def check() -> None:
        theirs.verify(ours.hash(PASSWORD), PASSWORD)
        ours.verify(PASSWORD, theirs.hash(PASSWORD))

    return Row(
        name=f"argon2id {name}",
        ours=lambda: ours.hash(PASSWORD),
        peers={ARGON2_CFFI: lambda: theirs.hash(PASSWORD)},
        times_as_fast={ARGON2_CFFI: 1 / at_most},
        check=check,
    )


def odoo_row() -> Row:
    """Odoo 19 verifies with this context and calls (odoo/addons/base/models/res_users.py)."""
    ours = PasswordHasher()
    context = CryptContext(["pbkdf2_sha512", "plaintext"], deprecated=["auto"], pbkdf2_sha512__rounds=600_000)
    stored = context.hash(PASSWORD)
    parsed = pbkdf2_sha512.from_string(stored)

    def pyca() -> None:
        PBKDF2HMAC(SHA512(), 64, parsed.salt, parsed.rounds).verify(PASSWORD.encode(), parsed.checksum)

    return Row(
        name="verify an Odoo hash (pbkdf2-sha512, 600,000)",
        ours=lambda: ours.verify(PASSWORD, stored),
        peers={PASSLIB: lambda: context.verify_and_update(PASSWORD, stored), PYCA: pyca},
        times_as_fast={PASSLIB: 1 / 0.90},
        check=pyca,
    )


def bcrypt_row() -> Row:
    """Verifying only: new hashes are argon2id."""
    ours = PasswordHasher()
    stored = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(10)).decode()
    return Row(
        name="verify a bcrypt hash (cost 10)",
        ours=lambda: ours.verify(PASSWORD, stored),
        peers={BCRYPT: lambda: bcrypt.checkpw(PASSWORD.encode(), stored.encode())},
        check=lambda: ours.verify(PASSWORD, stored),
    )


def rows() -> list[Row]:
    """Every row of the family."""
    return [
        argon2_row("19 MiB, t=2, p=1", OWASP_19_MIB, 0.75),
        argon2_row("64 MiB, t=3, p=4", RFC_9106_64_MIB, 0.50),
        odoo_row(),
        bcrypt_row(),
    ]

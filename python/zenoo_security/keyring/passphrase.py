"""Key rings for those who can keep neither a file nor a variable."""

from __future__ import annotations

from typing import Literal

from zenoo_security._native import KeyRing

__all__ = ["from_passphrase"]


def from_passphrase(
    passphrase: str,
    salt: bytes,
    *,
    kdf: Literal["argon2id", "pbkdf2-sha256"] = "argon2id",
    memory_kib: int = 65_536,
    passes: int = 3,
    lanes: int = 4,
    rounds: int = 600_000,
) -> KeyRing:
    """Derive a key ring of one key from a passphrase. Prefer a file: nobody can guess a random key.

    Args:
        passphrase: at least 15 characters (NIST SP 800-63B-4), 6 of them different; five random words are good.
        salt: 16 to 64 random bytes, made once (`secrets.token_bytes(16)`) and kept: another salt gives other keys.
        kdf: `argon2id` (RFC 9106), or `pbkdf2-sha256` where only that is allowed.
        memory_kib: argon2id's memory in KiB, at least 19456; 65536 is the second recommendation of RFC 9106, section 4.
        passes: argon2id's passes over that memory, at least 2.
        lanes: argon2id's lanes, 1 to 16.
        rounds: PBKDF2's rounds, at least 600,000 (OWASP).

    Raises:
        ParameterError: the passphrase is weak, the salt is short, or a cost is out of range.
    """
    return KeyRing.from_passphrase(
        passphrase, salt, kdf=kdf, memory_kib=memory_kib, passes=passes, lanes=lanes, rounds=rounds
    )

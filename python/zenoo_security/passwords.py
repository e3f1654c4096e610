"""Passwords: hashed with argon2id, verified in whatever scheme they were stored, upgraded when they are seen.

    >>> hasher = PasswordHasher()
    >>> stored = hasher.hash("correct horse battery staple")
    >>> hasher.verify("correct horse battery staple", stored)

The password comes first in every call, as in passlib, Django, Odoo and `SecureAuthManager` (argon2-cffi has it last).
Swapped arguments raise `UnsupportedHash`: no password is taken for a hash.

A password is hashed as the bytes that were given; text is encoded in UTF-8. Nothing is trimmed, cut or normalized
here: a hash from Odoo was made from the password exactly as typed, and would not match a normalized one. Unicode
normalization (NIST SP 800-63B-4 asks for NFC) belongs where a new password is accepted and where it is entered, before
both `hash` and `verify`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from zenoo_security import _native
from zenoo_security.errors import ParameterError, PasswordMismatch
from zenoo_security.hashing import HashingBudget, default_budget

__all__ = [
    "OWASP_12_MIB",
    "OWASP_19_MIB",
    "OWASP_46_MIB",
    "RFC_9106_64_MIB",
    "PasswordHasher",
    "Profile",
    "password_scheme",
]


@dataclass(frozen=True, slots=True)
class Profile:
    """The costs of argon2id, in the words of RFC 9106.

    Args:
        memory_kib: memory in KiB, at least 8 for each lane.
        passes: passes over the memory. Memory times passes is at most 4 GiB.
        lanes: parts that can be filled in parallel, 1 to 64. They run on as many cores as there are.

    The ranges are checked where the profile is used.
    """

    memory_kib: int
    passes: int
    lanes: int = 1

    @property
    def costs(self) -> tuple[int, int, int]:
        """Memory in KiB, passes, lanes."""
        return self.memory_kib, self.passes, self.lanes

    @property
    def is_weak(self) -> bool:
        """Whether it is under what OWASP ASVS 5.0, appendix C asks for."""
        least_kib = {1: 47104, 2: 19456}.get(self.passes, 12288)
        return self.memory_kib < least_kib


OWASP_46_MIB = Profile(memory_kib=47104, passes=1)
"""OWASP ASVS 5.0, appendix C; Password Storage Cheat Sheet."""

OWASP_19_MIB = Profile(memory_kib=19456, passes=2)
"""OWASP ASVS 5.0, appendix C; Password Storage Cheat Sheet. The default: about 15 ms on one core of 2026."""

OWASP_12_MIB = Profile(memory_kib=12288, passes=3)
"""OWASP ASVS 5.0, appendix C; Password Storage Cheat Sheet. For machines with little memory."""

RFC_9106_64_MIB = Profile(memory_kib=65536, passes=3, lanes=4)
"""RFC 9106, section 4, second recommended option; argon2-cffi's default."""


@dataclass(frozen=True)
class PasswordHasher:
    """Hashes with argon2id; verifies argon2, bcrypt, and passlib's PBKDF2 with SHA-256 and SHA-512, as Odoo stores it.

    Instances are immutable and safe to share between threads. Every method has an `_async` twin that runs on a thread
    and leaves the event loop free.

    Args:
        profile: the costs of new hashes.
        budget: the memory that hashes may take at the same time; by default one that the whole process shares.
        danger_weak: accept a profile that OWASP holds to be too weak. For tests.

    Raises:
        ParameterError: the profile is out of range, weak, or needs more than the whole budget.
    """

    profile: Profile = OWASP_19_MIB
    budget: HashingBudget = field(default_factory=default_budget, kw_only=True, repr=False, compare=False)
    danger_weak: bool = field(default=False, kw_only=True, repr=False)

    _unmatchable: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_unmatchable", _native.unmatchable_password_hash(costs=self.profile.costs))
        if self.profile.is_weak and not self.danger_weak:
            raise ParameterError("the profile is too weak: see OWASP_46_MIB, OWASP_19_MIB and OWASP_12_MIB")
        if self.profile.memory_kib > self.budget.mib * 1024:
            raise ParameterError(f"the profile needs more memory than the budget of {self.budget.mib} MiB")

    def hash(self, password: str | bytes) -> str:
        """Hash a password with a fresh salt.

        Args:
            password: at most 4096 bytes; text counts in UTF-8.

        Returns:
            A PHC string, such as `$argon2id$v=19$m=19456,t=2,p=1$...`; 97 characters with the default profile.

        Raises:
            PasswordTooLong: it is longer than that.
            InvalidInput: it is neither text nor bytes, or is text with a lone surrogate.
            HashingBusy: no memory became free in time.
            RandomnessError: there is no salt to be had.
        """
        return _native.hash_password(password, costs=self.profile.costs, budget=self.budget.native)

    def verify(self, password: str | bytes, stored_hash: str) -> None:
        """Return when the password belongs to the hash, and raise when it does not.

        Args:
            password: what was entered.
            stored_hash: what was stored.

        Raises:
            PasswordMismatch: it is another password.
            PasswordTooLong: over 4096 bytes, or over 72 for a bcrypt hash. Answer it like a mismatch.
            MalformedHash: the hash is damaged, or not text.
            UnsupportedHash: its scheme is not verified here.
            HashCostExceeded: it asks for too much work (argon2: memory times passes over 4 GiB, over 64 lanes, or
                more than the budget; bcrypt: cost over 15; PBKDF2: over 4,000,000 rounds).
            InvalidInput: the password is neither text nor bytes, or is text with a lone surrogate.
            HashingBusy: no memory became free in time.
        """
        if not _native.verify_password(password, stored_hash, budget=self.budget.native):
            raise PasswordMismatch("the password is wrong")

    def verify_and_upgrade(self, password: str | bytes, stored_hash: str) -> str | None:
        """Verify as `verify` does; return a new hash to store when the old one `needs_rehash`, else `None`."""
        self.verify(password, stored_hash)
        return self.hash(password) if self.needs_rehash(stored_hash) else None

    def needs_rehash(self, stored_hash: str) -> bool:
        """Whether the hash has another scheme, version, cost or length than a new one would have.

        Raises:
            MalformedHash, UnsupportedHash, HashCostExceeded: as in `verify`.
        """
        return _native.password_needs_rehash(stored_hash, costs=self.profile.costs)

    def dummy_verify(self, password: str | bytes) -> None:
        """Do the work of `verify` for a user that does not exist, so that the time does not tell.

        Raises:
            PasswordMismatch: always, unless what was given is refused as in `verify`.
        """
        self.verify(password, self._unmatchable)

    async def hash_async(self, password: str | bytes) -> str:
        """`hash` on a thread."""
        return await self.budget.run(partial(self.hash, password))

    async def verify_async(self, password: str | bytes, stored_hash: str) -> None:
        """`verify` on a thread."""
        await self.budget.run(partial(self.verify, password, stored_hash))

    async def verify_and_upgrade_async(self, password: str | bytes, stored_hash: str) -> str | None:
        """`verify_and_upgrade` on a thread."""
        return await self.budget.run(partial(self.verify_and_upgrade, password, stored_hash))

    async def dummy_verify_async(self, password: str | bytes) -> None:
        """`dummy_verify` on a thread."""
        await self.budget.run(partial(self.dummy_verify, password))


def password_scheme(stored_hash: str) -> str:
    """The scheme that the prefix of a stored hash names.

    Returns:
        `argon2id`, `argon2i`, `argon2d`, `bcrypt`, `pbkdf2_sha256` or `pbkdf2_sha512`.

    Raises:
        UnsupportedHash: another one, or none; Odoo also knows passwords that are stored in the clear.
        MalformedHash: it is not text.

    Example:
        >>> password_scheme("$pbkdf2-sha512$600000$...")
        'pbkdf2_sha512'
    """
    return _native.password_scheme(stored_hash)

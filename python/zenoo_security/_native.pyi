"""The native module. Use the modules of the package above it; this file is for type checkers and for readers."""

from typing import Final, final

__all__ = [
    "HashingBudget",
    "__version__",
    "hash_password",
    "password_needs_rehash",
    "password_scheme",
    "unmatchable_password_hash",
    "verify_password",
]

__version__: Final[str]

# --- passwords ---

@final
class HashingBudget:
    """The memory that all argon2 hashes of a process may take at the same time.

    Args:
        mib: the bound, 1 to 65536 MiB.
        wait_s: how long a hash waits for memory that is in use, 0 to 3600 seconds.

    Raises:
        ParameterError: one of them is out of range.
    """

    def __new__(cls, mib: int, wait_s: float) -> HashingBudget: ...
    @property
    def cores(self) -> int:
        """How many hashes can run at full speed: the cores that this process may use."""

    def trim(self) -> int:
        """Free the memory that is kept for the next hash. Returns how many KiB that were."""

def hash_password(password: str | bytes, *, costs: tuple[int, int, int], budget: HashingBudget) -> str:
    """Hash a password with argon2id (RFC 9106) and a fresh salt of 16 bytes, to a PHC string with a tag of 32 bytes.

    The GIL is released.

    Args:
        password: at most 4096 bytes; text counts in UTF-8.
        costs: memory in KiB, passes, lanes.
        budget: what the memory is booked in.

    Raises:
        ParameterError: a cost is out of range.
        PasswordTooLong: the password is.
        InvalidInput: it is not text or bytes (code `not_text`), or has a lone surrogate (code `not_unicode`).
        HashCostExceeded: the costs need more than the whole budget.
        HashingBusy: no memory became free in time.
        RandomnessError: there is no salt to be had.
    """

def verify_password(password: str | bytes, stored_hash: str, *, budget: HashingBudget) -> bool:
    """Whether the password belongs to the stored hash: argon2, bcrypt, or passlib's PBKDF2 with SHA-256 or SHA-512.

    The GIL is released.

    Raises:
        PasswordTooLong: over 4096 bytes, or over 72 for bcrypt.
        InvalidInput: as in `hash_password`.
        MalformedHash, UnsupportedHash, HashCostExceeded: the stored hash cannot be verified here.
        HashingBusy: no memory became free in time.
    """

def password_scheme(stored_hash: str) -> str:
    """The name of the scheme that the prefix of a stored hash names.

    Raises:
        MalformedHash, UnsupportedHash: it names none that is verified here.
    """

def password_needs_rehash(stored_hash: str, *, costs: tuple[int, int, int]) -> bool:
    """Whether a hash made now with these costs would have another scheme, version, cost or length.

    Raises:
        ParameterError: a cost is out of range.
        MalformedHash, UnsupportedHash, HashCostExceeded: the stored hash cannot be verified here.
    """

def unmatchable_password_hash(*, costs: tuple[int, int, int]) -> str:
    """A well-formed argon2id hash that no password matches: to verify against it takes as long as against a real one.

    Raises:
        ParameterError: a cost is out of range.
        RandomnessError: there are no random bytes to be had.
    """

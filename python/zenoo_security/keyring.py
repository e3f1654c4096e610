"""Key rings: where the keys of encrypted fields and blind indexes come from.

A ring is a JSON file of mode 0600 (`load`, `save`), one environment variable (`from_environment`), or, for those
who can keep neither, a passphrase (`from_passphrase`). `docs/formats.md` describes the file.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from zenoo_security._native import KeyRing
from zenoo_security.errors import KeyRingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["KeyRing", "from_environment", "from_passphrase", "load", "save"]

VARIABLE = "ZENOO_SECURITY_KEY_RING"
FILE_VARIABLE = "ZENOO_SECURITY_KEY_RING_FILE"

MAX_FILE_BYTES = 1024 * 1024
"""A ring of 100 keys has some 20 KiB."""


def load(path: str | os.PathLike[str]) -> KeyRing:
    """Read a key ring from its file.

    The file is opened once and everything is checked on what was opened: a regular file, of this user or of root, that
    nobody else may read or write. A symbolic link is followed, as secrets are mounted in containers behind one.

    Raises:
        KeyRingError: the file is missing, unreadable, open to others, half written or no key ring; the message says
            what to do.
    """
    name = os.fspath(path)
    try:
        # Never bound to a name: tools that report exceptions collect the variables of each frame.
        return KeyRing.from_json(_read(name))
    except KeyRingError as error:
        raise KeyRingError(f"{name}: {error}") from None


def _read(name: str) -> bytes:
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise KeyRingError(
            "no such file; make a key ring with KeyRing.generate() and zenoo_security.keyring.save()"
        ) from None
    except (OSError, ValueError) as error:
        raise KeyRingError(f"cannot be opened: {_reason(error)}") from None
    try:
        _check_status(name, os.fstat(descriptor))
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(MAX_FILE_BYTES + 1)
    finally:
        os.close(descriptor)


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or "this is not a path"


def _check_status(name: str, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise KeyRingError("this is not a regular file")
    if status.st_uid not in (os.geteuid(), 0):
        raise KeyRingError("the file belongs to another user; it must be yours or root's")
    if status.st_mode & 0o077:
        mode = stat.S_IMODE(status.st_mode)
        raise KeyRingError(
            f"mode {mode:04o} lets others at the keys; run: chmod 600 {name} "
            "(and if somebody may have read it, rotate the keys)"
        )
    if status.st_size > MAX_FILE_BYTES:
        raise KeyRingError("larger than 1 MiB, so not a key ring")


def save(ring: KeyRing, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Write a key ring to a file of mode 0600, whole or not at all.

    The ring is written to a new file beside it, forced to the disk and then given its name.

    Args:
        ring: the ring.
        path: the file.
        overwrite: replace a file that exists. Without the old keys, what they encrypted is lost: keep a backup.

    Raises:
        KeyRingError: the file exists, or cannot be written.
    """
    target = Path(path)
    try:
        temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
        with _removed_afterwards(temporary):
            _write_new(temporary, ring)
            if overwrite:
                temporary.replace(target)
            else:
                # Unlike a rename, a link never replaces a file that appeared in the meantime.
                target.hardlink_to(temporary)
        _sync_directory(target.parent)
    except FileExistsError:
        raise KeyRingError(f"{target}: the file exists; pass overwrite=True to replace it") from None
    except (OSError, ValueError) as error:
        raise KeyRingError(f"{target}: cannot be written: {_reason(error)}") from None


@contextlib.contextmanager
def _removed_afterwards(path: Path) -> Iterator[None]:
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _write_new(path: Path, ring: KeyRing) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o600)
        file.write(ring.to_json().encode())
        file.flush()
        os.fsync(descriptor)


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def from_environment(environ: Mapping[str, str] | None = None) -> KeyRing:
    """Read a key ring from `ZENOO_SECURITY_KEY_RING_FILE` (a path) or `ZENOO_SECURITY_KEY_RING` (the JSON itself).

    Prefer the file: other processes of the same user can read the environment of this one.

    Args:
        environ: the variables; `os.environ` unless given.

    Raises:
        KeyRingError: neither is set, both are, or what they give is no key ring.
    """
    path = _variable(environ, FILE_VARIABLE)
    if path and _variable(environ, VARIABLE):
        raise KeyRingError(f"{FILE_VARIABLE} and {VARIABLE} are both set: keep one")
    if path:
        return load(path)
    if not _variable(environ, VARIABLE):
        raise KeyRingError(f"no key ring: set {FILE_VARIABLE} to the path of its file")
    try:
        return KeyRing.from_json(_variable(environ, VARIABLE))
    except KeyRingError as error:
        raise KeyRingError(f"{VARIABLE}: {error}") from None


def _variable(environ: Mapping[str, str] | None, name: str) -> str:
    return (os.environ if environ is None else environ).get(name, "")


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

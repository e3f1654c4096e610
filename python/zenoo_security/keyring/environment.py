"""The key ring of the environment: four kinds of sources, of which one is set."""

from __future__ import annotations

import base64
import binascii
import functools
import shlex
from typing import TYPE_CHECKING, Final

from zenoo_security._native import KeyRing
from zenoo_security.environment import PREFIX, get_variable, read_secret
from zenoo_security.errors import InvalidInput, KeyRingError, ParameterError
from zenoo_security.keyring.command import CommandProvider
from zenoo_security.keyring.file import load, named
from zenoo_security.keyring.kek import KEK_VARIABLE, KeyEncryptionKey, open_ring

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "COMMAND_VARIABLE",
    "FILE_VARIABLE",
    "PASSPHRASE_VARIABLE",
    "SALT_VARIABLE",
    "VARIABLE",
    "from_environment",
    "is_configured",
]

VARIABLE: Final = f"{PREFIX}KEY_RING"
"""The variable with the ring itself."""
FILE_VARIABLE: Final = f"{VARIABLE}_FILE"
"""The variable with the path of its file."""
COMMAND_VARIABLE: Final = f"{VARIABLE}_COMMAND"
"""The variable with the program that prints it."""
PASSPHRASE_VARIABLE: Final = f"{VARIABLE}_PASSPHRASE"
"""The variable with the passphrase that it is derived from."""
SALT_VARIABLE: Final = f"{VARIABLE}_SALT"
"""The variable with the salt of the passphrase."""

_SOURCES: Final = (FILE_VARIABLE, VARIABLE, COMMAND_VARIABLE, PASSPHRASE_VARIABLE, f"{PASSPHRASE_VARIABLE}_FILE")


def from_environment(environ: Mapping[str, str] | None = None) -> KeyRing:
    """Read the key ring that the environment names.

    One of these is set; an empty one counts as not set. Prefer the file or the command: other processes of the same
    user can read the environment of this one.

    | variable | value |
    |---|---|
    | `ZENOO_SECURITY_KEY_RING_FILE` | the path of a file, see `load` |
    | `ZENOO_SECURITY_KEY_RING_COMMAND` | a program and its arguments, split as a shell does, see `CommandProvider` |
    | `ZENOO_SECURITY_KEY_RING` | the document |
    | `ZENOO_SECURITY_KEY_RING_PASSPHRASE`, or with `_FILE` | a passphrase, see `from_passphrase` |

    A ring that is wrapped, in any of the first three, needs `ZENOO_SECURITY_KEY_RING_KEK` or `..._KEK_FILE`; one that
    is not wrapped is refused with them. A passphrase needs `ZENOO_SECURITY_KEY_RING_SALT`, 16 to 64 bytes in base64url.

    Args:
        environ: the variables; `os.environ` unless given.

    Raises:
        KeyRingError: none is set, several are, or what they give is no key ring.
    """
    source = _source(environ)
    if source.startswith(PASSPHRASE_VARIABLE):
        return _from_passphrase(environ)
    if get_variable(SALT_VARIABLE, environ):
        raise KeyRingError(f"{SALT_VARIABLE} is set, but no passphrase: {source} is")
    kek = KeyEncryptionKey.from_environment(environ)
    if source == VARIABLE:
        with named(VARIABLE):
            return open_ring(functools.partial(_get, VARIABLE, environ), kek)
    value = _get(source, environ)
    return load(value, kek=kek) if source == FILE_VARIABLE else _command(value, kek).load()


def is_configured(environ: Mapping[str, str] | None = None) -> bool:
    """Whether the environment names a key ring; nothing is read.

    Args:
        environ: the variables; `os.environ` unless given.
    """
    return any(get_variable(name, environ) for name in _SOURCES)


def _source(environ: Mapping[str, str] | None) -> str:
    sources = [name for name in _SOURCES if get_variable(name, environ)]
    if not sources:
        raise KeyRingError(f"no key ring: set {FILE_VARIABLE} to the path of its file")
    if len(sources) > 1:
        raise KeyRingError(f"{' and '.join(sources)} are set: keep one")
    return sources[0]


def _get(name: str, environ: Mapping[str, str] | None) -> str:
    return get_variable(name, environ) or ""


def _command(text: str, kek: KeyEncryptionKey | None) -> CommandProvider:
    try:
        return CommandProvider(shlex.split(text), kek=kek)
    except ValueError:  # ParameterError is one.
        pass
    raise KeyRingError(f"{COMMAND_VARIABLE}: no command, or a quotation mark that is not closed")


def _from_passphrase(environ: Mapping[str, str] | None) -> KeyRing:
    if get_variable(KEK_VARIABLE, environ) or get_variable(f"{KEK_VARIABLE}_FILE", environ):
        raise KeyRingError(f"{KEK_VARIABLE} is for a wrapped key ring, not for a passphrase: keep one")
    salt = _decode(_get(SALT_VARIABLE, environ))
    if not salt:
        raise KeyRingError(f"{SALT_VARIABLE}: a salt is 16 to 64 random bytes in base64url")
    try:
        return KeyRing.from_passphrase(read_secret(PASSPHRASE_VARIABLE, environ, error=KeyRingError) or "", salt)
    except (ParameterError, InvalidInput) as error:
        raise KeyRingError(f"{PASSPHRASE_VARIABLE}: {error}") from None


def _decode(salt: str) -> bytes | None:
    try:
        return base64.b64decode(salt + "=" * (-len(salt) % 4), altchars="-_", validate=True)
    except (binascii.Error, ValueError):
        return None

"""The key-encryption key (KEK): what a wrapped key ring is encrypted under, kept apart from it."""

from __future__ import annotations

import base64
import os
import re
import secrets
from typing import TYPE_CHECKING, Final, NoReturn

from zenoo_security._native import KeyRing
from zenoo_security.environment import PREFIX, get_variable, read_secret
from zenoo_security.errors import KeyRingError
from zenoo_security.private_files import PrivateFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["KEK_VARIABLE", "KeyEncryptionKey", "open_ring"]

KEK_VARIABLE: Final = f"{PREFIX}KEY_RING_KEK"
"""The variable with the key-encryption key."""

_TEXT = re.compile(rb"[A-Za-z0-9_-]{43}=?")


class KeyEncryptionKey:
    """32 random bytes. `repr` shows their id, which is not secret, and an instance cannot be copied or pickled.

    Args:
        key: the bytes.

    Raises:
        ParameterError: there are not 32 of them.

    >>> kek = KeyEncryptionKey.generate()
    >>> ring = KeyRing.generate()
    >>> KeyRing.unwrap(ring.wrap(kek.reveal()), kek.reveal()).states
    {1: 'primary'}
    """

    __slots__ = ("_id", "_key")

    def __init__(self, key: bytes) -> None:
        self._id = KeyRing.kek_id(key)
        self._key = key

    @classmethod
    def generate(cls) -> KeyEncryptionKey:
        """A fresh one, from the operating system."""
        return cls(secrets.token_bytes(32))

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> KeyEncryptionKey:
        """Read a file of mode 0600 that holds the 32 bytes in base64url, 43 characters.

        Raises:
            KeyRingError: it is missing, open to others, or holds something else.
        """
        name = os.fspath(path)
        key = _decode(PrivateFile(name, name, error=KeyRingError).read())
        if key is None:
            raise _no_kek(name)
        return cls(key)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> KeyEncryptionKey | None:
        """Read `ZENOO_SECURITY_KEY_RING_KEK`, or the file that `ZENOO_SECURITY_KEY_RING_KEK_FILE` names.

        Args:
            environ: the variables; `os.environ` unless given.

        Returns:
            None when neither is set.

        Raises:
            KeyRingError: both are set, or what they give is no KEK.
        """
        if not (get_variable(KEK_VARIABLE, environ) or get_variable(f"{KEK_VARIABLE}_FILE", environ)):
            return None
        key = _decode((read_secret(KEK_VARIABLE, environ, error=KeyRingError) or "").encode(errors="replace"))
        if key is None:
            raise _no_kek(KEK_VARIABLE)
        return cls(key)

    @property
    def id(self) -> str:
        """What every ring that is wrapped under this KEK names in the clear."""
        return self._id

    def reveal(self) -> bytes:
        """The 32 bytes, for `KeyRing.wrap` and `KeyRing.unwrap`."""
        return self._key

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the file that `from_file` reads. Without it, no ring that is wrapped under this KEK opens.

        Raises:
            KeyRingError: the file exists, or cannot be written.
        """
        name = os.fspath(path)
        PrivateFile(name, name, error=KeyRingError).write(self._encode, overwrite=overwrite)

    def _encode(self) -> bytes:
        return base64.urlsafe_b64encode(self._key).rstrip(b"=") + b"\n"

    def __repr__(self) -> str:
        return f"<KeyEncryptionKey {self._id}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key-encryption key cannot be copied or pickled")


def _decode(content: bytes) -> bytes | None:
    """The bytes of a KEK. Nothing is raised here, where a traceback would have the content."""
    text = content.strip()
    return base64.urlsafe_b64decode(text.removesuffix(b"=") + b"=") if _TEXT.fullmatch(text) else None


def _no_kek(source: str) -> KeyRingError:
    return KeyRingError(f"{source}: a key-encryption key is 32 random bytes in base64url, 43 characters")


def open_ring(read: Callable[[], str | bytes], kek: KeyEncryptionKey | None) -> KeyRing:
    """The ring of a document: a wrapped one with a KEK, a plain one without.

    Args:
        read: gives the document. What it gives is never bound to a name: tools that report exceptions collect the
            variables of each frame.
        kek: the KEK.

    Raises:
        KeyRingError: what is wrong with it, never what is in it.
    """
    return KeyRing.from_json(read()) if kek is None else KeyRing.unwrap(read(), kek.reveal())

"""A key ring that is encrypted under a key-encryption key, which somebody else keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security.keyring.file import load

if TYPE_CHECKING:
    import os

    from zenoo_security._native import KeyRing
    from zenoo_security.keyring.kek import KeyEncryptionKey

__all__ = ["EnvelopeProvider"]


class EnvelopeProvider:
    """A wrapped key ring in a file of mode 0600. Whoever has the file alone has nothing.

    The format is in `docs/formats.md`: XChaCha20-Poly1305 under a key that HKDF derives from the KEK.

    Args:
        path: the file that `save(ring, path, kek=kek)` wrote.
        kek: the key-encryption key; keep it where a copy of the file does not get to.
    """

    def __init__(self, path: str | os.PathLike[str], kek: KeyEncryptionKey) -> None:
        self._path = path
        self._kek = kek

    def load(self) -> KeyRing:
        """The ring of the file.

        Raises:
            KeyRingError: as `load`: it is not there, was altered, or is wrapped under another key-encryption key.
        """
        return load(self._path, kek=self._kek)

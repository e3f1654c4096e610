"""Where a command finds the ring."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from zenoo_security.errors import KeyRingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from zenoo_security.keyring import KeyEncryptionKey, KeyRing

__all__ = ["Source", "find"]


class Source(NamedTuple):
    """A ring that can be read, and the file that can be changed if it comes from one.

    Attributes:
        name: the file, or where else the ring is from; for messages.
        path: the file, where it is one.
        kek: of a wrapped file.
        load: reads the ring.
    """

    name: str
    path: Path | None
    kek: KeyEncryptionKey | None
    load: Callable[[], KeyRing]

    @property
    def file(self) -> Path:
        """The file, for a command that writes.

        Raises:
            KeyRingError: the ring is from no file.
        """
        if self.path is None:
            raise KeyRingError(
                f"{self.name}: a ring can be changed only in a file. Write it to one with keys export FILE, "
                "change it with --key-ring FILE, and put it back where it came from"
            )
        return self.path


def find(key_ring: Path | None, kek_file: Path | None) -> Source:
    """The ring of the options, or else that of the environment. The two are never mixed.

    Raises:
        KeyRingError: there is a key-encryption key without a ring, or one of the two cannot be read.
    """
    from zenoo_security import keyring

    if key_ring is not None:
        kek = None if kek_file is None else keyring.KeyEncryptionKey.from_file(kek_file)
        return Source(str(key_ring), key_ring, kek, lambda: keyring.load(key_ring, kek=kek))
    if kek_file is not None:
        raise KeyRingError("--kek belongs to the file of --key-ring: give both, or neither and use the environment")
    path = os.environ.get(keyring.FILE_VARIABLE)
    if not path:
        return Source("the environment", None, None, keyring.from_environment)
    return Source(path, Path(path), keyring.KeyEncryptionKey.from_environment(), keyring.from_environment)

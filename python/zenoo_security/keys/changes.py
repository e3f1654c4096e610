"""Change a ring in its file, and keep what was there."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from zenoo_security import keyring
from zenoo_security.clock import SYSTEM_CLOCK, Clock
from zenoo_security.errors import KeyRingError
from zenoo_security.private_files import PrivateFile

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from zenoo_security.keyring import KeyEncryptionKey, KeyRing

__all__ = ["Change", "change_file"]


class Change(NamedTuple):
    """A ring that was changed.

    Attributes:
        ring: as it is now.
        backup: the file as it was before.
    """

    ring: KeyRing
    backup: Path


def change_file(
    path: str | os.PathLike[str],
    change: Callable[[KeyRing], KeyRing],
    *,
    kek: KeyEncryptionKey | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Change:
    """Change a ring in its file, plain or wrapped, and keep a copy of the file as it was beside it.

    The copy is `FILE.bak-YYYY-MM-DD`, and a number where that day has several. Changes wait for each other; whoever
    reads the file meanwhile finds the old ring or the new one.

    Args:
        path: the file.
        change: makes the new ring of the old one.
        kek: of a wrapped ring.
        clock: tells the day.

    Raises:
        KeyRingError: the file cannot be read or written, or `change` refuses; then it is as it was.
    """
    target, kept = Path(path).resolve(), list[Path]()

    def keep_and_change(ring: KeyRing) -> KeyRing:
        changed = change(ring)
        kept.append(_keep(target, clock))
        return changed

    changed = keyring.update(path, keep_and_change, kek=kek)
    return Change(changed, kept[0])


def _keep(path: Path, clock: Clock) -> Path:
    day = datetime.fromtimestamp(clock.now(), tz=timezone.utc).date()
    copy, number = path.with_name(f"{path.name}.bak-{day}"), 1
    while copy.exists():
        number += 1
        copy = path.with_name(f"{path.name}.bak-{day}.{number}")
    content = PrivateFile(str(path), str(path), error=KeyRingError, max_bytes=keyring.MAX_FILE_BYTES).read
    PrivateFile(str(copy), str(copy), error=KeyRingError).write(content)
    return copy

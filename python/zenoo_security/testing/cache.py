"""The folder that keeps what was downloaded and built: outside any checkout, safe for several runs at once.

An entry is built beside its final place and renamed into it, so an entry that exists was once whole. Its file count and
size are kept with it: one that was damaged later is found and built again.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from zenoo_security.errors import LocalOdooError
from zenoo_security.testing.commands import disk_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from zenoo_security.testing.progress import Progress

__all__ = ["Cache", "is_whole", "public_folder"]

_MANIFEST = ".zenoo-security.json"
# What Python writes into a folder by itself does not make it another one.
_NOT_COUNTED = {"__pycache__"}


class Cache:
    """Entries by kind and key.

    Args:
        root: the folder; `$ZENOO_SECURITY_CACHE`, or `zenoo-security` in the user's cache folder, without it.
    """

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or _default_root()

    def folder(self, kind: str) -> Path:
        """Return the folder of one kind of entries, readable by its owner only.

        Raises:
            LocalOdooError: it cannot be made.
        """
        with disk_errors(self.root):
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder = self.root / kind
            folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    @contextmanager
    def lock(self, progress: Progress) -> Iterator[None]:
        """Hold the cache: one process at a time builds, registers or removes. Released when the process dies.

        Args:
            progress: is told when another process has it.
        """
        with (self.folder("locks") / "cache").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                with progress.step("Waiting for another process that fills the cache"):
                    fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def newest(self, kind: str) -> Path | None:
        """Return the entry of a kind that was built last and is whole, if there is one."""
        built = [path for path in self.folder(kind).iterdir() if is_whole(path)]
        return max(built, key=lambda path: (path / _MANIFEST).stat().st_mtime, default=None)

    def build(self, kind: str, key: str, fill: Callable[[Path], None]) -> Path:
        """Return the entry, built by `fill(folder)` first if it is missing or damaged. Call it with the lock held.

        Raises:
            LocalOdooError: the disk is full or cannot be written, or `fill` said so.
        """
        place = self.folder(kind) / key
        if is_whole(place):
            return place
        with self.workshop() as folder, disk_errors(self.root):
            new = folder / "new"
            new.mkdir(mode=0o700)
            fill(new)
            (new / _MANIFEST).write_text(json.dumps(_measure(new)))
            if place.exists():
                place.rename(folder / "damaged")
            new.rename(place)
        return place

    @contextmanager
    def workshop(self) -> Iterator[Path]:
        """Yield a folder on the same disk, and remove it. What a killed run left there is removed before."""
        parent = self.folder("unfinished")
        for left in parent.iterdir():
            shutil.rmtree(left, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(dir=parent))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def remove(self, *kinds: str) -> None:
        """Remove all entries of these kinds."""
        for kind in kinds:
            shutil.rmtree(self.root / kind, ignore_errors=True)


def public_folder() -> str:
    """Return where to make folders that other users of the system must reach, as they cannot reach root's home."""
    return os.environ.get("TMPDIR") or "/var/tmp"  # noqa: S108 - only names that nobody can guess are made in it


def is_whole(entry: Path) -> bool:
    """Tell whether an entry holds what it held when it was built."""
    try:
        return bool(json.loads((entry / _MANIFEST).read_text()) == _measure(entry))
    except (OSError, ValueError):
        return False


def _measure(entry: Path) -> dict[str, int]:
    """Count the files and their bytes: cheap, and it notices whatever was deleted or cut short."""
    files = size = 0
    folders = [str(entry)]
    while folders:
        with os.scandir(folders.pop()) as found:
            for one in found:
                if one.is_dir():
                    if one.name not in _NOT_COUNTED and not one.is_symlink():
                        folders.append(one.path)
                elif one.name != _MANIFEST:
                    files += 1
                    size += one.stat(follow_symlinks=False).st_size
    return {"files": files, "bytes": size}


def _default_root() -> Path:
    named, base = os.environ.get("ZENOO_SECURITY_CACHE"), os.environ.get("XDG_CACHE_HOME")
    try:
        if named:
            return Path(named).expanduser().absolute()
        return (Path(base) if base else Path.home() / ".cache") / "zenoo-security"
    except RuntimeError:
        raise LocalOdooError("there is no such home folder: name a cache folder with ZENOO_SECURITY_CACHE") from None

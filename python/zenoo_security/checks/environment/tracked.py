"""Files with settings that git keeps. Its index is read; git itself would run programs that a folder names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["tracked_files"]

_MAX_INDEX: Final = 67_108_864
_MAX_NAME: Final = 0xFFF
_POINTER: Final = b"gitdir: "
_HARMLESS: Final = (".example", ".sample", ".template", ".dist")


def tracked_files(folder: Path) -> tuple[str, ...] | None:
    """The `.env` files of a folder that are in the index of its git repository; None where that is not known."""
    try:
        names = [path.name for path in folder.glob(".env*") if path.is_file() and not path.name.endswith(_HARMLESS)]
        root = next((one for one in (folder, *folder.parents) if (one / ".git").exists()), None)
        if not names or root is None:
            return ()
        index = _index(_git_folder(root))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError):
        return None
    inside = folder.relative_to(root)
    return tuple(name for name in sorted(names) if _is_in(index, (inside / name).as_posix().encode()))


def _git_folder(root: Path) -> Path:
    """Of a worktree or a submodule `.git` is a file that names it."""
    place = root / ".git"
    if place.is_dir():
        return place
    with place.open("rb") as file:
        line = file.read(_MAX_NAME)
    if not line.startswith(_POINTER):
        raise ValueError
    return root / line.removeprefix(_POINTER).strip().decode()


def _index(git: Path) -> bytes:
    with (git / "index").open("rb") as file:
        index = file.read(_MAX_INDEX)
    # Version 4 leaves out what a name has in common with the one before it.
    if not index.startswith((b"DIRC\0\0\0\2", b"DIRC\0\0\0\3")):
        raise ValueError
    return index


def _is_in(index: bytes, name: bytes) -> bool:
    """An entry of versions 2 and 3 has the length of the name before it and a NUL after it."""
    return min(len(name), _MAX_NAME).to_bytes(2, "big") + name + b"\0" in index

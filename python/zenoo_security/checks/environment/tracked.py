"""Files with settings that git keeps. Its index is read; git itself would run programs that a folder names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["tracked_files"]

_MAX_INDEX: Final = 67_108_864
_MAX_NAME: Final = 0xFFF
_HARMLESS: Final = (".example", ".sample", ".template", ".dist")


def tracked_files(folder: Path) -> tuple[str, ...]:
    """The names of `.env` files of a folder that are in the index of its git repository."""
    try:
        names = [path.name for path in folder.glob(".env*") if path.is_file() and not path.name.endswith(_HARMLESS)]
        root = next((one for one in (folder, *folder.parents) if (one / ".git").is_dir()), None)
        if not names or root is None:
            return ()
        with (root / ".git" / "index").open("rb") as file:
            index = file.read(_MAX_INDEX)
    except OSError:
        return ()
    inside = folder.relative_to(root)
    return tuple(name for name in sorted(names) if _is_in(index, (inside / name).as_posix().encode()))


def _is_in(index: bytes, name: bytes) -> bool:
    """An entry of versions 2 and 3 has the length of the name before it and a NUL after it."""
    return min(len(name), _MAX_NAME).to_bytes(2, "big") + name + b"\0" in index

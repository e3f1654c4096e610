"""Files that a command makes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zenoo_security.errors import KeyRingError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["check_new"]


def check_new(path: Path) -> None:
    """Refuse a file that exists, or whose folder cannot be written to, also in a dry run.

    Raises:
        KeyRingError: what is wrong.
    """
    if os.path.lexists(path):
        raise KeyRingError(f"{path}: the file exists and is not replaced, it may hold keys in use: name another")
    if not os.access(path.absolute().parent, os.W_OK | os.X_OK):
        raise KeyRingError(f"{path}: its folder is missing, or cannot be written to by you")

"""A check, a snapshot on which it fires and one on which it stays silent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True)
class Case:
    """Makers of snapshots; each is handed an empty folder.

    Args:
        vulnerable: the check fires on what it makes.
        clean: and passes on what this one makes.
        says: stands in what it says of the vulnerable one.
        warning: what it says is a warning.
    """

    vulnerable: Callable[[Path], Any]
    clean: Callable[[Path], Any]
    says: str
    warning: bool = False

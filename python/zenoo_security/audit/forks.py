"""Whether this process was forked since: cheaper to ask than the system for the id of the process."""

from __future__ import annotations

import os
from typing import Final

__all__ = ["PROCESS"]


class _Process:
    """Counts the forks that led to this process."""

    generation = 0


PROCESS: Final = _Process()


def _in_child() -> None:
    PROCESS.generation += 1


os.register_at_fork(after_in_child=_in_child)

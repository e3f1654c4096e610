"""What a forked process inherits: locks that no thread opens any more, and what its parent goes on to use."""

from __future__ import annotations

import contextlib
import os
import weakref
from typing import Final, Protocol

__all__ = ["Forked", "register"]


class Forked(Protocol):
    """What has to begin anew in a forked process."""

    def in_child(self) -> None:
        """Let go of what belongs to the parent. Called in the child, while it has no other thread.

        What may fail comes last, when nothing of the parent's is in use any more.
        """
        ...


_registered: Final[weakref.WeakSet[Forked]] = weakref.WeakSet()


def register(forked: Forked) -> None:
    """Have something begin anew in each forked process, for as long as it is in use."""
    _registered.add(forked)


def _in_child() -> None:
    with contextlib.ExitStack() as beginning:  # Each of them, whatever another one raises.
        for forked in _registered:
            beginning.callback(forked.in_child)


os.register_at_fork(after_in_child=_in_child)

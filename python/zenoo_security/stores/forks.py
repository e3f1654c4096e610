"""What must know when this process is forked.

SQLite forbids to carry a connection into a child process, and even to close it there. So all are closed before a fork,
and opened again by whoever needs one, parent or child. A lock that another thread has at that moment would stay locked
in the child for ever.
"""

from __future__ import annotations

import contextlib
import os
import threading
import weakref
from typing import Final, Protocol

__all__ = ["Forked", "register"]


class Forked(Protocol):
    """What a fork has to do with."""

    def before_fork(self) -> None:
        """Finish what is under way, close what a child must not have, and hold everything."""
        ...

    def after_fork(self, *, in_child: bool) -> None:
        """Go on."""
        ...


_registered: Final[weakref.WeakSet[Forked]] = weakref.WeakSet()
_registering: Final = threading.Lock()
_held: Final[list[Forked]] = []


def register(forked: Forked) -> None:
    """Have something know of forks, for as long as it is in use."""
    with _registering:
        _registered.add(forked)


def _before() -> None:
    _registering.acquire()
    _held.extend(_registered)
    with contextlib.ExitStack() as holding:  # Each of them, whatever another one raises.
        for forked in _held:
            holding.callback(forked.before_fork)


def _after(*, in_child: bool) -> None:
    with contextlib.ExitStack() as going_on:
        going_on.callback(_registering.release)
        going_on.callback(_held.clear)
        for forked in _held:
            going_on.callback(forked.after_fork, in_child=in_child)


os.register_at_fork(
    before=_before,
    after_in_parent=lambda: _after(in_child=False),
    after_in_child=lambda: _after(in_child=True),
)

"""A fork, and what is left of locks and of the parent in the child."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

__all__ = ["in_child", "usable_after_fork"]

_TIMEOUT_S = 20
_HELD_S = 0.3


def in_child(use: Callable[[], object]) -> bool:
    """Fork, and do something in the child. Returns whether it got through, in time and without an exception."""
    child = os.fork()
    if child == 0:
        signal.alarm(_TIMEOUT_S)
        try:
            use()
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def usable_after_fork(lock: AbstractContextManager[object], use: Callable[[], object]) -> bool:
    """Fork while another thread, which the child has not, holds a lock; then use what it guards in both processes."""
    taken = threading.Event()

    def hold() -> None:
        with lock:
            taken.set()
            time.sleep(_HELD_S)

    thread = threading.Thread(target=hold)
    thread.start()
    taken.wait()
    got_through = in_child(use)
    thread.join()
    use()
    return got_through

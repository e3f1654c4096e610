"""How much of the machine password hashing may take: memory, threads, and the time to wait for them.

argon2 is made to need memory, so a flood of logins could take all of it. Every hash of a process books its memory in a
`HashingBudget`; the one that does not fit waits for its turn, and gives up after a time.
"""

from __future__ import annotations

import asyncio
import os
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from zenoo_security import _native
from zenoo_security.errors import HashingBusy

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["DEFAULT_MIB", "DEFAULT_WAIT_S", "HashingBudget", "default_budget"]

T = TypeVar("T")

DEFAULT_MIB = 256
"""13 hashes of the default cost at once, or 4 of RFC 9106's second choice."""

DEFAULT_WAIT_S = 5.0
"""Within the time-outs that browsers and proxies have, and longer than any queue that a healthy server has."""


class HashingBudget:
    """The memory that password hashes may take at the same time, and the threads that asynchronous ones run on.

    Up to as many memory areas as there are cores stay allocated for the next hash, wiped and within the budget;
    `trim` frees them. Only argon2 books memory: bcrypt and PBKDF2 need next to none.

    After a fork the child starts with an empty budget of the same size, so a server of `n` processes needs `n` times
    the memory.

    Args:
        mib: the bound in MiB, 1 to 65536. A stored hash that needs more is refused with `HashCostExceeded`.
        wait_s: how long a hash waits for its turn, 0 to 3600 seconds.

    Raises:
        ParameterError: one of them is out of range.

    Example:
        >>> HashingBudget(mib=64, wait_s=1)
        HashingBudget(mib=64, wait_s=1)
    """

    __slots__ = ("__weakref__", "_executor", "_mib", "_native", "_wait_s")

    def __init__(self, mib: int = DEFAULT_MIB, wait_s: float = DEFAULT_WAIT_S) -> None:
        self._mib = mib
        self._wait_s = wait_s
        self._start()
        _alive.add(self)

    def _start(self) -> None:
        self._native = _native.HashingBudget(self._mib, self._wait_s)
        self._executor: ThreadPoolExecutor | None = None

    def __repr__(self) -> str:
        return f"HashingBudget(mib={self.mib}, wait_s={self.wait_s})"

    @property
    def mib(self) -> int:
        """The bound in MiB."""
        return self._mib

    @property
    def wait_s(self) -> float:
        """How long a hash waits for its turn, in seconds."""
        return self._wait_s

    @property
    def native(self) -> _native.HashingBudget:
        """The budget of this process, for the native functions."""
        return self._native

    def trim(self) -> int:
        """Free the memory that is kept for the next hash. Returns how many KiB that were."""
        return self._native.trim()

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work` on a thread; the event loop stays free.

        There is a thread for each core: more would not finish sooner. `work` that has not begun after `wait_s` is
        dropped, so the queue cannot grow without end.

        Raises:
            HashingBusy: `work` did not begin in time, or this process can start no more threads.
        """
        try:
            future = self._threads().submit(work)
        except RuntimeError:
            raise HashingBusy("no thread can be started to hash a password on: try again later") from None
        waiter = asyncio.wrap_future(future)
        try:
            await asyncio.wait({waiter}, timeout=self._wait_s)
            if not waiter.done() and future.cancel():
                raise HashingBusy("too many passwords are being hashed at once: try again later")
            return await waiter
        finally:
            waiter.cancel()

    def _threads(self) -> ThreadPoolExecutor:
        if self._executor is None:
            self._executor = ThreadPoolExecutor(self._native.cores, thread_name_prefix="zenoo-hashing")
        return self._executor


_alive: weakref.WeakSet[HashingBudget] = weakref.WeakSet()
_default = HashingBudget()


def default_budget() -> HashingBudget:
    """The budget that all hashers share which were not given one of their own: 256 MiB, 5 seconds."""
    return _default


def _start_anew() -> None:
    """In the child of a fork: what the parent's threads hold is never given back here, and they do not run here."""
    for budget in list(_alive):
        budget._start()  # noqa: SLF001


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)

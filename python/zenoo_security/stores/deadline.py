"""A time within which something is done, or given up for good."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

from zenoo_security.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Coroutine

__all__ = ["within"]

_T = TypeVar("_T")


async def within(seconds: float, work: Coroutine[Any, Any, _T], server: str) -> asyncio.Task[_T]:
    """Do some work in a task of its own, which has ended when this returns or raises.

    Not `asyncio.wait_for`, which before Python 3.12 could lose a cancellation that came together with the result.

    Returns:
        The task: what it raised is there, and no context of what the caller makes of it.

    Raises:
        StoreUnavailable: the time has passed.
    """
    task = asyncio.ensure_future(work)
    task.add_done_callback(_take_notice)
    try:
        await asyncio.wait({task}, timeout=seconds)
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
    if task.cancelled():
        # The error outlives this, and through the task would hold a connection that was being made: psycopg closes it
        # only when nobody does.
        del task
        raise StoreUnavailable(f"{server} did not answer within {seconds:g} s")
    return task


def _take_notice(task: asyncio.Task[Any]) -> None:
    """What failed after it was given up is nobody's any more."""
    if not task.cancelled():
        task.exception()

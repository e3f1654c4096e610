"""Answers for code that cannot `await`: at once from memory, and from a store through a loop in a thread of its own."""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from typing import TYPE_CHECKING, Any, Final, TypeVar

from zenoo_security.errors import ParameterError, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from concurrent.futures import Future

__all__ = ["at_once", "result_of", "started"]

T = TypeVar("T")

# One for each process: a thread is not there any more after a fork.
_loops: Final[dict[int, asyncio.AbstractEventLoop]] = {}


def at_once(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    coroutine.close()
    raise AssertionError("it waits")


def result_of(coroutine: Coroutine[Any, Any, T]) -> T:
    """Wait for a coroutine in this thread, while it runs in another; one that is not waited for any more is cancelled.

    Raises:
        ParameterError, StoreUnavailable: as `started`.
    """
    future = started(coroutine)
    try:
        return future.result()
    finally:
        # Where a signal ended the wait: nobody is there any more for whom it could take something.
        future.cancel()


def started(coroutine: Coroutine[Any, Any, T]) -> Future[T]:
    """Have a coroutine run in another thread.

    Raises:
        ParameterError: an event loop runs in this thread, and would stand still meanwhile.
        StoreUnavailable: this process can start no more threads.
    """
    try:
        _refuse_in_event_loop()
        loop = _loop()
    except BaseException:
        coroutine.close()
        raise
    return asyncio.run_coroutine_threadsafe(coroutine, loop)


def _refuse_in_event_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise ParameterError(
        "the store has to be waited for, and this would hold up the event loop: make the function `async def`, "
        "await the asynchronous form, or call it in a thread"
    )


def _loop() -> asyncio.AbstractEventLoop:
    pid = os.getpid()
    loop = _loops.get(pid)
    if loop is not None:
        return loop
    made = asyncio.new_event_loop()
    thread = threading.Thread(target=_run, args=(made,), name="zenoo-security-stores", daemon=True)
    try:
        # Before anybody waits for it: there may be no more threads.
        thread.start()
    except RuntimeError:
        made.close()
        raise StoreUnavailable("this process can start no more threads, and so not the one that asks stores") from None
    # Atomic: of two threads that come here together one has its loop taken.
    loop = _loops.setdefault(pid, made)
    if loop is not made:
        made.call_soon_threadsafe(made.stop)
        return loop
    atexit.register(_stop, pid, loop, thread)
    return loop


def _run(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
    finally:
        # Stores close what they have opened in it.
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def _stop(pid: int, loop: asyncio.AbstractEventLoop, thread: threading.Thread) -> None:
    if pid == os.getpid():
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=1.0)

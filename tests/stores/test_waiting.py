"""Answers for code that cannot await."""

from __future__ import annotations

import asyncio
import inspect
import signal
import threading

import pytest

from zenoo_security.errors import StoreUnavailable
from zenoo_security.stores import waiting
from zenoo_security.stores.waiting import result_of


class TimeUpError(Exception):
    """What a worker's own time-out raises wherever its thread is."""


def test_what_a_signal_ends_the_wait_for_is_not_done_later():
    """A call that waits for its turn would else take it, for nobody."""
    ended = threading.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    def time_up(*_: object) -> None:
        raise TimeUpError

    before = signal.signal(signal.SIGALRM, time_up)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        with pytest.raises(TimeUpError):
            result_of(work())
    finally:
        signal.signal(signal.SIGALRM, before)
    assert ended.wait(60)


def test_a_thread_that_does_not_start_is_an_error_and_holds_up_nobody(monkeypatch):
    async def answer() -> int:
        return 7

    def refused(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(waiting, "_loops", {})
    coroutine = answer()
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refused)
        with pytest.raises(StoreUnavailable, match="no more threads"):
            result_of(coroutine)
    assert inspect.getcoroutinestate(coroutine) == inspect.CORO_CLOSED
    assert result_of(answer()) == 7

"""Answers for code that cannot await."""

from __future__ import annotations

import asyncio
import signal
import threading

import pytest

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
    assert ended.wait(5)

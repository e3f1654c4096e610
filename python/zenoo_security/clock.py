"""Time as an argument: what reads a clock takes a `Clock`, so a test can hold one still.

Two clocks, as the operating system has them. `now` is what the calendar says; it jumps when somebody sets it.
`monotonic` only grows and means nothing by itself; every duration (a lockout, a window, a timeout) is measured by it.
"""

from __future__ import annotations

import time
from typing import Final, Protocol, runtime_checkable

from zenoo_security.errors import ParameterError

__all__ = ["BOOT_CLOCK", "SYSTEM_CLOCK", "BootClock", "Clock", "FakeClock", "SystemClock"]


@runtime_checkable
class Clock(Protocol):
    """Tells the time."""

    def now(self) -> float:
        """Seconds since 1970-01-01 UTC, as the calendar has them."""
        ...

    def monotonic(self) -> float:
        """Seconds since an arbitrary moment; never smaller than at the call before."""
        ...


class SystemClock:
    """The clock of the operating system."""

    __slots__ = ()

    def now(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds since an arbitrary moment, usually the start of the machine."""
        return time.monotonic()


SYSTEM_CLOCK: Final[Clock] = SystemClock()
"""The calendar and the monotonic clock of the system."""


class BootClock:
    """The calendar, and the time since the machine started, that in which it slept included; for what must end."""

    __slots__ = ()

    def now(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds since the machine started, CLOCK_BOOTTIME."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)


BOOT_CLOCK: Final[Clock] = BootClock()
"""The time since the machine was started, which nobody sets."""


class FakeClock:
    """A clock that stands still until it is told to move; for tests.

    Args:
        now: what the calendar says at first, in Unix seconds. `monotonic` begins at 0.

    >>> clock = FakeClock(now=1_700_000_000.0)
    >>> clock.advance(30)
    >>> clock.now(), clock.monotonic()
    (1700000030.0, 30.0)
    >>> clock.set_now(0.0)  # somebody set the calendar back; durations do not care
    >>> clock.now(), clock.monotonic()
    (0.0, 30.0)
    """

    __slots__ = ("_monotonic", "_now")

    def __init__(self, now: float = 0.0) -> None:
        self._now = float(now)
        self._monotonic = 0.0

    def now(self) -> float:
        """Unix seconds, as they were set."""
        return self._now

    def monotonic(self) -> float:
        """Seconds that `advance` has added up to."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Let time pass on both clocks.

        Args:
            seconds: how long, zero or more.

        Raises:
            ParameterError: if `seconds` is negative; `set_now` moves the calendar back.
        """
        if not seconds >= 0:
            raise ParameterError("time does not run backwards: advance by 0 seconds or more, or use set_now")
        self._now += seconds
        self._monotonic += seconds

    def set_now(self, now: float) -> None:
        """Set the calendar, forwards or back. `monotonic` does not move.

        Args:
            now: the new time in Unix seconds.
        """
        self._now = float(now)

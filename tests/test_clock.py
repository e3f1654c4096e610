"""Clocks: the calendar may jump, durations may not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security.clock import SYSTEM_CLOCK, Clock, FakeClock
from zenoo_security.errors import ParameterError


def test_the_system_clock_is_the_operating_systems():
    """`now` lies between two readings of time.time, `monotonic` between two of time.monotonic."""
    before = time.time(), time.monotonic()
    read = SYSTEM_CLOCK.now(), SYSTEM_CLOCK.monotonic()
    after = time.time(), time.monotonic()
    assert before[0] <= read[0] <= after[0]
    assert before[1] <= read[1] <= after[1]


@pytest.mark.parametrize("clock", [SYSTEM_CLOCK, FakeClock()])
def test_both_clocks_fit_the_protocol(clock):
    """A clock of ours is a `Clock`; an object without `monotonic` is none."""
    assert isinstance(clock, Clock)
    assert not isinstance(object(), Clock)


def test_a_fake_clock_stands_still():
    """Without `advance` every reading is the same."""
    clock = FakeClock(now=5.0)
    assert [clock.now(), clock.monotonic()] * 2 == [5.0, 0.0] * 2


def test_setting_the_calendar_does_not_move_durations():
    """A jump of the wall clock, either way, leaves `monotonic` alone (defects 12 and 65)."""
    clock = FakeClock(now=1000.0)
    clock.advance(10)
    clock.set_now(99_999.0)
    assert clock.monotonic() == 10.0
    clock.set_now(-1.0)
    assert (clock.now(), clock.monotonic()) == (-1.0, 10.0)


@pytest.mark.parametrize("seconds", [-1.0, -1e-9, float("nan")])
def test_a_fake_clock_refuses_to_run_backwards(seconds):
    """A negative step is a mistake in the test that asks for it."""
    clock = FakeClock()
    with pytest.raises(ParameterError):
        clock.advance(seconds)
    assert clock.monotonic() == 0.0


@given(st.lists(st.floats(min_value=0, max_value=1e6)))
def test_monotonic_never_falls(steps):
    """Whatever is advanced, `monotonic` is at least what it was."""
    clock = FakeClock()
    readings = [clock.monotonic()]
    for step in steps:
        clock.advance(step)
        readings.append(clock.monotonic())
    assert readings == sorted(readings)

"""Waiting for a turn: in order, bounded, cancelled without a trace, on a clock that the test moves."""

from __future__ import annotations

import asyncio
import os
import threading

import pytest

from audit.conftest import Heard
from zenoo_security import RateLimiter, RateLimitExceeded
from zenoo_security.audit import AuditLog, configured
from zenoo_security.clock import FakeClock
from zenoo_security.errors import InvalidInput, ParameterError
from zenoo_security.limits import RateLimits, Throttle, throttle
from zenoo_security.stores.memory import MemoryStore


@pytest.fixture
def clock(monkeypatch):
    """Time passes while somebody sleeps, and no sooner."""
    clock, sleep = FakeClock(), asyncio.sleep

    async def asleep(seconds: float) -> None:
        clock.advance(seconds)
        await sleep(0)

    class Patched:
        sleep = staticmethod(asleep)

        def __getattr__(self, name: str) -> object:
            return getattr(asyncio, name)

    monkeypatch.setattr(throttle, "asyncio", Patched())
    return clock


@pytest.fixture(params=["process", "memory"])
def limits(request, clock):
    return RateLimits(
        "2/s and 5/10s", store=None if request.param == "process" else MemoryStore(clock=clock), clock=clock
    )


async def test_what_would_be_refused_comes_later(clock, limits):
    """Two each second, and five in ten seconds; the moments of the first eleven."""
    odoo, moments = Throttle(limits, clock=clock), []

    async def call(number: int) -> None:
        await odoo.atake("odoo")
        moments.append((number, clock.monotonic()))

    await asyncio.gather(*(call(number) for number in range(11)))
    assert [number for number, _ in moments] == list(range(11))
    assert [round(at, 2) for _, at in moments] == [0, 0, 1, 1, 2, 10, 10, 11, 11, 12, 20]


async def test_nobody_overtakes_those_who_wait(clock, monkeypatch):
    """Not even who comes at the moment in which a request is there and the first of them has not woken up yet."""
    woken, order = asyncio.Event(), []

    async def oversleep(seconds: float) -> None:
        await woken.wait()
        clock.advance(seconds)

    monkeypatch.setattr(type(throttle.asyncio), "sleep", staticmethod(oversleep))
    odoo = Throttle(RateLimiter(1, 1, clock=clock), clock=clock)

    async def call(name: str) -> None:
        await odoo.atake("odoo")
        order.append(name)

    await odoo.atake("odoo")
    early = asyncio.ensure_future(call("early"))
    for _ in range(5):
        await asyncio.sleep(0)
    clock.advance(1)
    late = asyncio.ensure_future(call("late"))
    for _ in range(5):
        await asyncio.sleep(0)
    assert order == []
    assert await odoo.atake("another server")
    woken.set()
    await asyncio.gather(early, late)
    assert order == ["early", "late"]


async def test_who_would_wait_longer_than_allowed_is_refused_at_once_and_told(clock):
    odoo = Throttle(RateLimiter(1, 60, name="odoo", clock=clock), max_wait_s=59, clock=clock)
    with configured(AuditLog(heard := Heard())):
        await odoo.atake("odoo")
        for _ in range(3):
            with pytest.raises(RateLimitExceeded) as refused:
                await odoo.atake("odoo")
            assert refused.value.retry_after == 60.0
        assert heard.events == ["excess_rate_limit_exceeded"]
        assert heard.fields[0]["details"]["limiter"] == "odoo"
        clock.advance(1)
        await odoo.atake("odoo")
        assert len(heard) == 1
    assert clock.monotonic() == 60.0


async def test_who_waits_is_nothing_for_the_audit_log(clock, limits):
    with configured(AuditLog(heard := Heard())):
        odoo = Throttle(limits, clock=clock)
        await asyncio.gather(*(odoo.atake("odoo") for _ in range(20)))
    assert not heard


async def test_no_more_wait_than_may():
    limiter = RateLimiter(1, 3600)
    odoo = Throttle(limiter, max_wait_s=7200, max_waiting=3)
    await odoo.atake("odoo")
    waiting = [asyncio.ensure_future(odoo.atake("odoo")) for _ in range(3)]
    await asyncio.sleep(0)
    for identifier in ("odoo", "odoo"):
        with pytest.raises(RateLimitExceeded) as refused:
            await odoo.atake(identifier)
        assert refused.value.retry_after > 3590
    for call in waiting:
        call.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert (odoo._queues, odoo._waiting) == ({}, 0)


async def test_who_is_cancelled_has_taken_nothing_and_lets_the_next_one_on():
    limiter = RateLimiter(1, 0.2)
    odoo = Throttle(limiter, max_wait_s=30)
    await odoo.atake("odoo")
    calls = [asyncio.ensure_future(odoo.atake("odoo")) for _ in range(3)]
    await asyncio.sleep(0.01)
    calls[0].cancel()
    calls[1].cancel()
    assert await calls[2]
    assert limiter.peek("odoo").remaining == 0
    assert [call.cancelled() for call in calls] == [True, True, False]
    assert (odoo._queues, odoo._waiting) == ({}, 0)


async def test_who_stands_behind_another_is_refused_in_time():
    """The first may wait an hour; who came with less patience is not held by it."""
    odoo = Throttle(RateLimiter(1, 3600), max_wait_s=4000)
    await odoo.atake("odoo")
    first = asyncio.ensure_future(odoo.atake("odoo"))
    await asyncio.sleep(0)
    turn = odoo._queue_up("odoo")
    odoo._leave("odoo", turn)
    hasty = Throttle(odoo.limiter, max_wait_s=0.05)
    hasty._queues = odoo._queues
    with pytest.raises(RateLimitExceeded):
        await hasty.atake("odoo")
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)


def test_threads_and_loops_wait_in_one_queue():
    odoo = Throttle(RateLimiter(5, 0.2), max_wait_s=30)
    done: list[bool] = []

    def run() -> None:
        done.append(bool(odoo.take("odoo")))
        done.append(bool(asyncio.run(odoo.atake("odoo"))))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [True] * 16
    assert (odoo._queues, odoo._waiting) == ({}, 0)


def test_a_loop_that_ended_while_somebody_waited_in_it_is_passed_over():
    """It is not told, holds up nobody behind it, and takes up no place."""
    odoo = Throttle(RateLimiter(1, 0.3), max_wait_s=30)
    odoo.take("odoo")
    loops = [asyncio.new_event_loop() for _ in range(3)]
    tasks = [loop.create_task(odoo.atake("odoo")) for loop in loops]
    for loop in loops:
        loop.run_until_complete(asyncio.sleep(0))
    loops[1].close()
    for number in (0, 2):
        assert loops[number].run_until_complete(tasks[number])
        loops[number].close()
    assert (odoo._queues, odoo._waiting) == ({}, 0)
    tasks[1]._log_destroy_pending = False


def test_a_forked_process_waits_for_nobody_of_its_parent():
    odoo = Throttle(RateLimiter(1, 0.2), max_wait_s=30)
    odoo.take("odoo")
    thread = threading.Thread(target=odoo.take, args=("odoo",))
    thread.start()
    while not odoo._queues:
        pass
    child = os.fork()
    if child == 0:
        os._exit(0 if asyncio.run(odoo.atake("odoo")) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    thread.join()


@pytest.mark.parametrize("wrong", [{"max_wait_s": -1}, {"max_wait_s": 1e9}, {"max_waiting": 0}, {"limiter": "5/s"}])
def test_arguments_out_of_range_are_refused(wrong):
    with pytest.raises(ParameterError):
        Throttle(**{"limiter": RateLimiter(), **wrong})


async def test_what_is_no_identifier_waits_for_nothing():
    for identifier in (None, "", [], {}):
        with pytest.raises(InvalidInput):
            await Throttle(RateLimiter()).atake(identifier)
        with pytest.raises(InvalidInput):
            Throttle(RateLimiter()).take(identifier)

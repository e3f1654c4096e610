"""Reserving an attempt and giving its counters free again: digests of login and address, coroutines, counters."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING, Any

from harness import Measure

from zenoo_security import KeyRing
from zenoo_security.lockout import Lockout
from zenoo_security.stores.memory import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

CALLS = 50_000
ROUNDS = 9
LOGINS = [f"user.{number}@example.com" for number in range(100)]
DEVICE = bytes(32)


def at_once(call: Coroutine[Any, Any, object]) -> None:
    """Run a coroutine that waits for nothing, without an event loop."""
    try:
        call.send(None)
    except StopIteration:
        return
    raise AssertionError("it waits")


async def logins(lockout: Lockout, client_ip: str | None, device: bytes | None) -> None:
    """Right passwords of 100 users in turn."""
    for login in itertools.islice(itertools.cycle(LOGINS), CALLS):
        attempt = await lockout.reserve("shop", login, client_ip, device=device)
        assert attempt is not None
        await attempt.succeeded()


def login_us(client_ip: str | None, device: bytes | None = None) -> float:
    """Microseconds of a reservation and its release: the median of nine rounds."""
    lockout = Lockout(MemoryStore(), key_ring=KeyRing.generate())
    return sorted(_round_us(lambda: logins(lockout, client_ip, device)) for _ in range(ROUNDS))[ROUNDS // 2]


def _round_us(begin: Callable[[], Coroutine[Any, Any, None]]) -> float:
    started = time.perf_counter()
    at_once(begin())
    return (time.perf_counter() - started) / CALLS * 1e6


def rows() -> list[Measure]:
    """By the number of counters. There is no fair peer: django-axes writes to Django's database."""
    unit = "microseconds"
    return [
        Measure("lockout in memory, reserve and release, 3 counters", unit, lambda: login_us("203.0.113.9"), at_most=2),
        Measure(
            "lockout in memory, reserve and release, known device", unit, lambda: login_us(None, DEVICE), at_most=2
        ),
    ]

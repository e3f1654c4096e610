"""Looking up a session and checking it: token, store, record, times."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness import Measure

from zenoo_security import KeyRing, Principal
from zenoo_security.sessions import Sessions
from zenoo_security.stores.memory import MemoryStore
from zenoo_security.stores.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from zenoo_security.stores import Store

ACCOUNTS = 100
GROUPS = frozenset(f"module_{number}.group_user" for number in range(20))
ROUNDS = 5


def at_once(call: Coroutine[Any, Any, object]) -> None:
    """Run a coroutine that waits for nothing, without an event loop."""
    try:
        call.send(None)
    except StopIteration:
        return
    raise AssertionError("it waits")


def look_up_us(store: Store, calls: int) -> float:
    """Microseconds of a look-up of the sessions of 100 accounts in turn: the median of 5 rounds."""
    sessions = Sessions(store, KeyRing.generate())
    principals = [Principal("shop", number, f"user {number}", GROUPS) for number in range(1, ACCOUNTS + 1)]

    async def start() -> list[str]:
        return await asyncio.gather(*(sessions.start(principal, "secret") for principal in principals))

    tokens = asyncio.run(start())
    for token in tokens:
        at_once(sessions.get(token))
    spent = sorted(_round_us(sessions, tokens, calls) for _ in range(ROUNDS))
    asyncio.run(store.aclose())
    return spent[ROUNDS // 2]


def _round_us(sessions: Sessions, tokens: list[str], calls: int) -> float:
    started = time.perf_counter()
    for token in itertools.islice(itertools.cycle(tokens), calls):
        at_once(sessions.get(token))
    return (time.perf_counter() - started) / calls * 1e6


def in_file(measure: Callable[[Store], float]) -> float:
    """Measure a store in a file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return measure(SqliteStore(Path(folder) / "store.db"))


def rows() -> list[Measure]:
    """Both stores that one machine needs no server for. 50 microseconds are 20,000 a second."""
    unit = "microseconds a call"
    return [
        Measure("session in memory, look up and check", unit, lambda: look_up_us(MemoryStore(), 50_000), at_most=3),
        Measure(
            "session in SQLite, look up and check",
            unit,
            lambda: in_file(lambda store: look_up_us(store, 10_000)),
            at_most=50,
        ),
    ]

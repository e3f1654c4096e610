"""A store that can be watched, stopped between two of its operations, and made to die."""

from __future__ import annotations

import types
from typing import Any

from zenoo_security.errors import SessionEnded
from zenoo_security.principal import Principal
from zenoo_security.stores.memory import MemoryStore

ALICE = Principal("shop", 7, "alice", frozenset({"base.group_user"}), frozenset({"password"}), 1_700_000_000.0)
BOB = Principal("shop", 8, "bob", frozenset({"base.group_portal"}), frozenset({"password", "totp"}), 1_700_000_000.0)
NOW = 1_700_000_000.0
WRITES = ("put", "add", "delete", "compare_and_set")


class Killed(BaseException):
    """The process is gone; nothing in it can catch this and go on."""


@types.coroutine
def stop():
    """Let the one who drives the coroutine decide what runs next."""
    yield


class Watched:
    """Passes everything on to a store in memory.

    Args:
        clock: of that store.
        stops: whether to stop before each operation.
    """

    def __init__(self, clock: Any, *, stops: bool = False) -> None:
        self.inner = MemoryStore(clock=clock)
        self.stops = stops
        self.calls: list[tuple[str, bytes]] = []
        self.writes_left: float = float("inf")
        self.calendar_s = 0.0

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self.inner, name)
        if name == "scan":
            return operation

        async def watched(*args: Any, **kwargs: Any) -> Any:
            if self.stops:
                await stop()
            self.calls.append((name, args[0] if args else b""))
            if name in WRITES:
                if self.writes_left <= 0:
                    raise Killed
                self.writes_left -= 1
            answer = await operation(*args, **kwargs)
            return answer + self.calendar_s if name == "now" else answer

        return watched

    async def keys(self, prefix: bytes = b"") -> set[bytes]:
        """What is stored."""
        return {key async for key, _ in self.inner.scan(prefix)}


def run(coroutine: Any) -> Any:
    """Run a coroutine that waits for nothing but the stops of its store."""
    try:
        while True:
            coroutine.send(None)
    except StopIteration as stopped:
        return stopped.value


def outcome(coroutine: Any) -> Any:
    """What it returns, or `SessionEnded` itself when it raised that."""
    try:
        return run(coroutine)
    except SessionEnded:
        return SessionEnded

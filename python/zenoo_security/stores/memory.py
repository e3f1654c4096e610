"""A store in the memory of one process: for one worker, for tests, and for what may be forgotten with the process."""

from __future__ import annotations

import heapq
import math
import threading
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from zenoo_security._native import AttemptTable
from zenoo_security.clock import BOOT_CLOCK, Clock
from zenoo_security.errors import ParameterError, StoreUnavailable
from zenoo_security.stores import bounds, forks
from zenoo_security.stores.quota import decide, rested_at

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence

    from zenoo_security.stores.attempts import Counter, Outcome
    from zenoo_security.stores.protocol import Taken
    from zenoo_security.stores.quota import Quota, State

__all__ = ["MemoryStore"]

_Kept = TypeVar("_Kept")

_FULL: Final = "the store in memory is full: give it a larger max_entries, or use a store with a server"
_MIN_ENTRIES: Final = 16
_MAX_ENTRIES: Final = 100_000_000
_STALE: Final = 1024


class _Table(Generic[_Kept]):
    """A bounded dictionary whose entries expire. Whoever changes it holds a lock.

    Each entry that can expire is also in a heap by its time. An entry that is replaced stays in the heap until its old
    time has come, or until such remains are the greater part of it.
    """

    def __init__(self, max_entries: int) -> None:
        self.entries: dict[bytes, tuple[_Kept, float]] = {}
        self._max = max_entries
        self._heap: list[tuple[float, bytes]] = []

    def get(self, key: bytes, now: float) -> _Kept | None:
        """What is kept under a key."""
        entry = self.entries.get(key)
        return entry[0] if entry and entry[1] > now else None

    def require_room(self, keys: Iterable[bytes], now: float) -> None:
        """Refuse when not all of some keys fit in: what has not expired never makes room."""
        self._purge(now)
        if len(self.entries) + sum(key not in self.entries for key in keys) > self._max:
            raise StoreUnavailable(_FULL)

    def put(self, key: bytes, kept: _Kept, expires_at: float, now: float) -> None:
        """Keep something, or refuse as `require_room` does."""
        self.require_room((key,), now)
        self.entries[key] = (kept, expires_at)
        if expires_at != math.inf:
            heapq.heappush(self._heap, (expires_at, key))

    def pop(self, key: bytes, now: float) -> _Kept | None:
        """Remove an entry, and return what was kept."""
        kept = self.get(key, now)
        self.entries.pop(key, None)
        return kept

    def live(self, now: float) -> Iterator[tuple[bytes, _Kept]]:
        """Go through what is there."""
        # Copied by one call that no other thread can come into.
        entries = list(self.entries.items())
        return ((key, kept) for key, (kept, expires_at) in entries if expires_at > now)

    def clear(self) -> None:
        """Forget everything."""
        self.entries.clear()
        self._heap.clear()

    def _purge(self, now: float) -> None:
        while self._heap and self._heap[0][0] <= now:
            expires_at, key = heapq.heappop(self._heap)
            entry = self.entries.get(key)
            if entry and entry[1] == expires_at:
                del self.entries[key]
        if len(self._heap) > 2 * len(self.entries) + _STALE:
            self._heap = [(entry[1], key) for key, entry in self.entries.items() if entry[1] != math.inf]
            heapq.heapify(self._heap)


class MemoryStore:
    """Everything in dictionaries, forgotten with the process.

    Values, quotas and counters are bounded apart from each other. What has expired makes room.

    When no value or quota has expired, a new key is refused with `StoreUnavailable`, and so is what needed it. An entry
    that is dropped silently is a session that ends or a code that can be used twice, and whoever can make entries could
    choose when. Keys that exist go on working.

    Counters are made by whoever invents a name; refusing new ones would lock out everybody who has none. There a full
    store lets go of the counter with the fewest failures, see `src/primitives/attempts/table.rs`.

    Time is that of a monotonic clock, which goes on while the machine sleeps. Any thread and any event loop may call
    any method.

    Args:
        max_entries: how many values, how many quotas and how many counters there may be at most, each.
        clock: what tells the time; for tests.

    Raises:
        ParameterError: `max_entries` is not 16 to 100,000,000.

    >>> import asyncio
    >>> store = MemoryStore()
    >>> asyncio.run(store.add(b"used/4711", b"", ttl_s=60)), asyncio.run(store.add(b"used/4711", b"", ttl_s=60))
    (True, False)
    """

    def __init__(self, max_entries: int = 100_000, *, clock: Clock = BOOT_CLOCK) -> None:
        if not _MIN_ENTRIES <= max_entries <= _MAX_ENTRIES:
            raise ParameterError(f"max_entries is {_MIN_ENTRIES} to {_MAX_ENTRIES:,}")
        self._clock = clock
        self._monotonic = clock.monotonic
        self._epoch = clock.now() - clock.monotonic()
        self._lock = threading.Lock()
        self._values: _Table[bytes] = _Table(max_entries)
        self._quotas: _Table[State] = _Table(max_entries)
        self._counts = AttemptTable(max_entries)
        self._max_entries = max_entries
        forks.register(self)

    async def get(self, key: bytes) -> bytes | None:
        """See `Store.get`."""
        bounds.check_key(key)
        return self._values.get(key, self._monotonic())

    @property
    def entries(self) -> Mapping[bytes, tuple[bytes, float]]:
        """Values by key, each with the time of the clock at which it expires; also those that have expired.

        For who cannot wait; no other store has it. What replaces an entry is another object: one that is the same has
        not changed.
        """
        return self._values.entries

    def entry_at_once(self, key: bytes) -> tuple[bytes, float] | None:
        """The entry of a key, unless it has expired."""
        entry = self._values.entries.get(key)
        return entry if entry and entry[1] > self._monotonic() else None

    async def put(self, key: bytes, value: bytes, *, ttl_s: float | None) -> None:
        """See `Store.put`."""
        bounds.check_entry(key, value, ttl_s)
        with self._lock:
            self._set(key, value, ttl_s, self._monotonic())

    async def add(self, key: bytes, value: bytes, *, ttl_s: float | None) -> bool:
        """See `Store.add`."""
        bounds.check_entry(key, value, ttl_s)
        return await self.compare_and_set(key, None, value, ttl_s=ttl_s)

    async def delete(self, key: bytes) -> bool:
        """See `Store.delete`."""
        bounds.check_key(key)
        with self._lock:
            return self._values.pop(key, self._monotonic()) is not None

    async def compare_and_set(
        self, key: bytes, expected: bytes | None, value: bytes | None, *, ttl_s: float | None
    ) -> bool:
        """See `Store.compare_and_set`."""
        bounds.check_change(key, expected, value, ttl_s)
        with self._lock:
            now = self._monotonic()
            if self._values.get(key, now) != expected:
                return False
            if value is None:
                self._values.pop(key, now)
            else:
                self._set(key, value, ttl_s, now)
            return True

    async def take(self, quotas: Sequence[Quota], *, cost: int = 1) -> tuple[Taken, ...]:
        """See `Store.take`."""
        bounds.check_take(quotas, cost)
        with self._lock:
            now = self._monotonic()
            states = [self._quotas.get(quota.place, now) for quota in quotas]
            after, answers = decide(quotas, states, now, cost, spend=True)
            if after is not None:
                self._quotas.require_room([quota.place for quota in quotas], now)
                for quota, state in zip(quotas, after, strict=True):
                    self._quotas.put(quota.place, state, rested_at(quota, state), now)
            return answers

    async def peek(self, quotas: Sequence[Quota], *, cost: int = 1) -> tuple[Taken, ...]:
        """See `Store.peek`."""
        bounds.check_take(quotas, cost)
        with self._lock:
            now = self._monotonic()
            states = [self._quotas.get(quota.place, now) for quota in quotas]
            return decide(quotas, states, now, cost, spend=False)[1]

    async def forget(self, quotas: Sequence[Quota]) -> int:
        """See `Store.forget`."""
        bounds.check_quotas(quotas)
        with self._lock:
            now = self._monotonic()
            return sum(self._quotas.pop(quota.place, now) is not None for quota in quotas)

    async def reserve(self, counters: Sequence[Counter]) -> float:
        """See `Store.reserve`."""
        return self._counts.reserve(counters, self._monotonic())

    async def settle(self, counters: Sequence[Counter], outcomes: Sequence[Outcome]) -> None:
        """See `Store.settle`."""
        try:
            self._counts.settle(counters, outcomes, self._monotonic())
        except AttributeError:
            raise ParameterError("an outcome is a member of Outcome") from None

    async def scan(self, prefix: bytes) -> AsyncIterator[tuple[bytes, bytes]]:
        """See `Store.scan`. What it goes through is that of its beginning."""
        bounds.check_prefix(prefix)
        for key, value in self._values.live(self._monotonic()):
            if key.startswith(prefix):
                yield key, value

    async def now(self) -> float:
        """See `Store.now`."""
        return self._epoch + self._monotonic()

    async def aclose(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()
            self._quotas.clear()
            self._counts = AttemptTable(self._max_entries)

    def before_fork(self) -> None:
        """Keep other threads out while this process is forked: the child has none that could let go of the lock."""
        self._lock.acquire()

    def after_fork(self, *, in_child: bool) -> None:
        """Let them in again."""
        del in_child
        self._lock.release()

    def _set(self, key: bytes, value: bytes, ttl_s: float | None, now: float) -> None:
        self._values.put(key, value, math.inf if ttl_s is None else now + ttl_s, now)

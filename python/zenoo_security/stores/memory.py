"""A store in the memory of one process: for one worker, for tests, and for what may be forgotten with the process."""

from __future__ import annotations

import heapq
import math
import threading
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from zenoo_security.clock import SYSTEM_CLOCK, Clock
from zenoo_security.errors import ParameterError, StoreUnavailable
from zenoo_security.stores import attempts, bounds, quota
from zenoo_security.stores.attempts import Count

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from zenoo_security.stores.attempts import Counter, Outcome
    from zenoo_security.stores.protocol import Taken

__all__ = ["MemoryStore"]

_Kept = TypeVar("_Kept")

_FULL: Final = "the store in memory is full: give it a larger max_entries, or use a store with a server"
_NEW: Final = Count()
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

    def put(self, key: bytes, kept: _Kept, expires_at: float, now: float) -> None:
        """Keep something, or refuse."""
        self.make_room([key], now)
        self.entries[key] = (kept, expires_at)
        if expires_at != math.inf:
            heapq.heappush(self._heap, (expires_at, key))

    def make_room(self, keys: Sequence[bytes], now: float) -> None:
        """Refuse unless these can be kept: what has not expired never makes room."""
        self._purge(now)
        if len(self.entries) + sum(key not in self.entries for key in keys) > self._max:
            raise StoreUnavailable(_FULL)

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

    Values, quotas and counters are bounded apart from each other. What has expired makes room. When nothing has, a new
    key is refused with `StoreUnavailable`, and so is the login or the request that needed it: an entry that is dropped
    silently is a session that ends, a code that can be used twice or a guesser whose failures are forgotten, and
    whoever can make entries could choose when. Keys that exist go on working.

    Time is that of a monotonic clock. Any thread and any event loop may call any method.

    Args:
        max_entries: how many values, how many quotas and how many counters there may be at most, each.
        clock: what tells the time; for tests.

    Raises:
        ParameterError: `max_entries` is under 1.

    >>> import asyncio
    >>> store = MemoryStore()
    >>> asyncio.run(store.add(b"used/4711", b"", ttl_s=60)), asyncio.run(store.add(b"used/4711", b"", ttl_s=60))
    (True, False)
    """

    def __init__(self, max_entries: int = 100_000, *, clock: Clock = SYSTEM_CLOCK) -> None:
        if max_entries < 1:
            raise ParameterError("max_entries is at least 1")
        self._clock = clock
        self._monotonic = clock.monotonic
        self._epoch = clock.now() - clock.monotonic()
        self._lock = threading.Lock()
        self._values: _Table[bytes] = _Table(max_entries)
        self._quotas: _Table[float] = _Table(max_entries)
        self._counts: _Table[Count] = _Table(max_entries)

    async def get(self, key: bytes) -> bytes | None:
        """See `Store.get`."""
        bounds.check_key(key)
        return self._values.get(key, self._monotonic())

    async def put(self, key: bytes, value: bytes, *, ttl_s: float | None) -> None:
        """See `Store.put`."""
        bounds.check_entry(key, value, ttl_s)
        with self._lock:
            self._set(key, value, ttl_s, self._monotonic())

    async def add(self, key: bytes, value: bytes, *, ttl_s: float | None) -> bool:
        """See `Store.add`."""
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

    async def take(self, key: bytes, *, limit: int, window_s: float, cost: int = 1) -> Taken:
        """See `Store.take`."""
        bounds.check_key(key)
        bounds.check_quota(limit, window_s, cost)
        with self._lock:
            now = self._monotonic()
            whole_at, taken = quota.take(
                self._quotas.get(key, now) or 0.0, now, limit=limit, window_s=window_s, cost=cost
            )
            if taken.allowed:
                self._quotas.put(key, whole_at, whole_at, now)
            return taken

    async def reserve(self, counters: Sequence[Counter]) -> float:
        """See `Store.reserve`."""
        bounds.check_counters(counters)
        with self._lock:
            return self._reserve(counters, self._monotonic())

    async def settle(self, counters: Sequence[Counter], outcomes: Sequence[Outcome]) -> None:
        """See `Store.settle`."""
        bounds.check_outcomes(counters, outcomes)
        with self._lock:
            now = self._monotonic()
            for counter, outcome in zip(counters, outcomes, strict=True):
                self._settle(counter, outcome, now)

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
            for table in (self._values, self._quotas, self._counts):
                table.clear()

    def _set(self, key: bytes, value: bytes, ttl_s: float | None, now: float) -> None:
        self._values.put(key, value, math.inf if ttl_s is None else now + ttl_s, now)

    def _reserve(self, counters: Sequence[Counter], now: float) -> float:
        counts = [self._counts.get(counter.key, now) or _NEW for counter in counters]
        after = []
        for counter, count in zip(counters, counts, strict=True):
            reserved = attempts.reserve(count, counter.backoff, now)
            if reserved is None:
                return max(count.next_at for count in counts) - now
            after.append(reserved)
        self._counts.make_room([counter.key for counter in counters], now)
        for counter, count in zip(counters, after, strict=True):
            self._counts.put(counter.key, count, count.forget_at, now)
        return 0.0

    def _settle(self, counter: Counter, outcome: Outcome, now: float) -> None:
        count = self._counts.get(counter.key, now)
        if count is None:
            return
        after = attempts.settle(count, counter.backoff, outcome, now)
        if after is None:
            self._counts.pop(counter.key, now)
        else:
            self._counts.put(counter.key, after, after.forget_at, now)

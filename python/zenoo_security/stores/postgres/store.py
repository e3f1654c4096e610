"""The store on PostgreSQL."""

from __future__ import annotations

import itertools
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ParameterError
from zenoo_security.stores import bounds
from zenoo_security.stores.postgres.address import parse_url
from zenoo_security.stores.postgres.calls import Calls
from zenoo_security.stores.postgres.pool import Pool
from zenoo_security.stores.postgres.schema import check_name
from zenoo_security.stores.protocol import MAX_VALUE_BYTES, Taken

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from zenoo_security.stores.attempts import Counter, Outcome
    from zenoo_security.stores.quota import Quota

__all__ = ["PostgresStore"]

_MAX_TIMEOUT_S: Final = 60.0
_MAX_CONNECTIONS: Final = 1000
_BATCH_ROWS: Final = 200
_BATCH_BYTES: Final = MAX_VALUE_BYTES


class PostgresStore:
    """Keeps everything in a schema of its own in any PostgreSQL database, version 13 or newer; Odoo's own will do.

    The schema is made at the first call, by one of the processes that start at once. It needs a role that owns it and
    nothing else; a role that may not create schemas is told what its administrator has to run once:

        CREATE ROLE zenoo LOGIN PASSWORD '...';
        GRANT CONNECT ON DATABASE ... TO zenoo;
        CREATE SCHEMA zenoo_security AUTHORIZATION zenoo;

    An empty schema is filled, one that holds something else is refused, and so is one of another version. Do not use
    Odoo's own role: whoever can run SQL there could lift every lock-out.

    Time is the calendar of the server, read after the row is locked; setting it ends or stretches what is stored.
    What was acknowledged is as durable as the server's `synchronous_commit` says: on disk, unless somebody has set it
    to `off`. Then a crash forgets the last half second, in which a session may have ended or a code have been used.
    Nothing is in unlogged tables, which a crash empties: who can crash a server would be given new attempts. What has
    expired is removed by later writes, a little at a time; there is nothing to schedule.

    A server that is down, hangs or restarts is `StoreUnavailable` within `timeout_s`, connecting included; the store
    connects again by itself. Reads (`get`, `scan`, `now`) are repeated once on a new connection when one is lost. No
    write is: it may have been done before the answer was lost, and done again `add` and `delete` would answer wrongly,
    `put` could undo what another wrote since, and an attempt would count twice. An idle connection that the server has
    closed is recognized before anything is sent on it.

    Behind PgBouncer in transaction mode set `ignore_startup_parameters = options` there. The store prepares no
    statements and keeps nothing in its sessions; the time-outs that it asks for at the start of a connection are then
    missing, except that for locks, and can be given to the role: `ALTER ROLE zenoo SET statement_timeout = '2s'`.

    One object serves all threads and event loops of a process, and a child process after a fork.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls: Final = calls

    @classmethod
    def from_url(
        cls,
        url: str,
        *,
        schema: str = "zenoo_security",
        timeout_s: float = 2.0,
        connections: int = 10,
        allow_insecure: bool = False,
    ) -> PostgresStore:
        """Make a store; it connects at its first call.

        Args:
            url: `postgresql://user:password@host:port/database`, with libpq's parameters after a `?`.
            schema: its schema; several stores in one database are apart by it.
            timeout_s: seconds within which every call answers or is refused, up to 60.
            connections: the most for each event loop, 1 to 1000. Callers beyond wait for their turn, within the time.
            allow_insecure: whether a server on another machine may be used without `sslmode=verify-full`.

        Raises:
            ConfigurationError: the URL is not one, or names no host.
            InsecureTransport: the server is another machine, and TLS that verifies its name is not asked for.
            ParameterError: another argument is out of its range.
        """
        check_name(schema)
        if not 0 < timeout_s <= _MAX_TIMEOUT_S:
            raise ParameterError(f"timeout_s is over 0 and up to {_MAX_TIMEOUT_S:.0f} seconds")
        if not 1 <= connections <= _MAX_CONNECTIONS:
            raise ParameterError(f"connections is 1 to {_MAX_CONNECTIONS}")
        parameters = parse_url(url, timeout_s=timeout_s, allow_insecure=allow_insecure)
        return cls(Calls(Pool(parameters, connections), schema=schema, timeout_s=timeout_s))

    async def get(self, key: bytes) -> bytes | None:
        """As `Store.get`."""
        bounds.check_key(key)
        value: bytes | None = await self._calls.value("get", key, repeat=True)
        return value

    async def put(self, key: bytes, value: bytes, *, ttl_s: float | None) -> None:
        """As `Store.put`."""
        bounds.check_entry(key, value, ttl_s)
        await self._calls.value("put", key, value, ttl_s)

    async def add(self, key: bytes, value: bytes, *, ttl_s: float | None) -> bool:
        """As `Store.add`."""
        bounds.check_entry(key, value, ttl_s)
        return await self._calls.value("add", key, value, ttl_s) is True

    async def delete(self, key: bytes) -> bool:
        """As `Store.delete`."""
        bounds.check_key(key)
        return await self._calls.value("delete", key) is True

    async def compare_and_set(
        self, key: bytes, expected: bytes | None, value: bytes | None, *, ttl_s: float | None
    ) -> bool:
        """As `Store.compare_and_set`."""
        bounds.check_change(key, expected, value, ttl_s)
        return await self._calls.value("compare_and_set", key, expected, value, ttl_s) is True

    async def take(self, quotas: Sequence[Quota], *, cost: int = 1) -> tuple[Taken, ...]:
        """As `Store.take`."""
        bounds.check_take(quotas, cost)
        return await self._taken("take", quotas, cost)

    async def peek(self, quotas: Sequence[Quota], *, cost: int = 1) -> tuple[Taken, ...]:
        """As `Store.peek`."""
        bounds.check_take(quotas, cost)
        return await self._taken("peek", quotas, cost)

    async def forget(self, quotas: Sequence[Quota]) -> int:
        """As `Store.forget`."""
        bounds.check_quotas(quotas)
        count: int = await self._calls.value("forget", sorted(quota.place for quota in quotas))
        return count

    async def reserve(self, counters: Sequence[Counter]) -> float:
        """As `Store.reserve`."""
        bounds.check_counters(counters)
        ordered = sorted(counters, key=attrgetter("key"))
        backoffs = [counter.backoff for counter in ordered]
        delays = [delay for backoff in backoffs for delay in backoff.delays_s]
        lasts = list(itertools.accumulate(len(backoff.delays_s) for backoff in backoffs))
        firsts = [1, *(last + 1 for last in lasts[:-1])]
        keys, keeps = [counter.key for counter in ordered], [backoff.keep_s for backoff in backoffs]
        wait_s: float = await self._calls.value("reserve", keys, delays, firsts, lasts, keeps)
        return wait_s

    async def settle(self, counters: Sequence[Counter], outcomes: Sequence[Outcome]) -> None:
        """As `Store.settle`."""
        bounds.check_outcomes(counters, outcomes)
        ordered = sorted(zip(counters, outcomes, strict=True), key=lambda pair: pair[0].key)
        keys, stops = [counter.key for counter, _ in ordered], [counter.backoff.stop for counter, _ in ordered]
        await self._calls.value("settle", keys, stops, [outcome.value for _, outcome in ordered])

    async def scan(self, prefix: bytes) -> AsyncIterator[tuple[bytes, bytes]]:
        """As `Store.scan`, in the order of the keys; 200 values or 4 MiB in one statement."""
        bounds.check_prefix(prefix)
        first, beyond = prefix, _beyond(prefix)
        while True:
            rows = await self._calls.rows("scan", first, beyond, _BATCH_ROWS, _BATCH_BYTES, repeat=True)
            for key, value in rows:
                yield key, value
            if len(rows) < _BATCH_ROWS and sum(len(value) for _, value in rows) < _BATCH_BYTES:
                return
            # The next key that there can be.
            first = rows[-1][0] + b"\x00"

    async def now(self) -> float:
        """As `Store.now`."""
        seconds: float = await self._calls.value("clock", repeat=True)
        return seconds

    async def aclose(self) -> None:
        """As `Store.aclose`."""
        await self._calls.aclose()

    async def _taken(self, call: str, quotas: Sequence[Quota], cost: int) -> tuple[Taken, ...]:
        ordered = sorted(quotas, key=attrgetter("place"))
        rows = await self._calls.rows(
            call,
            [quota.place for quota in ordered],
            [quota.algorithm == "sliding_window" for quota in ordered],
            [quota.limit for quota in ordered],
            [float(quota.window_s) for quota in ordered],
            cost,
            repeat=call == "peek",
        )
        answers = dict(zip(ordered, itertools.starmap(Taken, rows), strict=True))
        return tuple(answers[quota] for quota in quotas)


def _beyond(prefix: bytes) -> bytes | None:
    """The first key after all those with a prefix; `None` when there is none."""
    kept = prefix.rstrip(b"\xff")
    return kept[:-1] + bytes([kept[-1] + 1]) if kept else None

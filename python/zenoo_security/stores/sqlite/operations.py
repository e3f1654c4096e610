"""What is done to the file, in SQL. Those that write run in a transaction that holds the lock on writing."""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING, Any, Final

from zenoo_security.stores import attempts
from zenoo_security.stores.attempts import Count
from zenoo_security.stores.quota import decide, rested_at

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from zenoo_security.stores.attempts import Counter, Outcome
    from zenoo_security.stores.protocol import Taken
    from zenoo_security.stores.quota import Quota, State

__all__ = [
    "GET",
    "compare_and_set",
    "delete",
    "forget",
    "page",
    "peek",
    "purge",
    "put",
    "quota_rows",
    "reserve",
    "settle",
    "take",
]

GET: Final = "SELECT value FROM entry WHERE expires_at > ? AND key = ?"

_PUT: Final = (
    "INSERT INTO entry (key, value, expires_at) VALUES (?, ?, ?) "
    "ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at"
)
_SET_QUOTA: Final = "INSERT OR REPLACE INTO quota (key, expires_at, moments) VALUES (?, ?, ?)"
_SET_COUNT: Final = (
    "INSERT OR REPLACE INTO counter (key, attempts, failures, next_at, expires_at) VALUES (?, ?, ?, ?, ?)"
)
_PURGE: Final = tuple(
    f"DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} WHERE expires_at <= ? LIMIT ?)"  # noqa: S608 (fixed names)
    for table in ("entry", "quota", "counter")
)
_PURGED: Final = 100
# A write adds at most 8 rows, the counters of an attempt or several quotas.
_PURGED_FOR_A_WRITE: Final = 9
_NEW: Final = Count()


def get(connection: sqlite3.Connection, now: float, key: bytes) -> bytes | None:
    """Read a value."""
    row = connection.execute(GET, (now, key)).fetchone()
    return row[0] if row else None


def put(connection: sqlite3.Connection, now: float, key: bytes, value: bytes, ttl_s: float | None) -> None:
    """Set a value."""
    connection.execute(_PUT, (key, value, math.inf if ttl_s is None else now + ttl_s))


def delete(connection: sqlite3.Connection, now: float, key: bytes) -> bool:
    """Remove a value."""
    there = get(connection, now, key) is not None
    connection.execute("DELETE FROM entry WHERE key = ?", (key,))
    return there


def compare_and_set(
    connection: sqlite3.Connection,
    now: float,
    key: bytes,
    *,
    expected: bytes | None,
    value: bytes | None,
    ttl_s: float | None,
) -> bool:
    """Replace a value."""
    if get(connection, now, key) != expected:
        return False
    if value is None:
        delete(connection, now, key)
    else:
        put(connection, now, key, value, ttl_s)
    return True


def take(connection: sqlite3.Connection, now: float, quotas: Sequence[Quota], cost: int) -> tuple[Taken, ...]:
    """Take from quotas."""
    after, answers = decide(quotas, [_state(connection, quota) for quota in quotas], now, cost, spend=True)
    for quota, state in zip(quotas, after or (), strict=False):
        moments = None if isinstance(state, float) else state.tobytes()
        connection.execute(_SET_QUOTA, (quota.place, rested_at(quota, state), moments))
    return answers


def peek(rows: Iterable[Sequence[Any]], now: float, quotas: Sequence[Quota], cost: int) -> tuple[Taken, ...]:
    """What `take` would answer, of the rows that `quota_rows` selects."""
    states = {key: _state_of(*state) for key, *state in rows}
    return decide(quotas, [states.get(quota.place) for quota in quotas], now, cost, spend=False)[1]


def quota_rows(quotas: Sequence[Quota]) -> tuple[str, list[bytes]]:
    """A query for quotas, and its arguments but the time, which comes first."""
    marks = ", ".join("?" * len(quotas))
    query = f"SELECT key, expires_at, moments FROM quota WHERE expires_at > ? AND key IN ({marks})"  # noqa: S608 (marks)
    return query, [quota.place for quota in quotas]


def forget(connection: sqlite3.Connection, now: float, quotas: Sequence[Quota]) -> int:
    """Make quotas whole again."""
    taken = 0
    for quota in quotas:
        query = "SELECT 1 FROM quota WHERE key = ? AND expires_at > ?"
        taken += len(connection.execute(query, (quota.place, now)).fetchall())
        connection.execute("DELETE FROM quota WHERE key = ?", (quota.place,))
    return taken


def _state(connection: sqlite3.Connection, quota: Quota) -> State | None:
    row = connection.execute("SELECT expires_at, moments FROM quota WHERE key = ?", (quota.place,)).fetchone()
    return row and _state_of(*row)


def _state_of(expires_at: float, kept: bytes | None) -> State:
    if kept is None:
        return expires_at
    moments = array("q")
    moments.frombytes(kept)
    return moments


def reserve(connection: sqlite3.Connection, now: float, counters: Sequence[Counter]) -> float:
    """Reserve an attempt."""
    counts = [_count(connection, now, counter.key) or _NEW for counter in counters]
    after = []
    for counter, count in zip(counters, counts, strict=True):
        reserved = attempts.reserve(count, counter.backoff, now)
        if reserved is None:
            return max(count.next_at for count in counts) - now
        after.append((counter.key, *reserved))
    connection.executemany(_SET_COUNT, after)
    return 0.0


def settle(
    connection: sqlite3.Connection, now: float, counters: Sequence[Counter], outcomes: Sequence[Outcome]
) -> None:
    """Say what came of an attempt."""
    for counter, outcome in zip(counters, outcomes, strict=True):
        count = _count(connection, now, counter.key)
        if count is None:
            continue
        after = attempts.settle(count, counter.backoff, outcome, now)
        if after is None:
            connection.execute("DELETE FROM counter WHERE key = ?", (counter.key,))
        else:
            connection.execute(_SET_COUNT, (counter.key, *after))


def _count(connection: sqlite3.Connection, now: float, key: bytes) -> Count | None:
    row = connection.execute(
        "SELECT attempts, failures, next_at, expires_at FROM counter WHERE key = ? AND expires_at > ?", (key, now)
    ).fetchone()
    return Count(*row) if row else None


def page(prefix: bytes, after: bytes) -> tuple[str, list[bytes]]:
    """A query for the next keys with a prefix and their values, and its arguments but the time, which comes first."""
    query, arguments = "SELECT key, value FROM entry WHERE expires_at > ? AND key >= ? AND key > ?", [prefix, after]
    # The first key that is past all those with the prefix; none is when it is made of 0xff alone.
    head = prefix.rstrip(b"\xff")
    if head:
        query += " AND key < ?"
        arguments.append(head[:-1] + bytes([head[-1] + 1]))
    return f"{query} ORDER BY key LIMIT 32", arguments


def purge(connection: sqlite3.Connection, now: float, writes: int) -> None:
    """Remove some of what has expired: more than so many writes can add."""
    for statement in _PURGE:
        connection.execute(statement, (now, _PURGED + _PURGED_FOR_A_WRITE * writes))

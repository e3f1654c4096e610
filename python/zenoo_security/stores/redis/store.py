"""The store: its operations as commands and scripts of Redis, and what their answers mean."""

from __future__ import annotations

import json
import math
import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from zenoo_security.errors import ParameterError
from zenoo_security.stores.attempts import MAX_COUNT
from zenoo_security.stores.bounds import (
    check_change,
    check_counters,
    check_entry,
    check_key,
    check_outcomes,
    check_prefix,
    check_quotas,
    check_take,
)
from zenoo_security.stores.quota import MICROSECONDS, SLACK
from zenoo_security.stores.redis import answers
from zenoo_security.stores.redis.client import RedisClient
from zenoo_security.stores.redis.greeting import Greeting
from zenoo_security.stores.redis.pool import read_url
from zenoo_security.stores.redis.scripts import COMPARE_AND_SET, RESERVE, SETTLE, TAKE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence

    from typing_extensions import Self

    from zenoo_security.stores.attempts import Backoff, Counter, Outcome
    from zenoo_security.stores.protocol import Taken
    from zenoo_security.stores.quota import Quota

__all__ = ["RedisStore"]

_NAMESPACE: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_SPECIAL: Final = re.compile(rb"[*?\[\]\\]")
# Values of 4 MiB at most.
_READ_AT_ONCE: Final = 16


class RedisStore:
    """A store on one Redis 6.2 or later, or a Valkey, that all machines share.

    Every operation is one command, or one script, on the server's clock: one round trip. Only a scan takes more.

    What is lost: Redis acknowledges before it writes to its disk. With `appendonly yes` and `appendfsync everysec` a
    crash of the machine loses the last second, with `appendfsync always` nothing, with snapshots alone minutes: then
    lockouts are forgotten, and a code that was used may be used again while it lasts. A replica that is promoted lacks
    what had not reached it.

    Eviction: a server with a `maxmemory` and a policy other than `noeviction` drops values when its memory is full;
    who can fill the memory with made-up names could drop a lockout. It is refused. Where the policy cannot be read, a
    warning is logged to `zenoo_security.stores`.

    Memory: made-up names make counters, which expire. Give the server a `maxmemory` with room for them; when it is full
    anyway, what must be written raises `StoreUnavailable`.

    Repetition: an answer that was lost does not tell whether the command was done. `get`, `now` and `scan` are asked
    once more, on a new connection. Nothing else is: a second `add`, `delete` or `compare_and_set` would find the work
    of the first and say that somebody else did it, a second `take`, `reserve` or `settle` would count twice, and a
    second `put` could undo what another has done in between. These raise `StoreUnavailable`, and what they would have
    done may or may not have been done. A connection that the server has closed meanwhile, as in a restart, is noticed
    before it is used and replaced.

    Clusters: all keys have one hash tag, so that a proxy in front of a cluster runs the scripts. They lie on one node;
    this client follows no redirection. Behind Sentinel, use an address that leads to the primary: a replica is refused.

    Time: expiries, delays and quotas are measured by the calendar of the server's machine alone. Let NTP slew
    it; a jump of that one clock ends or stretches them.

    A store can be used from several event loops and after a fork: each has connections of its own. Whoever can write
    to the server can change lockouts, but reads no credential: records that matter are sealed before they come here.

    Args:
        url: `redis://[user:password@]host[:port][/database]`, `rediss://` for TLS, or
            `unix://[user:password@]/path?db=0`, as redis-py reads it.
        namespace: a prefix of all keys, for stores that share a database: 1 to 64 of `A-Z a-z 0-9 . _ -`.
        timeout_s: seconds for one operation, with connecting if need be. Each step of a scan has as many.
        connections: how many there are at most in an event loop; an operation that comes then waits for one.
        allow_eviction: use a server that drops values when its memory is full.
        allow_insecure: allow plain `redis://`, and TLS without verification, to another machine.

    Raises:
        ConfigurationError: the URL cannot be used. At the first operation: the server evicts.
        InsecureTransport: others could read or change what is sent to the server.
        ParameterError: another argument is out of its range.
        StoreIncompatible: at the first operation: the server holds what a newer version has stored.
    """

    def __init__(
        self,
        url: str,
        *,
        namespace: str = "zenoo-security",
        timeout_s: float = 2.0,
        connections: int = 32,
        allow_eviction: bool = False,
        allow_insecure: bool = False,
    ) -> None:
        if not _NAMESPACE.fullmatch(namespace):
            raise ParameterError("namespace is 1 to 64 of A-Z a-z 0-9 . _ -")
        if not 0 < timeout_s < math.inf or connections < 1:
            raise ParameterError("timeout_s is over 0 and finite, connections at least 1")
        prefix = b"{%s}:" % namespace.encode()
        self._values, self._counts, self._quotas = prefix + b"v:", prefix + b"c:", prefix + b"q:"
        self._client = RedisClient(
            read_url(url, allow_insecure=allow_insecure),
            connections=connections,
            timeout_s=timeout_s,
            greeting=Greeting(prefix + b"version", allow_eviction=allow_eviction),
        )

    @classmethod
    def from_url(cls, url: str, **options: Any) -> Self:
        """A store by its URL, with the keyword arguments of the class."""
        return cls(url, **options)

    async def get(self, key: bytes) -> bytes | None:
        """As `Store.get`: GET."""
        check_key(key)
        return await self._client.read(answers.value, "GET", self._values + key)

    async def put(self, key: bytes, value: bytes, *, ttl_s: float | None) -> None:
        """As `Store.put`: SET with PX."""
        check_entry(key, value, ttl_s)
        await self._client.write(answers.is_set, "SET", self._values + key, value, *_expiry(ttl_s))

    async def add(self, key: bytes, value: bytes, *, ttl_s: float | None) -> bool:
        """As `Store.add`: SET with NX and PX."""
        check_entry(key, value, ttl_s)
        return await self._client.write(answers.is_set, "SET", self._values + key, value, "NX", *_expiry(ttl_s))

    async def delete(self, key: bytes) -> bool:
        """As `Store.delete`: DEL."""
        check_key(key)
        return await self._client.write(answers.is_one, "DEL", self._values + key)

    async def compare_and_set(
        self, key: bytes, expected: bytes | None, value: bytes | None, *, ttl_s: float | None
    ) -> bool:
        """As `Store.compare_and_set`: a script."""
        check_change(key, expected, value, ttl_s)
        arguments = (*_optional(expected), *_optional(value), *_expiry(ttl_s))
        return await self._client.run(answers.is_one, COMPARE_AND_SET, [self._values + key], arguments)

    async def take(self, quotas: Sequence[Quota], *, cost: int = 1) -> tuple[Taken, ...]:
        """As `Store.take`: a script."""
        return await self._taken(quotas, cost, spend=1)

    async def peek(self, quotas: Sequence[Quota], *, cost: int = 1) -> tuple[Taken, ...]:
        """As `Store.peek`: the same script."""
        return await self._taken(quotas, cost, spend=0)

    async def forget(self, quotas: Sequence[Quota]) -> int:
        """As `Store.forget`: DEL."""
        check_quotas(quotas)
        return await self._client.write(answers.count, "DEL", *self._quota_keys(quotas))

    async def reserve(self, counters: Sequence[Counter]) -> float:
        """As `Store.reserve`: a script."""
        check_counters(counters)
        arguments = (*(_backoff(counter.backoff) for counter in counters), MAX_COUNT)
        return await self._client.run(answers.wait_s, RESERVE, self._count_keys(counters), arguments)

    async def settle(self, counters: Sequence[Counter], outcomes: Sequence[Outcome]) -> None:
        """As `Store.settle`: a script."""
        check_outcomes(counters, outcomes)
        stops = (counter.backoff.stop or 0 for counter in counters)
        arguments = (*(outcome.value for outcome in outcomes), *stops, MAX_COUNT)
        await self._client.run(answers.is_one, SETTLE, self._count_keys(counters), arguments)

    async def scan(self, prefix: bytes) -> AsyncIterator[tuple[bytes, bytes]]:
        """As `Store.scan`: the keys by SCAN, held in memory, and their values by MGET, 16 at a time."""
        check_prefix(prefix)
        start = self._values + prefix
        found = await self._client.keys(_SPECIAL.sub(rb"\\\g<0>", start) + b"*")
        keys = [key for key in found if key.startswith(start)]
        for first in range(0, len(keys), _READ_AT_ONCE):
            batch = keys[first : first + _READ_AT_ONCE]
            for key, value in zip(batch, await self._client.read(answers.list_of_values, "MGET", *batch), strict=True):
                if value is not None:
                    yield key.removeprefix(self._values), value

    async def now(self) -> float:
        """As `Store.now`: TIME."""
        return await self._client.read(answers.time, "TIME")

    async def aclose(self) -> None:
        """Close the connections of the running event loop. Those of others are closed when these end."""
        await self._client.aclose()

    async def _taken(self, quotas: Sequence[Quota], cost: int, *, spend: int) -> tuple[Taken, ...]:
        check_take(quotas, cost)
        arguments: list[Any] = [cost, spend, SLACK]
        for quota in quotas:
            arguments += (quota.algorithm, quota.limit, quota.window_us)
        return await self._client.run_together(
            partial(answers.taken, len(quotas)), TAKE, self._quota_keys(quotas), arguments
        )

    def _quota_keys(self, quotas: Iterable[Quota]) -> list[bytes]:
        return [self._quotas + quota.place for quota in quotas]

    def _count_keys(self, counters: Iterable[Counter]) -> list[bytes]:
        return [self._counts + counter.key for counter in counters]


def _expiry(ttl_s: float | None) -> tuple[Any, ...]:
    return () if ttl_s is None else ("PX", math.ceil(ttl_s * 1000))


def _optional(value: bytes | None) -> tuple[int, bytes]:
    return (0, b"") if value is None else (1, value)


def _backoff(backoff: Backoff) -> str:
    """In whole microseconds, and for the expiry milliseconds: rounded up, so that nothing is allowed too early."""
    delays = [math.ceil(delay_s * MICROSECONDS) for delay_s in backoff.delays_s]
    return json.dumps({"delays": delays, "keep_ms": math.ceil(backoff.keep_s * 1000)})

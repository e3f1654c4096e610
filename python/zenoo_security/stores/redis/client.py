"""A Redis as the store sees it: commands with a deadline, and one kind of error for whatever goes wrong."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, TypeVar

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, RedisError

from zenoo_security.errors import SecurityError, StoreUnavailable
from zenoo_security.stores.deadline import within
from zenoo_security.stores.loops import PerLoop
from zenoo_security.stores.redis.pool import Pool, exchange
from zenoo_security.stores.redis.together import Together

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence

    from redis.asyncio.connection import AbstractConnection

    from zenoo_security.stores.redis.greeting import Greeting
    from zenoo_security.stores.redis.scripts import Script

__all__ = ["RedisClient"]

T = TypeVar("T")

# What a server that is down, overloaded, misconfigured or no Redis can provoke in redis-py and in reading its answers.
_FAILURES: Final = (
    RedisError,
    OSError,
    EOFError,
    asyncio.TimeoutError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
_SCANNED_AT_ONCE: Final = 500


class RedisClient:
    """Asks one server over the connections of the running event loop.

    Args:
        options: of a connection, as `read_url` returns them.
        connections: how many there are at most in an event loop.
        timeout_s: seconds for one operation, with waiting for a connection and making it.
        greeting: what every new connection is asked.
    """

    def __init__(self, options: Mapping[str, Any], *, connections: int, timeout_s: float, greeting: Greeting) -> None:
        self._timeout_s = timeout_s
        self._lines = PerLoop(lambda: Together(Pool(options, connections, greeting), timeout_s), Together.aclose)

    async def read(self, understand: Callable[[Any], T], *command: Any) -> T:
        """Send a command that changes nothing; once more, on a new connection, when the connection was lost.

        Args:
            understand: turns the answer into the result; raises ValueError or TypeError for one that makes no sense.
            command: the command and its arguments.

        Raises:
            StoreUnavailable: there was no answer in time, an error, or no sense in it.
        """
        pool = (await self._lines.get()).pool
        return await self._answer(self._in_time(_repeated(lambda: pool.ask(*command))), understand)

    async def write(self, understand: Callable[[Any], T], *command: Any) -> T:
        """Send a command once. Arguments and errors are those of `read`."""
        pool = (await self._lines.get()).pool
        return await self._answer(self._in_time(pool.ask(*command)), understand)

    async def run(
        self, understand: Callable[[Any], T], script: Script, keys: Sequence[bytes], arguments: Iterable[Any]
    ) -> T:
        """Run a script once, by its digest or, on a server that does not know it, by its text."""
        pool = (await self._lines.get()).pool
        rest = (len(keys), *keys, *arguments)

        async def known_or_not() -> Any:
            try:
                return await pool.ask("EVALSHA", script.digest, *rest)
            except NoScriptError:
                # Nothing was run. From now on the server knows it.
                return await pool.ask("EVAL", script.text, *rest)

        return await self._answer(self._in_time(known_or_not()), understand)

    async def run_together(
        self, understand: Callable[[Any], T], script: Script, keys: Sequence[bytes], arguments: Iterable[Any]
    ) -> T:
        """The same, in one write with what others run at this moment."""
        together = await self._lines.get()
        rest = (len(keys), *keys, *arguments)

        async def known_or_not() -> Any:
            try:
                return await together.ask("EVALSHA", script.digest, *rest)
            except NoScriptError:
                return await together.ask("EVAL", script.text, *rest)

        return await self._answer(known_or_not(), understand)

    async def keys(self, pattern: bytes) -> set[bytes]:
        """The keys that match, gathered over one connection: a cursor means nothing to a server that was restarted."""
        pool = (await self._lines.get()).pool
        return await self._answer(_repeated(lambda: self._gather(pool, pattern)), set)

    async def aclose(self) -> None:
        """Close the connections of the running event loop."""
        await self._lines.aclose()

    async def _gather(self, pool: Pool, pattern: bytes) -> set[bytes]:
        found: set[bytes] = set()
        # Here from the moment on that it is ours: a cancellation may come together with it.
        held: list[AbstractConnection] = []

        async def step(cursor: bytes) -> Any:
            if not held:
                held.append(await pool.acquire())
            return await exchange(held[0], "SCAN", cursor, "MATCH", pattern, "COUNT", _SCANNED_AT_ONCE)

        try:
            cursor = None
            while cursor != b"0":
                cursor, keys = await self._in_time(step(cursor or b"0"))
                found.update(keys)
        except BaseException as error:
            for connection in held:
                await pool.discard(connection, error)
            raise
        await pool.release(held[0])
        return found

    async def _in_time(self, work: Coroutine[Any, Any, T]) -> T:
        return (await within(self._timeout_s, work, "Redis")).result()

    async def _answer(self, work: Awaitable[Any], understand: Callable[[Any], T]) -> T:
        try:
            return understand(await work)
        except SecurityError:
            raise
        except _FAILURES as error:
            why = type(error).__name__
        # Raised out here it does not carry the error of redis-py, whose text may hold addresses and values.
        raise StoreUnavailable(f"Redis is down, hangs, or refuses ({why})")


async def _repeated(call: Callable[[], Coroutine[Any, Any, T]]) -> T:
    try:
        return await call()
    except RedisConnectionError:
        return await call()

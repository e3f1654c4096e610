"""Commands that come at the same time go to Redis in one write, and their answers come back in one read.

What waits while a write is under way goes with the next one: one caller waits for nobody, sixty share the cost of one
round trip. Every command has a deadline of its own. Nobody who asked is a part of the exchange: a caller who is
cancelled leaves the connection and the others alone, and what was not sent by then is not sent.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from redis.exceptions import NoScriptError, OutOfMemoryError, ResponseError

from zenoo_security.errors import SecurityError, StoreUnavailable
from zenoo_security.stores.deadline import within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis.asyncio.connection import AbstractConnection

    from zenoo_security.stores.redis.pool import Pool

__all__ = ["Together"]

_MOST: Final = 64
"""Commands in one write: until they are done the server's other clients wait."""


class _Asked(NamedTuple):
    command: tuple[Any, ...]
    answer: asyncio.Future[Any]


class Together:
    """Sends the commands of one event loop.

    Args:
        pool: where the connections are; one of them is used at a time.
        timeout_s: seconds within which a command is answered or refused.
    """

    def __init__(self, pool: Pool, timeout_s: float) -> None:
        self.pool = pool
        self._timeout_s = timeout_s
        self._waiting: list[_Asked] = []
        self._sending: asyncio.Task[None] | None = None

    async def ask(self, *command: Any) -> Any:
        """Send one command and return its answer.

        Raises:
            StoreUnavailable: the time has passed.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        self._waiting.append(_Asked(command, answer))
        if self._sending is None:
            self._sending = asyncio.ensure_future(self._send_all())
        deadline = loop.call_later(self._timeout_s, _give_up, answer, self._timeout_s)
        try:
            return await answer
        finally:
            deadline.cancel()

    async def aclose(self) -> None:
        """Close the connection; what is under way fails."""
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.wait({self._sending})
            # One that was cancelled before it began has left everything.
            self._end()
        await self.pool.aclose()

    async def _send_all(self) -> None:
        try:
            while self._waiting:
                some, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
                await self._send([asked for asked in some if not asked.answer.done()])
        finally:
            self._end()

    def _end(self) -> None:
        self._sending = None
        for asked in self._waiting:
            _refuse(asked.answer, StoreUnavailable("the store was closed"))
        self._waiting = []

    async def _send(self, some: Sequence[_Asked]) -> None:
        """Have all of them answered; what goes wrong is an answer too."""
        if not some:
            return
        error: BaseException = StoreUnavailable("Redis did not answer")
        try:
            error = (await within(self._timeout_s, self._exchange(some), "Redis")).exception() or error
        except StoreUnavailable as late:
            error = late
        finally:
            for asked in some:
                _refuse(asked.answer, error)

    async def _exchange(self, some: Sequence[_Asked]) -> None:
        connection = await self.pool.acquire()
        failure: BaseException | None = None
        try:
            await connection.send_packed_command([_packed(asked.command) for asked in some])
            for asked in some:
                failure = await _read(connection, asked.answer) or failure
        except BaseException as error:
            await self.pool.discard(connection, error)
            raise
        if failure is None:
            await self.pool.release(connection)
        else:
            await self.pool.discard(connection, failure)


def _packed(command: Sequence[Any]) -> bytes:
    """A command as Redis reads it (RESP); redis-py packs any type, and takes longer for it than Redis to answer."""
    words = [word if isinstance(word, bytes) else str(word).encode() for word in command]
    return b"*%d\r\n%b" % (len(words), b"".join([b"$%d\r\n%b\r\n" % (len(word), word) for word in words]))


async def _read(connection: AbstractConnection, answer: asyncio.Future[Any]) -> ResponseError | None:
    """Hand on one answer, an error of the server too; return one after which the connection is not used again."""
    try:
        read = await connection.read_response()
    except ResponseError as error:
        _refuse(answer, error)
        return None if isinstance(error, (NoScriptError, OutOfMemoryError)) else error
    if not answer.done():
        answer.set_result(read)
    return None


def _refuse(answer: asyncio.Future[Any], error: BaseException) -> None:
    if not answer.done():
        # One of our own for each: whoever raises an exception adds to its traceback. Those of redis-py go no further.
        answer.set_exception(type(error)(*error.args) if isinstance(error, SecurityError) else error)


def _give_up(answer: asyncio.Future[Any], seconds: float) -> None:
    if not answer.done():
        answer.set_exception(StoreUnavailable(f"Redis did not answer within {seconds:g} s"))

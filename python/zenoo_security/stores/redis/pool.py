"""Connections to Redis: how many there are, and when one may be used again.

redis-py makes the connections and speaks the protocol. The pool is our own, since one rule matters more than any other:
a connection is handed on only after the whole answer to the last command was read from it. Whatever else happens to a
command (an error, a time-out, its task is cancelled), its connection is closed.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from redis.asyncio.connection import Connection, SSLConnection, parse_url
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, OutOfMemoryError, ReadOnlyError, RedisError

from zenoo_security.address import is_loopback
from zenoo_security.errors import ConfigurationError, InsecureTransport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redis.asyncio.connection import AbstractConnection

    from zenoo_security.stores.redis.greeting import Greeting

__all__ = ["Pool", "exchange", "read_url"]

# What a URL says to the contrary is left aside: values are bytes, one deadline holds for a whole operation, and what
# may be repeated is known here and not to redis-py.
_OURS: Final[dict[str, Any]] = {
    "decode_responses": False,
    "driver_info": None,
    "health_check_interval": 0,
    "protocol": 2,
    "retry_on_timeout": False,
    "socket_connect_timeout": None,
    "socket_timeout": None,
}
# Of a pool of redis-py, which this is not.
_FOR_POOLS: Final = ("max_connections", "timeout")


def read_url(url: str, *, allow_insecure: bool) -> dict[str, Any]:
    """The arguments of a connection.

    Raises:
        ConfigurationError: it is no URL of a Redis, or redis-py does not know one of its options.
        InsecureTransport: it leads to another machine without TLS that verifies the name of the server.
    """
    options: dict[str, Any] = {}
    try:
        options = {**parse_url(url), **_OURS}
        for name in _FOR_POOLS:
            options.pop(name, None)
        _connection(options)
    except (AttributeError, TypeError, ValueError, RedisError):
        # Some options of redis-py are objects, which no text can be.
        options = {}
    if not options:
        raise ConfigurationError(
            "the URL of the Redis is redis://, rediss:// or unix://, with no options but those of redis-py"
        )
    if not allow_insecure and not _is_private(options):
        raise InsecureTransport(
            "the Redis is another machine: use rediss:// and leave the verification on (ssl_ca_certs= names its "
            "authority), or allow_insecure=True where the network itself is protected"
        )
    return options


def _is_private(options: Mapping[str, Any]) -> bool:
    """Whether nobody on the way can read what is sent, or answer in the server's place."""
    if "path" in options or is_loopback(options.get("host", "localhost")):
        return True
    verified = options.get("ssl_cert_reqs", "required") == "required" and options.get("ssl_check_hostname", True)
    return issubclass(options.get("connection_class", Connection), SSLConnection) and bool(verified)


class Pool:
    """The connections of one event loop.

    Args:
        options: as `read_url` returns them.
        size: how many there are at most; who comes then waits.
        greeting: what every new connection is asked.
    """

    def __init__(self, options: Mapping[str, Any], size: int, greeting: Greeting) -> None:
        self._options = options
        self._greeting = greeting
        self._places = asyncio.Semaphore(size)
        self._idle: list[AbstractConnection] = []
        self._closed = False

    async def ask(self, *command: Any) -> Any:
        """Send one command and return its answer."""
        connection = await self.acquire()
        try:
            answer = await exchange(connection, *command)
        except (NoScriptError, OutOfMemoryError):
            await self.release(connection)
            raise
        except BaseException as error:
            await self.discard(connection, error)
            raise
        await self.release(connection)
        return answer

    async def acquire(self) -> AbstractConnection:
        """A connection on which nothing is under way, made when none is idle. Give it to `release` or `discard`."""
        await self._places.acquire()
        try:
            return await self._idle_one() or await self._new_one()
        except BaseException:
            self._places.release()
            raise

    async def release(self, connection: AbstractConnection) -> None:
        """Hand on a connection whose answers were all read."""
        self._places.release()
        if self._closed:
            await connection.disconnect(nowait=True)
        else:
            self._idle.append(connection)

    async def discard(self, connection: AbstractConnection, error: BaseException) -> None:
        """Close a connection that is in an unknown state, and the idle ones when it was lost: so were they.

        A server that became a replica was replaced, and a new connection finds the other.
        """
        self._places.release()
        lost = [connection]
        if isinstance(error, (RedisConnectionError, OSError, ReadOnlyError)):
            lost += self._idle
            self._idle = []
        for each in lost:
            await each.disconnect(nowait=True)

    async def aclose(self) -> None:
        """Close the idle connections, and the others when they are handed back."""
        self._closed = True
        while self._idle:
            await self._idle.pop().disconnect()

    async def _idle_one(self) -> AbstractConnection | None:
        while self._idle:
            connection = self._idle.pop()
            # True also when the server has closed it.
            if not await connection.can_read():
                return connection
            await connection.disconnect(nowait=True)
        return None

    async def _new_one(self) -> AbstractConnection:
        connection = _connection(self._options)
        try:
            # Sending connects.
            await self._greeting.say(partial(exchange, connection))
        except BaseException:
            await connection.disconnect(nowait=True)
            raise
        return connection


async def exchange(connection: AbstractConnection, *command: Any) -> Any:
    """Send one command on a connection and read its answer."""
    await connection.send_command(*command)
    return await connection.read_response()


def _connection(options: Mapping[str, Any]) -> AbstractConnection:
    arguments = dict(options)
    connection: AbstractConnection = arguments.pop("connection_class", Connection)(**arguments)
    return connection

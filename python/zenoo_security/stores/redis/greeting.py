"""What a new connection to Redis is asked before it is used."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from redis.exceptions import InvalidResponse, ResponseError

from zenoo_security.errors import ConfigurationError, StoreIncompatible
from zenoo_security.stores.redis.scripts import OPEN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["VERSION", "Greeting"]

VERSION: Final = 1
"""Of what is stored. What a newer version has stored is not touched."""

_LOGGER = logging.getLogger("zenoo_security.stores")


class Greeting:
    """Asks whether the server keeps what we store, takes writes, and in which version it is.

    Asked on every new connection, so that a server which was restarted, restored or replaced is asked again.

    Args:
        version_key: where the version is kept.
        allow_eviction: use a server that drops values when its memory is full.
    """

    def __init__(self, version_key: bytes, *, allow_eviction: bool) -> None:
        self._version_key = version_key
        self._allow_eviction = allow_eviction
        self._warned = False

    async def say(self, ask: Callable[..., Awaitable[Any]]) -> None:
        """Ask over a connection.

        Raises:
            ConfigurationError: the server drops values when its memory is full.
            StoreIncompatible: what is stored is of another version, or not ours.
        """
        if not self._allow_eviction:
            await self._check_eviction(ask)
        await self._check_version(ask)

    async def _check_eviction(self, ask: Callable[..., Awaitable[Any]]) -> None:
        policy, limited = await _memory_policy(ask)
        if policy is None:
            self._warn("maxmemory-policy of this Redis cannot be read (INFO memory): make sure that it is noeviction")
        elif limited and policy != b"noeviction":
            raise ConfigurationError(
                "this Redis drops values when its memory is full, among them lockouts, used codes and second factors: "
                "set maxmemory-policy to noeviction, or open the store with allow_eviction=True"
            )

    async def _check_version(self, ask: Callable[..., Awaitable[Any]]) -> None:
        answer: Any = [b""]
        try:
            answer = await ask("EVAL", OPEN.text, 2, self._version_key, self._version_key + b":none", VERSION)
        except ResponseError as error:
            if "WRONGTYPE" not in str(error):
                raise
        if not isinstance(answer, list) or len(answer) != 1 or not isinstance(answer[0], bytes):
            raise InvalidResponse
        [found] = answer
        if found != b"%d" % VERSION:
            raise StoreIncompatible(_incompatible(found))

    def _warn(self, message: str) -> None:
        if not self._warned:
            self._warned = True
            _LOGGER.warning("%s", message)


async def _memory_policy(ask: Callable[..., Awaitable[Any]]) -> tuple[bytes | None, bool]:
    """What is done when the memory is full, `None` when it is not told; and whether the memory has a limit."""
    try:
        said = await ask("INFO", "memory")
    except ResponseError:
        return None, True
    if not isinstance(said, bytes):
        raise InvalidResponse
    facts = dict(line.split(b":", 1) for line in said.splitlines() if b":" in line)
    return facts.get(b"maxmemory_policy"), facts.get(b"maxmemory") != b"0"


def _incompatible(found: bytes) -> str:
    if found.isdigit():
        which = "a newer" if int(found) > VERSION else "an older"
        return (
            f"the Redis holds what {which} version of zenoo-security has stored: use that version, or a new namespace"
        )
    return "the Redis holds something else under the namespace of this store: use another namespace"

"""From the name of a host to IP addresses that were all looked at."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable, Sequence
from inspect import isawaitable
from typing import TYPE_CHECKING, TypeAlias

from zenoo_security.errors import FetchFailed, FetchRefused, ParameterError
from zenoo_security.safehttp.addresses import is_allowed
from zenoo_security.validate import CODES

if TYPE_CHECKING:
    from zenoo_security.safehttp.addresses import Network

__all__ = ["Resolver", "checked_addresses", "system_resolver"]

Resolver: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""Takes a host and a port, and gives back IP addresses as text; none of them, or an `OSError`, where there are none."""


async def system_resolver(host: str, port: int) -> list[str]:
    """Ask the resolver of the system for all addresses (A and AAAA) of a host.

    Raises:
        OSError, UnicodeError: it has none.
    """
    import anyio  # noqa: PLC0415 - an extra

    found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


async def checked_addresses(
    resolve: Resolver, host: str, port: int, *, allowed: Sequence[Network], most: int
) -> tuple[str, ...]:
    """The addresses of a host, each of which may be called. One that may not be refuses them all.

    Raises:
        FetchFailed: there are none (reason `dns`).
        FetchRefused: one of them may not be called, or there are too many (code `url_address_refused`).
        ParameterError: `resolve` is not async.
    """
    found = resolve(host, port)
    if not isawaitable(found):
        raise ParameterError("resolve must be an async function that takes a host and a port")
    try:
        addresses = tuple(await found)
    except (OSError, UnicodeError):
        addresses = ()
    if not addresses:
        raise FetchFailed("dns")
    if len(addresses) > most or not all(is_allowed(address, allowed) for address in addresses):
        raise FetchRefused(CODES["url_address_refused"], field="url", code="url_address_refused")
    return addresses

"""Connections that go to the very address that was looked at. The name stays for SNI, certificate and `Host`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpcore

from zenoo_security.safehttp.resolving import checked_addresses

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zenoo_security.safehttp.addresses import Network
    from zenoo_security.safehttp.resolving import Resolver

__all__ = ["PinnedBackend"]


class PinnedBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections for httpcore, which knows the name of the host alone.

    Args:
        resolve: finds the addresses of a host.
        allowed: networks that may be called although they are not public.
        most: addresses that a host may have.
    """

    def __init__(self, resolve: Resolver, *, allowed: Sequence[Network], most: int) -> None:
        self._resolve = resolve
        self._allowed = allowed
        self._most = most
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of the host that answers; all of them were looked at.

        Raises:
            FetchFailed: the host has no address.
            FetchRefused: one of its addresses may not be called.
            httpcore.ConnectError: none of them answers.
            httpcore.ConnectTimeout: none of them answers in time.
        """
        addresses = await checked_addresses(self._resolve, host, port, allowed=self._allowed, most=self._most)
        for address in addresses[:-1]:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):  # noqa: PERF203 - the next one is tried
                continue
        return await self._inner.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        """Wait between two attempts; httpcore asks for none here."""
        await self._inner.sleep(seconds)

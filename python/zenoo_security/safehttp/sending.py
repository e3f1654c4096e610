"""One request over httpcore, whose errors hold addresses and are told as ours."""

from __future__ import annotations

import ssl
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import anyio
import httpcore

from zenoo_security.errors import FetchFailed
from zenoo_security.safehttp.connecting import PinnedBackend
from zenoo_security.safehttp.response import SafeResponse, read_body

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from zenoo_security.safehttp.addresses import Network
    from zenoo_security.safehttp.limits import Limits
    from zenoo_security.safehttp.resolving import Resolver
    from zenoo_security.safehttp.targets import Target

__all__ = ["Sender"]

_TIMEOUTS: Final = (httpcore.TimeoutException, TimeoutError)
_FAILURES: Final = (httpcore.NetworkError, httpcore.ProtocolError, OSError, *_TIMEOUTS)
_BODYLESS: Final = frozenset(["GET", "HEAD", "DELETE"])


class Sender:
    """Holds the connections of a client.

    Args:
        context: verifies.
        resolve: finds the addresses of a host.
        allowed: networks that may be called although they are not public.
        limits: bytes and seconds.
    """

    def __init__(
        self, context: ssl.SSLContext, *, resolve: Resolver, allowed: Sequence[Network], limits: Limits
    ) -> None:
        self._limits = limits
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=limits.max_connections,
            keepalive_expiry=limits.idle_s,
            http1=True,
            http2=False,
            retries=0,
            network_backend=PinnedBackend(resolve, allowed=allowed, most=limits.max_addresses),
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()

    @asynccontextmanager
    async def within_total(self) -> AsyncIterator[None]:
        """A block that ends when `total_s` has passed.

        Raises:
            FetchFailed: it has passed (reason `timeout`).
        """
        with anyio.move_on_after(self._limits.total_s) as scope:
            yield
        if scope.cancelled_caught:
            raise FetchFailed("timeout")

    async def send(
        self, method: str, target: Target, headers: list[tuple[bytes, bytes]], content: bytes
    ) -> SafeResponse:
        """Send one request to a target that was checked.

        Raises:
            FetchFailed: with a reason.
            FetchRefused: the host has an address that may not be called.
            ResponseTooLarge: the answer is over the limit.
        """
        try:
            return await self._answered(method, target, headers, content)
        except _FAILURES as error:
            reason = _reason(error)
        # Outside the handler: the text of httpcore's errors may hold what the server sent.
        raise FetchFailed(reason)

    async def _answered(
        self, method: str, target: Target, headers: list[tuple[bytes, bytes]], content: bytes
    ) -> SafeResponse:
        request = httpcore.Request(
            method,
            httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path),
            headers=[*_own_headers(method, target, content), *headers],
            content=content or None,
            extensions={"timeout": self._timeouts()},
        )
        response = await self._pool.handle_async_request(request)
        try:
            lines = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.headers)
            encodings = [value for name, value in lines if name == "content-encoding"]
            body = await read_body(
                response.aiter_stream(),
                encoding=None if method == "HEAD" else ", ".join(encodings),
                most=self._limits.max_response_bytes,
            )
        finally:
            await response.aclose()
        return SafeResponse(response.status, lines, body)

    def _timeouts(self) -> dict[str, float]:
        limits = self._limits
        return {
            "connect": limits.connect_s,
            "read": limits.idle_s,
            "write": limits.idle_s,
            "pool": limits.total_s,
        }


def _reason(error: BaseException) -> str:
    if isinstance(error, _TIMEOUTS):
        return "timeout"
    if isinstance(error, httpcore.ProtocolError):
        return "protocol"
    causes: list[BaseException | None] = [error, error.__cause__, error.__context__]
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return "tls"
    return "connect" if isinstance(error, httpcore.ConnectError) else "protocol"


def _own_headers(method: str, target: Target, content: bytes) -> list[tuple[bytes, bytes]]:
    headers = [(b"host", target.authority.encode("ascii")), (b"accept-encoding", b"gzip, deflate")]
    if content or method not in _BODYLESS:
        headers.append((b"content-length", str(len(content)).encode("ascii")))
    return headers

"""The client: one request at a time, from an address in text to an answer within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.audit import validating
from zenoo_security.errors import FetchFailed, MissingExtra, ParameterError
from zenoo_security.safehttp.addresses import networks
from zenoo_security.safehttp.headers import checked_headers
from zenoo_security.safehttp.limits import Limits
from zenoo_security.safehttp.resolving import system_resolver
from zenoo_security.safehttp.targets import Allowed
from zenoo_security.safehttp.tls import verifying
from zenoo_security.validate.refusals import refusal

if TYPE_CHECKING:
    import ssl
    from collections.abc import Collection, Mapping
    from types import TracebackType

    from typing_extensions import Self

    from zenoo_security.safehttp.resolving import Resolver
    from zenoo_security.safehttp.response import SafeResponse
    from zenoo_security.safehttp.targets import Target

__all__ = ["SafeClient"]

_METHODS: Final = frozenset(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
_SAFE_METHODS: Final = frozenset(["GET", "HEAD"])
_REDIRECTS: Final = frozenset([301, 302, 303, 307, 308])
_MAX_REDIRECTS: Final = 20
_NO_HEADERS: Final[Mapping[str, str]] = {}


class SafeClient:
    """Calls addresses that outsiders name, and no others than these lists allow.

    Proxies of the environment are not used, cookies are not kept, and a redirect is an answer like any other unless
    `max_redirects` says that it is followed; then where it points to is held against the same lists. A client belongs
    to the event loop that it is used in first.

    Args:
        allow_hosts: names of hosts, `*.example.com` for all below one, or None for any public host.
        allow_ports: 443, and 80 with `allow_http`, unless given.
        allow_http: accept plain http, which anyone on the way can read and change.
        allow_networks: networks such as `10.1.0.0/16` that may be called although they are not public. Metadata servers
            of clouds may not even then.
        allow_lookalikes: accept hosts that `validate.host_looks_alike` finds.
        max_redirects: how many are followed, for GET and HEAD alone; 20 at most. Headers and body go along to the same
            origin only.
        ssl_context: authorities or a client certificate of your own; it has to verify.
        limits: bytes and seconds.
        resolve: finds the IP addresses of a host; the resolver of the system unless given.

    Raises:
        MissingExtra: httpcore is not installed.
        ParameterError: an argument is out of range.
        InsecureTransport: `ssl_context` does not verify.
    """

    def __init__(
        self,
        *,
        allow_hosts: Collection[str] | None,
        allow_ports: Collection[int] | None = None,
        allow_http: bool = False,
        allow_networks: Collection[str] = (),
        allow_lookalikes: bool = False,
        max_redirects: int = 0,
        ssl_context: ssl.SSLContext | None = None,
        limits: Limits | None = None,
        resolve: Resolver = system_resolver,
    ) -> None:
        for name, value in (("allow_http", allow_http), ("allow_lookalikes", allow_lookalikes)):
            if not isinstance(value, bool):
                raise ParameterError(f"{name} must be True or False")
        ports = allow_ports if allow_ports is not None else ((443, 80) if allow_http else (443,))
        self._allowed = Allowed(allow_hosts, ports=ports, http=allow_http, lookalikes=allow_lookalikes)
        if type(max_redirects) is not int or not 0 <= max_redirects <= _MAX_REDIRECTS:
            raise ParameterError(f"max_redirects must be from 0 to {_MAX_REDIRECTS}")
        self._max_redirects = max_redirects
        if limits is not None and not isinstance(limits, Limits):
            raise ParameterError("limits must be a Limits of zenoo_security.safehttp")
        self._limits = limits or Limits()
        if not callable(resolve):
            raise ParameterError("resolve must be an async function that takes a host and a port")
        try:
            from zenoo_security.safehttp.sending import Sender  # noqa: PLC0415 - an extra
        except ImportError:
            raise MissingExtra("http", "SafeClient") from None
        self._sender = Sender(
            verifying(ssl_context), resolve=resolve, allowed=networks(allow_networks), limits=self._limits
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._sender.aclose()

    async def get(self, url: object, *, headers: Mapping[str, str] = _NO_HEADERS) -> SafeResponse:
        """Fetch what is there; see `request`."""
        return await self.request("GET", url, headers=headers)

    async def post(self, url: object, *, content: bytes, headers: Mapping[str, str] = _NO_HEADERS) -> SafeResponse:
        """Send something there; see `request`."""
        return await self.request("POST", url, content=content, headers=headers)

    async def request(
        self, method: str, url: object, *, content: bytes = b"", headers: Mapping[str, str] = _NO_HEADERS
    ) -> SafeResponse:
        """Send one request and read the answer, whatever its status is. The audit log hears what is refused.

        Args:
            method: GET, HEAD, POST, PUT, PATCH or DELETE.
            url: from outside, at most 2048 characters. User names and IP addresses have no place in it.
            content: the body.
            headers: in addition to those that the protocol needs. Names of those are refused.

        Raises:
            InvalidInput: the address or a header is not accepted, and nothing was sent; or a redirect that was to be
                followed is not, and nothing was sent to where it points. `code` says why.
            InputTooLarge: the address, the headers or the body are.
            FetchRefused: the host has an address that is not public; nothing was sent.
            FetchFailed: the server is not there, too slow, or answers nonsense; `reason` says which.
            ResponseTooLarge: the answer is over the limit.
            ParameterError: there is no such method, or `headers` are no mapping.
        """
        _require_method(method)
        with validating("fetch"):
            target = self._allowed.target(url)
            lines = checked_headers(headers, most=self._limits.max_header_bytes)
            if not isinstance(content, bytes):
                raise refusal("type", "content")
            if len(content) > self._limits.max_request_bytes:
                raise refusal("too_large", "content")
            async with self._sender.within_total():
                return await self._followed(method, target, lines, content)

    async def _followed(
        self, method: str, target: Target, headers: list[tuple[bytes, bytes]], content: bytes
    ) -> SafeResponse:
        for _ in range(self._max_redirects + 1):
            response = await self._sender.send(method, target, headers, content)
            location = response.header("location")
            if response.status not in _REDIRECTS or location is None or method not in _SAFE_METHODS:
                return response
            if not self._max_redirects:
                return response
            following = self._allowed.redirected(target, location)
            if following.origin != target.origin:
                headers, content = [], b""
            target = following
        raise FetchFailed("redirects")


def _require_method(method: object) -> None:
    if not isinstance(method, str) or method not in _METHODS:
        raise ParameterError("method must be GET, HEAD, POST, PUT, PATCH or DELETE")

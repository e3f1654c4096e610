"""Who is asking, where proxies stand between: only what trusted ones wrote is believed."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, get_args

from zenoo_security.errors import ParameterError
from zenoo_security.web.addresses import Networks, parse_address
from zenoo_security.web.control import Control
from zenoo_security.web.forwarded import forwarded_hops, x_forwarded_hops

if TYPE_CHECKING:
    from collections.abc import Iterable
    from ipaddress import IPv4Network, IPv6Network

    from zenoo_security.web.request import Request

__all__ = ["FROM_PROXY", "ClientAddress", "ForwardingHeader"]

ForwardingHeader = Literal["forwarded", "x-forwarded-for"]

FROM_PROXY: Final = "from_proxy"
"""In `Request.found`: true when a trusted proxy handed the request over."""

_CACHED: Final = 2048
_CACHED_BYTES: Final = 256
"""Longer headers are read each time: the cache has a bounded size, not only a bounded number."""


class ClientAddress(Control):
    """Sets `client` and `scheme` of a request by what trusted proxies say.

    The header is read from the right, as long as the address found is that of a trusted proxy: the first other one is
    the client. What is left of it, the client may have written, and is not looked at. Where a proxy does not say who
    connected to it, or says nothing sensible, the client is the last address that is known, that of a proxy. From
    whoever is no trusted proxy nothing is believed at all.

    Args:
        trusted: the networks of your proxies, such as `10.0.0.0/8` or a single address.
        header: the one header that they write; the other one is never looked at. `x-forwarded-for` goes with
            `X-Forwarded-Proto`, and `forwarded` has its own `proto`. Each proxy has to set or append to them: one that
            passes them on as they come lets everybody choose an address and a scheme.
        unix_socket: the proxy connects over a Unix socket, which has no address: whoever can open it is trusted.

    Raises:
        ParameterError: there is nobody to trust, a network is none or is everybody, or the header is another one.
    """

    def __init__(
        self,
        trusted: Iterable[str | IPv4Network | IPv6Network],
        *,
        header: ForwardingHeader = "x-forwarded-for",
        unix_socket: bool = False,
    ) -> None:
        networks = Networks(trusted)
        if header not in get_args(ForwardingHeader):
            raise ParameterError("header is forwarded or x-forwarded-for")
        if not networks and not unix_socket:
            raise ParameterError("trusted names the networks of your proxies; without one, leave this control out")
        self._trusted: Final = networks
        self._header: Final = header.encode()
        self._unix_socket: Final = unix_socket
        self._peer: Final = lru_cache(_CACHED)(self._look_at_peer)
        self._found: Final = lru_cache(_CACHED)(self._follow)

    def before(self, request: Request) -> None:
        """Find out who is asking, and how."""
        if request.peer is None:
            if not self._unix_socket:
                return
        else:
            request.client, trusted = self._peer(request.peer)
            if not trusted:
                return
        request.found[FROM_PROXY] = True
        header = request.head.joined(self._header)
        protos = b"" if self._header == b"forwarded" else request.head.joined(b"x-forwarded-proto")
        if header or protos:
            find = self._found if len(header) + len(protos) <= _CACHED_BYTES else self._follow
            address, scheme = find(header, protos)
            request.client = address or request.client
            request.scheme = scheme or request.scheme

    def _look_at_peer(self, peer: str) -> tuple[str, bool]:
        """Its address in the usual spelling, and whether it is a trusted proxy."""
        address = parse_address(peer)
        return (peer, False) if address is None else (str(address), address in self._trusted)

    def _follow(self, header: bytes, protos: bytes) -> tuple[str | None, str | None]:
        """The address of the client and its scheme, each as far as it is known."""
        found: str | None = None
        scheme: str | None = None
        hops = forwarded_hops(header) if self._header == b"forwarded" else x_forwarded_hops(header, protos)
        for hop in hops:
            scheme = hop.scheme or scheme
            if hop.address is None:
                break
            found = str(hop.address)
            if hop.address not in self._trusted:
                break
        return found, scheme

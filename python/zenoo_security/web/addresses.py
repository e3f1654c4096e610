"""IP addresses and networks, in one spelling each."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Final, TypeAlias

from zenoo_security.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["IPAddress", "Networks", "is_loopback", "parse_address"]

IPAddress: TypeAlias = "IPv4Address | IPv6Address"
Network: TypeAlias = "IPv4Network | IPv6Network"

_MAX_CHARS: Final = 45
"""The longest text of an IPv6 address, INET6_ADDRSTRLEN without its NUL."""


def parse_address(text: str) -> IPAddress | None:
    """An address without a zone; an IPv4 address that is mapped into IPv6 is the IPv4 address. `None` if it is none.

    >>> parse_address("::ffff:192.0.2.1"), parse_address("fe80::1%eth0"), parse_address("192.0.2.01")
    (IPv4Address('192.0.2.1'), None, None)
    """
    if len(text) > _MAX_CHARS or "%" in text:
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


def is_loopback(text: str | None) -> bool:
    """Whether this is an address of this very machine."""
    address = parse_address(text) if text else None
    return address is not None and address.is_loopback


class Networks:
    """Networks, to look whether an address is in one of them.

    Args:
        networks: such as `10.0.0.0/8`, `2001:db8::/32`, or a single address.

    Raises:
        ParameterError: one is no network, has bits beside its prefix, or is every address there is.
    """

    __slots__ = ("_networks",)

    def __init__(self, networks: Iterable[str | Network]) -> None:
        if isinstance(networks, str):
            raise ParameterError("networks are a list of texts such as 10.0.0.0/8, not one text")
        self._networks: Final = tuple(map(_network, networks))

    def __contains__(self, address: IPAddress) -> bool:
        """Whether the address is in one of the networks."""
        return any(address in network for network in self._networks)

    def __len__(self) -> int:
        """How many networks there are."""
        return len(self._networks)


def _network(given: str | Network) -> Network:
    try:
        network = ip_network(given)
    except ValueError:
        raise ParameterError("a network is written as 10.0.0.0/8 or 2001:db8::/32, without bits beside it") from None
    if network.prefixlen == 0:
        raise ParameterError("a network of all addresses trusts everybody: name the addresses of your proxies")
    return network

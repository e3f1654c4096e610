"""Networks that are never blocked."""

from __future__ import annotations

from ipaddress import IPv4Network, ip_network
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from ipaddress import IPv6Network

__all__ = ["ExemptNetworks"]

_LOOPBACK: Final = ("127.0.0.0/8", "::1/128")
"""Who comes from there is a proxy that nobody has told us of."""


class ExemptNetworks:
    """Networks that are never blocked. This machine itself (127.0.0.0/8 and ::1) always is one of them.

    Args:
        networks: such as `203.0.113.7`, `10.0.0.0/8` or `2001:db8::/32`.

    Raises:
        ParameterError: one of them is none, or has bits beyond its length.

    >>> offices = ExemptNetworks(["198.51.100.0/24", "2001:db8:7::/48"])
    >>> "198.51.100.9" in offices, "2001:db8:7:1::/64" in offices, "198.51.101.9" in offices
    (True, True, False)
    """

    __slots__ = ("_v4", "_v6")

    def __init__(self, networks: Iterable[str] = ()) -> None:
        if isinstance(networks, str):
            raise ParameterError("networks are a list of texts such as 10.0.0.0/8, not one text")
        parsed = [_parsed(network) for network in (*_LOOPBACK, *networks)]
        self._v4: Final = tuple(each for each in parsed if isinstance(each, IPv4Network))
        self._v6: Final = tuple(each for each in parsed if not isinstance(each, IPv4Network))

    def __contains__(self, network: str) -> bool:
        """Whether a network, as `network_of` writes it, is in one of the list, or has one of them in it."""
        inner = ip_network(network)
        if isinstance(inner, IPv4Network):
            return any(inner.subnet_of(outer) for outer in self._v4)
        return any(inner.subnet_of(outer) or outer.subnet_of(inner) for outer in self._v6)


def _parsed(network: str) -> IPv4Network | IPv6Network:
    if not isinstance(network, str):
        raise ParameterError("a network is a text such as 10.0.0.0/8")
    try:
        return ip_network(network)
    except ValueError:
        raise ParameterError(
            "one of the networks is none: write 203.0.113.7 or 10.0.0.0/8, without bits beyond the length"
        ) from None

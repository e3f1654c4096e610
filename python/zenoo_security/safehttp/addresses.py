"""Which IP addresses are public, by the registries of special-purpose addresses (IANA; RFC 6890 and its updates).

`ipaddress.is_global` answers differently in different versions of Python, and calls addresses global that lead back
into one's own network: those of NAT64, and Azure's metadata server.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Final, TypeAlias

from zenoo_security.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Network", "is_allowed", "is_public", "networks"]

Network: TypeAlias = IPv4Network | IPv6Network

_SPECIAL_V4: Final = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network: Linux connects to itself
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # carrier-grade NAT; Alibaba's metadata server is in it
            "127.0.0.0/8",  # loopback
            "169.254.0.0/16",  # link-local; the metadata servers of most clouds
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments; a metadata server of Oracle
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # relays of 6to4
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
#: What of IPv6 is assigned to the public. Outside of it: loopback, IPv4-mapped, NAT64, private, link-local, multicast.
_PUBLIC_V6: Final = IPv6Network("2000::/3")
_SPECIAL_V6: Final = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments; Teredo, ORCHID
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4, with an IPv4 address in it
            "3fff::/20",  # documentation
            "3ffe::/16",  # the former 6bone
        ),
    )
)
#: IPv4-compatible (RFC 4291), IPv4-mapped, IPv4-translated (RFC 7915), NAT64 (RFC 6052, RFC 8215).
_IPV4_AT_THE_END: Final = tuple(
    map(IPv6Network, ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48"))
)
#: Servers that hand out credentials to whoever asks; no list of allowed networks brings them in. Where each is written:
#: AWS: "Access instance metadata" (EC2), "Task IAM role" (ECS), "Set up the EKS Pod Identity Agent" (EKS).
#: Azure: "What is IP address 168.63.129.16?", which is its WireServer, and "Azure Instance Metadata Service".
#: Google: "About VM metadata"; for IPv6 the tests of GoogleCloudPlatform/k8s-config-connector.
#: OpenStack: "Metadata service" in Nova's administration guide. Akamai (Linode): "Use the Metadata service API".
#: Alibaba: "Overview of ECS instance metadata"; for IPv6 cloud-init's tests of its data source AliYun.
#: Oracle: "Getting Instance Metadata", for IPv6 cloud-init's integration tests and Oracle's own Python SDK
#: (`instance_principals_security_token_signer.py`); the older cloud: "Retrieve Predefined Instance Metadata".
#: Scaleway: cloud-init's documentation of its data source. Tencent: cloud-init's `DataSourceTencentCloud.py`.
_METADATA: Final = frozenset(
    map(
        ip_address,
        (
            "168.63.129.16",  # Azure's WireServer, an address of the public range
            "169.254.169.254",  # AWS, Azure, Google, Oracle, OpenStack, Akamai and most others
            "169.254.170.2",  # AWS, containers
            "169.254.170.23",  # AWS, pods
            "169.254.42.42",  # Scaleway
            "169.254.0.23",  # Tencent
            "100.100.100.200",  # Alibaba
            "192.0.0.192",  # Oracle, Classic and Cloud at Customer
            "fe80::a9fe:a9fe",  # OpenStack, Akamai
            "fd00:a9fe:a9fe::1",  # Akamai
            "fd00:100::100:200",  # Alibaba
            "fd00:c1::a9fe:a9fe",  # Oracle
            "fd00:42::42",  # Scaleway
            "fd00:ec2::254",  # AWS
            "fd00:ec2::23",  # AWS, pods
            "fd20:ce::254",  # Google
        ),
    )
)


def networks(given: Iterable[str]) -> tuple[Network, ...]:
    """Read networks such as `10.1.0.0/16`.

    Raises:
        ParameterError: one of them is none, or has bits set behind its mask.
    """
    try:
        # As text: a number and bytes are taken for addresses otherwise.
        return tuple(ip_network(str(text)) for text in ([given] if isinstance(given, str) else given))
    except (TypeError, ValueError):
        raise ParameterError("allow_networks must be networks such as 10.1.0.0/16 or fd12:3456::/32") from None


def is_public(address: object) -> bool:
    """Whether a text is the IP address of a public host. What is none is not: `ipaddress` would take a number for one.

    >>> [is_public(address) for address in ("1.1.1.1", "10.0.0.1", "::ffff:1.1.1.1", "2606:4700::1111")]
    [True, False, False, True]
    """
    return is_allowed(address, ())


def is_allowed(address: object, allowed: Sequence[Network]) -> bool:
    """Whether an IP address is public, or in one of the networks, and no metadata server."""
    if not isinstance(address, str):
        return False
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if parsed in _METADATA or _embedded(parsed) in _METADATA or getattr(parsed, "scope_id", None) is not None:
        return False
    return _is_public(parsed) or any(parsed in network for network in allowed)


def _embedded(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a packet to an IPv6 address ends at, where that stands in it."""
    if isinstance(address, IPv4Address):
        return None
    if any(address in network for network in _IPV4_AT_THE_END):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.sixtofour


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _SPECIAL_V4)
    return address in _PUBLIC_V6 and not any(address in network for network in _SPECIAL_V6)

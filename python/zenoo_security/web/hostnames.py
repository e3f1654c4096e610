"""The `Host` header, read strictly, and lists of the hosts that an application answers for."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from zenoo_security.errors import ParameterError
from zenoo_security.web.addresses import is_loopback, parse_address

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Host", "HostList", "is_this_machine", "parse_host"]

_MAX_BYTES: Final = 262
"""A name of 253 bytes (RFC 1035), its trailing dot, brackets or colon, and a port."""

_HOST: Final = re.compile(r"(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9_.-]{1,254}))(?::([0-9]{1,5}))?")
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_MAX_NAME: Final = 253
_MAX_PORT: Final = 65_535
_DEFAULT_PORTS: Final = frozenset({80, 443})
_CACHED: Final = 1024


class Host(NamedTuple):
    """A host as a request names it.

    Attributes:
        name: in lower case, without a trailing dot; an IPv6 address in brackets and in its usual spelling.
        port: `None` where there is none, or 80 or 443.
    """

    name: str
    port: int | None

    def __str__(self) -> str:
        """As it stands in a URL."""
        return self.name if self.port is None else f"{self.name}:{self.port}"


def parse_host(value: bytes) -> Host | None:
    """Read the value of a `Host` header (RFC 9112, section 3.2); `None` if it is none.

    >>> parse_host(b"App.Example.com.:8443"), parse_host(b"[2001:DB8::1]"), parse_host(b"a@b")
    (Host(name='app.example.com', port=8443), Host(name='[2001:db8::1]', port=None), None)
    """
    match = _HOST.fullmatch(value.decode("latin-1")) if len(value) <= _MAX_BYTES else None
    if match is None:
        return None
    name = _ipv6(match[1]) if match[1] is not None else _name(match[2])
    port = int(match[3]) if match[3] is not None else None
    if name is None or (port is not None and not 0 < port <= _MAX_PORT):
        return None
    return Host(name, None if port in _DEFAULT_PORTS else port)


def _ipv6(text: str) -> str | None:
    address = parse_address(text) if ":" in text else None
    return None if address is None or address.version == 4 else f"[{address}]"  # noqa: PLR2004


def _name(text: str) -> str | None:
    name = text.lower().removesuffix(".")
    labels = name.split(".")
    if len(name) > _MAX_NAME or not all(map(_LABEL.fullmatch, labels)):
        return None
    if labels[-1].isdecimal():  # It ends like an IPv4 address, so it has to be one (WHATWG URL, section 3.5).
        address = parse_address(name)
        return None if address is None else str(address)
    return name


def is_this_machine(host: Host) -> bool:
    """Whether a name or address can be no other machine than this one (RFC 6761, section 6.3)."""
    return host.name == "localhost" or host.name.endswith(".localhost") or is_loopback(host.name.strip("[]"))


class HostList:
    """The hosts that an application answers for.

    Args:
        hosts: each `app.example.com`, `*.example.com` (every name below, not `example.com` itself), an IPv4 address or
            an IPv6 address in brackets. Without a port it stands for 80, 443 or none; `:8443` is that port alone, and
            `:*` any.

    Raises:
        ParameterError: there is none, or one is no host; `*` alone would be every host.

    >>> hosts = HostList(["app.example.com", "*.shop.example.com:8443"])
    >>> hosts.find(b"APP.example.com:443"), hosts.find(b"de.shop.example.com")
    (Host(name='app.example.com', port=None), None)
    """

    __slots__ = ("_below", "_exact", "_found")

    def __init__(self, hosts: Iterable[str]) -> None:
        if isinstance(hosts, str):
            raise ParameterError("hosts are a list of names, not one text")
        self._exact: Final[dict[str, set[int | str | None]]] = {}
        self._below: Final[dict[str, set[int | str | None]]] = {}
        for host in hosts:
            self._add(host)
        if not self._exact and not self._below:
            raise ParameterError("name the hosts that the application answers for, such as app.example.com")
        self._found: Final = lru_cache(_CACHED)(self._find)

    @classmethod
    def of(cls, hosts: HostList | Iterable[str]) -> HostList:
        """A list of hosts, or the list that it is already."""
        return hosts if isinstance(hosts, HostList) else cls(hosts)

    def find(self, value: bytes) -> Host | None:
        """The host that a header names, if it is on the list."""
        # What is too long is not remembered either: the cache has a bounded size.
        return self._found(value) if len(value) <= _MAX_BYTES else None

    def _add(self, text: str) -> None:
        below = text.startswith("*.")
        name, any_port = (text[2:] if below else text), text.endswith(":*")
        host = parse_host(name.removesuffix(":*").encode("ascii", "replace"))
        if host is None or (below and (host.name[0] == "[" or parse_address(host.name))):
            raise ParameterError(
                "a host is written as app.example.com, *.example.com, 192.0.2.1 or [2001:db8::1]; a port may follow"
            )
        ports = (self._below if below else self._exact).setdefault(host.name, set())
        ports.add("*" if any_port else host.port)

    def _find(self, value: bytes) -> Host | None:
        host = parse_host(value)
        if host is None:
            return None
        if _has(self._exact.get(host.name), host.port):
            return host
        rest = host.name
        while self._below and "." in rest:
            rest = rest.partition(".")[2]
            if _has(self._below.get(rest), host.port):
                return host
        return None


def _has(ports: set[int | str | None] | None, port: int | None) -> bool:
    return ports is not None and (port in ports or "*" in ports)

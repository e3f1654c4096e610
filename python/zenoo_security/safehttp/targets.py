"""Addresses that may be called: parsed once, held against the lists, and kept in the parts that are called."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

from zenoo_security import validate
from zenoo_security.errors import InvalidInput, ParameterError
from zenoo_security.validate.refusals import refusal

__all__ = ["Allowed", "Target"]

_PORTS: Final = {"https": 443, "http": 80}
_LAST_PORT: Final = 65535


@dataclass(frozen=True, repr=False)
class Target:
    """An address in its parts. Its path and query may hold a secret, so that it prints none of them."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port."""
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """The host, and the port where it is not that of the scheme: the value of `Host`."""
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address, without a fragment."""
        return f"{self.scheme}://{self.authority}{self.path}"


class Allowed:
    """What may be called.

    Args:
        hosts: names, `*.example.com` for all below one, or None for any public host.
        ports: numbers.
        http: whether plain http is accepted.
        lookalikes: whether hosts are accepted that can be mistaken for others.

    Raises:
        ParameterError: a host or a port is none.
    """

    def __init__(self, hosts: Collection[str] | None, *, ports: Collection[int], http: bool, lookalikes: bool) -> None:
        if hosts is not None and not _is_list(hosts):
            raise ParameterError("allow_hosts must be a list of host names, or None for any public host")
        names = [_name(host) for host in hosts or ()]
        self._any = hosts is None
        self._hosts = frozenset(name for name in names if not name.startswith("."))
        self._zones = tuple(name for name in names if name.startswith("."))
        if not _is_list(ports) or not ports or not all(map(_is_port, ports)):
            raise ParameterError("allow_ports must be a list of port numbers from 1 to 65535")
        self._ports = frozenset(ports)
        self._schemes = ("https", "http") if http else ("https",)
        self._lookalikes = lookalikes

    def target(self, url: object) -> Target:
        """The parts of an address that may be called.

        Raises:
            InvalidInput: it may not: a code that begins with `url_`, `host_lookalike`, `control`, `empty`, `type` or
                `encoding`.
            InputTooLarge: over 2048 characters (code `too_long`).
        """
        normal = validate.url(url, schemes=self._schemes, refuse_lookalikes=not self._lookalikes, field="url")
        scheme, _, rest = normal.partition("://")
        authority = re.split("[/?#]", rest, maxsplit=1)[0]
        host, _, port = authority.partition(":")
        path = rest[len(authority) :].partition("#")[0]
        target = Target(scheme, host, int(port or _PORTS[scheme]), path if path.startswith("/") else f"/{path}")
        if not self._any and target.host not in self._hosts and not target.host.endswith(self._zones):
            raise refusal("url_host_refused", "url")
        if target.port not in self._ports:
            raise refusal("url_port_refused", "url")
        return target

    def redirected(self, target: Target, location: str) -> Target:
        """Where an answer points to, held against the same lists; never from https to http.

        Raises:
            InvalidInput: it may not be called.
        """
        try:
            joined = urljoin(target.url, location)
        except ValueError:
            joined = ""
        following = self.target(joined)
        if target.scheme == "https" and following.scheme != "https":
            raise refusal("url_scheme", "url")
        return following


def _is_list(given: object) -> bool:
    return isinstance(given, Collection) and not isinstance(given, (str, bytes))


def _is_port(port: object) -> bool:
    return type(port) is int and 0 < port <= _LAST_PORT


def _name(host: object) -> str:
    """The name, or `.example.com` for all names below one."""
    try:
        if isinstance(host, str) and host.startswith("*."):
            return f".{validate.host(host[2:])}"
        return validate.host(host)
    except InvalidInput:
        raise ParameterError("allow_hosts must be public host names, each alone or with *. in front") from None

"""Which request an event belongs to, carried along by a context variable as the principal is."""

from __future__ import annotations

import os
import re
import secrets
from contextvars import ContextVar
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from contextvars import Token

    from typing_extensions import Self

__all__ = ["client_prefix", "current_request", "in_request", "sane_request_id"]

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_MAX_ADDRESS_CHARS: Final = 64
_ID_BYTES: Final = 8
_DRAWN: Final = 64
"""Ids that are made at once: to ask the system for random bytes takes longer than all else about a request."""

_CACHED: Final = 4096
"""Addresses whose network is remembered: to find it out takes longer than all else about an event."""


class in_request:  # noqa: N801 - used as a function, in a `with` statement
    """Give an id and the client's network to all events of a `with` block.

    Args:
        request_id: 1 to 128 letters, digits and `._:-`. What a client sent and is anything else is not used: a new one
            is made.
        client_ip: the address of the client, not that of a proxy; IPv6 is cut to its /64. What is none is left out.

    Attributes:
        id: the id, as it stands in the events.

    >>> with in_request("7f3a", client_ip="2001:db8::8:1") as request:
    ...     request.id, request.client
    ('7f3a', '2001:db8::/64')
    """

    __slots__ = ("_client_ip", "_token", "id")

    def __init__(self, request_id: object = None, client_ip: object = None) -> None:
        self.id: Final = _new_id() if request_id is None else sane_request_id(request_id)
        self._client_ip: Final = client_ip
        self._token: Token[in_request | None] | None = None

    @property
    def client(self) -> str | None:
        """The network of the client, as it stands in the events: most requests have none, and do not need it."""
        return client_prefix(self._client_ip)

    def __enter__(self) -> Self:
        """Enter; only once at a time."""
        self._token = _current.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        """Leave."""
        if self._token is not None:
            _current.reset(self._token)


_current: Final[ContextVar[in_request | None]] = ContextVar("zenoo_security_request", default=None)

current_request = _current.get


def sane_request_id(given: object) -> str:
    r"""What somebody sent as the id of a request, or a new one where it can be none.

    >>> sane_request_id("7f3a"), len(sane_request_id("7f3a\r\n"))
    ('7f3a', 16)
    """
    if isinstance(given, str) and _REQUEST_ID.fullmatch(given):
        return str(given)
    return _new_id()


_ids: Final[list[str]] = []
os.register_at_fork(after_in_child=_ids.clear)


def _new_id() -> str:
    try:
        return _ids.pop()
    except IndexError:
        drawn = secrets.token_hex(_ID_BYTES * _DRAWN)
        first, *others = (drawn[at : at + 2 * _ID_BYTES] for at in range(0, len(drawn), 2 * _ID_BYTES))
        _ids.extend(others)
        return first


def client_prefix(client_ip: object) -> str | None:
    """An IPv4 address as it is, an IPv6 address as its /64: what one customer of a provider has. `None` if it is none.

    >>> client_prefix("::ffff:192.0.2.1"), client_prefix("2001:db8:0:1::9"), client_prefix("someone")
    ('192.0.2.1', '2001:db8:0:1::/64', None)
    """
    if not isinstance(client_ip, str) or len(client_ip) > _MAX_ADDRESS_CHARS:
        return None
    return _prefix(str(client_ip))


@lru_cache(maxsize=_CACHED)
def _prefix(client_ip: str) -> str | None:
    try:
        address = ip_address(client_ip)
    except ValueError:
        return None
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), 64), strict=False))

"""Origins: a scheme, a host and a port, as browsers write them into `Origin` (RFC 6454, section 6.2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ParameterError
from zenoo_security.web.hostnames import is_this_machine, parse_host
from zenoo_security.web.hosts import host_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zenoo_security.web.request import Request

__all__ = ["origin_list", "origin_of_url", "own_origin", "parse_origin"]

_ORIGIN: Final = re.compile(r"(https?)://(\[[^\[\]]{2,45}\]|[^:/?#@\[\]\s]{1,254})(?::([0-9]{1,5}))?", re.IGNORECASE)
_DEFAULT_PORTS: Final = {"http": "80", "https": "443"}
_MAX_URL: Final = 8192


def parse_origin(text: str) -> str | None:
    """An origin as browsers write it; `None` if it is none, as `null` is none.

    >>> parse_origin("HTTPS://App.Example.com:443"), parse_origin("https://app.example.com/"), parse_origin("null")
    ('https://app.example.com', None, None)
    """
    match = _ORIGIN.fullmatch(text)
    host = parse_host(match[2].encode("ascii", "replace")) if match else None
    if match is None or host is None or (match[3] and not 0 < int(match[3]) < 1 << 16):
        return None
    scheme, port = match[1].lower(), str(int(match[3])) if match[3] else None
    return f"{scheme}://{host.name}" + (f":{port}" if port and port != _DEFAULT_PORTS[scheme] else "")


def origin_of_url(url: bytes) -> str | None:
    """The origin of a URL, such as a `Referer`; `None` if it has none.

    >>> origin_of_url(b"https://app.example.com/a?b=https://x"), origin_of_url(b"https://app.example.com@x/")
    ('https://app.example.com', None)
    """
    scheme, separator, rest = url[:_MAX_URL].decode("latin-1").partition("://")
    return parse_origin(scheme + separator + re.split(r"[/?#]", rest, maxsplit=1)[0])


def own_origin(request: Request) -> str | None:
    """The origin at which this request has found the application; `None` where its host is malformed."""
    host = host_of(request)
    return None if host is None else f"{request.scheme}://{host}"


def origin_list(given: Iterable[str]) -> frozenset[bytes]:
    """Origins that are trusted, as they come in a header.

    Raises:
        ParameterError: one is no origin, is a pattern, or is over plain HTTP and not on this machine: whoever is on
            the network between is that origin.
    """
    found = set()
    for text in () if isinstance(given, str) else given:
        origin = parse_origin(text)
        if origin is None:
            raise ParameterError("an origin is written as https://app.example.com, without a path, a pattern or null")
        host = parse_host(origin.partition("://")[2].encode())
        if origin.startswith("http:") and (host is None or not is_this_machine(host)):
            raise ParameterError("an origin over plain http is whoever is on the network: name its https one")
        found.add(origin.encode())
    if isinstance(given, str):
        raise ParameterError("origins are a list of texts, not one text")
    return frozenset(found)

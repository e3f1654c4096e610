"""Reading `Forwarded` (RFC 7239) and `X-Forwarded-For`, from the right: there stands what the nearest proxy wrote.

Nothing left of what is asked for is looked at, so that what a client sent in such a header cannot spoil what proxies
added to it.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from zenoo_security.web.addresses import IPAddress, parse_address

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MAX_HOPS", "Hop", "forwarded_hops", "split_from_right", "x_forwarded_hops"]

MAX_HOPS: Final = 32
"""Proxies in a row that are followed at most."""

_MAX_BYTES: Final = 4096
"""Of a header that are looked at; 32 elements have room in it."""

_TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - the token of RFC 9110, section 5.6.2
_PAIR: Final = re.compile(rf'[ \t]*({_TOKEN})=(?:({_TOKEN})|"([^"\\]*)")[ \t]*')
_NODE: Final = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+))(?::(?:[0-9]{1,5}|_[A-Za-z0-9._-]+))?")
_SCHEMES: Final = frozenset({"http", "https"})


class Hop(NamedTuple):
    """What one proxy said of who connected to it.

    Attributes:
        address: `None` where the proxy does not say, by `unknown` or a name of its own, or says nothing sensible.
        scheme: `http` or `https`; `None` where the proxy does not say. What is neither counts as `http`.
    """

    address: IPAddress | None
    scheme: str | None


def split_from_right(value: str, separator: str = ",") -> Iterator[str]:
    """The elements of a list, the last one first. A separator within quotes is none.

    >>> list(split_from_right('for="[::1]", for="a,b"'))
    [' for="a,b"', 'for="[::1]"']
    """
    quoted, end = False, len(value)
    for at in range(len(value) - 1, -1, -1):
        if value[at] == '"':
            quoted = not quoted
        elif value[at] == separator and not quoted:
            yield value[at + 1 : end]
            end = at
    yield value[:end]


def forwarded_hops(header: bytes) -> Iterator[Hop]:
    """The hops of a `Forwarded` header, the nearest first; it ends where an element is none.

    >>> [str(hop.address) for hop in forwarded_hops(b'for="[2001:db8::1]:4711";proto=https, For=192.0.2.9')]
    ['192.0.2.9', '2001:db8::1']
    """
    for element in islice(split_from_right(_end(header)), MAX_HOPS):
        pairs = _pairs(element)
        if pairs is None or "for" not in pairs:
            return
        yield Hop(_node(pairs["for"]), _scheme(pairs.get("proto")))


def x_forwarded_hops(header: bytes, protos: bytes) -> Iterator[Hop]:
    """The hops of an `X-Forwarded-For` header, the nearest first.

    Args:
        header: the value; several lines are one list.
        protos: of `X-Forwarded-Proto`. As many values as addresses belong to these, one by one; otherwise the last
            value is what the nearest proxy says, and stands for all.
    """
    addresses = _end(header).split(",")[-MAX_HOPS:] if header else []
    schemes = [value.strip(" \t") for value in _end(protos).split(",")[-MAX_HOPS:]] if protos else []
    for place in range(1, len(addresses) + 1):
        scheme = schemes[-place if len(schemes) == len(addresses) else -1] if schemes else None
        yield Hop(_x_node(addresses[-place].strip(" \t")), _scheme(scheme))
    if not addresses and schemes:
        yield Hop(None, _scheme(schemes[-1]))


def _end(header: bytes) -> str:
    return header[-_MAX_BYTES:].decode("latin-1")


def _pairs(element: str) -> dict[str, str] | None:
    pairs: dict[str, str] = {}
    for text in split_from_right(element, ";"):
        match = _PAIR.fullmatch(text)
        if match is None or match[1].lower() in pairs:
            return None
        pairs[match[1].lower()] = match[2] if match[2] is not None else match[3]
    return pairs


def _node(text: str) -> IPAddress | None:
    """The address of a node (RFC 7239, section 6); IPv6 has brackets."""
    match = _NODE.fullmatch(text)
    if match is None:
        return None
    address = parse_address(match[1] or match[2])
    return address if address is not None and (":" in (match[1] or "")) == (match[1] is not None) else None


def _x_node(text: str) -> IPAddress | None:
    """The same where IPv6 may stand without brackets, as most proxies write it here."""
    return parse_address(text) or _node(text)


def _scheme(text: str | None) -> str | None:
    if text is None:
        return None
    lowered = text.lower()
    return lowered if lowered in _SCHEMES else "http"

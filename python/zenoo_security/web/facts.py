"""Facts about a request, by which it is known which controls it concerns; found out by one look at its head."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security._native import method_facts

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["AMBIGUOUS", "ANY", "BODY", "QUERY", "WEBSOCKET", "method", "other_methods"]

ANY: Final = -1
"""Every request."""

AMBIGUOUS: Final = 1
"""Two readers may read the head in two ways; `Framing` says how."""

WEBSOCKET: Final = 2
"""The handshake of a WebSocket."""

QUERY: Final = 4
"""There is a query."""

BODY: Final = 8
"""There is a body, by what the head says."""

_METHODS: Final = dict(method_facts())


def method(name: str) -> int:
    """The fact of requests with one of the methods `GET`, `HEAD`, `POST`, `PUT`, `PATCH`, `DELETE` and `OPTIONS`."""
    return _METHODS[name]


def other_methods(methods: Collection[str]) -> int:
    """The facts of all requests but those with these methods."""
    return sum(fact for name, fact in _METHODS.items() if name not in methods)

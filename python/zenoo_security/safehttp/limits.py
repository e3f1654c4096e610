"""How much of a stranger's server's time and bytes one request may take."""

from __future__ import annotations

from dataclasses import dataclass, fields

from zenoo_security.errors import ParameterError

__all__ = ["Limits"]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds of one request. Whatever is over them ends it.

    Args:
        max_response_bytes: of the body, as it comes and unpacked.
        max_request_bytes: of the body that is sent.
        max_header_bytes: of the headers that are sent, names and values together. What comes back is bounded at 100 KiB
            by the HTTP parser.
        connect_s: to connect, to one address, TLS included.
        idle_s: between two pieces of what is sent or received.
        total_s: from the name of the host to the last byte, redirects included.
        max_addresses: of a host; one with more is refused.
        max_connections: at once, of one client.

    Raises:
        ParameterError: a limit is not above 0.
    """

    max_response_bytes: int = 5 * 1024 * 1024
    max_request_bytes: int = 5 * 1024 * 1024
    max_header_bytes: int = 8 * 1024
    connect_s: float = 5.0
    idle_s: float = 10.0
    total_s: float = 30.0
    max_addresses: int = 32
    max_connections: int = 20

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < float("inf"):
                raise ParameterError(f"{each.name} must be a number above 0")

"""Whether what a setting names is on this machine."""

from __future__ import annotations

from zenoo_security.address import is_loopback

__all__ = ["is_local"]


def is_local(host: str) -> bool:
    """Whether a host is this machine: nothing, the path of a socket, `localhost`, a loopback address."""
    name = host.strip()
    return not name or name.startswith("/") or is_loopback(name.strip("[]"))

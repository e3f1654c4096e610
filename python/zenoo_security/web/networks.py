"""The network of a client: what one customer of a provider has."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from zenoo_security.audit.request import client_prefix

__all__ = ["network_of"]

_REMEMBERED: Final = 8192

network_of = lru_cache(maxsize=_REMEMBERED)(client_prefix)
"""The network of an address as text: an IPv4 address as it is, an IPv6 address as its /64; `None` if it is none."""

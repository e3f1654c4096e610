"""`search`, `search_count`, `search_read`: a domain towards the columns, and no order by ciphertext."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security.client.methods import records

if TYPE_CHECKING:
    from zenoo_security.client.call import Call
    from zenoo_security.client.target import Target

__all__ = ["search", "search_count", "search_read", "turn_domain"]


def search(call: Call, target: Target) -> None:
    """Turn the domain, refuse an order by an encrypted field."""
    turn_domain(call, target)
    target.require_plain("sort by", call.get("order"))


def search_count(call: Call, target: Target) -> None:
    """Turn the domain."""
    turn_domain(call, target)


def search_read(call: Call, target: Target) -> None:
    """Search, then open the rows."""
    search(call, target)
    records.read(call, target)


def turn_domain(call: Call, target: Target) -> None:
    """Replace the domain, where one is given, by what Odoo may see."""
    if call.get("domain") is not None:
        call.set("domain", target.domain(call.get("domain")))

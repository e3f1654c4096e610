"""Whose value stands when an application sets a header that the profile sets too: the stricter one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ORDERS", "stricter"]

ORDERS: Final[dict[bytes, tuple[bytes, ...]]] = {
    b"x-frame-options": (b"deny", b"sameorigin"),
    b"referrer-policy": (
        b"no-referrer",
        b"same-origin",
        b"strict-origin",
        b"strict-origin-when-cross-origin",
    ),
    b"cross-origin-opener-policy": (b"same-origin", b"same-origin-allow-popups", b"unsafe-none"),
    b"cross-origin-embedder-policy": (b"require-corp", b"credentialless", b"unsafe-none"),
    b"cross-origin-resource-policy": (b"same-origin", b"same-site", b"cross-origin"),
}
"""From the strictest on. What is not here is looser than anything, or nobody can tell."""

_POLICIES: Final = frozenset({b"content-security-policy", b"content-security-policy-report-only"})


def stricter(name: bytes, ours: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The value to send.

    Policies are joined by a comma: a browser enforces each of them, so that the application can forbid more and
    nothing less (CSP Level 3, section 8.2).

    Args:
        name: of the header, in lower case.
        ours: the value of the profile.
        headers: what the application sends.
    """
    theirs = [value for each, value in headers if each == name]
    if name in _POLICIES:
        return b", ".join([ours, *(value for value in theirs if value.strip(b" ,"))])
    order = ORDERS.get(name)
    if order is None:
        return ours
    ranked = [value.strip().lower() for value in theirs]
    return min((ours, *(value for value in ranked if value in order)), key=lambda value: _rank(order, value))


def _rank(order: tuple[bytes, ...], value: bytes) -> int:
    lower = value.lower()
    return order.index(lower) if lower in order else len(order)

"""Stand-in until the real one is merged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def matches(domain: Sequence[Any], values: Mapping[str, Any]) -> bool:
    """Whether values match."""
    [(name, operator, value)] = domain
    found = values.get(name) if isinstance(name, str) else name
    if operator in {"in", "not in"}:
        return bool((found in value) == (operator == "in"))
    return bool((found == value) == (operator == "="))

"""The inventory as a table, for documentation."""

from __future__ import annotations

import logging

from zenoo_security.audit.events import EVENTS

__all__ = ["as_markdown"]


def as_markdown() -> str:
    """A Markdown table of every event: its level and outcome, its details, and when it occurs.

    >>> print(as_markdown().splitlines()[0])
    | event | level, outcome | details | when |
    """
    rows = ["| event | level, outcome | details | when |", "|---|---|---|---|"]
    for name, kind in EVENTS.items():
        details = ", ".join(f"`{detail}`" for detail in kind.details)
        level = logging.getLevelName(kind.level).lower()
        rows.append(f"| `{name}` | {level}, {kind.outcome} | {details} | {kind.when} |")
    return "\n".join(rows)

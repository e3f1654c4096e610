"""How long Odoo mends a series."""

from __future__ import annotations

from datetime import date
from typing import Final

__all__ = ["OLDEST_SUPPORTED", "SUPPORTED_UNTIL", "is_supported"]

SUPPORTED_UNTIL: Final = {
    "19.0": date(2028, 9, 30),
    "18.0": date(2027, 10, 31),
    "17.0": date(2026, 10, 31),
    "16.0": date(2025, 10, 31),
    "15.0": date(2024, 10, 31),
}
"""Odoo supports a series until the third after it is out, about three years; its documentation names the months."""
OLDEST_SUPPORTED: Final = 15


def is_supported(series: str, today: date) -> bool:
    """Whether a series gets fixes on a day; a newer one than those known here does."""
    end = SUPPORTED_UNTIL.get(series)
    return end >= today if end else int(series.partition(".")[0]) >= OLDEST_SUPPORTED

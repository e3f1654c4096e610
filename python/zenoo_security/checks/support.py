"""How long Odoo mends a series."""

from __future__ import annotations

from datetime import date
from typing import Final

__all__ = ["OLDEST_SUPPORTED", "SUPPORTED_UNTIL", "is_supported"]

SUPPORTED_UNTIL: Final = {
    "20.0": date(2029, 9, 30),
    "19.0": date(2028, 9, 30),
    "18.0": date(2027, 9, 30),
    "17.0": date(2026, 9, 30),
    "16.0": date(2025, 9, 30),
    "15.0": date(2024, 10, 31),
}
"""Ends of standard support, after which there are no security fixes.

Source: `content/administration/standard_extended_support.rst` of odoo/documentation, which names the months.
"""
OLDEST_SUPPORTED: Final = 15


def is_supported(series: str, today: date) -> bool:
    """Whether a series gets fixes on a day: one between two majors as long as the major before it."""
    major = series.partition(".")[0]
    end = SUPPORTED_UNTIL.get(f"{major}.0")
    return end >= today if end else int(major) >= OLDEST_SUPPORTED

"""What the checks of an address share."""

from __future__ import annotations

import re
from typing import Final

from zenoo_security.checks.check import Check
from zenoo_security.checks.live_url.snapshot import Site

__all__ = ["SiteCheck", "series"]

_SERIES: Final = re.compile(r'(?:server_serie"?[^0-9]{1,60}|"version": "|Odoo )(1?[0-9]|2[0-9])\.0\b')


class SiteCheck(Check[Site]):
    """A check of an address."""


def series(text: str) -> str:
    """The series of Odoo that a text tells, such as `19.0`, or nothing."""
    match = _SERIES.search(text)
    return f"{match[1]}.0" if match else ""

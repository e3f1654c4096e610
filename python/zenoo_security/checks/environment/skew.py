"""How far the clock of this machine is from Odoo's."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zenoo_security.checks.view import Progress
    from zenoo_security.config import SecurityConfig

__all__ = ["Skew", "measure_skew"]

_TIMEOUT_S: Final = 5.0


@dataclass(frozen=True)
class Skew:
    """Seconds that this clock is ahead of Odoo's, or why that is not known."""

    seconds: float = 0.0
    error: str = ""


def measure_skew(config: SecurityConfig | None, progress: Progress) -> Skew | None:
    """Ask the Odoo of the settings for its time, in one request without a credential."""
    if config is None or not config.odoo_url:
        return None
    progress("the clock of Odoo")
    from http.client import HTTPException  # noqa: PLC0415 - only where an Odoo is named

    try:
        date = _date(config.odoo_url, config.odoo_ca_file)
    except (OSError, HTTPException, ValueError, TypeError, OverflowError) as error:
        return Skew(error=f"Odoo does not answer: {type(error).__name__}")
    if date is None:
        return Skew(error="the answer has no date")
    return Skew(time.time() - date)


def _date(url: str, ca_file: str | None) -> float | None:
    import ssl  # noqa: PLC0415
    from email.utils import parsedate_to_datetime  # noqa: PLC0415
    from http.client import HTTPConnection, HTTPSConnection  # noqa: PLC0415
    from urllib.parse import urlsplit  # noqa: PLC0415

    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=ca_file)
        connection: HTTPConnection = HTTPSConnection(host, parts.port, timeout=_TIMEOUT_S, context=context)
    else:
        connection = HTTPConnection(host, parts.port, timeout=_TIMEOUT_S)
    try:
        connection.request("HEAD", "/web/health")
        value = connection.getresponse().getheader("Date")
    finally:
        connection.close()
    return parsedate_to_datetime(value).timestamp() if value else None

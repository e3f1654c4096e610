"""How far the clock of this machine is from Odoo's."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from http.client import HTTPConnection

    from zenoo_security.checks.view import Progress
    from zenoo_security.config import SecurityConfig

__all__ = ["MAX_SKEW_S", "Skew", "connection_to", "measure_skew", "seconds_ahead"]

MAX_SKEW_S: Final = 30.0
"""So far clocks may be apart: the length of a code of the second factor."""
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
        with closing(connection_to(config, _TIMEOUT_S)) as connection:
            connection.request("HEAD", "/web/health")
            date = connection.getresponse().getheader("Date")
    except (OSError, HTTPException, ValueError) as error:
        return Skew(error=f"Odoo does not answer: {type(error).__name__}")
    ahead = seconds_ahead(date)
    return Skew(error="the answer has no date that can be read") if ahead is None else Skew(ahead)


def connection_to(config: SecurityConfig, timeout_s: float) -> HTTPConnection:
    """A connection to the Odoo of the settings, which is not open yet.

    Raises:
        OSError: the file with the certificate of an authority cannot be read.
    """
    import ssl  # noqa: PLC0415 - only where an Odoo is named
    from http.client import HTTPConnection, HTTPSConnection  # noqa: PLC0415
    from urllib.parse import urlsplit  # noqa: PLC0415

    parts = urlsplit(config.odoo_url or "")
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=config.odoo_ca_file)
        return HTTPSConnection(host, parts.port, timeout=timeout_s, context=context)
    return HTTPConnection(host, parts.port, timeout=timeout_s)


def seconds_ahead(date: str | None) -> float | None:
    """Seconds that this clock is ahead of a `Date` of HTTP; None where it is none."""
    from email.utils import parsedate_to_datetime  # noqa: PLC0415

    try:
        return time.time() - parsedate_to_datetime(date or "").timestamp()
    except (TypeError, ValueError, OverflowError):
        return None

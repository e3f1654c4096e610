"""Where PostgreSQL is: parse the URL once, and refuse one that would send what is stored in the clear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from zenoo_security.address import is_loopback
from zenoo_security.errors import ConfigurationError, InsecureTransport

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["parse_url"]

# What the URL does not say is said here, not by variables of the environment: they could lead elsewhere.
_DEFAULTS: Final = {
    "application_name": "zenoo_security",
    "gssencmode": "disable",
    "hostaddr": "",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "sslmode": "prefer",
    # Of several hosts the primary: a standby would answer with sessions that have ended since.
    "target_session_attrs": "read-write",
}


def parse_url(url: str, *, timeout_s: float, allow_insecure: bool) -> dict[str, str]:
    """Parse a URL as libpq does, and add what the store needs.

    Args:
        url: `postgresql://user:password@host:port/database?sslmode=verify-full&sslrootcert=...`; a socket's folder
            as `postgresql://user@/database?host=/run/postgresql`.
        timeout_s: seconds after which the server itself gives up on a statement.
        allow_insecure: whether a connection that others can read or change is allowed.

    Returns:
        The parameters of a connection.

    Raises:
        ConfigurationError: it is not such a URL, or names no host.
        InsecureTransport: it leads to another machine without TLS that verifies the name of the server.
    """
    given = _split(url)
    if "service" in given:
        raise ConfigurationError("the PostgreSQL URL names a service: give the host, the database and the TLS settings")
    if not given.get("host") and not given.get("hostaddr"):
        raise ConfigurationError("the PostgreSQL URL names no host: for a socket add ?host=/run/postgresql")
    if not allow_insecure and given.get("sslmode") != "verify-full" and not all(map(_is_local, _hosts(given))):
        raise InsecureTransport(
            "the PostgreSQL server is another machine: add ?sslmode=verify-full (and sslrootcert= with its authority), "
            "or allow_insecure=True where the network itself is protected"
        )
    return {**_DEFAULTS, **given, "options": f"{given.get('options', '')} {_session(timeout_s)}".strip()}


def _split(url: str) -> dict[str, str]:
    if url.startswith("postgresql://"):
        try:
            return {name: str(value) for name, value in conninfo_to_dict(url).items()}
        except (psycopg.Error, UnicodeError):
            pass
    # Said here, where libpq's message, which quotes the URL, is no context of it.
    raise ConfigurationError("the PostgreSQL URL is not of the form postgresql://user:password@host:port/database")


def _hosts(given: Mapping[str, str]) -> Iterator[str]:
    """Where the connection may go: an address that is given beside a name is the one that is used."""
    for name in ("host", "hostaddr"):
        if given.get(name):
            yield from given[name].split(",")


def _is_local(host: str) -> bool:
    return host.startswith(("/", "@")) or is_loopback(host)


def _session(timeout_s: float) -> str:
    """Settings of each connection. A pooler that drops them leaves the time-outs of the functions, and refusals."""
    milliseconds = max(round(timeout_s * 1000), 1)
    return (
        f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds} "
        "-c idle_in_transaction_session_timeout=30000 -c default_transaction_isolation=read\\ committed"
    )

"""Whether Odoo answers: its version, TLS and clock, in one request that holds no credential."""

from __future__ import annotations

import json
import ssl
from contextlib import closing
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Final

from zenoo_security.checks.odoo_clock import MAX_SKEW_S, connection_to, seconds_ahead
from zenoo_security.doctor.finding import Finding, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.config import SecurityConfig
    from zenoo_security.doctor.situation import Situation

__all__ = ["probe"]

_TIMEOUT_S: Final = 5.0
_MAX_BODY: Final = 65_536
_LATEST: Final = "19.0"
_REQUEST: Final = json.dumps(
    {"jsonrpc": "2.0", "method": "call", "id": 1, "params": {"service": "common", "method": "version", "args": []}}
)


def probe(situation: Situation) -> Iterator[Finding]:
    """Ask the Odoo of the settings for its version."""
    config = situation.config
    if config is None or not config.odoo_url:
        reason = "the settings are wrong" if config is None else "no address is set"
        yield Finding("odoo", State.SKIP, reason, "" if config is None else "ZENOO_SECURITY_ODOO_URL=https://...")
        return
    try:
        version, date, tls = _ask(config)
    except ssl.SSLCertVerificationError as error:
        hint = "For an authority of your own: ZENOO_SECURITY_ODOO_CA_FILE"
        yield Finding("odoo", State.FAIL, f"its certificate is not trusted: {error.verify_message}", hint)
    except (OSError, HTTPException, ValueError) as error:
        hint = "Is it running, and is ZENOO_SECURITY_ODOO_URL its address, without a path?"
        yield Finding("odoo", State.FAIL, f"does not answer as an Odoo does: {type(error).__name__}", hint)
    else:
        yield _version(version)
        yield Finding("odoo", State.OK, tls) if tls else _plain(config)
        yield _clock(date)


def _ask(config: SecurityConfig) -> tuple[str, str | None, str]:
    """Its version, its date, and the version of TLS.

    Raises:
        OSError, HTTPException, ValueError: it does not answer as an Odoo does.
    """
    tls = ""
    with closing(connection_to(config, _TIMEOUT_S)) as connection:
        connection.connect()
        if isinstance(connection.sock, ssl.SSLSocket):
            tls = f"{connection.sock.version()}, its certificate is trusted"
        connection.request("POST", "/jsonrpc", _REQUEST, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        document: Any = json.loads(answer.read(_MAX_BODY))
    result = document.get("result") if isinstance(document, dict) else None
    version = result.get("server_version") if isinstance(result, dict) else None
    if not isinstance(version, str):
        raise ValueError("no version")  # noqa: TRY004 - of the answer, not of an argument
    return version[:40], answer.getheader("Date"), tls


def _version(version: str) -> Finding:
    if version.startswith(_LATEST):
        return Finding("odoo", State.OK, f"version {version}")
    return Finding("odoo", State.WARN, f"version {version}; tested is {_LATEST}", "Try it on a copy of your database")


def _plain(config: SecurityConfig) -> Finding:
    from zenoo_security.address import parse_address  # noqa: PLC0415 - only for plain http

    if parse_address(config.odoo_url or "").is_loopback:
        return Finding("odoo", State.OK, "plain http, on this machine")
    return Finding("odoo", State.FAIL, "plain http to another machine: passwords can be read", "Use https://")


def _clock(date: str | None) -> Finding:
    ahead = seconds_ahead(date)
    if ahead is None:
        return Finding("clock", State.SKIP, "the answer of Odoo has no date that can be read")
    if abs(ahead) <= MAX_SKEW_S:
        return Finding("clock", State.OK, "agrees with Odoo's")
    word = "ahead of" if ahead > 0 else "behind"
    hint = "Run an NTP client on both machines: codes of the second factor are times"
    return Finding("clock", State.FAIL, f"{abs(ahead):.0f} s {word} Odoo's", hint)

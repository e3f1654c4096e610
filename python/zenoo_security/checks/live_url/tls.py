"""What a host does when a connection is encrypted: two handshakes, one as it should be and one as it was in 2006."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Final

__all__ = ["TlsFacts", "look_at_tls"]

_HANDSHAKE_S: Final = 6.0
_DAY_S: Final = 86_400


@dataclass(frozen=True)
class TlsFacts:
    """What the handshakes said.

    Attributes:
        trusted: whether certificate, chain and name hold, and the key is as long as OpenSSL asks.
        problem: why not, in OpenSSL's words.
        version: the version that was agreed on, such as `TLSv1.3`.
        cipher: and the cipher suite.
        days_left: days until the certificate ends; None where it is not trusted.
        old: whether TLS 1.0 or 1.1 is spoken; None where this machine cannot ask.
    """

    trusted: bool
    problem: str = ""
    version: str = ""
    cipher: str = ""
    days_left: float | None = None
    old: bool | None = False


async def look_at_tls(host: str, port: int) -> TlsFacts:
    """The facts of a host.

    Raises:
        OSError: it does not speak TLS, or not within six seconds.
    """
    try:
        version, cipher, certificate = await _handshake(host, port, ssl.create_default_context())
    except ssl.SSLCertVerificationError as error:
        return TlsFacts(trusted=False, problem=error.verify_message, old=await _speaks_old(host, port))
    end = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), timezone.utc)
    left = (end - datetime.now(timezone.utc)).total_seconds() / _DAY_S
    return TlsFacts(True, "", version, cipher, left, await _speaks_old(host, port))


async def _speaks_old(host: str, port: int) -> bool | None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
    except (ssl.SSLError, ValueError):
        return None
    try:
        await _handshake(host, port, context)
    except OSError:
        return False
    return True


async def _handshake(host: str, port: int, context: ssl.SSLContext) -> tuple[str, str, dict[str, Any]]:
    try:
        _, writer = await asyncio.wait_for(
            asyncio.open_connection(host, port, ssl=context, server_hostname=host), _HANDSHAKE_S
        )
    except (TimeoutError, asyncio.TimeoutError):
        raise ConnectionError(f"no TLS handshake within {_HANDSHAKE_S:g} seconds") from None
    connection: ssl.SSLObject = writer.get_extra_info("ssl_object")
    try:
        cipher = connection.cipher()
        return connection.version() or "", cipher[0] if cipher else "", connection.getpeercert() or {}
    finally:
        writer.transport.abort()

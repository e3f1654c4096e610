"""Events to a syslog server: RFC 5424 over UDP (RFC 5426), TCP (RFC 6587), TLS (RFC 5425) or a Unix socket."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import socket
import threading
import time
from typing import TYPE_CHECKING, Final

from zenoo_security.audit import forks
from zenoo_security.audit.sinks.server import Server, is_closed
from zenoo_security.errors import ConfigurationError

if TYPE_CHECKING:
    import ssl

    from zenoo_security.audit.entry import Entry

__all__ = ["SyslogSink"]

_AUTHPRIV: Final = 10
_FACILITIES: Final = 24
_MOST_TIMEOUT_S: Final = 60
_APP_NAME: Final = re.compile(r"[!-~]{1,48}")  # RFC 5424, 6
_AGAIN_AFTER_S: Final = 5.0
_SEVERITIES: Final = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
_DEBUG: Final = 7


class SyslogSink:
    """Sends each event as one message of RFC 5424, whose text is the line.

    A server that is gone costs one call up to three times `timeout_s`, and for five seconds after it none. TCP and TLS
    may wait for a slow server: wrap the sink in `Background` in an application that must not.

    Args:
        url: `udp://host:514`, `tcp://host:601`, `tls://host:6514` or `unix:///dev/log`.
        app_name: the name of the application in syslog.
        facility: 0 to 23; 10 is security, 13 is log audit.
        timeout_s: seconds to look the host up, to connect, and for a message, each.
        tls_context: for `tls://`; one that trusts the authorities of the system unless given.

    Raises:
        ConfigurationError: the URL or another argument is not what it should be.
    """

    def __init__(
        self,
        url: str,
        *,
        app_name: str = "zenoo-security",
        facility: int = _AUTHPRIV,
        timeout_s: float = 1.0,
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        self._url = url
        self._server = Server(url)
        if not _APP_NAME.fullmatch(app_name) or not 0 <= facility < _FACILITIES or not 0 < timeout_s <= _MOST_TIMEOUT_S:
            raise ConfigurationError(
                "app_name is 1 to 48 printable ASCII characters, facility 0 to 23, timeout_s over 0 and up to 60"
            )
        self._app_name = app_name
        self._facility = facility
        self._timeout_s = timeout_s
        self._tls_context = tls_context
        self._socket: socket.socket | None = None
        self._again_at = 0.0
        self._lock = threading.Lock()
        forks.register(self)

    def in_child(self) -> None:
        """A connection that parent and child both write to would mix up their messages."""
        self._lock = threading.Lock()
        self._server = Server(self._url)  # The thread that looks up its host stayed behind.
        self._disconnect()

    def __call__(self, entry: Entry) -> None:
        """Send an event.

        Raises:
            OSError: the server does not take it.
        """
        with self._lock:
            self._send(self._message(entry))

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._disconnect()

    def _message(self, entry: Entry) -> bytes:
        severity = next((number for level, number in _SEVERITIES if entry.level >= level), _DEBUG)
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(entry.time)) + f".{entry.time % 1:.6f}"[2:] + "Z"
        host = socket.gethostname()[:255] or "-"
        head = (
            f"<{self._facility * 8 + severity}>1 {moment} {host} {self._app_name} {os.getpid()} {entry.event[:32]} - "
        )
        message = head.encode("ascii", "replace") + entry.line
        return b"%d %s" % (len(message), message) if self._server.is_stream else message

    def _send(self, message: bytes) -> None:
        if self._socket is not None and self._server.is_stream and is_closed(self._socket):
            self._disconnect()
        if self._socket is None:
            self._connect()
        try:
            self._connected().sendall(message)
        except OSError:
            self._disconnect()
            raise

    def _connected(self) -> socket.socket:
        if self._socket is None:
            raise ConnectionError("not connected")
        return self._socket

    def _connect(self) -> None:
        now = time.monotonic()
        if now < self._again_at:
            raise ConnectionError("the syslog server was gone a moment ago")
        try:
            self._socket = self._server.open(self._timeout_s, self._tls_context)
        except OSError:
            self._again_at = time.monotonic() + _AGAIN_AFTER_S
            raise

    def _disconnect(self) -> None:
        found, self._socket = self._socket, None
        if found is not None:
            with contextlib.suppress(OSError):
                found.close()

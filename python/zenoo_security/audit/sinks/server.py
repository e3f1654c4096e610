"""A syslog server: its address, and a connection to it that takes no longer than it may."""

from __future__ import annotations

import contextlib
import socket
import time
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlsplit

from zenoo_security.audit.sinks.resolving import Resolver
from zenoo_security.errors import ConfigurationError

if TYPE_CHECKING:
    import ssl

__all__ = ["Server", "is_closed"]

_PORTS: Final = {"udp": 514, "tcp": 601, "tls": 6514}


class Server:
    """Where it is, and how it is spoken to.

    Args:
        url: `udp://host:514`, `tcp://host:601`, `tls://host:6514` or `unix:///dev/log`.

    Attributes:
        is_stream: messages need a length before them, and a connection can be closed by the server.

    Raises:
        ConfigurationError: the URL is none of these.
    """

    def __init__(self, url: str) -> None:
        split, port = _split(url)
        self._path = split.path
        self._scheme = split.scheme
        self._host = split.hostname or ""
        self.is_stream: Final = split.scheme in {"tcp", "tls"}
        if split.scheme == "unix" and split.path and not split.netloc:
            return
        if split.scheme not in _PORTS or not split.hostname or split.path not in {"", "/"} or "@" in split.netloc:
            raise ConfigurationError(
                "a syslog server is udp://host:port, tcp://host:port, tls://host:port or unix:///path"
            )
        kind = socket.SOCK_STREAM if self.is_stream else socket.SOCK_DGRAM
        self._resolver = Resolver(split.hostname, port or _PORTS[split.scheme], kind)

    def open(self, timeout_s: float, tls_context: ssl.SSLContext | None) -> socket.socket:
        """Connect.

        Args:
            timeout_s: seconds to look the host up, and again to connect to one of its addresses.
            tls_context: for `tls://`.

        Raises:
            OSError: that took longer, or was refused.
        """
        if self._scheme == "unix":
            return _connected(socket.AF_UNIX, socket.SOCK_DGRAM, 0, self._path, timeout_s)
        opened = self._first_that_answers(timeout_s)
        if self._scheme != "tls":
            return opened
        import ssl  # noqa: PLC0415 - only where it is needed

        context = tls_context or ssl.create_default_context()
        with contextlib.ExitStack() as when_it_fails:
            when_it_fails.callback(opened.close)
            wrapped = context.wrap_socket(opened, server_hostname=self._host)
            when_it_fails.pop_all()
        return wrapped

    def _first_that_answers(self, timeout_s: float) -> socket.socket:
        addresses = self._resolver.addresses(timeout_s)
        until, error = time.monotonic() + timeout_s, OSError("the host of the server has no address")
        for family, kind, protocol, _, address in addresses:
            left_s = until - time.monotonic()
            if left_s <= 0:
                break
            try:
                opened = _connected(family, kind, protocol, address, left_s)
            except OSError as refused:
                error = refused
            else:
                opened.settimeout(timeout_s)
                return opened
        raise error


def is_closed(connection: socket.socket) -> bool:
    """Whether the server has closed a connection: what is sent then would vanish without an error."""
    timeout_s = connection.gettimeout()
    connection.settimeout(0)
    try:
        return not connection.recv(1)
    except BlockingIOError:
        return False
    except OSError as error:
        import ssl  # noqa: PLC0415 - only where it is needed

        return not isinstance(error, ssl.SSLWantReadError)
    finally:
        connection.settimeout(timeout_s)


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        split = urlsplit(url)
        port = split.port
    except ValueError:
        return urlsplit(""), None
    return split, port


def _connected(family: int, kind: int, protocol: int, address: object, timeout_s: float) -> socket.socket:
    opened = socket.socket(family, kind, protocol)
    try:
        opened.settimeout(timeout_s)
        opened.connect(address)  # type: ignore[arg-type]  # of the family: what getaddrinfo said, or a path
    except OSError:
        opened.close()
        raise
    return opened

"""Where Odoo is: parse the address once, and refuse one that would send the password in the clear."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from zenoo_security.errors import ConfigurationError, InsecureTransport

__all__ = ["Address", "is_loopback", "parse_address"]

_DEFAULT_PORTS = {"http": 8069, "https": 443}
_HTTPS_PORT = 443
_MAX_PORT = 65535
_HOST = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_-]{1,63})*\.?")


@dataclass(frozen=True)
class Address:
    """A protocol, a host (IPv6 without brackets) and a port."""

    protocol: str
    host: str
    port: int

    @property
    def url(self) -> str:
        """The base URL, without a path."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.protocol}://{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether the host is this machine."""
        return is_loopback(self.host)

    def require_private(self, *, verify: object, allow_insecure: bool) -> None:
        """Refuse an address at which a third party can read or change what is sent.

        Raises:
            InsecureTransport: plain HTTP, or TLS without verification, to another machine.
            ConfigurationError: `verify` is neither a bool nor an `ssl.SSLContext`.
        """
        import ssl  # noqa: PLC0415 - slow, and the settings only parse

        if not isinstance(verify, (bool, ssl.SSLContext)):
            raise ConfigurationError("verify_ssl is True, False or an ssl.SSLContext")
        if allow_insecure or self.is_loopback:
            return
        if self.protocol == "http":
            raise InsecureTransport(
                f"plain http to {self.host} sends the password and the data in the clear: give a full "
                "https:// URL, or allow_insecure=True where the network itself is protected",
            )
        if verify is False or (isinstance(verify, ssl.SSLContext) and verify.verify_mode == ssl.CERT_NONE):
            raise InsecureTransport(
                f"TLS without verification lets anyone pose as {self.host}: pass an ssl.SSLContext that trusts your "
                "own authority as verify_ssl, or allow_insecure=True",
            )


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, judged by its text: `localhost` or a loopback IP address, without brackets.

    >>> is_loopback("LocalHost."), is_loopback("127.1.2.3"), is_loopback("::1"), is_loopback("localhost.example.com")
    (True, True, True, False)
    """
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def parse_address(host_or_url: str, port: int | None = None, protocol: str | None = None) -> Address:
    """Parse what `ZenooClient` takes: a URL, or a host with an optional port and protocol.

    Args:
        host_or_url: `https://erp.example.com`, `localhost`, `localhost:8069`, `::1`, `http://[::1]:8069`.
        port: 1 to 65535; by default that of the URL, else 443 for https and 8069 for http.
        protocol: `http` or `https`; by default that of the URL, else https on port 443, else http.

    Raises:
        ConfigurationError: it is not an address, or it holds a user name, a password or a path.
    """
    split = _split(host_or_url)
    try:
        found_port = split.port
    except ValueError:
        raise ConfigurationError("the port of the address is not a number from 1 to 65535") from None
    number = port if port is not None else found_port
    scheme = protocol or split.scheme or ("https" if number == _HTTPS_PORT else "http")
    if scheme not in _DEFAULT_PORTS:
        raise ConfigurationError("the protocol of the address must be http or https")
    number = _DEFAULT_PORTS[scheme] if number is None else number
    if not 1 <= number <= _MAX_PORT:
        raise ConfigurationError("the port of the address is not a number from 1 to 65535")
    return Address(scheme, _host(split), number)


def _split(text: str) -> SplitResult:
    if not text or text != text.strip():
        raise ConfigurationError("the address must be a host or a URL without spaces around it")
    bare_ipv6 = "://" not in text and text.count(":") > 1 and not text.startswith("[")
    try:
        split = urlsplit(text if "://" in text else f"//[{text}]" if bare_ipv6 else f"//{text}")
    except ValueError:
        raise ConfigurationError("the address is not a host and not a URL") from None
    if "@" in split.netloc:
        raise ConfigurationError("the address holds a user name or a password: pass them to login() instead")
    if split.path not in {"", "/"} or split.query or split.fragment:
        raise ConfigurationError("the address has a path: give the scheme, the host and the port only")
    return split


def _host(split: SplitResult) -> str:
    host = split.hostname or ""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        if not _HOST.fullmatch(host):
            raise ConfigurationError(
                "the address has no valid host name; write an international name in its ASCII form (xn--...)",
            ) from None
    return host

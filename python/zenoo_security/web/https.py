"""Nothing over plain HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import quote

from zenoo_security.errors import ParameterError
from zenoo_security.web.addresses import is_loopback
from zenoo_security.web.control import Control
from zenoo_security.web.hostnames import HostList, is_this_machine, parse_host
from zenoo_security.web.probes import is_probe
from zenoo_security.web.probes import probe_paths as checked_paths
from zenoo_security.web.problems import problem
from zenoo_security.web.response import Response
from zenoo_security.web.telling import BoundedTelling

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zenoo_security.web.request import Request

__all__ = ["Https"]

_PLAIN: Final = problem(
    403,
    "Send this request over https, and replace what was secret in it: it travelled in the clear.",
    code="https_required",
)
_SAFE_PATH: Final = "/!$&'()*+,-.:;=@_~"
_QUERY: Final = frozenset(bytes(range(0x21, 0x7F))) - frozenset(b'#"<>\\^`{|}')
_MAX_LOCATION: Final = 4096


class Https(Control):
    """Refuses requests and WebSockets over plain HTTP.

    A person who types an address is sent on to https, by a redirect of a `GET` or `HEAD` that wants a page, has no
    credentials of a program with it and is for a host on the list. Everything else is refused with 403 and not
    redirected: a program that is redirected silently goes on sending its credentials in the clear (OWASP ASVS 5.0,
    4.1.2). Browsers come over https at once when they have seen `Strict-Transport-Security`.

    The scheme is that of the connection, or what a trusted proxy says (`ClientAddress`, which stands before this).

    Args:
        hosts: the hosts to which browsers are redirected, as `HostList` takes them; without it nobody is.
        redirect: the status, 308 or 301; `None` redirects nobody.
        loopback: answer over plain HTTP where both the client and the host in the request are this machine, for
            development.
        probe_paths: paths that are answered over plain HTTP, such as one that a load balancer asks whether the server
            lives. Only these very paths, to read, and only without a cookie.

    Raises:
        ParameterError: an argument is out of its range.
    """

    def __init__(
        self,
        hosts: HostList | Iterable[str] | None = None,
        *,
        redirect: Literal[308, 301] | None = 308,
        loopback: bool = False,
        probe_paths: Iterable[str] = (),
    ) -> None:
        if redirect not in {308, 301, None}:
            raise ParameterError("redirect is 308, 301 or None")
        self._hosts: Final = None if hosts is None or redirect is None else HostList.of(hosts)
        self._status: Final = redirect or 308
        self._loopback: Final = loopback
        self._probe_paths: Final = checked_paths(probe_paths)
        self._audit: Final = BoundedTelling()

    def before(self, request: Request) -> Response | None:
        """Look at the scheme."""
        if request.scheme == "https":
            return None
        if request.path in self._probe_paths and is_probe(request):
            return None
        if self._loopback and self._is_local(request):
            return None
        location = self._location(request) if _is_navigation(request) else None
        if location is not None:
            headers = ((b"location", location), (b"content-length", b"0"), (b"cache-control", b"no-store"))
            return Response(self._status, headers)
        self._audit.tell("input_validation_fail", what="transport", codes=["plain_http"])
        return _PLAIN

    def _is_local(self, request: Request) -> bool:
        value = request.value(b"host")
        host = parse_host(value) if value is not None else None
        return is_loopback(request.client) and host is not None and is_this_machine(host)

    def _location(self, request: Request) -> bytes | None:
        value = request.value(b"host")
        host = self._hosts.find(value) if self._hosts is not None and value is not None else None
        if host is None or request.path[:1] != "/" or not _QUERY.issuperset(request.query):
            return None
        query = b"?" + request.query if request.query else b""
        location = (
            b"https://" + host.name.encode() + quote(request.root + request.path, safe=_SAFE_PATH).encode() + query
        )
        return location if len(location) <= _MAX_LOCATION else None


def _is_navigation(request: Request) -> bool:
    """Whether a browser wants a page; it says so in `Accept`, as it sends no `Sec-Fetch-Mode` over plain HTTP."""
    if request.kind != "http" or request.method not in {"GET", "HEAD"} or request.values(b"authorization"):
        return False
    return request.values(b"sec-fetch-mode") in ((), (b"navigate",)) and b"text/html" in b",".join(
        request.values(b"accept")
    )

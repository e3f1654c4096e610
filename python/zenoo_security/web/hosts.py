"""Answering for the application's own hosts alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.web.control import Control
from zenoo_security.web.hostnames import Host, HostList, parse_host
from zenoo_security.web.probes import is_probe
from zenoo_security.web.probes import probe_paths as checked_paths
from zenoo_security.web.problems import problem
from zenoo_security.web.telling import BoundedTelling

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Response

__all__ = ["HOST", "Hosts", "host_of"]

HOST: Final = "host"
"""In `Request.found`: the `Host` that was asked for, one of those that are allowed."""

_MALFORMED: Final = problem(400, "Send one Host header with the name of the server.", code="host_malformed")
_TARGET: Final = problem(400, "Send the path of the resource as the target of the request.", code="target_malformed")
_ELSEWHERE: Final = problem(421, "This server does not answer for that host.", code="host_not_allowed")


class Hosts(Control):
    """Refuses requests for other hosts than those that are named: links, redirects and caches are built from it.

    One `Host` header has to be there, and be well-formed: otherwise it is 400. A host that is not on the list gets 421
    (RFC 9110, section 15.5.20), and so does DNS rebinding, by which a page of somebody else's reaches a server on
    this network under a name of its own. A target with a host in it (`GET http://host/`) is 400: server and application
    would differ on which of the two hosts counts. `X-Forwarded-Host` is never looked at; have the proxy pass `Host` on.

    Args:
        allowed: the hosts, as `HostList` takes them.
        probe_paths: paths that are answered under any host, such as one that a load balancer asks by the address of the
            server. Only these very paths, to read, and only without a cookie.

    Raises:
        ParameterError: there is none, or one is no host, or a path does not begin with a slash.
    """

    def __init__(self, allowed: HostList | Iterable[str], *, probe_paths: Iterable[str] = ()) -> None:
        self._probe_paths: Final = checked_paths(probe_paths)
        self._allowed: Final = HostList.of(allowed)
        self._audit: Final = BoundedTelling()

    def before(self, request: Request) -> Response | None:
        """Look at the host and the form of the target."""
        value = request.value(b"host")
        host = self._allowed.find(value) if value is not None else None
        if host is None:
            return None if request.path in self._probe_paths and is_probe(request) else self._refuse(value)
        if request.path and request.path[0] != "/" and (request.path != "*" or request.method != "OPTIONS"):
            self._audit.tell("input_validation_fail", what="target", codes=["malformed"])
            return _TARGET
        request.found[HOST] = host
        return None

    def _refuse(self, value: bytes | None) -> Response:
        malformed = value is None or parse_host(value) is None
        self._audit.tell("input_validation_fail", what="host", codes=["malformed" if malformed else "not_allowed"])
        return _MALFORMED if malformed else _ELSEWHERE


def host_of(request: Request) -> Host | None:
    """The host of a request: what `Hosts` found, or what is in the header where that control is not used."""
    found = request.found.get(HOST)
    if isinstance(found, Host):
        return found
    value = request.value(b"host")
    return None if value is None else parse_host(value)

"""The checks of the proxy: CONF-19 and CONF-23 of the list, since they are about one deployment with odoo.conf."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from zenoo_security.checks.check import Check, NotApplicable, Problem, Severity
from zenoo_security.checks.proxy.snapshot import Proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.proxy.nginx import Directive
    from zenoo_security.checks.proxy.snapshot import Location, Server

__all__ = ["Hardening", "InternalFiles"]

_OLD: Final = frozenset({"SSLv2", "SSLv3", "TLSv1", "TLSv1.1"})
_YEAR_S: Final = 31_536_000
_BODY_MIB: Final = 512
_MIB: Final = {"": 1 / 1_048_576, "k": 1 / 1024, "m": 1, "g": 1024}
_LIMITED: Final = (
    *("/web/login", "/web/session/authenticate", "/web/reset_password"),
    *("/xmlrpc/common", "/xmlrpc/2/common", "/jsonrpc", "/json/2/res.partner/read"),
)
_MANAGER: Final = tuple(
    f"/web/database/{name}" for name in ("manager", "selector", "list", "create", "backup", "restore", "drop")
)
_FORWARDED: Final = {
    "x-forwarded-host": ("$host", "$http_host", "$server_name"),
    "x-forwarded-proto": ("$scheme", "https"),
    "x-forwarded-for": ("$proxy_add_x_forwarded_for", "$remote_addr"),
}


class InternalFiles(Check[Proxy]):
    id = "CONF-19"
    title = "Attachments are handed out where Odoo says so, and not by their path"
    severity = Severity.MEDIUM
    rationale = "A location for the filestore that is not internal gives every attachment to whoever knows its name."
    fix = "location /web/filestore { internal; alias /var/lib/odoo/filestore; } and x_sendfile = True"
    asvs = ("v5.0.0-13.4.3", "v5.0.0-8.2.2")

    def find(self, snapshot: Proxy, /) -> Iterator[Problem]:
        places = [place for server in snapshot.servers for place in server.locations if _serves_files(place)]
        sends = snapshot.conf is not None and snapshot.conf.flag("x_sendfile")
        if not places and not sends:
            raise NotApplicable("neither x_sendfile nor a location for the filestore")
        for place in places:
            if not place.values("internal"):
                message = f"location {place.path} hands out the filestore, and is not internal"
                yield _problem(place, message, place.path, Severity.HIGH)
        if sends and not places:
            yield Problem("x_sendfile is on, but no location hands out the filestore", "x_sendfile", warning=True)


class Hardening(Check[Proxy]):
    id = "CONF-23"
    title = "nginx encrypts, limits and hides what it should"
    severity = Severity.HIGH
    rationale = (
        "The proxy is the only place that can refuse a request before Odoo spends time on it, and Odoo sets none of "
        "these itself."
    )
    fix = (
        "ssl_protocols TLSv1.2 TLSv1.3; add_header Strict-Transport-Security 'max-age=63072000; includeSubDomains' "
        "always; proxy_cookie_flags session_id samesite=lax secure; proxy_set_header X-Forwarded-Host $host and "
        "-For and -Proto; location /web/database { return 404; } and limit_req where people and programs log in"
    )
    asvs = ("v5.0.0-12.1.1", "v5.0.0-12.2.1", "v5.0.0-3.4.1", "v5.0.0-3.3.1", "v5.0.0-13.4.5", "v5.0.0-6.3.1")

    def find(self, snapshot: Proxy, /) -> Iterator[Problem]:
        passing = [server for server in snapshot.servers if server.passing]
        if not passing:
            raise NotApplicable("no server passes requests on")
        for missing in snapshot.tree.missing:
            yield Problem(f"{missing} is included and not there: what it says was not checked", missing, warning=True)
        for place in (place for server in passing for place in server.locations if not place.is_followed):
            yield _problem(place, f"location {place.path} was not followed", place.path, warning=True)
        for server in passing:
            if server.is_tls:
                yield from _named(server, _tls(server))
            yield from _named(server, _plain(server))
            yield from _named(server, _headers(server))
            yield from _named(server, _limits(server))


def _named(server: Server, problems: Iterator[Problem]) -> Iterator[Problem]:
    """With the server in their subject: who accepts one has not accepted that of another server."""
    return (replace(one, subject=f"{server.name} {one.subject}") for one in problems)


def _plain(server: Server) -> Iterator[Problem]:
    if server.plain_listens and not any(map(_sends_to_tls, server.block.every("if"))):
        message = f"requests to {server.plain_listens[0]} are passed on without TLS"
        yield _problem(server.passing[0], message, "listen")


def _sends_to_tls(block: Directive) -> bool:
    return "($scheme" in block.arguments and bool(block.every("return"))


def _tls(server: Server) -> Iterator[Problem]:
    protocols = [word for words in server.whole.values("ssl_protocols") for word in words]
    old = sorted(_OLD.intersection(protocols))
    if old:
        yield _problem(server.whole, f"ssl_protocols allows {', '.join(old)}", "ssl_protocols")
    elif not protocols:
        message = "there is no ssl_protocols: before 1.23.4 nginx allows TLSv1"
        yield _problem(server.whole, message, "ssl_protocols default", warning=True)
    place = server.at("/web/login")
    age = [re.search(r"max-age=(\d{1,12})", words[1]) for words in _added(place, "strict-transport-security")]
    if not any(found and int(found[1]) >= _YEAR_S for found in age):
        message = "Strict-Transport-Security is not added, or for less than a year"
        yield _problem(place, message, "hsts", Severity.MEDIUM)
    elif not any("always" in words[2:] for words in _added(place, "strict-transport-security")):
        message = "Strict-Transport-Security is left out of errors: add always"
        yield _problem(place, message, "hsts", Severity.LOW)
    if not any(_is_safe(words) for name in ("proxy_cookie_flags", "proxy_cookie_path") for words in place.values(name)):
        message = "the session cookie gets no Secure and SameSite: proxy_cookie_flags session_id samesite=lax secure"
        yield _problem(place, message, "cookie")


def _is_safe(words: tuple[str, ...]) -> bool:
    """Whether the cookie of the session gets both attributes, by its name, by a pattern or by its path."""
    name, *rest = words or ("",)
    flags = " ".join(rest).lower()
    return (name in {"session_id", "/"} or name.startswith("~")) and bool(
        re.search(r"(?<!no)secure", flags) and re.search(r"samesite=(?:lax|strict)", flags)
    )


def _headers(server: Server) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for place in server.passing:
        for name, value, right in _forwarded(place):
            if (name, value) in seen or value in right:
                continue
            seen.add((name, value))
            if value:
                message = f"{name} is set to something else than {right[0]}"
                yield _problem(place, message, f"{name} {value}", warning=True)
            else:
                yield _problem(place, f"{name} of the client reaches Odoo as it is, by location {place.path}", name)
    for path in _MANAGER:
        if not server.at(path).refuses:
            yield _problem(server.at(path), f"the database manager is passed on: {path}", "/web/database")
            return


def _forwarded(place: Location) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The headers of a proxy: name, what they are set to, and what is right."""
    sent = {words[0].lower(): words[1] for words in place.values("proxy_set_header") if len(words) > 1}
    for name, right in _FORWARDED.items():
        yield name, sent.get(name, ""), right


def _limits(server: Server) -> Iterator[Problem]:
    for path in _LIMITED:
        place = server.at(path)
        limited = place.values("limit_req") and ("on",) not in place.values("limit_req_dry_run")
        if not limited and not place.refuses:
            yield _problem(place, f"{path} has no limit_req", f"limit {path}", Severity.MEDIUM)
    place = server.at("/web")
    size = next(iter(place.values("client_max_body_size")), ("1m",))[0].lower()
    match = re.fullmatch(r"(\d{1,15})([kmg]?)", size)
    if match and (int(match[1]) == 0 or int(match[1]) * _MIB[match[2]] > _BODY_MIB):
        message = f"client_max_body_size is {size}: a request can fill the disk"
        yield _problem(place, message, "client_max_body_size", Severity.MEDIUM)


def _added(place: Location, header: str) -> list[tuple[str, ...]]:
    return [words for words in place.values("add_header") if len(words) > 1 and words[0].lower() == header]


def _serves_files(place: Location) -> bool:
    roots = [word for name in ("alias", "root") for words in place.values(name) for word in words]
    return any("filestore" in root for root in roots) or (bool(roots) and "filestore" in place.path)


def _problem(
    place: Location, message: str, subject: str, severity: Severity | None = None, *, warning: bool = False
) -> Problem:
    block = place.block
    return Problem(message, subject, warning=warning, severity=severity, line=block.line, file=block.file)

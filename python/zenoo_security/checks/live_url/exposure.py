"""What anybody reaches that nobody should."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from zenoo_security.checks.check import NotApplicable, Problem, Severity
from zenoo_security.checks.live_url.base import SiteCheck
from zenoo_security.checks.live_url.questions import FILES
from zenoo_security.checks.live_url.snapshot import PORTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.live_url.snapshot import Site

__all__ = [
    "DatabaseManager",
    "DatabaseNames",
    "Debugger",
    "Debugging",
    "DirectPorts",
    "Files",
    "Metrics",
    "NoMasterPassword",
    "Notices",
    "RpcEndpoints",
]

_MANAGER: Final = re.compile(r"master_pwd|o_database_(?:list|master|create)", re.IGNORECASE)
_UNPROTECTED: Final = re.compile(r"database manager is not protected", re.IGNORECASE)
_LINKED: Final = re.compile(r"href=\"/(?:odoo|web)\?db=")
_DISABLED: Final = "has been disabled by the administrator"
_GIT: Final = re.compile(r"^(?:ref: |[0-9a-f]{40}\s*$)")
_ENV: Final = re.compile(r"\A(?!\s*<)(?s:.*?)^(?:export )?[A-Za-z_]\w{0,200}[ \t]*=", re.MULTILINE)
_KINDS: Final = {
    ".env": _ENV,
    ".conf": re.compile(r"^[ \t]*\[options\]", re.MULTILINE),
    ".sql": re.compile(r"PostgreSQL database dump|CREATE TABLE", re.IGNORECASE),
    ".zip": re.compile(r"\APK"),
    ".db": re.compile(r"\ASQLite format 3"),
    "/": re.compile(r"<title>Index of|Directory listing", re.IGNORECASE),
}
"""What is in a file, by the end of its path: a site may answer every path with a page."""
_DEBUGGER: Final = re.compile(r"EVALEX|Werkzeug Debugger|werkzeug\.debug|div\.debugger")
"""Nothing that stands in a question: a redirect repeats its query."""
_ASSETS: Final = re.compile(r"debug:\s*\"[^\"]*assets")
_HEALTH: Final = re.compile(r"\{\s*\"status\":")
_METRICS: Final = re.compile(r"^# (?:HELP|TYPE) ", re.MULTILINE)
_ADMIN_PATHS: Final = re.compile(
    r"^[ \t]*Disallow:[ \t]*(\S*(?:database|admin|backup|manager)\S*)", re.IGNORECASE | re.MULTILINE
)
_CLOSED: Final = "nginx: location {} {{ return 404; }}"


class DatabaseManager(SiteCheck):
    id = "URL-06"
    title = "The database manager is not reachable"
    severity = Severity.CRITICAL
    rationale = "With the master password anybody copies, replaces or deletes every database; it is guessed here."
    fix = "odoo.conf: list_db = False; " + _CLOSED.format("^~ /web/database")
    asvs = ("v5.0.0-13.4.5",)

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        for name in snapshot.asked("manager", "selector"):
            answer = snapshot.answer(name)
            if answer.is_found and _MANAGER.search(answer.text) and _DISABLED not in answer.text:
                yield Problem(f"/web/database/{name} answers", name)


class DatabaseNames(SiteCheck):
    id = "URL-07"
    title = "The names of the databases are not told"
    severity = Severity.HIGH
    rationale = "A name is half of what a login over RPC needs, and tells customers and test copies."
    fix = "odoo.conf: list_db = False; " + _CLOSED.format("^~ /xmlrpc")
    asvs = ("v5.0.0-13.4.5",)

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        manager = snapshot.answer("manager")
        if manager.is_found and _LINKED.search(manager.text):
            yield Problem("the database manager lists them", "manager")
        for name in snapshot.asked("databases", "xmlrpc_databases"):
            answer = snapshot.answer(name)
            if not answer.is_found:
                continue
            if answer.is_json_rpc and '"result"' in answer.text:
                yield Problem("/web/database/list lists them", "list")
            elif "<methodResponse>" in answer.text and "<fault>" not in answer.text:
                yield Problem("/xmlrpc/2/db lists them", "xmlrpc")


class NoMasterPassword(SiteCheck):
    id = "URL-08"
    title = "The master password is set"
    severity = Severity.CRITICAL
    rationale = "As long as it is not, whoever comes first sets it, and has every database."
    fix = "odoo.conf: admin_passwd = $pbkdf2-sha512$..., see CONF-02, and list_db = False"
    asvs = ("v5.0.0-6.3.2", "v5.0.0-13.4.5")

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        answer = snapshot.answer("manager")
        if answer.is_found and _UNPROTECTED.search(answer.text):
            yield Problem("the database manager says that it is not protected", "manager")


class RpcEndpoints(SiteCheck):
    id = "URL-11"
    title = "The old RPC interfaces are closed to the world"
    severity = Severity.MEDIUM
    rationale = "They log in by a password alone, and Odoo 19 announces their end: /json/2 takes their place."
    fix = "nginx: location ~ ^/(xmlrpc|jsonrpc) { allow 10.0.0.0/8; deny all; } with the addresses of your programs"
    asvs = ("v5.0.0-13.4.5", "v5.0.0-15.2.3")

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        answer = snapshot.answer("xmlrpc_version")
        if answer.is_found and "<methodResponse>" in answer.text:
            yield Problem("/xmlrpc/2 answers", "xmlrpc")
        if snapshot.answer("jsonrpc").is_json_rpc:
            yield Problem("/jsonrpc answers", "jsonrpc")


class DirectPorts(SiteCheck):
    id = "URL-12"
    title = "Only the proxy is reachable"
    severity = Severity.HIGH
    rationale = (
        "Beside the proxy there is no TLS, no limit and no header of it; a database in the open is tried all day."
    )
    fix = (
        "odoo.conf: http_interface = 127.0.0.1; PostgreSQL and Redis listen on the inner network; a firewall before all"
    )
    asvs = ("v5.0.0-13.4.5",)

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        if snapshot.ports is None:
            raise NotApplicable("the address is this machine, which reaches all of its own ports")
        for port in snapshot.ports:
            yield Problem(f"port {port} ({PORTS[port]}) is open", str(port))


class Debugging(SiteCheck):
    id = "URL-18"
    title = "Nobody debugs without logging in"
    severity = Severity.MEDIUM
    rationale = "Sources, test pages and the description of every interface are maps for an attack."
    fix = "nginx: if ($arg_debug) { return 404; } and " + _CLOSED.format("~ ^/(web/tests|doc)")
    asvs = ("v5.0.0-13.4.5", "v5.0.0-13.4.2")

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        answer = snapshot.answer("debug")
        if answer.is_found and _ASSETS.search(answer.text):
            yield Problem("?debug=assets works for anybody", "debug", severity=Severity.LOW)
        for name, path in (("tests", "/web/tests"), ("doc", "/doc")):
            if snapshot.answer(name).is_found:
                yield Problem(f"{path} answers", name)


class Debugger(SiteCheck):
    id = "URL-19"
    title = "There is no debugger"
    severity = Severity.CRITICAL
    rationale = "The debugger of werkzeug runs Python for whoever opens it."
    fix = "Take --dev out of the command line, and dev_mode out of odoo.conf"
    asvs = ("v5.0.0-13.4.2",)

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        for name in snapshot.asked("missing", "jsonrpc", "json2", "debugger"):
            if _DEBUGGER.search(snapshot.answer(name).text):
                yield Problem("the debugger of werkzeug answers, or stands on an error page", name)


class Files(SiteCheck):
    id = "URL-20"
    title = "No sources, settings or backups are served"
    severity = Severity.CRITICAL
    rationale = "They hold passwords, or the whole database."
    fix = "Serve nothing but Odoo: no root or alias in nginx outside of static files; move backups to another machine"
    asvs = ("v5.0.0-13.4.1", "v5.0.0-13.4.3", "v5.0.0-13.4.7")

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        git = snapshot.answer("missing")
        if git.is_found and _GIT.search(git.text):
            yield Problem("/.git/HEAD is served", "/.git/HEAD")
        elif not snapshot.is_active:
            raise NotApplicable(f"/.git/HEAD is not served; give --active to ask for {', '.join(FILES)}")
        for path in FILES if snapshot.is_active else ():
            answer = snapshot.answer(f"file {path}")
            if answer.is_found and _kind(path).search(answer.text):
                yield Problem(f"{path} is served", path)


def _kind(path: str) -> re.Pattern[str]:
    return next(pattern for end, pattern in _KINDS.items() if path.endswith(end))


class Notices(SiteCheck):
    id = "URL-26"
    title = "Who finds a hole knows whom to tell, and robots.txt tells no inner paths"
    severity = Severity.INFO
    rationale = "Without an address reports go to nobody, or to everybody."
    fix = "/.well-known/security.txt with Contact: and Expires:, RFC 9116"
    asvs = ("v5.0.0-13.4.5",)

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        answer = snapshot.answer("security_txt")
        if not answer.is_found or not re.search(r"^Contact:", answer.text, re.IGNORECASE | re.MULTILINE):
            yield Problem("there is no /.well-known/security.txt", "security.txt")
        robots = snapshot.answer("robots")
        if robots.is_found and _ADMIN_PATHS.search(robots.text):
            yield Problem("robots.txt names paths of administration", "robots.txt")


class Metrics(SiteCheck):
    id = "URL-27"
    title = "Metrics are not for everybody"
    severity = Severity.MEDIUM
    rationale = "They tell how busy what is, and names of queues, models and hosts."
    fix = _CLOSED.format("~ ^/(metrics|web/health)$") + ", or allow the monitoring's address alone"
    asvs = ("v5.0.0-13.4.5",)

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        answer = snapshot.answer("metrics")
        if answer.is_found and _METRICS.search(answer.text):
            yield Problem("/metrics answers", "metrics")
        health = snapshot.answer("health")
        if health.is_found and _HEALTH.search(health.text):
            yield Problem("/web/health tells anybody whether it runs", "health", severity=Severity.LOW)

"""What is asked: seven requests, and one more of plain http; with `--active` more. None changes anything."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from xmlrpc.client import dumps

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ABSENT_DATABASE",
    "FILES",
    "FORGED_HOST",
    "FORGED_ORIGIN",
    "MORE_QUESTIONS",
    "QUESTIONS",
    "TRACED",
    "Question",
    "authenticate",
    "questions",
]

FORGED_HOST: Final = "forged.invalid"
"""Of nobody, RFC 2606."""
FORGED_ORIGIN: Final = f"https://{FORGED_HOST}"
ABSENT_DATABASE: Final = "zs-no-such-database"
TRACED: Final = "X-Zenoo-Traced"
"""A header that only comes back in the answer to TRACE."""
FILES: Final = (
    "/.env",
    "/.svn/wc.db",
    "/odoo.conf",
    "/dump.sql",
    "/backup.sql",
    "/backup.zip",
    "/backup/",
    "/backups/",
    "/filestore/",
)
"""What is left lying about, beside `/.git/HEAD`."""
_FORWARDED: Final = {"X-Forwarded-Host": FORGED_HOST, "X-Forwarded-Proto": "http", "X-Forwarded-For": "192.0.2.1"}
_DEBUGGER: Final = "__debugger__=yes&cmd=resource&f=style.css"


@dataclass(frozen=True)
class Question:
    """One request.

    Args:
        path: with its query.
        method: of HTTP.
        headers: more of them.
        body: what is posted.
        base: scheme, host and port, where they are others.
        may_close: whether a closed connection is as good an answer as any, and not asked about again.
    """

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    base: str = ""
    may_close: bool = False


def _json(path: str, params: object) -> Question:
    body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
    return Question(path, "POST", {"Content-Type": "application/json"}, body)


def _service(service: str, method: str, *arguments: object) -> dict[str, object]:
    return {"service": service, "method": method, "args": arguments}


def _xml(path: str, method: str, *arguments: Any) -> Question:
    body = dumps(arguments, method).encode()
    return Question(path, "POST", {"Content-Type": "text/xml"}, body)


def authenticate(path: str, database: str, login: str, password: str) -> Question:
    """A login over RPC, at one of the two old paths."""
    if path == "/jsonrpc":
        return _json(path, _service("common", "authenticate", database, login, password, {}))
    return _xml(path, "authenticate", database, login, password, {})


QUESTIONS: Final[Mapping[str, Question]] = {
    "login": Question("/web/login", headers={"Origin": FORGED_ORIGIN}),
    "root": Question("/", headers={"Origin": FORGED_ORIGIN, **_FORWARDED}),
    "manager": Question("/web/database/manager"),
    "xmlrpc_version": _xml("/xmlrpc/2/common", "version"),
    "jsonrpc": _json("/jsonrpc", _service("common", "authenticate", ABSENT_DATABASE, "", "", {})),
    # Where it is not served, the answer is the error page. The query is one that werkzeug's debugger answers itself.
    "missing": Question(f"/.git/HEAD?{_DEBUGGER}"),
    "host": Question("/web/reset_password", headers={"Host": FORGED_HOST}, may_close=True),
}
"""Always."""
MORE_QUESTIONS: Final[Mapping[str, Question]] = {
    "debug": Question("/web/login?debug=assets"),
    "debugger": Question(f"/?{_DEBUGGER}"),
    "selector": Question("/web/database/selector"),
    "databases": _json("/web/database/list", {}),
    "xmlrpc_databases": _xml("/xmlrpc/2/db", "list"),
    "version_info": _json("/web/webclient/version_info", {}),
    "website_info": Question("/website/info"),
    "json2": Question("/json/2/zs"),
    "signup": Question("/web/signup"),
    "reset": Question("/web/reset_password"),
    "tests": Question("/web/tests"),
    "doc": Question("/doc"),
    "options": Question("/web/login", "OPTIONS"),
    "trace": Question("/web/login", "TRACE", headers={TRACED: "1"}),
    "websocket": Question(
        "/websocket",
        headers={
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
            "Origin": FORGED_ORIGIN,
        },
    ),
    "health": Question("/web/health"),
    "metrics": Question("/metrics"),
    "security_txt": Question("/.well-known/security.txt"),
    "robots": Question("/robots.txt"),
    **{f"file {path}": Question(path) for path in FILES},
}
"""With `--active`."""


def questions(scheme: str, host: str, port: int, *, active: bool = False) -> dict[str, Question]:
    """What an address is asked, the plain request first where it is one of TLS: to port 80, or to the very port."""
    asked = {**QUESTIONS, **(MORE_QUESTIONS if active else {})}
    if scheme != "https":
        return asked
    plain = 80 if port == 443 else port  # noqa: PLR2004 - of https
    return {"plain": Question("/web/login", base=f"http://{host}:{plain}"), **asked}

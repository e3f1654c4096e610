"""What is asked: thirty requests, which change nothing and try no credential."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ABSENT_DATABASE", "FORGED_HOST", "FORGED_ORIGIN", "QUESTIONS", "Question", "questions"]

FORGED_HOST: Final = "forged.invalid"
"""Of nobody, RFC 2606."""
FORGED_ORIGIN: Final = f"https://{FORGED_HOST}"
ABSENT_DATABASE: Final = "zs-no-such-database"


@dataclass(frozen=True)
class Question:
    """One request.

    Args:
        path: with its query.
        method: of HTTP.
        headers: more of them.
        body: what is posted.
        base: scheme, host and port, where they are others.
    """

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    base: str = ""


def _json(path: str, params: object) -> Question:
    body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
    return Question(path, "POST", {"Content-Type": "application/json"}, body)


def _xml(path: str, method: str) -> Question:
    body = f'<?xml version="1.0"?><methodCall><methodName>{method}</methodName><params/></methodCall>'.encode()
    return Question(path, "POST", {"Content-Type": "text/xml"}, body)


QUESTIONS: Final[Mapping[str, Question]] = {
    "root": Question("/", headers={"Origin": FORGED_ORIGIN}),
    "login": Question("/web/login", headers={"Origin": FORGED_ORIGIN}),
    "debug": Question("/web/login?debug=assets"),
    "manager": Question("/web/database/manager"),
    "selector": Question("/web/database/selector"),
    "databases": _json("/web/database/list", {}),
    "xmlrpc_databases": _xml("/xmlrpc/2/db", "list"),
    "xmlrpc_version": _xml("/xmlrpc/2/common", "version"),
    "version_info": _json("/web/webclient/version_info", {}),
    "jsonrpc": _json(
        "/jsonrpc", {"service": "common", "method": "authenticate", "args": [ABSENT_DATABASE, "", "", {}]}
    ),
    "json2": Question("/json/2/zs"),
    "missing": Question("/zs-no-such-page"),
    "forwarded": Question(
        "/web/login",
        headers={"X-Forwarded-Host": FORGED_HOST, "X-Forwarded-Proto": "http", "X-Forwarded-For": "192.0.2.1"},
    ),
    "host": Question("/web/reset_password", headers={"Host": FORGED_HOST}),
    "signup": Question("/web/signup"),
    "reset": Question("/web/reset_password"),
    "tests": Question("/web/tests"),
    "doc": Question("/doc"),
    "file_git": Question("/.git/HEAD"),
    "file_env": Question("/.env"),
    "file_conf": Question("/odoo.conf"),
    "file_dump": Question("/dump.sql"),
    "file_backup": Question("/backup.zip"),
    "file_store": Question("/filestore/"),
    "options": Question("/web/login", "OPTIONS"),
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
    "metrics": Question("/metrics"),
    "security_txt": Question("/.well-known/security.txt"),
    "robots": Question("/robots.txt"),
}


def questions(scheme: str, host: str, port: int) -> dict[str, Question]:
    """All of them, the plain request first where the address is one of TLS: to port 80, or to the very port."""
    if scheme != "https":
        return dict(QUESTIONS)
    plain = 80 if port == 443 else port  # noqa: PLR2004 - of https
    return {"plain": Question("/web/login", base=f"http://{host}:{plain}"), **QUESTIONS}

"""Defect 75: no security event was logged anywhere."""

from __future__ import annotations

import pytest

from web.driving import Sent, through
from zenoo_security.audit import AuditLog, configured
from zenoo_security.web import Cors, Csrf, Framing, Hosts, Https, Methods, QuerySecrets, RequestId, Sizes

HOST = (b"host", b"app.example.com")
HOSTILE = "hunter2"
REFUSED = {
    "csrf": (Csrf, Sent("POST", headers=[HOST, (b"cookie", b"a=b"), (b"origin", b"https://hunter2.example")])),
    "cors": (
        lambda: Cors(["https://shop.example.com"]),
        Sent(
            "OPTIONS",
            headers=[HOST, (b"origin", b"https://hunter2.example"), (b"access-control-request-method", b"GET")],
        ),
    ),
    "framing": (Framing, Sent(headers=[HOST, (b"x-shop", b"hunter2\x00")])),
    "hosts": (lambda: Hosts(["app.example.com"]), Sent(headers=[(b"host", b"hunter2.example")])),
    "https": (Https, Sent(path="/hunter2", scheme="http")),
    "methods": (Methods, Sent("HUNTER2")),
    "query": (QuerySecrets, Sent(query=b"password=hunter2")),
    "sizes": (lambda: Sizes(target_bytes=5), Sent(path="/hunter2")),
}


@pytest.mark.parametrize("kind", ["asgi", "wsgi"])
@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_is_told_with_the_request_and_without_what_was_sent(kind, name):
    make, sent = REFUSED[name]
    lines = []
    with configured(AuditLog(lambda entry: lines.append(entry.line.decode()))):
        got = through(kind, [RequestId(), make()], sent)
    (line,) = lines
    assert got.status >= 400
    assert got.values("x-request-id")[0].decode() in line
    assert '"source.address":"203.0.113.9"' in line
    assert HOSTILE not in (line + got.body.decode()).lower()

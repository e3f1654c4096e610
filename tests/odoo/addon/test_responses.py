"""Headers and cookies on whatever Odoo answers, and the database manager that is not there."""

from __future__ import annotations

import re
import socket
import xmlrpc.client
from configparser import RawConfigParser

import httpx
import pytest

pytestmark = pytest.mark.odoo

HTTPS = {"X-Forwarded-For": "203.0.113.200", "X-Forwarded-Host": "odoo.example.com", "X-Forwarded-Proto": "https"}


@pytest.fixture
def ask(addon_database):
    """A function that sends a request without the cookies of the one before."""

    def send(method: str, path: str, **options: object) -> httpx.Response:
        return httpx.request(method, addon_database.url + path, timeout=120, trust_env=False, **options)

    return send


@pytest.mark.asvs("3.4.1", "3.4.3", "3.4.4", "3.4.5", "3.4.6")
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/web/login?db={db}", 200),
        ("/web/static/img/favicon.ico", 200),
        ("/web/static/absent.js", 404),
        ("/absent", 404),
        ("/web", 303),
        ("/json/2/res.users/context_get", 404),
    ],
)
def test_every_response_has_the_headers(addon_database, ask, path, status):
    """Pages, static files, what is not there, redirects, and what is answered without a database."""
    for headers in ({}, HTTPS):
        answer = ask("GET", path.format(db=addon_database.name), headers=headers)
        assert answer.status_code == status
        assert answer.headers.get_list("x-content-type-options") == ["nosniff"]
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
        assert answer.headers.get_list("x-frame-options") in (["SAMEORIGIN"], ["sameorigin"])
        assert answer.headers["referrer-policy"]
        assert ("strict-transport-security" in answer.headers) is bool(headers)


def test_an_error_has_the_headers(ask):
    answer = ask("POST", "/jsonrpc", json={"params": {"service": "no such", "method": "x", "args": []}})
    assert "error" in answer.json()
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.asvs("14.3.2")
def test_what_is_answered_to_a_user_is_kept_nowhere(addon_database, ask):
    """Whatever way the question came, recovery codes among the answers; files that are for everybody stay as they are."""
    user = addon_database.create_user()
    login = {"db": addon_database.name, "login": user.login, "password": user.password}
    params = {"service": "common", "method": "version", "args": []}
    answers = {
        "web": ask("POST", "/web/session/authenticate", json={"params": login}),
        "jsonrpc": ask("POST", "/jsonrpc", json={"params": params}),
        "xmlrpc": ask("POST", "/xmlrpc/2/common", content=xmlrpc.client.dumps((), "version")),
        "json/2": ask("POST", "/json/2/res.users/context_get", json={}),
        "form": ask("POST", f"/web/login?db={addon_database.name}", data=login),
    }
    kept = {name: answer.headers.get("cache-control") for name, answer in answers.items()}
    assert kept == dict.fromkeys(answers, "no-store, max-age=0")
    assert "max-age=604800" in ask("GET", "/web/static/img/favicon.ico").headers["cache-control"]


@pytest.mark.asvs("3.3.1", "3.3.2", "3.3.4")
def test_cookie_of_the_session(addon_database, ask):
    """Secure over https alone, since a browser would not keep it otherwise."""
    path = f"/web/login?db={addon_database.name}"
    for headers, secure in (({}, False), (HTTPS, True)):
        answer = ask("GET", path, headers=headers)
        [cookie] = [value for value in answer.headers.get_list("set-cookie") if value.startswith("session_id=")]
        attributes = {part.strip().lower() for part in cookie.split(";")}
        assert {"httponly", "samesite=lax"} <= attributes
        assert ("secure" in attributes) is secure


@pytest.mark.asvs("13.4.5")
def test_database_manager_is_not_there(addon_database, ask):
    """Neither its pages nor the service, for those who ask by another spelling of the path either."""
    for path in ("/web/database/manager", "/web/database/selector", "/web/database//manager", "/xmlrpc/2/db"):
        assert ask("GET", path, follow_redirects=True).status_code == 404, path
    assert ask("POST", "/web/database/list", json={"params": {}}).status_code == 404
    for method, args in (("list", []), ("drop", ["admin", addon_database.name]), ("dump", ["admin", "x", "zip"])):
        answer = ask("POST", "/jsonrpc", json={"params": {"service": "db", "method": method, "args": args}}).json()
        assert answer["error"]["data"]["name"] == "odoo.exceptions.AccessDenied"


def event_port(server) -> int:
    parser = RawConfigParser()
    parser.read(server.log_path.parent / "odoo.conf")
    return parser.getint("options", "gevent_port")


def read_until(connection, end: bytes) -> bytes:
    received = b""
    while not received.endswith(end) and (chunk := connection.recv(10_000)):
        received += chunk
    return received


@pytest.mark.asvs("3.3.1", "3.3.2")
def test_websockets_open(addon_server, addon_database, ask):
    """On the port of the process that waits for events; the cookie that the answer sets is no weaker than others."""
    port = event_port(addon_server)
    session = ask("GET", f"/web/login?db={addon_database.name}").cookies["session_id"]
    lines = [
        "GET /websocket?version=old HTTP/1.1",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        f"Host: 127.0.0.1:{port}",
        f"Origin: http://127.0.0.1:{port}",
        f"Cookie: session_id={session}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        *(f"{name}: {value}" for name, value in HTTPS.items()),
    ]
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = read_until(connection, b"OUTDATED_VERSION").decode(errors="replace")
    assert answer.endswith("OUTDATED_VERSION")
    assert answer.startswith("HTTP/1.1 101 ")
    [cookie] = re.findall(r"(?i)set-cookie: (session_id=[^\r]+)", answer)
    assert {"HttpOnly", "Secure", "SameSite=Lax"} <= set(cookie.split("; "))


def test_nobody_logs_in_where_events_are_waited_for(addon_server, addon_database):
    """Nothing but websockets belongs there; a login is refused, and does not hang."""
    user = addon_database.create_user()
    params = {"service": "common", "method": "login", "args": [addon_database.name, user.login, user.password]}
    address = f"http://127.0.0.1:{event_port(addon_server)}/jsonrpc"
    for _ in range(3):
        answer = httpx.post(address, json={"params": params}, timeout=60, trust_env=False).json()
        assert answer["result"] is False

"""What Odoo tells strangers and users about itself: no traceback, no query, no path, no build."""

from __future__ import annotations

import re
import socket
import xmlrpc.client
from configparser import RawConfigParser

import httpx
import pytest

pytestmark = [pytest.mark.odoo, pytest.mark.asvs("13.4.2", "16.5.1")]

BUILD = "20261130"
INSIDE = re.compile(r"Traceback|File \\?\"|/[a-z]+/[a-z_/0-9.-]+\.py|LINE 1|syntax for|SELECT|server at")


@pytest.fixture
def user(addon_database):
    return addon_database.create_user()


@pytest.fixture
def administrator(addon_database):
    return addon_database.create_user(["base.group_user", "base.group_system"])


@pytest.fixture
def post(addon_database):
    def send(path, **options):
        return httpx.post(addon_database.url + path, timeout=120, trust_env=False, **options)

    return send


def object_call(database, user, method="search", **keywords):
    return [database.name, user.uid, user.password, "res.partner", method, [[]], keywords or {"limit": "nonsense"}]


def jsonrpc(service, method, args):
    return {"jsonrpc": "2.0", "params": {"service": service, "method": method, "args": args}}


def reference_of(text: str) -> str:
    return re.search(r"Its log says why\. Request ([0-9a-f]{16})", text)[1]


def assert_found_in_log(server, reference):
    [line] = [line for line in server.log_path.read_text().splitlines() if f"Request {reference}: " in line]
    assert re.search(r"psycopg2\.errors\.InvalidTextRepresentation in /.+\.py, line [0-9]+\s*$", line)


def test_jsonrpc_tells_nothing_but_the_reference(addon_server, addon_database, post, user):
    answer = post("/jsonrpc", json=jsonrpc("object", "execute_kw", object_call(addon_database, user)))
    assert not INSIDE.search(answer.text), answer.text
    data = answer.json()["error"]["data"]
    assert list(data) == ["name", "message", "arguments", "context", "debug"]
    reference = reference_of(data["message"])
    assert answer.headers["x-request-id"] == reference
    assert data["debug"] == f"Request {reference}"
    assert_found_in_log(addon_server, reference)


@pytest.mark.parametrize("path", ["/xmlrpc/2/object", "/xmlrpc/object"])
def test_xmlrpc_tells_nothing_but_the_reference(addon_server, addon_database, post, user, path):
    body = xmlrpc.client.dumps(tuple(object_call(addon_database, user)), "execute_kw")
    answer = post(path, content=body, headers={"Content-Type": "text/xml"})
    assert not INSIDE.search(answer.text), answer.text
    assert_found_in_log(addon_server, reference_of(answer.text))
    with pytest.raises(xmlrpc.client.Fault) as fault:
        xmlrpc.client.loads(answer.text)
    assert path == "/xmlrpc/object" or fault.value.faultCode == 1


def test_json2_tells_nothing_but_the_reference(addon_server, addon_database, post, user, give_api_key):
    headers = {"Authorization": f"bearer {give_api_key(addon_database, user)}", "X-Odoo-Database": addon_database.name}
    answer = post("/json/2/res.partner/search", json={"domain": [], "limit": "nonsense"}, headers=headers)
    assert answer.status_code == 500
    assert not INSIDE.search(answer.text), answer.text
    assert_found_in_log(addon_server, reference_of(answer.json()["message"]))
    missing = post("/json/2/res.partner/no_such", json={}, headers=headers).json()
    assert missing["message"] == "The method 'res.partner.no_such' does not exist"


def test_what_odoo_wrote_for_users_stays(addon_database, post, user):
    """With its name and its arguments, for the client to tell the user; without the traceback."""
    call = [*object_call(addon_database, user, "create")[:5], [{"name": "x", "parent_id": 987654}]]
    answer = post("/jsonrpc", json=jsonrpc("object", "execute_kw", call))
    data = answer.json()["error"]["data"]
    assert data["name"].startswith("odoo.exceptions.")
    assert data["arguments"] == [data["message"]]
    assert "Its log" not in data["message"]
    assert not INSIDE.search(answer.text), answer.text


def test_a_database_that_is_not_there_tells_no_address(post):
    """Odoo quotes where PostgreSQL is."""
    answer = post("/jsonrpc", json=jsonrpc("common", "login", ["no_such", "admin", "admin"]))
    assert "127.0.0.1" not in answer.text
    assert not INSIDE.search(answer.text), answer.text


def test_rules_of_the_database_quote_no_row(addon_database, post, user):
    """Where a rule has no words of its own, Odoo passes on those of PostgreSQL, which quote the whole row."""
    addon_database.sql("ALTER TABLE res_partner ADD CONSTRAINT zenoo_test CHECK (name <> 'refused-name') NOT VALID")
    try:
        call = [*object_call(addon_database, user)[:4], "create", [{"name": "refused-name", "ref": "row-content"}], {}]
        call[1:3] = [2, addon_database.admin_password]
        answer = post("/jsonrpc", json=jsonrpc("object", "execute_kw", call))
    finally:
        addon_database.sql("ALTER TABLE res_partner DROP CONSTRAINT zenoo_test")
    message = answer.json()["error"]["data"]["message"]
    assert message == "The operation cannot be completed: These values are not allowed (zenoo_test)."
    assert "row-content" not in answer.text


def test_an_administrator_in_debug_mode_sees_all(addon_database, post, user, administrator):
    """Over RPC debug mode is asked for in the address; nobody else gets it by asking."""
    for who, path, seen in (
        (administrator, "/jsonrpc?debug=1", True),
        (administrator, "/jsonrpc?debug=0", False),
        (administrator, "/jsonrpc", False),
        (user, "/jsonrpc?debug=1", False),
    ):
        answer = post(path, json=jsonrpc("object", "execute_kw", object_call(addon_database, who)))
        assert ("Traceback" in answer.json()["error"]["data"]["debug"]) is seen
    wrong = [addon_database.name, administrator.uid, "wrong", "res.partner", "search", [[]], {"limit": "x"}]
    answer = post("/jsonrpc?debug=1", json=jsonrpc("object", "execute_kw", wrong))
    assert not INSIDE.search(answer.text), answer.text


def test_debug_mode_is_asked_for_at_every_entrance(addon_database, post, user, administrator, give_api_key):
    for who, seen in ((administrator, True), (user, False)):
        body = xmlrpc.client.dumps(tuple(object_call(addon_database, who)), "execute_kw")
        answers = [post(f"{path}?debug=1", content=body) for path in ("/xmlrpc/2/object", "/xmlrpc/object")]
        headers = {"Authorization": f"bearer {give_api_key(addon_database, who)}"}
        headers["X-Odoo-Database"] = addon_database.name
        search = {"domain": [], "limit": "nonsense"}
        answers.append(post("/json/2/res.partner/search?debug=1", json=search, headers=headers))
        assert ["Traceback" in answer.text for answer in answers] == [seen] * 3


def test_the_web_client_shows_tracebacks_in_debug_mode_to_administrators(addon_database, user, administrator):
    for who, debug, seen in ((user, 0, False), (user, 1, False), (administrator, 0, False), (administrator, 1, True)):
        with httpx.Client(base_url=addon_database.url, timeout=120, trust_env=False) as client:
            params = {"db": addon_database.name, "login": who.login, "password": who.password}
            logged_in = client.post("/web/session/authenticate", json={"params": params}).json()["result"]
            call = {"model": "res.partner", "method": "search", "args": [[]], "kwargs": {"limit": "nonsense"}}
            answer = client.post(f"/web/dataset/call_kw?debug={debug}", json={"params": call})
            assert ("Traceback" in answer.json()["error"]["data"]["debug"]) is seen
            assert bool(INSIDE.search(answer.text)) is seen
            versions = client.post(f"/web/webclient/version_info?debug={debug}", json={"params": {}}).text
            assert (BUILD in versions) is seen
            assert logged_in["server_version"] == "19.0"


def test_pages_of_errors_show_no_traceback(addon_database, user, administrator):
    """Odoo's debug mode is for everybody who writes it into the address."""
    for who, seen in ((user, False), (administrator, True)):
        with httpx.Client(base_url=addon_database.url, timeout=120, trust_env=False) as client:
            params = {"db": addon_database.name, "login": who.login, "password": who.password}
            client.post("/web/session/authenticate", json={"params": params})
            answer = client.post("/web/signup?debug=1", data={})
            assert answer.status_code == 400
            assert "invalid CSRF token" in answer.text
            assert bool(INSIDE.search(answer.text)) is seen, answer.text


def test_a_page_that_fails_is_named_in_the_log(addon_server, addon_database):
    """By the id that its answer has, with the type and the place."""
    with httpx.Client(base_url=addon_database.url, timeout=120, trust_env=False) as client:
        client.get("/web/login", params={"db": addon_database.name})
        answer = client.get("/zenoo_looked_at/fail")
    assert answer.status_code == 500
    assert "row-content" not in answer.text
    lines = addon_server.log_path.read_text().splitlines()
    [line] = [line for line in lines if f"Request {answer.headers['x-request-id']}: " in line]
    assert re.search(r"builtins\.KeyError in /.+/zenoo_looked_at/__init__\.py, line [0-9]+\s*$", line)


@pytest.mark.asvs("13.4.6")
def test_versions_name_the_series_and_no_build(addon_database, post):
    """Clients ask for it before they log in, to know what the server can."""
    url = addon_database.url
    answers = {
        "page": httpx.get(f"{url}/web/version", trust_env=False),
        "json": httpx.get(f"{url}/json/version", trust_env=False),
        "web client": post("/web/webclient/version_info", json={"params": {}}),
        "common": post("/jsonrpc", json=jsonrpc("common", "version", [])),
        "about": post("/jsonrpc", json=jsonrpc("common", "about", [True])),
        "db": post("/jsonrpc", json=jsonrpc("db", "server_version", [])),
    }
    for name, answer in answers.items():
        assert "19.0" in answer.text, name
        assert BUILD not in answer.text, name
    common = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common").version()
    assert common["server_version"] == common["server_serie"] == "19.0"
    assert common["server_version_info"][:2] == [19, 0]


@pytest.mark.asvs("13.4.6")
def test_the_server_header_names_no_version(addon_server, addon_database):
    """Nor where Werkzeug answers alone, to a request with too many headers; nor on the port of the process that waits for events."""
    parser = RawConfigParser()
    parser.read(addon_server.log_path.parent / "odoo.conf")
    event_url = f"http://127.0.0.1:{parser.getint('options', 'gevent_port')}/web/login"
    for url in (f"{addon_database.url}/web/login", f"{addon_database.url}/web/static/absent.js", event_url):
        answer = httpx.get(url, trust_env=False, timeout=60)
        assert answer.headers.get("server", "Odoo") == "Odoo"
    port = int(addon_database.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 101)
        answer = connection.recv(10_000)
    assert b"\r\nServer: Odoo\r\n" in answer
    assert not re.search(rb"werkzeug|python", answer, re.IGNORECASE)

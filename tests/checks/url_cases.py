"""The checks of an address."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from checks.case import Case
from zenoo_security.checks.live_url.answer import Answer, Silence
from zenoo_security.checks.live_url.questions import FILES, FORGED_HOST, FORGED_ORIGIN, TRACED, questions
from zenoo_security.checks.live_url.snapshot import Site
from zenoo_security.checks.live_url.tls import TlsFacts
from zenoo_security.checks.live_url.tried import Tried

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOT_FOUND = Answer(404, (("strict-transport-security", "max-age=63072000; includeSubDomains"),))
COOKIE = "session_id=abc; Max-Age=604800; Secure; HttpOnly; Path=/; SameSite=lax"
HEADERS = {
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "content-security-policy": "object-src 'none'; base-uri 'none'; frame-ancestors 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
    "set-cookie": COOKIE,
    "server": "nginx",
}
TLS = TlsFacts(trusted=True, version="TLSv1.3", cipher="TLS_AES_256_GCM_SHA384", days_left=80)
FORM = '<form><input name="login"/></form>'


def page(text: str = FORM, status: int = 200, *, without: str = "", **headers: str) -> Answer:
    """The login page of a hardened site, with these headers instead; `_` for `-`."""
    given = {**HEADERS, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Answer(status, tuple((name, value) for name, value in given.items() if name != without), text)


HARDENED = Site(
    "https://shop.example.com:443",
    {
        **dict.fromkeys(questions("https", "shop.example.com", 443, active=True), NOT_FOUND),
        "plain": Answer(301, (("location", "https://shop.example.com/"),)),
        "root": page("<html></html>"),
        "login": page(),
        "debug": page(),
        "host": Silence("no answer to GET /web/reset_password: RemoteProtocolError", closed=True),
        "options": Answer(200, (("allow", "GET, HEAD, OPTIONS, POST"),)),
        "security_txt": Answer(200, (), "Contact: mailto:security@example.com\nExpires: 2030-01-01T00:00:00Z\n"),
    },
    TLS,
    tried=Tried({"admin": False, "demo": False}, slowed=True, tells_accounts=False),
)
"""As `--active` sees it, but for the default passwords of the cases."""


def site(**answers: Answer | Silence) -> Callable[[Path], Site]:
    """The hardened site with these answers instead."""
    return lambda _folder: replace(HARDENED, answers={**HARDENED.answers, **answers})


def other(**attributes: object) -> Callable[[Path], Site]:
    """The hardened site with these attributes instead."""
    return lambda _folder: replace(HARDENED, **attributes)


def ok(text: str) -> Answer:
    """A page that is there."""
    return Answer(200, (), text)


def passive(**answers: Answer | Silence) -> Callable[[Path], Site]:
    """The hardened site as it is seen without `--active`."""
    return lambda folder: replace(site(**answers)(folder), tried=None)


def served(path: str, text: str) -> Callable[[Path], Site]:
    """The hardened site with this text at a path."""
    return site(**{f"file {path}": ok(text)})


hardened = site()
FOUND = {
    path: {
        "env": "# mine\nDB_PASSWORD=x\n",
        "conf": "[options]\ndb_user = odoo\n",
        "sql": "-- PostgreSQL database dump\n",
        "zip": "PK\x03\x04",
        "db": "SQLite format 3\0",
    }.get(path.rpartition(".")[2], f"<title>Index of {path}</title>")
    for path in FILES
}
secure_tried = hardened
plain_site = other(base="http://shop.example.com:80", tls=None)
XML_VERSION = (
    "<methodResponse><name>server_version</name><value><string>19.0</string></value>"
    "<name>server_serie</name>\n<value><string>{}</string></value></methodResponse>"
)
TRACEBACK = '{"debug": "Traceback (most recent call last):\\n  File \\"/opt/odoo/http.py\\", line 1"}'
JSON = '{"jsonrpc": "2.0", "id": null, '

CASES: dict[str, list[Case]] = {
    "URL-01": [
        Case(plain_site, hardened, "over plain http"),
        Case(site(plain=page()), site(plain=Silence("no answer")), "over plain http"),
        Case(site(plain=Answer(301, (("location", "http://shop.example.com/x"),))), hardened, "redirected to plain"),
    ],
    "URL-02": [
        Case(other(tls=None), hardened, "plain http"),
        Case(other(tls=TlsFacts(trusted=False, problem="certificate has expired")), hardened, "has expired"),
        Case(other(tls=replace(TLS, old=True)), hardened, "TLS 1.0"),
        Case(other(tls=replace(TLS, old=None)), hardened, "cannot be asked from here", warning=True),
        Case(other(tls=replace(TLS, days_left=20.9)), other(tls=replace(TLS, days_left=21)), "ends in 20 days"),
        Case(other(tls=replace(TLS, cipher="AES128-SHA")), hardened, "AES128-SHA"),
    ],
    "URL-03": [
        Case(site(login=page(without="strict-transport-security")), hardened, "the login page has no"),
        Case(site(missing=Answer(404)), site(missing=Silence("no answer", closed=True)), "an error page has no"),
        Case(
            site(login=page(strict_transport_security="max-age=300; includeSubDomains")),
            site(login=page(strict_transport_security='includeSubDomains; max-age="31536000"')),
            "ends before a year",
        ),
        Case(site(login=page(strict_transport_security="max-age=63072000")), hardened, "leaves subdomains out"),
    ],
    "URL-04": [
        Case(site(login=page(without="content-security-policy")), hardened, "frame-ancestors is missing"),
        Case(
            site(login=page(content_security_policy="frame-ancestors 'self'")),
            site(login=page(content_security_policy="default-src 'none'; base-uri 'self'; frame-ancestors 'none'")),
            "object-src",
        ),
        Case(
            site(login=page(content_security_policy=HEADERS["content-security-policy"] + "; script-src 'unsafe-eval'")),
            hardened,
            "'unsafe-eval'",
            warning=True,
        ),
        Case(site(login=page(without="x-content-type-options")), hardened, "nosniff is missing"),
        Case(site(login=page(referrer_policy="unsafe-url")), hardened, "unsafe-url"),
        Case(site(login=page(without="permissions-policy")), hardened, "Permissions-Policy is missing"),
        Case(site(login=page(feature_policy="camera 'none'")), hardened, "obsolete"),
        Case(site(login=page(x_xss_protection="1; mode=block")), site(login=page(x_xss_protection="0")), "opens holes"),
    ],
    "URL-05": [
        Case(site(login=page(set_cookie="session_id=a; HttpOnly; SameSite=Lax")), hardened, "not Secure"),
        Case(site(login=page(set_cookie="session_id=a; Secure; SameSite=Lax")), hardened, "not HttpOnly"),
        Case(
            site(login=page(set_cookie="session_id=a; Secure; HttpOnly; SameSite=None")),
            site(login=page(set_cookie="__Host-session_id=a; Secure; HttpOnly; SameSite=strict")),
            "no SameSite",
        ),
        Case(site(login=page(set_cookie=COOKIE + "; Domain=example.com")), hardened, "has a Domain"),
        Case(site(login=page(set_cookie=COOKIE.replace("604800", "7776000"))), hardened, "more than a week"),
    ],
    "URL-06": [
        Case(site(manager=ok('<input name="master_pwd"/>')), hardened, "/web/database/manager answers"),
        Case(
            site(selector=ok('<div class="o_database_list">')),
            site(manager=ok("o_database_list The database manager has been disabled by the administrator")),
            "/web/database/selector answers",
        ),
    ],
    "URL-07": [
        Case(
            site(databases=ok(JSON + '"result": ["shop"]}')),
            site(databases=ok(JSON + '"error": {"message": "Access Denied"}}')),
            "/web/database/list",
        ),
        Case(site(manager=ok('<a href="/odoo?db=shop">shop</a>')), site(manager=ok("<a>")), "the database manager"),
        Case(
            site(xmlrpc_databases=ok("<methodResponse><params><string>shop</string></params></methodResponse>")),
            site(xmlrpc_databases=ok("<methodResponse><fault>Access Denied</fault></methodResponse>")),
            "/xmlrpc/2/db",
        ),
    ],
    "URL-08": [
        Case(site(manager=ok("Warning, your Odoo database manager is not protected.")), hardened, "not protected"),
    ],
    "URL-09": [
        Case(site(xmlrpc_version=ok(XML_VERSION.format("19.0"))), hardened, "/xmlrpc/2/common tells"),
        Case(site(version_info=ok(JSON + '"result": {"server_serie": "19.0"}}')), hardened, "version_info tells"),
        Case(site(website_info=ok("<h1>Odoo 19.0</h1>")), hardened, "/website/info tells"),
        Case(site(xmlrpc_version=ok(XML_VERSION.format("14.0"))), hardened, "Odoo 14.0 gets no fixes"),
        Case(site(login=page(server="nginx/1.22.1")), hardened, "Server tells"),
        Case(site(root=page('<meta name="generator" content="Odoo"/>')), hardened, "its generator"),
    ],
    "URL-10": [
        Case(
            site(jsonrpc=ok(JSON + '"error": {"message": "connection to server at \\"192.168.1.1\\", port 5432"}}')),
            site(jsonrpc=ok(JSON + '"error": {"message": "Odoo Server Error"}}')),
            "where the database is",
        ),
        Case(site(json2=Answer(404, (), TRACEBACK)), hardened, "/json/2 shows a traceback"),
    ],
    "URL-11": [
        Case(site(xmlrpc_version=ok(XML_VERSION.format("19.0"))), hardened, "/xmlrpc/2 answers"),
        Case(site(jsonrpc=ok(JSON + '"error": {}}')), site(jsonrpc=Answer(403)), "/jsonrpc answers"),
    ],
    "URL-12": [Case(other(ports=(8069, 5432)), hardened, "port 5432 (PostgreSQL) is open")],
    "URL-13": [
        Case(site(root=Answer(303, (("location", f"http://{FORGED_HOST}/odoo"),))), hardened, "Host is believed"),
        Case(site(root=page(f'<a href="http://{FORGED_HOST}/"/>')), hardened, "Host is believed"),
        Case(
            site(root=Answer(303, (("location", "http://shop.example.com/odoo"),))),
            site(root=Answer(303, (("location", "https://shop.example.com/odoo"),))),
            "X-Forwarded-Proto is believed",
        ),
    ],
    "URL-14": [Case(site(host=page()), site(host=Answer(421)), "another host is answered")],
    "URL-15": [
        Case(site(signup=ok('<input name="confirm_password"/>')), hardened, "makes accounts for anybody"),
        Case(
            passive(login=page(FORM + '<a href="/web/signup?">')),
            site(login=page(FORM + '<a href="/web/signup?">')),
            "makes accounts for anybody",
        ),
        Case(site(reset=ok(FORM)), hardened, "anybody's account", warning=True),
        Case(
            passive(login=page(FORM + '<a href="/web/reset_password?">')),
            passive(),
            "anybody's account",
            warning=True,
        ),
        Case(other(tried=Tried(tells_accounts=True)), hardened, "which accounts there are"),
    ],
    "URL-16": [
        Case(other(tried=Tried({"admin": True, "demo": False}, slowed=True)), secure_tried, "admin has the password"),
    ],
    "URL-17": [
        Case(other(tried=Tried(slowed=False)), secure_tried, "nothing slowed down"),
        Case(other(tried=Tried(slowed=True, forwarded=True)), secure_tried, "a forged X-Forwarded-For"),
        Case(other(tried=Tried(slowed=True, uneven=True)), secure_tried, "workers count apart", warning=True),
        Case(other(tried=Tried(slowed=True, unlimited=("/jsonrpc",))), secure_tried, "over /jsonrpc", warning=True),
    ],
    "URL-18": [
        Case(site(debug=page('var odoo = {debug: "assets"}')), site(debug=page('{debug: ""}')), "?debug=assets"),
        Case(site(doc=ok("<html>")), site(doc=Answer(303, (("location", "/web/login"),))), "/doc answers"),
    ],
    "URL-19": [
        Case(
            site(missing=page("<title>// Werkzeug Debugger</title>", 500)),
            site(missing=page("?__debugger__=yes")),
            "debugger of werkzeug",
        ),
        Case(site(debugger=ok("div.debugger { text-align: left }")), hardened, "debugger of werkzeug"),
    ],
    "URL-20": [
        Case(site(missing=ok("ref: refs/heads/main\n")), site(missing=page("<html>an own page")), "/.git/HEAD"),
        *(Case(served(path, text), served(path, '<a href="x">'), f"{path} is served") for path, text in FOUND.items()),
    ],
    "URL-21": [
        Case(site(options=Answer(200, (("allow", "GET, TRACE"),))), hardened, "TRACE is offered"),
        Case(site(trace=ok(f"TRACE / HTTP/1.1\r\n{TRACED.lower()}: 1")), hardened, "sends back"),
        Case(site(trace=page()), site(trace=Answer(405)), "answered like GET"),
    ],
    "URL-22": [
        Case(
            site(
                login=page(access_control_allow_origin=FORGED_ORIGIN, access_control_allow_credentials="true"),
            ),
            site(login=page(access_control_allow_origin="https://shop.example.com")),
            "with its session",
        ),
        Case(site(root=page(access_control_allow_origin="*")), hardened, "every origin"),
    ],
    "URL-23": [
        Case(site(websocket=Answer(101)), hardened, "a page of another site", warning=True),
        Case(
            lambda folder: replace(site(websocket=Answer(101))(folder), base="http://shop.example.com:80"),
            hardened,
            "not encrypted",
        ),
    ],
    "URL-24": [
        Case(site(login=page(cache_control="no-cache")), hardened, "does not say no-store"),
        Case(site(login=page(cache_control="public, max-age=60")), hardened, "says public"),
    ],
    "URL-25": [
        Case(
            site(login=page('<script async src="https://cdn.example.net/x.js"></script>')),
            site(
                login=page(
                    '<script src="/web/x.js"></script><script src="//cdn.example.net/x.js" integrity="sha384-x"></script>'
                )
            ),
            "a script of cdn.example.net",
        ),
        Case(site(login=page("<img src='http://shop.example.com/x.png'>")), hardened, "over plain http"),
    ],
    "URL-26": [
        Case(site(security_txt=NOT_FOUND), hardened, "security.txt"),
        Case(
            site(robots=ok("User-agent: *\nDisallow: /web/database/\n")),
            site(robots=ok("User-agent: *\nDisallow: /cart\n")),
            "robots.txt names",
        ),
    ],
    "URL-27": [
        Case(site(metrics=ok("# HELP jobs_total Jobs.\njobs_total 1\n")), hardened, "/metrics answers"),
        Case(site(health=ok('{"status": "pass"}')), site(health=page("<html>")), "/web/health tells"),
    ],
    "URL-28": [Case(other(tried=Tried({}, slowed=True, pictures=2)), secure_tried, "pictures of 2 users")],
}

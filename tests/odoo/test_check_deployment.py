"""A fresh default Odoo has its known faults; hardened by what the fixes say, and behind nginx, it gets an A."""

from __future__ import annotations

import os

import pytest

from nginx_server import make_certificates, running_nginx
from zenoo_security.auth.odoo import OdooServer
from zenoo_security.checks import Severity, Status, Target, run
from zenoo_security.cli.connection import OdooLogin
from zenoo_security.testing import LocalOdoo
from zenoo_security.testing.database import hash_as_odoo

pytestmark = [pytest.mark.odoo, pytest.mark.timeout(600)]

# /etc/odoo/odoo.conf of Debian's package.
DEFAULT_CONF = """\
[options]
; This is the password that allows database operations:
; admin_passwd = admin
db_host = False
db_port = False
db_user = odoo
db_password = False
"""

KNOWN_FAULTS = {
    "CONF-01", "CONF-03", "CONF-04", "CONF-06", "CONF-07",
    "URL-01", "URL-02", "URL-04", "URL-05", "URL-06", "URL-07", "URL-08", "URL-09", "URL-10", "URL-11", "URL-14",
    "URL-15", "URL-24",
    "RPC-01", "RPC-03", "RPC-05", "RPC-08", "RPC-11", "RPC-18", "RPC-28", "RPC-29",
}  # fmt: skip
FOUND_WITH_ACTIVE = {"URL-06", "URL-07", "URL-09", "URL-15", "URL-18", "URL-21", "URL-23", "URL-26", "URL-27"}

HASH = "$pbkdf2-sha512$600000$Y2FmZWJhYmVjYWZlYmFiZQ$" + "A" * 86
HARDENED = {
    "admin_passwd": HASH,
    "list_db": False,
    "dbfilter": "^shop$",
    "proxy_mode": True,
    "with_demo": False,
    "db_maxconn": 8,
}
NGINX = """
server_tokens off;
map $request_method $guess { POST $binary_remote_addr; default ""; }
limit_req_zone $guess zone=guesses:1m rate=10r/m;
limit_req_status 429;
server { listen 127.0.0.1:{port} ssl default_server; server_name _; ssl_certificate {folder}/server.pem;
    ssl_certificate_key {folder}/server.key; return 444; }
server {
    listen 127.0.0.1:{port} ssl;
    server_name localhost;
    ssl_certificate {folder}/server.pem;
    ssl_certificate_key {folder}/server.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    add_header Strict-Transport-Security "max-age=63072000; includeSubDomains" always;
    add_header Content-Security-Policy "object-src 'none'; base-uri 'none'; frame-ancestors 'self'" always;
    add_header Referrer-Policy strict-origin-when-cross-origin always;
    add_header X-Content-Type-Options nosniff always;
    add_header Permissions-Policy "camera=(), microphone=()" always;
    add_header Cross-Origin-Opener-Policy same-origin always;
    add_header Cross-Origin-Resource-Policy same-origin always;
    add_header Cache-Control no-store always;
    proxy_hide_header Cache-Control;
    proxy_hide_header X-Content-Type-Options;
    proxy_cookie_flags session_id secure httponly samesite=lax;
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-Host $host;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-For $remote_addr;
    if ($arg_debug) { return 404; }
    location / { proxy_pass {odoo}; }
    # Odoo counts failures in each of its processes alone.
    location = /web/login { limit_req zone=guesses burst=5 nodelay; proxy_pass {odoo}; }
    location ~ ^/(web/database|xmlrpc|jsonrpc|json|web/webclient/version_info|web/tests|doc)(/|$) { return 404; }
    location = /web/health { return 404; }
    location ^~ /web/image/res.users { return 404; }
    location /websocket { if ($http_origin !~ "^https://localhost(:[0-9]+)?$") { return 403; } proxy_pass {odoo}; }
    location = /.well-known/security.txt { return 200 "Contact: mailto:security@example.com\\nExpires: 2030-01-01T00:00:00Z\\n"; }
}
"""


def login(server, database):
    return OdooLogin(OdooServer(server.url), database.name, database.admin_login, database.admin_password)


def found(report):
    """The ids of what is wrong, and what is said of it."""
    return {result.check.id for result in report.findings if result.status is not Status.ERROR}


@pytest.mark.asvs("v5.0.0-13.4.2", "v5.0.0-13.4.5", "v5.0.0-6.3.2")
def test_a_fresh_default_install_has_its_known_faults(tmp_path):
    conf = tmp_path / "odoo.conf"
    conf.write_text(DEFAULT_CONF)
    conf.chmod(0o640)
    with LocalOdoo(settings={"options": {"admin_passwd": "admin"}}) as server:
        database = server.create_database()
        report = run(Target(conf=conf, url=server.url, rpc=login(server, database)))
        active = run(Target(url=server.url, active=True))
    assert len(KNOWN_FAULTS) >= 25
    assert KNOWN_FAULTS - found(report) == set()
    assert not report.with_status(Status.ERROR)
    assert report.grade == "F"
    assert FOUND_WITH_ACTIVE - found(active) == set()
    keys = {result.key: result.status for result in active.results}
    # The administrator of the local Odoo has a random password; Odoo slows guessing down after ten failures.
    assert keys["URL-16"] is Status.PASS
    assert "URL-17:web" not in keys
    assert keys["URL-17:/jsonrpc"] is Status.WARN
    assert keys["URL-15:enumeration"] is Status.FAIL


@pytest.mark.asvs("v5.0.0-12.1.1", "v5.0.0-12.2.2", "v5.0.0-3.4.1", "v5.0.0-3.3.1")
def test_hardened_by_the_fixes_it_gets_an_a(tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(make_certificates(tmp_path)))
    with LocalOdoo(workers=2, settings={"options": HARDENED}) as server:
        database = server.create_database("shop")
        key = harden(database)
        (server.log_path.parent / "data").chmod(0o700)
        with running_nginx(tmp_path, NGINX.replace("{odoo}", server.url)) as port:
            url, access = f"https://localhost:{port}", tmp_path / "access.log"
            few = run(Target(url=url))
            # The plain request to a port of TLS is one of the eight.
            assert len(access.read_text().splitlines()) <= 8
            report = run(
                Target(
                    conf=server.log_path.parent / "odoo.conf",
                    url=url,
                    rpc=OdooLogin(OdooServer(server.url), database.name, "ann@example.com", key),
                    active=True,
                )
            )
            assert len(access.read_text().splitlines()) <= 8 + 100
    assert not [one for one in few.findings if one.severity > Severity.LOW]
    above = [(one.key, one.message) for one in report.findings if one.severity > Severity.LOW]
    assert above == []
    assert not report.with_status(Status.ERROR)
    assert report.grade in {"A", "A+"}
    assert os.environ["SSL_CERT_FILE"] == str(tmp_path / "ca.pem")


def harden(database):
    """What the fixes of the checks over RPC say; with a second factor a program needs an API key, which this gives."""
    parameters = {
        "auth_signup.invitation_scope": "b2b",
        "auth_signup.reset_password": "False",
        "auth_password_policy.minlength": "15",
        "sessions.max_inactivity_seconds": "3600",
        "web.base.url": "https://localhost",
        "web.base.url.freeze": "True",
    }
    database.install("auth_password_policy")
    database.uninstall("base_import_module")
    for key, value in parameters.items():
        database.call("ir.config_parameter", "set_param", key, value)
    database.call("res.users", "write", [2], {"login": "ann@example.com"})
    database.sql(
        "INSERT INTO auth_passkey_key (name, credential_identifier, public_key, sign_count, create_uid, create_date)"
        " VALUES ('Key', 'AAAA', 'AAAA', 0, 2, now()) RETURNING id"
    )
    database.sql("UPDATE res_users SET totp_secret = 'JBSWY3DPEHPK3PXP' WHERE id = 2 RETURNING id")
    key = os.urandom(20).hex()
    database.sql(
        "INSERT INTO res_users_apikeys (name, user_id, scope, expiration_date, key, index)"
        " VALUES ('check', 2, 'rpc', now() + interval '1 day', %s, %s) RETURNING id",
        [hash_as_odoo(key, rounds=6000), key[:8]],
    )
    return key

"""The checks of nginx."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.case import Case
from zenoo_security.checks import Target
from zenoo_security.checks.proxy.snapshot import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from zenoo_security.checks.proxy.snapshot import Proxy

HARDENED = r"""
worker_processes auto;
events { worker_connections 768; }
http {
    include mime.types;
    limit_req_zone $binary_remote_addr zone=login:10m rate=10r/m;
    upstream odoo { server 127.0.0.1:8069; }
    server { listen 80; return 301 https://$host$request_uri; }
    server {
        listen 443 ssl;
        server_name shop.example.com;
        ssl_certificate /etc/ssl/shop.pem;   # with a comment; and a { in it
        ssl_protocols TLSv1.2 TLSv1.3;
        client_max_body_size 64m;
        add_header Strict-Transport-Security "max-age=63072000; includeSubDomains" always;
        proxy_set_header X-Forwarded-Host $host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_cookie_flags session_id samesite=lax secure;
        location / { proxy_pass http://odoo; }
        location ~* ^/(web/login|web/reset_password|web/session/authenticate|xmlrpc|jsonrpc|json)(/|$) {
            limit_req zone=login burst=5 nodelay;
            proxy_pass http://odoo;
        }
        location /web/database { return 404; }
        location /web/filestore { internal; alias /var/lib/odoo/filestore; }
    }
}
"""
"""Nothing is wrong with it."""


def nginx(text: str = HARDENED, *, odoo_conf: str | None = None) -> Callable[[Path], Proxy]:
    """A maker of a snapshot of this file, and of an odoo.conf beside it."""

    def make(folder: Path) -> Proxy:
        (folder / "nginx.conf").write_text(text)
        if odoo_conf is not None:
            (folder / "odoo.conf").write_text(odoo_conf)
        conf = None if odoo_conf is None else folder / "odoo.conf"
        return load(Target(proxy=folder / "nginx.conf", conf=conf), lambda _text, /: None)

    return make


def without(part: str, instead: str = "") -> Callable[[Path], Proxy]:
    """The hardened file with something left out or replaced."""
    assert part in HARDENED
    return nginx(HARDENED.replace(part, instead))


hardened = nginx()
REDIRECT = "server { listen 80; return 301 https://$host$request_uri; }"
LIMIT = "limit_req zone=login burst=5 nodelay;"
HSTS = 'add_header Strict-Transport-Security "max-age=63072000; includeSubDomains" always;'

CASES: dict[str, list[Case]] = {
    "CONF-19": [
        Case(without("internal; "), hardened, "/web/filestore hands out the filestore, and is not internal"),
        Case(
            nginx(HARDENED.replace("location /web/filestore", "#"), odoo_conf="[options]\nx_sendfile = True\n"),
            nginx(odoo_conf="[options]\nx_sendfile = True\n"),
            "no location",
            warning=True,
        ),
    ],
    "CONF-23": [
        Case(without("TLSv1.2 TLSv1.3", "TLSv1 TLSv1.2"), hardened, "ssl_protocols allows TLSv1"),
        Case(without(HSTS), hardened, "Strict-Transport-Security is not added"),
        Case(without("max-age=63072000", "max-age=86400"), hardened, "for less than a year"),
        Case(without('" always', '"'), hardened, "left out of errors"),
        Case(without(LIMIT, f"{LIMIT} add_header X-A b;"), hardened, "Strict-Transport-Security is not added"),
        Case(without("proxy_cookie_flags session_id samesite=lax secure;"), hardened, "no Secure and SameSite"),
        Case(without("proxy_set_header X-Forwarded-Host $host;"), hardened, "x-forwarded-host of the client"),
        Case(
            without("X-Forwarded-Proto $scheme", "X-Forwarded-Proto $http_x_forwarded_proto"),
            hardened,
            "x-forwarded-proto is set to something else",
            warning=True,
        ),
        Case(
            without("location /web/database { return 404; }"),
            without("{ return 404; }", "{ allow 10.0.0.0/8; deny all; proxy_pass http://odoo; }"),
            "the database manager is passed on",
        ),
        Case(without(LIMIT), hardened, "/web/login has no limit_req"),
        Case(without("|json)", ")"), hardened, "/json/2/res.partner/read has no limit_req"),
        Case(without("64m", "0"), without("64m", "512M"), "client_max_body_size is 0"),
        Case(without("64m", "4g"), without("client_max_body_size 64m;"), "client_max_body_size is 4g"),
        Case(
            without("listen 443 ssl;", "listen 443;"), without("listen 443 ssl;", "listen 443; ssl on;"), "without TLS"
        ),
        Case(
            without("listen 443 ssl;", "listen 80; listen 443 ssl;"),
            without("listen 443 ssl;", "listen 80; listen 443 ssl; if ($scheme = http) { return 301 https://x; }"),
            "to 80 are passed on without TLS",
        ),
        Case(
            without(REDIRECT, "server { location /jsonrpc { limit_req zone=login; proxy_pass http://odoo; } }"),
            without(REDIRECT, "server { location /.well-known/acme-challenge { proxy_pass http://acme; } }"),
            "to 80 are passed on without TLS",
        ),
        Case(without("ssl_protocols TLSv1.2 TLSv1.3;"), hardened, "no ssl_protocols", warning=True),
        Case(without("proxy_cookie_flags session_id", "proxy_cookie_flags other"), hardened, "no Secure and SameSite"),
        Case(without("samesite=lax secure", "samesite=lax nosecure"), hardened, "no Secure and SameSite"),
        Case(
            without("samesite=lax", "samesite=none"),
            without("flags session_id samesite=lax secure", 'path / "/; Secure; SameSite=Lax"'),
            "no Secure and SameSite",
        ),
        Case(
            without(
                "location / {", "location /websocket { proxy_set_header Host $host; proxy_pass http://o; } location / {"
            ),
            hardened,
            "x-forwarded-for of the client reaches Odoo as it is, by location /websocket",
        ),
        Case(
            without("location /web/database {", "location = /web/database/manager {"),
            hardened,
            "passed on: /web/database/selector",
        ),
        Case(without("{ return 404; }", "{ allow all; deny all; proxy_pass http://odoo; }"), hardened, "passed on"),
        Case(without(LIMIT, f"{LIMIT} limit_req_dry_run on;"), hardened, "/web/login has no limit_req"),
        Case(without("|web/session/authenticate"), hardened, "/web/session/authenticate has no limit_req"),
        Case(without("location / {", "location ~ ^/((a+)+)+x {} location / {"), hardened, "not followed", warning=True),
        Case(without("include mime.types;", "include conf.d/absent.conf;"), hardened, "not there", warning=True),
    ],
}

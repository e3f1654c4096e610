"""Encryption: the plain address, TLS, HSTS, the cookie of the session."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from zenoo_security.checks.check import CannotTell, NotApplicable, Problem, Severity
from zenoo_security.checks.live_url.answer import CLOSED, Silence
from zenoo_security.checks.live_url.base import SiteCheck

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.live_url.answer import Answer
    from zenoo_security.checks.live_url.snapshot import Site

__all__ = ["Hsts", "PlainHttp", "SessionCookie", "Tls", "Websocket"]

_YEAR_S: Final = 31_536_000
_WEEK_S: Final = 604_800
_FEWEST_DAYS: Final = 21
_MAX_AGE: Final = re.compile(r"max-age\s*=\s*\"?([0-9]{1,12})", re.IGNORECASE)
_SESSION: Final = re.compile(r"\s*(?:__Host-|__Secure-)?session_id=", re.IGNORECASE)
_WEAK_CIPHER: Final = re.compile(r"RC4|3DES|DES-CBC|NULL|EXPORT|MD5|^(?:AES|CAMELLIA)\d+-")


class PlainHttp(SiteCheck):
    id = "URL-01"
    title = "Nothing is answered without TLS but a redirect"
    severity = Severity.CRITICAL
    rationale = "Whoever is on the way reads passwords and session cookies, or changes the page."
    fix = "nginx: server { listen 80; return 301 https://$host$request_uri; } and no Odoo behind it"
    asvs = ("v5.0.0-12.2.1", "v5.0.0-4.1.2")

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        if not snapshot.is_encrypted:
            answer = snapshot.answer("login")
        else:
            plain = snapshot.answers.get("plain")
            if plain is None or isinstance(plain, Silence):
                # Nobody listens there: as it should be.
                return
            answer = plain
        if answer.is_found:
            yield Problem("the login page is answered over plain http", "http")
        elif 300 <= answer.status < 400 and answer.header("location").lower().startswith("http:"):  # noqa: PLR2004
            yield Problem("plain http is redirected to plain http", "redirect")


class Tls(SiteCheck):
    id = "URL-02"
    title = "Certificate, name and TLS version hold"
    severity = Severity.HIGH
    rationale = (
        "Clients that check cannot connect, and people who click a warning away once do it when it is an attack."
    )
    fix = "A certificate for the name from a public authority, renewed by itself; nginx: ssl_protocols TLSv1.2 TLSv1.3"
    asvs = ("v5.0.0-12.1.1", "v5.0.0-12.1.2", "v5.0.0-12.2.2")

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        facts = snapshot.tls
        if facts is None:
            yield Problem("the address is one of plain http", "tls")
            return
        if isinstance(facts, str):
            raise CannotTell(facts)
        if not facts.trusted:
            yield Problem(f"the certificate is not trusted: {facts.problem}", "certificate")
        if facts.old is None:
            yield Problem("whether TLS 1.0 or 1.1 is accepted cannot be asked from here", "version", warning=True)
        elif facts.old:
            yield Problem("TLS 1.0 or 1.1 is accepted", "version")
        if facts.days_left is not None and facts.days_left < _FEWEST_DAYS:
            yield Problem(f"the certificate ends in {max(int(facts.days_left), 0)} days", "expiry")
        if _WEAK_CIPHER.search(facts.cipher):
            yield Problem(f"the cipher suite is {facts.cipher}", "cipher")


class Hsts(SiteCheck):
    id = "URL-03"
    title = "Browsers are told to use TLS only, for a year and with subdomains, by errors too"
    severity = Severity.MEDIUM
    rationale = "The first request of a browser without HSTS can be kept on plain http."
    fix = 'nginx: add_header Strict-Transport-Security "max-age=63072000; includeSubDomains" always;'
    asvs = ("v5.0.0-3.4.1",)

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        if not snapshot.is_encrypted:
            raise NotApplicable("HSTS is of TLS: see URL-01")
        for name, what in (("login", "the login page"), ("missing", "an error page")):
            answer = snapshot.answer(name)
            if answer is CLOSED:
                continue
            value = answer.header("strict-transport-security")
            age = _MAX_AGE.search(value)
            if not value:
                yield Problem(f"{what} has no Strict-Transport-Security", name)
            elif age is None or int(age[1]) < _YEAR_S:
                yield Problem(f"Strict-Transport-Security of {what} ends before a year", name)
            elif "includesubdomains" not in value.lower():
                yield Problem(f"Strict-Transport-Security of {what} leaves subdomains out", name)


class SessionCookie(SiteCheck):
    id = "URL-05"
    title = "The session cookie is Secure, HttpOnly and SameSite, of this host, for a week at most"
    severity = Severity.HIGH
    rationale = "Who has the cookie is logged in."
    fix = "nginx: proxy_cookie_flags session_id secure httponly samesite=lax;"
    asvs = ("v5.0.0-3.3.1", "v5.0.0-3.3.2", "v5.0.0-3.3.4")

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        cookies = [one for one in snapshot.answer("login").all("set-cookie") if _SESSION.match(one)]
        if not cookies:
            raise NotApplicable("the login page sets no session cookie")
        attributes = {
            name.strip().lower(): value.strip().lower()
            for name, _, value in (part.partition("=") for part in cookies[0].split(";")[1:])
        }
        if "secure" not in attributes:
            yield Problem("the session cookie is not Secure: it is also sent over plain http", "secure")
        if "httponly" not in attributes:
            yield Problem("the session cookie is not HttpOnly: scripts read it", "httponly")
        if attributes.get("samesite") not in {"lax", "strict"}:
            yield Problem("the session cookie has no SameSite=Lax or Strict", "samesite", severity=Severity.MEDIUM)
        if attributes.get("domain"):
            yield Problem(
                "the session cookie has a Domain: other hosts of it get it", "domain", severity=Severity.MEDIUM
            )
        age = attributes.get("max-age", "")
        if age.isdecimal() and int(age[:12]) > _WEEK_S:
            yield Problem("the session cookie lives for more than a week", "lifetime", severity=Severity.MEDIUM)


class Websocket(SiteCheck):
    id = "URL-23"
    title = "Websockets are encrypted, and opened by pages of this site only"
    severity = Severity.MEDIUM
    rationale = "A page of somebody else could listen with the session of who visits it."
    fix = "wss through the proxy; nginx: in location /websocket refuse an $http_origin other than that of the site"
    asvs = ("v5.0.0-4.4.1", "v5.0.0-4.4.2")

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        answer: Answer = snapshot.answer("websocket")
        if answer.status != 101:  # noqa: PLR2004 - Switching Protocols
            return
        if not snapshot.is_encrypted:
            yield Problem("websockets are not encrypted", "ws")
        yield Problem("a websocket is opened for a page of another site, as far as can be seen", "origin", warning=True)

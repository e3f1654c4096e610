"""What the headers of the login page tell browsers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from zenoo_security.checks.check import Problem, Severity
from zenoo_security.checks.live_url.base import SiteCheck
from zenoo_security.checks.live_url.questions import FORGED_HOST, TRACED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.live_url.answer import Answer
    from zenoo_security.checks.live_url.snapshot import Site

__all__ = ["Caching", "Cors", "Methods", "ResponseHeaders", "Scripts"]

_OBSOLETE: Final = ("expect-ct", "public-key-pins", "feature-policy")
_SCRIPT: Final = re.compile(r"<script\b([^>]{0,2000})>", re.IGNORECASE)
_SOURCE: Final = re.compile(r"(?<![-\w])src\s*=\s*[\"']?([^\"'\s>]{1,1000})", re.IGNORECASE)
_MIXED: Final = re.compile(r"(?<![-\w])src\s*=\s*[\"']?http://", re.IGNORECASE)
_UNUSUAL: Final = {"TRACE", "TRACK", "CONNECT", "PUT", "DELETE", "PROPFIND", "MKCOL"}


class ResponseHeaders(SiteCheck):
    id = "URL-04"
    title = "The login page has the headers that browsers act on"
    severity = Severity.MEDIUM
    rationale = "They stop the page from being framed, guessed at or fed with scripts of others."
    fix = (
        "nginx, on all answers: add_header Content-Security-Policy \"object-src 'none'; base-uri 'none'; "
        "frame-ancestors 'self'\" always; X-Content-Type-Options nosniff; Referrer-Policy "
        "strict-origin-when-cross-origin; Permissions-Policy; Cross-Origin-Opener-Policy and "
        "Cross-Origin-Resource-Policy same-origin"
    )
    asvs = ("v5.0.0-3.4.3", "v5.0.0-3.4.4", "v5.0.0-3.4.5", "v5.0.0-3.4.6", "v5.0.0-3.4.8")

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        answer = snapshot.answer("login")
        yield from _policy(answer)
        if answer.header("x-content-type-options").lower() not in {"nosniff", "nosniff, nosniff"}:
            yield Problem("X-Content-Type-Options: nosniff is missing", "x-content-type-options")
        referrer = answer.header("referrer-policy").lower()
        if not referrer or "unsafe-url" in referrer:
            yield Problem("Referrer-Policy is missing, or unsafe-url", "referrer-policy")
        for name in ("permissions-policy", "cross-origin-opener-policy", "cross-origin-resource-policy"):
            if not answer.header(name):
                yield Problem(f"{name.title()} is missing", name, severity=Severity.LOW)
        for name in _OBSOLETE:
            if answer.header(name):
                yield Problem(f"{name.title()} is obsolete: leave it out", name, severity=Severity.LOW)
        if answer.header("x-xss-protection") not in {"", "0"}:
            yield Problem("X-XSS-Protection opens holes in old browsers: leave it out", "x-xss-protection")


def _policy(answer: Answer) -> Iterator[Problem]:
    words: dict[str, set[str]] = {}
    for policy in answer.all("content-security-policy"):
        for directive in re.split(r"[;,]", policy):
            name, *values = directive.lower().split() or [""]
            words.setdefault(name, set(values))
    if not {"'none'"} <= words.get("object-src", words.get("default-src", set())):
        yield Problem("Content-Security-Policy does not say object-src 'none'", "object-src")
    if not words.get("base-uri"):
        yield Problem("Content-Security-Policy says nothing of base-uri", "base-uri")
    ancestors = words.get("frame-ancestors")
    if not ancestors or ancestors & {"*", "http:", "https:"}:
        yield Problem(
            "any page may frame the login: frame-ancestors is missing, or lets all through", "frame-ancestors"
        )
    scripts = words.get("script-src", words.get("default-src", set()))
    for word in sorted(scripts & {"'unsafe-inline'", "'unsafe-eval'", "*"}):
        yield Problem(f"Content-Security-Policy allows scripts by {word}", f"script-src {word}", warning=True)


class Cors(SiteCheck):
    id = "URL-22"
    title = "Pages of other sites cannot read answers"
    severity = Severity.HIGH
    rationale = "With its session, a page that somebody visits reads what they can read."
    fix = "Take Access-Control-Allow-Origin out of the proxy; name the origins that need it, never the one that asks"
    asvs = ("v5.0.0-3.4.2",)

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        for name in ("login", "root"):
            answer = snapshot.answer(name)
            allowed = answer.header("access-control-allow-origin")
            with_session = answer.header("access-control-allow-credentials").lower() == "true"
            if FORGED_HOST in allowed or allowed.strip() == "null":
                yield Problem(
                    "whatever origin asks is allowed" + (", with its session" if with_session else ""),
                    name,
                    severity=None if with_session else Severity.MEDIUM,
                )
            elif allowed.strip() == "*":
                yield Problem("every origin is allowed on a page that is not public", name, severity=Severity.MEDIUM)


class Caching(SiteCheck):
    id = "URL-24"
    title = "The login page is kept by nobody"
    severity = Severity.MEDIUM
    rationale = "A cache that keeps a page keeps its session cookie and its token."
    fix = "nginx, for /web and /my: proxy_hide_header Cache-Control; add_header Cache-Control no-store always;"
    asvs = ("v5.0.0-14.3.2",)

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        control = snapshot.answer("login").header("cache-control").lower()
        if "no-store" not in control:
            yield Problem("Cache-Control of /web/login does not say no-store", "login")
        if "public" in control:
            yield Problem("Cache-Control of /web/login says public", "public")


class Scripts(SiteCheck):
    id = "URL-25"
    title = "The login page loads scripts of this site only, or such with a hash"
    severity = Severity.LOW
    rationale = "Who has the other host has every password that is typed."
    fix = 'Serve them yourself, or add integrity="sha384-..." and crossorigin; no tracker where people log in'
    asvs = ("v5.0.0-3.6.1",)

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        text = snapshot.answer("login").text
        own = (urlsplit(snapshot.base).hostname or "").lower()
        for match in _SCRIPT.finditer(text):
            source = _SOURCE.search(match[1])
            host = _host(source[1]) if source else ""
            if host and host != own and "integrity" not in match[1].lower():
                yield Problem(f"a script of {host} is loaded without integrity", host)
        if snapshot.is_encrypted and _MIXED.search(text):
            yield Problem("something is loaded over plain http", "mixed")


def _host(source: str) -> str:
    try:
        return (urlsplit(source).hostname or "").lower()
    except ValueError:
        return ""


class Methods(SiteCheck):
    id = "URL-21"
    title = "Unusual methods are not offered"
    severity = Severity.LOW
    rationale = "TRACE shows a script what it may not see; PUT and DELETE are of no use here."
    fix = "nginx: limit_except GET POST { deny all; } and PUT, PATCH, DELETE only where an interface needs them"
    asvs = ("v5.0.0-13.4.4",)

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        answer = snapshot.answer("options")
        offered = {one.strip().upper() for one in answer.header("allow").split(",")}
        for method in sorted(offered & _UNUSUAL):
            yield Problem(f"{method} is offered on the login page", method)
        trace = snapshot.answer("trace")
        if trace.is_found and TRACED.lower() in trace.text.lower():
            yield Problem("TRACE sends back the headers of a request", "echo", severity=Severity.MEDIUM)
        elif trace.is_found:
            yield Problem("TRACE is answered like GET", "TRACE")

"""What answers tell of the machine, and what they believe of a request."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final

from zenoo_security.checks.check import Problem, Severity
from zenoo_security.checks.live_url.answer import Silence
from zenoo_security.checks.live_url.base import SiteCheck, series
from zenoo_security.checks.live_url.questions import FORGED_HOST, MORE_QUESTIONS
from zenoo_security.checks.support import is_supported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.live_url.snapshot import Site

__all__ = ["ForwardedHeaders", "HostName", "Internals", "SignUp", "Version"]

_VERSIONS: Final = {
    "xmlrpc_version": "/xmlrpc/2/common",
    "version_info": "/web/webclient/version_info",
    "website_info": "/website/info",
}
_ERRORS: Final = {"jsonrpc": "/jsonrpc", "json2": "/json/2", "missing": "an absent page"}
_PRODUCT: Final = re.compile(r"/\d|python", re.IGNORECASE)
_GENERATOR: Final = re.compile(r"<meta[^>]{0,200}name=[\"']generator[\"'][^>]{0,200}>", re.IGNORECASE)
_TRACEBACK: Final = re.compile(r"Traceback \(most recent call last\)|File \\?\"/", re.IGNORECASE)
_DATABASE: Final = re.compile(r"connection to server (?:at|on)|psycopg2|\.s\.PGSQL", re.IGNORECASE)
_FORM: Final = re.compile(r"name=[\"'](?:confirm_password|login)[\"']", re.IGNORECASE)
_SIGNUP: Final = re.compile(r"confirm_password|oe_signup_form", re.IGNORECASE)
_RESET: Final = re.compile(r"oe_reset_password_form|name=[\"']login[\"']", re.IGNORECASE)


class Version(SiteCheck):
    id = "URL-09"
    title = "Answers do not tell which version it is, and it gets fixes"
    severity = Severity.MEDIUM
    rationale = "Who knows the version knows which holes to try."
    fix = "nginx: server_tokens off; return 404 for /xmlrpc, /web/webclient/version_info and /website/info"
    asvs = ("v5.0.0-13.4.6", "v5.0.0-15.2.1")

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        told = ""
        for name in snapshot.asked(*_VERSIONS):
            answer = snapshot.answer(name)
            if answer.is_found and series(answer.text):
                told = series(answer.text)
                yield Problem(f"{_VERSIONS[name]} tells the version", _VERSIONS[name])
        server = snapshot.answer("login").header("server")
        if _PRODUCT.search(server):
            yield Problem("the header Server tells a version", "server", severity=Severity.LOW)
        if _GENERATOR.search(snapshot.answer("root").text):
            yield Problem("the page names its generator", "generator", severity=Severity.LOW)
        if told and not is_supported(told, datetime.now(timezone.utc).date()):
            yield Problem(f"Odoo {told} gets no fixes any more", "support", severity=Severity.HIGH)


class Internals(SiteCheck):
    id = "URL-10"
    title = "Errors do not show what is inside"
    severity = Severity.MEDIUM
    rationale = "Tracebacks tell paths and versions, and messages of the database its host and port."
    fix = "nginx: close /jsonrpc, /xmlrpc and /json/2 to the world; proxy_intercept_errors on; error_page 404 500 ..."
    asvs = ("v5.0.0-16.5.1", "v5.0.0-13.4.2")

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        for name in snapshot.asked(*_ERRORS):
            text = snapshot.answer(name).text
            if _DATABASE.search(text):
                yield Problem(f"{_ERRORS[name]} shows where the database is", f"database {name}")
            if _TRACEBACK.search(text):
                yield Problem(f"{_ERRORS[name]} shows a traceback", f"traceback {name}")


class ForwardedHeaders(SiteCheck):
    id = "URL-13"
    title = "Headers of a proxy are believed of the proxy only"
    severity = Severity.HIGH
    rationale = "Links in mails, redirects and the address in the log can be chosen by whoever sends the request."
    fix = "nginx: proxy_set_header X-Forwarded-Host $host; X-Forwarded-Proto $scheme; X-Forwarded-For $remote_addr;"
    asvs = ("v5.0.0-4.1.3", "v5.0.0-15.3.4")

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        answer = snapshot.answer("root")
        location = answer.header("location").lower()
        if FORGED_HOST in location or FORGED_HOST in answer.text:
            yield Problem("a forged X-Forwarded-Host is believed: it stands in the answer", "x-forwarded-host")
        if snapshot.is_encrypted and location.startswith("http:"):
            text = "/ leads to plain http: a forged X-Forwarded-Proto is believed, or the proxy does not say https"
            yield Problem(text, "x-forwarded-proto")


class HostName(SiteCheck):
    id = "URL-14"
    title = "Only the site's own name is answered"
    severity = Severity.HIGH
    rationale = "Odoo takes web.base.url from the host that an administrator logs in at; links to reset start so."
    fix = "nginx: server_name erp.example.com; and a default_server that returns 444; Odoo: web.base.url.freeze = True"
    asvs = ("v5.0.0-4.1.3", "v5.0.0-13.4.5")

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        given = snapshot.answers.get("host")
        if isinstance(given, Silence) and given.closed:
            # A connection that is closed is a good answer here.
            return
        answer = snapshot.answer("host")
        text = answer.text
        if answer.is_found and (_FORM.search(text) or FORGED_HOST in text):
            yield Problem("a request for another host is answered by Odoo", "host")


class SignUp(SiteCheck):
    id = "URL-15"
    title = "Nobody makes themselves an account, or learns who has one"
    severity = Severity.MEDIUM
    rationale = "An account reaches every page and record rule of portal users."
    fix = (
        "Settings, Permissions: Customer Account on invitation, so that /web/signup asks for a token; and Password "
        "Reset off, or in nginx limit_req for /web/reset_password and 404 for who is not of your network"
    )
    asvs = ("v5.0.0-6.3.8", "v5.0.0-6.4.3")

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        if self._offers(snapshot, "signup", _SIGNUP):
            yield Problem("/web/signup makes accounts for anybody", "signup")
        if self._offers(snapshot, "reset", _RESET):
            yield Problem(
                "/web/reset_password sends mails to anybody's account: limit it in the proxy", "reset", warning=True
            )
        if snapshot.tried and snapshot.tried.tells_accounts:
            yield Problem("/web/reset_password tells which accounts there are", "enumeration")

    @staticmethod
    def _offers(snapshot: Site, name: str, form: re.Pattern[str]) -> bool:
        """Whether the page has its form; where it was not asked for, whether the login page leads to it."""
        if snapshot.asked(name):
            answer = snapshot.answer(name)
            return answer.is_found and bool(form.search(answer.text))
        return f'href="{MORE_QUESTIONS[name].path}' in snapshot.answer("login").text

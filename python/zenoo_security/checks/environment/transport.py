"""What travels between machines, and who is believed."""

from __future__ import annotations

import ipaddress
import re
import shlex
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

from zenoo_security.checks.check import CannotTell, NotApplicable, Problem, Severity
from zenoo_security.checks.environment.base import EnvironmentCheck, is_on
from zenoo_security.checks.environment.settings import require_config, require_url
from zenoo_security.checks.files import look_at
from zenoo_security.checks.local import is_local
from zenoo_security.checks.odoo_clock import MAX_SKEW_S
from zenoo_security.environment import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from zenoo_security.checks.environment.snapshot import Surroundings

__all__ = ["Clock", "OdooTransport", "ServiceAccount", "SharedStore", "StoreTransport", "TrustedProxies"]

_STORE: Final = f"{PREFIX}STORE_URL"
_API_KEY: Final = re.compile(r"[0-9a-f]{40}")
_ANYBODY: Final = "*"
_WIDEST_IPV4: Final = 8
_WIDEST_IPV6: Final = 7
"""10.0.0.0/8 and fc00::/7 are private."""
_PROXY_VARIABLES: Final = ("FORWARDED_ALLOW_IPS", "UVICORN_FORWARDED_ALLOW_IPS")
_UNVERIFIED: Final = {"PYTHONHTTPSVERIFY": "0", "NODE_TLS_REJECT_UNAUTHORIZED": "0", "GIT_SSL_NO_VERIFY": "1"}
_CA_VARIABLES: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


class SharedStore(EnvironmentCheck):
    id = "ENV-08"
    title = "All workers count attempts together"
    severity = Severity.HIGH
    rationale = "With a store in memory each worker has its own counters: a guesser has as many attempts in each."
    fix = "ZENOO_SECURITY_STORE_URL_FILE: sqlite:///path on one machine, rediss:// or postgresql:// for several"
    asvs = ("v5.0.0-6.3.1",)

    def find(self, snapshot: Surroundings, /) -> Iterator[Problem]:
        if not require_config(snapshot).store_url.get_secret_value().startswith("memory:"):
            return
        workers = _workers(snapshot.environ)
        if workers > 1:
            yield Problem(f"the store is in memory, and there are {workers} workers", _STORE)
        else:
            yield Problem("the store is in memory: right for a single process only", _STORE, warning=True)


class StoreTransport(EnvironmentCheck):
    id = "ENV-09"
    title = "The store on another machine asks for a password, over TLS"
    severity = Severity.HIGH
    rationale = "It holds sessions and counters: who writes to it is logged in as whoever they like."
    fix = "rediss://user:password@host, or postgresql://user:password@host/db?sslmode=verify-full"
    asvs = ("v5.0.0-12.3.1", "v5.0.0-13.2.1")

    def find(self, snapshot: Surroundings, /) -> Iterator[Problem]:
        try:
            url = urlsplit(require_config(snapshot).store_url.get_secret_value())
        except ValueError:
            raise CannotTell("the URL of the store has a bracket that is not closed: write it as %5B or %5D") from None
        if url.scheme not in {"redis", "rediss", "postgresql"}:
            raise NotApplicable("the store is on this machine")
        query = parse_qs(url.query)
        remote = not is_local(url.hostname or query.get("host", [""])[0])
        if remote and url.scheme == "redis":
            yield Problem("the store is Redis on another machine, without TLS", _STORE)
        if remote and url.scheme == "rediss" and not _is_verified(query):
            yield Problem("the store is Redis on another machine, whose certificate is not checked", _STORE)
        if remote and url.scheme == "postgresql" and query.get("sslmode", [""])[0] != "verify-full":
            yield Problem("the store is PostgreSQL on another machine, and sslmode is not verify-full", _STORE)
        if url.scheme != "postgresql" and not url.password:
            yield Problem("the store is Redis without a password", f"{_STORE} password", warning=not remote)


class OdooTransport(EnvironmentCheck):
    id = "ENV-10"
    title = "The way to Odoo is encrypted, and its certificate is checked"
    severity = Severity.CRITICAL
    rationale = "Who is between reads the passwords of all users."
    fix = "ZENOO_SECURITY_ODOO_URL=https://...; without ALLOW_INSECURE; ODOO_CA_FILE for an authority of your own"
    asvs = ("v5.0.0-12.3.2", "v5.0.0-12.3.3")

    def find(self, snapshot: Surroundings, /) -> Iterator[Problem]:
        url = urlsplit(require_url(snapshot))
        if url.scheme == "http" and not is_local(url.hostname or ""):
            yield Problem("ODOO_URL is plain http to another machine", f"{PREFIX}ODOO_URL")
        if require_config(snapshot).allow_insecure:
            yield Problem("ALLOW_INSECURE is on: passwords may travel in the clear", f"{PREFIX}ALLOW_INSECURE")
        for name, value in _UNVERIFIED.items():
            if snapshot.environ.get(name) == value:
                yield Problem(f"{name}={value} turns the check of certificates off", name)
        for name in _CA_VARIABLES:
            yield from _authorities(name, snapshot.environ)


class ServiceAccount(EnvironmentCheck):
    id = "ENV-11"
    title = "The service logs in with an API key, as a user of its own"
    severity = Severity.HIGH
    rationale = "A password does not expire and opens the web as well; what admin does nobody can tell apart."
    fix = "A user with the rights it needs, an API key with an end, and its path in ZENOO_SECURITY_ODOO_PASSWORD_FILE"
    asvs = ("v5.0.0-13.2.1", "v5.0.0-13.2.2")

    def find(self, snapshot: Surroundings, /) -> Iterator[Problem]:
        config = require_config(snapshot)
        if not config.odoo_login and not config.odoo_password:
            raise NotApplicable("no service account is set")
        if (config.odoo_login or "").strip().lower() in {"admin", "administrator", "root", "odoo"}:
            yield Problem("ODOO_LOGIN is the administrator", f"{PREFIX}ODOO_LOGIN")
        if config.odoo_password and not _API_KEY.fullmatch(config.odoo_password.get_secret_value()):
            yield Problem("ODOO_PASSWORD is a password and no API key", f"{PREFIX}ODOO_PASSWORD")


class Clock(EnvironmentCheck):
    id = "ENV-14"
    title = "The clocks of this machine and of Odoo agree"
    severity = Severity.MEDIUM
    rationale = "Codes of the second factor and ends of sessions are times; a clock that is off lets old ones in."
    fix = "Run an NTP client, such as systemd-timesyncd, on both machines"
    asvs = ("v5.0.0-6.5.8", "v5.0.0-16.2.2")

    def find(self, snapshot: Surroundings, /) -> Iterator[Problem]:
        require_url(snapshot)
        skew = snapshot.skew
        if skew is None or skew.error:
            raise CannotTell(skew.error if skew else "Odoo was not asked")
        if abs(skew.seconds) > MAX_SKEW_S:
            word = "ahead of" if skew.seconds > 0 else "behind"
            yield Problem(f"this clock is {abs(skew.seconds):.0f} s {word} Odoo's", "clock")


class TrustedProxies(EnvironmentCheck):
    id = "ENV-16"
    title = "Addresses of clients are believed from your own proxies alone"
    severity = Severity.HIGH
    rationale = "Otherwise everybody chooses the address that is counted, limited and logged."
    fix = "FORWARDED_ALLOW_IPS=the addresses of the proxies, and trusted_proxies of SecurityMiddleware the same"
    asvs = ("v5.0.0-4.1.3", "v5.0.0-15.3.4")

    def find(self, snapshot: Surroundings, /) -> Iterator[Problem]:
        given = dict(_trusted(snapshot.environ))
        if not given:
            raise NotApplicable("no variable names proxies")
        for name, value in given.items():
            parts = {part.strip() for part in value.split(",")}
            if _ANYBODY in parts or any(map(_is_broad, parts)):
                yield Problem(f"{name} trusts everybody", name)
            elif not value.strip() and is_on(snapshot.environ.get("UVICORN_PROXY_HEADERS", "1")):
                yield Problem(f"{name} is empty: every client has the address of the proxy", name, warning=True)


def _is_verified(query: Mapping[str, list[str]]) -> bool:
    required = query.get("ssl_cert_reqs", ["required"])[0] == "required"
    return required and query.get("ssl_check_hostname", ["true"])[0].lower() not in {"false", "0", "no", "n", "f"}


def _authorities(name: str, environ: Mapping[str, str]) -> Iterator[Problem]:
    value = environ.get(name)
    if value is None:
        return
    facts = look_at(value)
    if not value or facts.mode is None:
        yield Problem(f"{name} names no file that is there", name)
    elif facts.allows(0o022):
        yield Problem(f"{name}: others can change whom this process trusts: mode {facts.mode:04o}", name)


def _is_broad(text: str) -> bool:
    """Whether a network holds more than any organization has of its own: two halves of the internet are all of it."""
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return network.prefixlen < (_WIDEST_IPV4 if network.version == 4 else _WIDEST_IPV6)  # noqa: PLR2004


def _workers(environ: Mapping[str, str]) -> int:
    """The number of workers that servers take from the environment; 1 where none says it."""
    counts = [environ.get(name, "") for name in ("WEB_CONCURRENCY", "UVICORN_WORKERS", "GRANIAN_WORKERS")]
    counts += re.findall(r"(?:--workers[= ]|-w ?)(\d+)", environ.get("GUNICORN_CMD_ARGS", ""))
    return max((int(count) for count in counts if re.fullmatch(r"[0-9]{1,6}", count)), default=1)


def _trusted(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name in _PROXY_VARIABLES:
        if name in environ:
            yield name, environ[name]
    try:
        arguments = shlex.split(environ.get("GUNICORN_CMD_ARGS", ""))
    except ValueError:
        return
    for number, argument in enumerate(arguments):
        if argument.startswith("--forwarded-allow-ips"):
            following = arguments[number + 1] if number + 1 < len(arguments) else ""
            yield "GUNICORN_CMD_ARGS", argument.partition("=")[2] if "=" in argument else following

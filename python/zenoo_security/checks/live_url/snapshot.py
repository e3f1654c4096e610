"""What the checks of an address look at."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from zenoo_security.checks.check import CannotTell, NotApplicable
from zenoo_security.checks.live_url.answer import CLOSED, Answer, Silence
from zenoo_security.checks.live_url.questions import MORE_QUESTIONS, questions
from zenoo_security.errors import ConfigurationError, MissingExtra, OdooUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zenoo_security.checks.live_url.tls import TlsFacts
    from zenoo_security.checks.live_url.tried import Tried
    from zenoo_security.checks.view import Progress, Target

__all__ = ["PORTS", "Site", "load", "look"]

PORTS: Final = {8069: "Odoo", 8072: "Odoo's websockets", 5432: "PostgreSQL", 6379: "Redis"}
"""What a proxy stands in front of."""
_FOR_NOW: Final = frozenset({429, 502, 503, 504})
_ODOO: Final = re.compile(r"odoo|csrf_token|session_id|\"jsonrpc\"|<methodResponse>", re.IGNORECASE)
_ELSEWHERE: Final = "{} leads elsewhere: give the address at which the login page is"
_NO_ODOO: Final = (
    "{} answers, and not like Odoo: is the address right, or does something before it keep this check out?"
)
_PORTS: Final = {"http": 80, "https": 443}
_CONNECT_S: Final = 2.0
_UNREACHABLE: Final = "{} does not answer: is the address right, and does this machine reach it?"


@dataclass(frozen=True, repr=False)
class Site:
    """What an address answered.

    Attributes:
        base: scheme, host and port.
        answers: by the names of the questions.
        tls: what the handshakes said; None without TLS; a text where there was none.
        ports: those of `PORTS` that are open; None where it cannot be judged from here.
        tried: what was tried with `--active`; None without it.
        sent: requests that were sent.
        strange: why this is not the Odoo that is meant, of which then nothing can be said; empty where it is.
    """

    base: str
    answers: Mapping[str, Answer | Silence]
    tls: TlsFacts | str | None = None
    ports: tuple[int, ...] | None = ()
    tried: Tried | None = None
    sent: int = 0
    strange: str = ""
    file: str = ""
    secrets: tuple[str, ...] = field(default=())

    @property
    def is_active(self) -> bool:
        """Whether `--active` was given."""
        return self.tried is not None

    @property
    def is_encrypted(self) -> bool:
        """Whether the address is one of https."""
        return self.base.startswith("https:")

    def answer(self, name: str) -> Answer:
        """The answer to a question; `CLOSED` where the host closes the connection for this one, and answers others.

        Raises:
            CannotTell: there was none, or one that says that another time there would be another.
            NotApplicable: it is asked with `--active` alone.
        """
        if name in MORE_QUESTIONS and not self.is_active:
            raise NotApplicable("it takes requests of its own: give --active")
        found = self.answers.get(name) or Silence("it was not asked")
        is_closed = isinstance(found, Silence) and found.closed and isinstance(self.answers.get("login"), Answer)
        if isinstance(found, Silence) and not is_closed:
            raise CannotTell(found.reason)
        if self.strange:
            raise CannotTell(self.strange)
        if isinstance(found, Silence):
            return CLOSED
        if found.status in _FOR_NOW:
            raise CannotTell(f"the answer was {found.status}: the host, or what stands before it, had enough")
        return found

    def asked(self, *names: str) -> list[str]:
        """Those of the questions that were meant to be asked: some are with `--active` alone."""
        return [name for name in names if self.is_active or name not in MORE_QUESTIONS]

    def require_active(self) -> Tried:
        """What was tried.

        Raises:
            NotApplicable: nothing was.
        """
        if self.tried is None:
            raise NotApplicable("it tries to log in: give --active")
        return self.tried


def load(target: Target, progress: Progress) -> Site:
    """The snapshot of a target.

    Raises:
        ConfigurationError: the address is none.
        MissingExtra: httpx is not installed.
        OdooUnavailable: nobody answers there.
    """
    if not target.url:
        raise TypeError("no address")
    try:
        return asyncio.run(look(target.url, progress, active=target.active))
    except ModuleNotFoundError:
        raise MissingExtra("rpc", "checking an address") from None


async def look(url: str, progress: Progress, *, active: bool = False) -> Site:
    """Ask an address the few questions, or with `active` all of them."""
    from zenoo_security.checks.live_url.active import try_logins  # noqa: PLC0415 - only with an address
    from zenoo_security.checks.live_url.asking import Asker  # noqa: PLC0415 - httpx is an extra

    scheme, host, port = _parse(url)
    base = f"{scheme}://{_bracketed(host)}:{port}"
    if not await _opens(host, port):
        raise OdooUnavailable(_UNREACHABLE.format(base))
    asked = questions(scheme, _bracketed(host), port, active=active)
    answers: dict[str, Answer | Silence] = {}
    async with Asker(base, active=active) as asker:
        for number, (name, question) in enumerate(asked.items(), 1):
            progress(f"{base}: request {number} of {len(asked)}, {question.method} {question.path}")
            answers[name] = await asker.ask(question)
        tls = await _tls(host, port) if scheme == "https" else None
        ports = None if await _is_here(host) else await _open_ports(host, port)
        tried = await try_logins(asker, answers, progress) if active else None
        return Site(base, answers, tls, ports, tried, asker.sent, _strange(base, answers))


def _strange(base: str, answers: Mapping[str, Answer | Silence]) -> str:
    """Why this is not the Odoo that is meant: what is not there looks safe."""
    given = [one for one in answers.values() if isinstance(one, Answer)]
    login = answers["login"]
    if isinstance(login, Answer) and _leads_elsewhere(base, login):
        return _ELSEWHERE.format(base)
    is_odoo = any(_ODOO.search(one.text) or _ODOO.search(one.header("set-cookie")) for one in given)
    return _NO_ODOO.format(base) if given and not is_odoo else ""


def _leads_elsewhere(base: str, login: Answer) -> bool:
    """To the same page at another origin, as plain http leads to https; a login by another host is none of that."""
    if not 300 <= login.status < 400:  # noqa: PLR2004 - RFC 9110, 15.4
        return False
    try:
        own, other = urlsplit(base), urlsplit(login.header("location"))
        same = (other.scheme, other.hostname, other.port or _PORTS.get(other.scheme)) == (
            own.scheme,
            own.hostname,
            own.port,
        )
    except ValueError:
        return False
    return bool(other.hostname) and not same and (other.path == "/web/login" or own.hostname == other.hostname)


def _parse(url: str) -> tuple[str, str, int]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ConfigurationError("--url: this is no address: give one like https://erp.example.com") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
        raise ConfigurationError("--url: give an address like https://erp.example.com, without a user in it")
    return parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


async def _tls(host: str, port: int) -> TlsFacts | str:
    from zenoo_security.checks.live_url.tls import look_at_tls  # noqa: PLC0415 - ssl takes a while

    try:
        return await look_at_tls(host, port)
    except OSError as error:
        return f"the TLS handshake failed: {type(error).__name__}"


async def _open_ports(host: str, own: int) -> tuple[int, ...]:
    others = [port for port in PORTS if port != own]
    found = await asyncio.gather(*(_opens(host, port) for port in others))
    return tuple(port for port, is_open in zip(others, found, strict=True) if is_open)


async def _opens(host: str, port: int) -> bool:
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), _CONNECT_S * (1 + (port not in PORTS)))
    except (OSError, TimeoutError, asyncio.TimeoutError, UnicodeError):
        return False
    writer.transport.abort()
    return True


async def _is_here(host: str) -> bool:
    """Whether it is this machine, on which every port is reachable."""
    try:
        found = await asyncio.wait_for(asyncio.get_running_loop().getaddrinfo(host, None), _CONNECT_S)
    except (OSError, TimeoutError, asyncio.TimeoutError, UnicodeError, socket.gaierror):
        return False
    return any(ipaddress.ip_address(str(one[4][0]).partition("%")[0]).is_loopback for one in found)

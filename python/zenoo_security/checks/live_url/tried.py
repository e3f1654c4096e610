"""What `--active` tries, what came of it, and the checks of that."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from zenoo_security.checks.check import CannotTell, Problem, Severity
from zenoo_security.checks.live_url.base import SiteCheck

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from zenoo_security.checks.live_url.snapshot import Site

__all__ = ["GUESSES", "PAIRS", "DefaultPasswords", "PublicRecords", "Throttling", "Tried"]

PAIRS: Final = {"admin": "admin", "demo": "demo"}
"""One password for each account: what Odoo's own data gives them."""
GUESSES: Final = 12
"""Refused logins of one account that does not exist; a new database of Odoo 19 slows down after ten."""


@dataclass(frozen=True)
class Tried:
    """What came of it.

    Attributes:
        logins: login -> whether its known password was accepted; None where it could not be tried.
        slowed: whether guessing was slowed down; None where it could not be tried.
        uneven: whether a guess got through after one was slowed down: each worker process counts for itself.
        forwarded: whether guesses got through by a forged X-Forwarded-For alone.
        unlimited: the paths of RPC at which nothing in front of Odoo slowed guessing down.
        tells_accounts: whether /web/reset_password says that an account does not exist; None where it was not asked.
        pictures: how many of the first users' pictures anybody can fetch; None where it could not be tried.
    """

    logins: Mapping[str, bool | None] = field(default_factory=dict)
    slowed: bool | None = None
    uneven: bool = False
    forwarded: bool = False
    unlimited: tuple[str, ...] = ()
    tells_accounts: bool | None = None
    pictures: int | None = 0


class DefaultPasswords(SiteCheck):
    id = "URL-16"
    title = "No account has the password that Odoo's own data gives it"
    severity = Severity.CRITICAL
    rationale = "Robots try these first."
    fix = "Change the password, or archive the user; and start databases without demo data"
    asvs = ("v5.0.0-6.3.2",)

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        logins = snapshot.require_active().logins
        for login, accepted in logins.items():
            if accepted:
                yield Problem(f"{login} has the password that everybody knows", login)
        unknown = [login for login, accepted in logins.items() if accepted is None]
        if unknown and not any(logins.values()):
            raise CannotTell(f"the login page could not be used for {', '.join(unknown)}")


class Throttling(SiteCheck):
    id = "URL-17"
    title = "Guessing passwords is slowed down"
    severity = Severity.HIGH
    rationale = (
        "Without a limit a list of common passwords is through in minutes. Odoo counts in each worker process "
        "alone: with eight workers it takes eight times as many."
    )
    fix = "nginx: limit_req on /web/login, /web/session/authenticate, /xmlrpc, /jsonrpc; base.login_cooldown_after = 5"
    asvs = ("v5.0.0-6.3.1",)

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        tried = snapshot.require_active()
        if tried.slowed is None:
            raise CannotTell("the login page could not be used")
        if not tried.slowed:
            yield Problem(f"{GUESSES} wrong passwords in a row, and nothing slowed down", "web")
        if tried.forwarded:
            yield Problem("a forged X-Forwarded-For is all it takes to guess on", "x-forwarded-for")
        elif tried.uneven:
            yield Problem("guesses get through after one was slowed down: workers count apart", "workers", warning=True)
        for path in tried.unlimited:
            yield Problem(
                f"{GUESSES} wrong passwords over {path}, and nothing in front of Odoo slowed down; "
                "whether Odoo itself does, it does not tell there",
                path,
                warning=True,
            )


class PublicRecords(SiteCheck):
    id = "URL-28"
    title = "Pictures of users are not for everybody"
    severity = Severity.MEDIUM
    rationale = "What can be fetched by counting up is fetched, and shows who works here."
    fix = "nginx: return 404 for ^~ /web/image/res.users and /web/content/res.users without a session"
    asvs = ("v5.0.0-8.2.2",)

    def find(self, snapshot: Site, /) -> Iterator[Problem]:
        found = snapshot.require_active().pictures
        if found is None:
            raise CannotTell("pictures were asked for, and not all requests were answered")
        if found:
            yield Problem(f"pictures of {found} users can be fetched by their numbers", "res.users")

"""System parameters: passwords, sessions, sign-up, links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from zenoo_security.checks.check import NotApplicable, Problem, Severity
from zenoo_security.checks.live_rpc.base import DatabaseCheck, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.live_rpc.snapshot import Database

__all__ = ["BaseUrl", "Cooldown", "HashRounds", "PasswordLength", "PlainSecrets", "SessionLife", "SignUp"]

_ALONE: Final = 15
_WITH_FACTOR: Final = 8
_ROUNDS: Final = 600_000
_MOST_FAILURES: Final = 10
_SHORTEST_COOLDOWN_S: Final = 60
_LONGEST_IDLE_S: Final = 86_400
_WEEK_S: Final = 604_800
_LONGEST_MINUTES: Final = 43_200
"""NIST SP 800-63B-4, AAL1: 30 days."""
_OWN: Final = frozenset({"database.secret"})
"""Odoo makes it, and signs with it."""
_ON: Final = frozenset({"true", "1", "yes"})


class PasswordLength(DatabaseCheck):
    id = "RPC-05"
    title = "Passwords have 15 characters, or 8 where everybody has a second factor"
    severity = Severity.MEDIUM
    rationale = "Odoo takes a password of one letter unless it is told not to."
    fix = "Install auth_password_policy and set auth_password_policy.minlength = 15; or the addon zenoo_security"
    asvs = ("v5.0.0-6.2.1",)

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        installed = snapshot.installed()
        if "zenoo_security" in installed:
            return
        if "auth_password_policy" not in installed:
            yield Problem("auth_password_policy is not installed: any password is accepted", "module")
            return
        everybody = all(row.get("totp_enabled") or row.get("auth_passkey_key_ids") for row in snapshot.people())
        least = _WITH_FACTOR if everybody else _ALONE
        length = snapshot.number("auth_password_policy.minlength", 0)
        if length < least:
            yield Problem(f"auth_password_policy.minlength is {length}, and should be {least}", "length")


class HashRounds(DatabaseCheck):
    id = "RPC-06"
    title = "Hashes of passwords cost what they should"
    severity = Severity.MEDIUM
    rationale = "Fewer rounds make guessing a stolen hash cheaper by as much."
    fix = "Remove the system parameter password.hashing.rounds, or set 600000 or more"
    asvs = ("v5.0.0-11.4.2",)

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        rounds = snapshot.number("password.hashing.rounds", _ROUNDS)
        if rounds < _ROUNDS:
            yield Problem(f"password.hashing.rounds is {rounds}", "rounds")


class Cooldown(DatabaseCheck):
    id = "RPC-07"
    title = "Failed logins make wait"
    severity = Severity.HIGH
    rationale = "Without it guessing is as fast as Odoo answers."
    fix = "System parameters: base.login_cooldown_after = 5, base.login_cooldown_duration = 60"
    asvs = ("v5.0.0-6.3.1",)

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        after = snapshot.number("base.login_cooldown_after", 5)
        seconds = snapshot.number("base.login_cooldown_duration", _SHORTEST_COOLDOWN_S)
        if after <= 0:
            yield Problem("base.login_cooldown_after is 0: nobody has to wait", "after")
        elif after > _MOST_FAILURES:
            yield Problem(f"base.login_cooldown_after is {after}", "after", severity=Severity.MEDIUM)
        if seconds < _SHORTEST_COOLDOWN_S:
            yield Problem(f"base.login_cooldown_duration is {seconds} seconds", "duration", severity=Severity.MEDIUM)


class SessionLife(DatabaseCheck):
    id = "RPC-08"
    title = "A session that nobody uses ends within a day; auth_timeout, where it is installed, ends the others"
    severity = Severity.MEDIUM
    rationale = "Odoo keeps a session for a week, on whatever computer it was left open."
    fix = (
        "System parameter sessions.max_inactivity_seconds = 3600; with auth_timeout the group User: a timeout of a day"
    )
    asvs = ("v5.0.0-7.3.1", "v5.0.0-7.3.2")

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        seconds = snapshot.number("sessions.max_inactivity_seconds", _WEEK_S)
        if seconds > _LONGEST_IDLE_S or seconds <= 0:
            yield Problem(f"a session ends after {seconds} seconds without a request", "idle")
        if "auth_timeout" not in snapshot.installed():
            return
        # Of several groups the shortest holds; 0 is none.
        minutes = [row["lock_timeout"] for row in snapshot.employee_groups() if row["lock_timeout"]]
        if not minutes:
            yield Problem("auth_timeout ends no session of employees", "longest", warning=True)
        elif min(minutes) > _LONGEST_MINUTES:
            text = f"a session of employees goes on for {min(minutes)} minutes"
            yield Problem(text, "longest")


class SignUp(DatabaseCheck):
    id = "RPC-11"
    title = "Accounts are given, and new ones have few rights"
    severity = Severity.HIGH
    rationale = "Whoever makes themselves an account is inside the record rules of portal users."
    fix = "Settings, Permissions, Customer Account: On invitation; the template user in the group Portal alone"
    asvs = ("v5.0.0-6.3.8", "v5.0.0-8.2.1")

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        if "auth_signup" not in snapshot.installed():
            return
        if snapshot.parameter("auth_signup.invitation_scope", "b2b") == "b2c":
            yield Problem("anybody makes themselves an account: auth_signup.invitation_scope is b2c", "scope")
        template = snapshot.number("base.template_portal_user_id", 0)
        for user in snapshot.rows("users"):
            if user["id"] != template:
                continue
            if snapshot.has(user, "base.group_user"):
                yield Problem("new accounts are those of employees: base.template_portal_user_id", "template")
            elif more := snapshot.beside_portal(user):
                yield Problem(f"new accounts also get {named(more)}", "groups", severity=Severity.MEDIUM)


class PlainSecrets(DatabaseCheck):
    id = "RPC-17"
    title = "No passwords of other systems stand in the database"
    severity = Severity.HIGH
    rationale = "Every backup, every copy for tests and every administrator has them."
    fix = "odoo.conf or OCA's server_environment for mail servers and keys; OAuth for mail; other keys in copies"
    asvs = ("v5.0.0-13.3.1",)

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        for key in snapshot.secret_parameters():
            if key not in _OWN:
                yield Problem(f"the parameter {key} holds something secret", key)
        for table, what in (("mail_passwords", "mail server"), ("fetch_passwords", "incoming mail server")):
            try:
                rows = snapshot.rows(table)
            except NotApplicable:
                continue
            if rows:
                yield Problem(f"passwords of the {what} {named(row['name'] for row in rows)}", table)
        try:
            providers = snapshot.rows("payment_providers")
        except NotApplicable:
            return
        if providers:
            text = f"keys of {named(row['name'] for row in providers)} are in every copy that is not neutralized"
            yield Problem(text, "payment", warning=True)


class BaseUrl(DatabaseCheck):
    id = "RPC-18"
    title = "Links in mails begin with https, and with an address that nobody changes"
    severity = Severity.HIGH
    rationale = (
        "Odoo takes the address from the host that an administrator logs in at; links for new passwords begin so."
    )
    fix = "System parameters: web.base.url = https://erp.example.com, web.base.url.freeze = True"
    asvs = ("v5.0.0-12.2.1", "v5.0.0-4.1.3")

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        if urlsplit(snapshot.parameter("web.base.url")).scheme != "https":
            yield Problem("web.base.url does not begin with https", "web.base.url")
        if snapshot.parameter("web.base.url.freeze").casefold() not in _ON:
            yield Problem("web.base.url.freeze is not set", "web.base.url.freeze", severity=Severity.MEDIUM)

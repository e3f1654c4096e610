"""What is asked of passwords, and what a password alone opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.checks.check import Problem, Severity
from zenoo_security.checks.live_rpc.base import DatabaseCheck, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.live_rpc.snapshot import Database

__all__ = ["PasswordBesidePasskey", "PasswordRules"]

_RULES: Final = {"expiration_days": 60, "lower": 1, "upper": 1, "numeric": 1, "special": 1}
"""The parameters of OCA's password_security, and what it takes where they are not set (18.0)."""


class PasswordRules(DatabaseCheck):
    id = "RPC-36"
    title = "Passwords are as typed, of any characters, and for as long as nobody else knows them"
    severity = Severity.LOW
    rationale = "Rules of composition and days of expiry make people choose the same password with another digit."
    fix = "OCA's password_security: set its days and its counts of characters to 0; and the addon zenoo_security"
    asvs = ("v5.0.0-6.2.5", "v5.0.0-6.2.8", "v5.0.0-6.2.10")

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        installed = snapshot.installed()
        if "zenoo_security" not in installed:
            yield Problem("Odoo takes spaces off both ends of a new password", "strip")
        if "password_security" not in installed:
            return
        for name, default in _RULES.items():
            value = snapshot.number(f"password_security.{name}", default)
            if value > 0:
                what = "passwords expire" if name == "expiration_days" else "passwords are composed by a rule"
                yield Problem(f"{what}: password_security.{name} is {value}", name)


class PasswordBesidePasskey(DatabaseCheck):
    id = "RPC-37"
    title = "Who has a passkey cannot log in with the password alone"
    severity = Severity.MEDIUM
    rationale = "Odoo asks for a passkey where somebody chooses it; the password still opens the form and RPC."
    fix = "Two-factor authentication with an app for them too: then the password alone opens neither"
    asvs = ("v5.0.0-6.3.4",)

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        people = snapshot.people()
        weak = [user["login"] for user in people if user.get("auth_passkey_key_ids") and not user.get("totp_enabled")]
        if weak:
            yield Problem(f"a passkey, and a password that is enough: {named(weak)}", "users")

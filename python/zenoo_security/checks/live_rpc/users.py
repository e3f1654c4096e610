"""Who can log in, how, and with which rights."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from zenoo_security.checks.check import NotApplicable, Problem, Severity
from zenoo_security.checks.live_rpc.base import DatabaseCheck, is_older, moment, named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from zenoo_security.checks.live_rpc.snapshot import Database, Row

__all__ = [
    "ApiKeys",
    "Devices",
    "EmailFactor",
    "GuessableLogins",
    "Inactive",
    "Integrations",
    "MixedUsers",
    "PowerfulGroups",
    "RoleLines",
    "SecondFactor",
    "Superusers",
]

_GUESSABLE: Final = frozenset({"admin", "administrator", "demo", "odoo", "root", "test", "user", "portal", "manager"})
_MANY_ADMINISTRATORS: Final = 5
_UNUSED_DAYS: Final = 90
_KEY_DAYS: Final = 365
_STALE_DAYS: Final = 30
_MANY_ADDRESSES: Final = 20
_TRAVEL: Final = timedelta(hours=1)
_POWERFUL: Final = {
    "base.group_sanitize_override": "may store HTML that nobody cleans",
    "mail.group_mail_template_editor": "may write templates that run expressions",
    "base.group_erp_manager": "may give rights",
}


class GuessableLogins(DatabaseCheck):
    id = "RPC-01"
    title = "No login is one that is tried first"
    severity = Severity.HIGH
    rationale = "Half of what guessing needs is known."
    fix = "Settings, Users: give each person their mail address as login, and archive accounts of nobody"
    asvs = ("v5.0.0-6.3.2",)

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        for user in snapshot.people():
            login = str(user["login"]).strip().casefold()
            if login in _GUESSABLE:
                yield Problem(f"the login {login} is one that is tried first", login)
            elif login == str(user["name"]).strip().casefold():
                yield Problem(f"the login {login} is the name of its user", login, severity=Severity.MEDIUM)


class Superusers(DatabaseCheck):
    id = "RPC-02"
    title = "Few people can change settings, all of them use it, and the system's user cannot log in"
    severity = Severity.HIGH
    rationale = "Each such account is the whole database."
    fix = "Take Settings and Access Rights from who does not need them; archive who has left; archive OdooBot (id 1)"
    asvs = ("v5.0.0-8.2.1", "v5.0.0-13.2.2")

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        if any(user["id"] == 1 and user["active"] for user in snapshot.rows("users")):
            yield Problem("OdooBot, who may do everything, can log in", "OdooBot")
        administrators = snapshot.administrators()
        if len(administrators) > _MANY_ADMINISTRATORS:
            text = f"{len(administrators)} users can change settings: {named(user['login'] for user in administrators)}"
            yield Problem(text, "number", severity=Severity.MEDIUM)
        for user in administrators:
            if is_older(snapshot, user["login_date"] or user["create_date"], _UNUSED_DAYS):
                yield Problem(f"{user['login']} can change settings, and was not here for 90 days", str(user["login"]))


class SecondFactor(DatabaseCheck):
    id = "RPC-03"
    title = "Every internal user has a second factor or a passkey"
    severity = Severity.HIGH
    rationale = "A password that was guessed, reused or phished is not enough then."
    fix = "Preferences, Security: two-factor authentication with an app, or a passkey, for each user"
    asvs = ("v5.0.0-6.3.3",)

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        without = [user for user in snapshot.people() if not _has_factor(user)]
        administrators = {user["id"] for user in snapshot.administrators()}
        powerful = [user["login"] for user in without if user["id"] in administrators]
        if powerful:
            yield Problem(f"administrators without a second factor: {named(powerful)}", "administrators")
        if "auth_passkey" in snapshot.installed():
            phished = [user["login"] for user in snapshot.administrators() if not user.get("auth_passkey_key_ids")]
            if phished:
                text = f"administrators without a passkey, whom a copy of the login page deceives: {named(phished)}"
                yield Problem(text, "passkey", warning=True)
        others = [user["login"] for user in without if user["id"] not in administrators]
        if others:
            yield Problem(f"users without a second factor: {named(others)}", "users", severity=Severity.MEDIUM)


def _has_factor(user: Row) -> bool:
    """Without auth_totp and auth_passkey nobody has one."""
    return bool(user.get("totp_enabled") or user.get("auth_passkey_key_ids"))


class EmailFactor(DatabaseCheck):
    id = "RPC-04"
    title = "The second factor is not a mail"
    severity = Severity.MEDIUM
    rationale = "Who has the mailbox also resets the password: it is one factor."
    fix = "Every user with an app or a passkey; then no mail is sent. Or take auth_totp.policy away"
    asvs = ("v5.0.0-6.3.6",)

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        if "auth_totp_mail" not in snapshot.installed() or not snapshot.parameter("auth_totp.policy"):
            return
        mailed = [user["login"] for user in snapshot.people() if not _has_factor(user)]
        if mailed:
            yield Problem(f"users who get their code by mail: {named(mailed)}", "mail")


class ApiKeys(DatabaseCheck):
    id = "RPC-09"
    title = "API keys end, are young, and belong to users who are here"
    severity = Severity.HIGH
    rationale = "A key has neither a second factor nor a limit of tries, and is forgotten in scripts."
    fix = "Remove keys that nobody uses; make new ones with a last day of three months or less"
    asvs = ("v5.0.0-13.2.1",)

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        keys = snapshot.rows("api_keys")
        active = {user["id"] for user in snapshot.rows("users") if user["active"]}
        for key in keys:
            name, owner = str(key["name"]), key["user_id"]
            if owner and owner[0] not in active:
                yield Problem(f"the key {name} is one of an archived user", name)
            if "expiration_date" in key and not key["expiration_date"]:
                yield Problem(f"the key {name} never ends", name)
            elif is_older(snapshot, key["create_date"], _KEY_DAYS):
                yield Problem(f"the key {name} is older than a year", name, severity=Severity.MEDIUM)
            if "scope" in key and not key["scope"]:
                yield Problem(f"the key {name} is for everything: it has no scope", f"{name} scope", warning=True)
        yield from _oca_keys(snapshot)
        if snapshot.parameter("base.enable_programmatic_api_keys") not in {"", "False", "0"}:
            yield Problem("programs can make keys: base.enable_programmatic_api_keys", "programs")


def _oca_keys(snapshot: Database) -> Iterator[Problem]:
    """Those of auth_api_key."""
    try:
        keys = snapshot.rows("oca_api_keys")
    except NotApplicable:
        return
    for key in keys:
        if key.get("active", True):
            name = str(key["name"])
            yield Problem(f"the key {name} of auth_api_key never ends", f"auth_api_key {name}")


class Integrations(DatabaseCheck):
    id = "RPC-10"
    title = "Programs have accounts of their own, with few rights"
    severity = Severity.HIGH
    rationale = (
        "The key of an administrator in a script is the whole database; that of a person cannot be taken back alone."
    )
    fix = "A user for each program, in the groups that it needs, without a person's name; its key and no password"
    asvs = ("v5.0.0-13.2.2", "v5.0.0-8.3.3")

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        owners = {key["user_id"][0] for key in snapshot.rows("api_keys") if key["user_id"]}
        administrators = snapshot.administrators()
        for user in administrators:
            # Whoever reads all this needs the right.
            if user["id"] in owners and user["id"] != snapshot.uid:
                yield Problem(f"{user['login']} can change settings, and has an API key", str(user["login"]))
        both = owners & _in_browsers(snapshot) - {user["id"] for user in administrators}
        shared = [user["login"] for user in snapshot.people() if user["id"] in both]
        if shared:
            text = f"an API key, and sessions in a browser: {named(shared)}; people, or programs with a password?"
            yield Problem(text, "shared", warning=True)


def _in_browsers(snapshot: Database) -> set[int]:
    """Who has sessions; nobody where Odoo, up to 17, does not record them."""
    try:
        return {device["user_id"][0] for device in snapshot.rows("devices") if device["user_id"]}
    except NotApplicable:
        return set()


class MixedUsers(DatabaseCheck):
    id = "RPC-12"
    title = "Nobody is a customer and an employee at once"
    severity = Severity.CRITICAL
    rationale = "A portal user with an internal group sees what employees see, and nobody expects it (CVE-2019-11782)."
    fix = "Settings, Users: one of Internal, Portal and Public for each user; take the other groups away"
    asvs = ("v5.0.0-8.2.1",)

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        for user in snapshot.rows("users"):
            kinds = [one for one in ("user", "portal", "public") if snapshot.has(user, f"base.group_{one}")]
            if len(kinds) > 1:
                yield Problem(f"{user['login']} is of {' and '.join(kinds)} at once", str(user["login"]))


class PowerfulGroups(DatabaseCheck):
    id = "RPC-25"
    title = "Groups that go around a protection have administrators only"
    severity = Severity.MEDIUM
    rationale = "HTML that nobody cleans and templates that run expressions act with the rights of who opens them."
    fix = "Take the group away; Settings, Email templates: restrict to editors"
    asvs = ("v5.0.0-1.3.7", "v5.0.0-8.2.1")

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        for group, what in _POWERFUL.items():
            if members := snapshot.beside_administrators(group):
                yield Problem(f"who {what} and is no administrator: {named(members)}", group)


class Devices(DatabaseCheck):
    id = "RPC-30"
    title = "Sessions are those of people who are here, from a few addresses"
    severity = Severity.MEDIUM
    rationale = "A session from everywhere is one that was copied."
    fix = "Preferences, Security: log out from the devices; a new password ends the sessions of an archived user"
    asvs = ("v5.0.0-7.4.2",)

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        devices = snapshot.rows("devices")
        users = {user["id"]: user for user in snapshot.rows("users")}
        yield from _far_apart(snapshot)
        addresses: dict[int, set[str]] = {}
        for device in devices:
            if device["user_id"]:
                addresses.setdefault(device["user_id"][0], set()).add(str(device["ip_address"]))
        for uid, found in addresses.items():
            user = users.get(uid)
            if user is not None and not user["active"]:
                yield Problem(f"{user['login']} is archived, and has sessions", str(user["login"]))
            elif user is not None and len(found) > _MANY_ADDRESSES:
                text = f"{user['login']} has sessions from {len(found)} addresses"
                yield Problem(text, str(user["login"]), warning=True)
        old = {device["user_id"][1] for device in devices if device["user_id"] and _is_stale(snapshot, device)}
        if old:
            yield Problem(f"sessions that nobody used for 30 days: {named(old)}", "old", severity=Severity.LOW)


def _far_apart(snapshot: Database) -> Iterator[Problem]:
    """Who was in two countries within an hour."""
    seen: dict[str, list[tuple[datetime, str]]] = {}
    for device in snapshot.rows("devices"):
        when = moment(device["last_activity"])
        if device["user_id"] and when and device.get("country"):
            seen.setdefault(str(device["user_id"][1]), []).append((when, str(device["country"])))
    for user, places in seen.items():
        for (before, there), (after, here) in pairwise(sorted(places)):
            if here != there and after - before < _TRAVEL:
                yield Problem(f"{user} was in {there} and in {here} within an hour", f"{user} travel", warning=True)
                break


def _is_stale(snapshot: Database, device: Row) -> bool:
    return is_older(snapshot, device["last_activity"], _STALE_DAYS)


class Inactive(DatabaseCheck):
    id = "RPC-31"
    title = "Who can log in does"
    severity = Severity.LOW
    rationale = "Nobody sees when a forgotten account is used by somebody else."
    fix = "Archive them"
    asvs = ("v5.0.0-7.4.2",)

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        gone = [
            user["login"]
            for user in snapshot.people()
            if is_older(snapshot, user["login_date"] or user["create_date"], _UNUSED_DAYS)
        ]
        if gone:
            yield Problem(f"not here for 90 days: {named(gone)}", "users")


class RoleLines(DatabaseCheck):
    id = "RPC-35"
    title = "Roles that have ended give nothing any more"
    severity = Severity.HIGH
    rationale = "base_user_role takes groups away when its job runs, and not where a group was also given by hand."
    fix = "Run the scheduled action of base_user_role, and set the groups of these users anew"
    asvs = ("v5.0.0-8.2.1",)

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        for line in snapshot.rows("role_lines"):
            end = moment(line["date_to"])
            if end is not None and end.date() < snapshot.now.date() and line["is_enabled"]:
                role, user = str(line["role_id"][1]), str(line["user_id"][1])
                yield Problem(f"the role {role} of {user} has ended, and is still given", f"{user} {role}")

"""Who gets at the databases: the master password, the database manager, the filter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from zenoo_security.checks.check import NotApplicable, Severity
from zenoo_security.checks.odoo_conf.base import ConfCheck, problem
from zenoo_security.checks.patterns import PatternError, matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.check import Problem
    from zenoo_security.checks.odoo_conf.snapshot import OdooConf

__all__ = ["DatabaseFilter", "DatabaseManager", "DemoData", "MasterPassword", "MasterPasswordHashed"]

_HASH: Final = re.compile(r"\$pbkdf2-sha512\$(?:([0-9]{1,9})\$)?")
_FEWEST_ROUNDS: Final = 210_000
"""OWASP Password Storage Cheat Sheet, PBKDF2-HMAC-SHA512."""
_SHORTEST: Final = 14
"""Characters of the password that Odoo itself proposes."""
_FEWEST_CHARACTERS: Final = 6
_NAMES: Final = ("zs-none", "zs_none", "zsnone", "zsnone7")
"""Of no database; short, for a pattern of others is tried on them."""
_ALL_BEHIND: Final = (".*", ".+")
_END: Final = re.compile(r"\)*(?:\$|\\Z)\)*$")


class MasterPassword(ConfCheck):
    id = "CONF-01"
    title = "The master password is one of your own, and strong"
    severity = Severity.CRITICAL
    rationale = (
        "Whoever has it can copy, replace and delete every database. Without the option it is the word admin, "
        "and robots try that."
    )
    fix = (
        "Make one with `openssl rand -base64 24`, keep it in a password manager, and put its hash into the file: "
        "admin_passwd = $pbkdf2-sha512$..."
    )
    asvs = ("v5.0.0-13.2.3", "v5.0.0-6.3.2")

    def find(self, snapshot: OdooConf, /) -> Iterator[Problem]:
        if not snapshot.is_set("admin_passwd"):
            yield problem(snapshot, "admin_passwd", "admin_passwd is not set, so it is the word admin")
            return
        value = snapshot.text("admin_passwd")
        if value and not _HASH.match(value) and _weak(value):
            yield problem(snapshot, "admin_passwd", "admin_passwd is easy to guess: too short, or a common password")


class MasterPasswordHashed(ConfCheck):
    id = "CONF-02"
    title = "The master password is stored as a hash"
    severity = Severity.HIGH
    rationale = "Who reads the file, or a backup of it, has the master password."
    fix = (
        "Odoo's own Python prints the hash: import getpass; from passlib.hash import pbkdf2_sha512; "
        "print(pbkdf2_sha512.using(rounds=600000).hash(getpass.getpass()))"
    )
    asvs = ("v5.0.0-11.4.2", "v5.0.0-13.3.1")

    def find(self, snapshot: OdooConf, /) -> Iterator[Problem]:
        if not snapshot.is_set("admin_passwd"):
            raise NotApplicable("admin_passwd is not set: see CONF-01")
        value = snapshot.text("admin_passwd")
        found = _HASH.match(value)
        if value and not found:
            yield problem(snapshot, "admin_passwd", "admin_passwd stands there in the clear")
        elif found and int(found[1] or 0) < _FEWEST_ROUNDS:
            message = f"the hash of admin_passwd has fewer than {_FEWEST_ROUNDS} rounds"
            yield problem(snapshot, "admin_passwd", message, of="rounds", severity=Severity.MEDIUM)


class DatabaseManager(ConfCheck):
    id = "CONF-03"
    title = "The database manager is off"
    severity = Severity.HIGH
    rationale = "It shows the names of all databases, and a guessed master password is all it takes to copy them."
    fix = "list_db = False"
    asvs = ("v5.0.0-13.4.5",)

    def find(self, snapshot: OdooConf, /) -> Iterator[Problem]:
        if snapshot.flag("list_db"):
            yield problem(snapshot, "list_db", "list_db is on: /web/database/manager answers, and lists the databases")


class DatabaseFilter(ConfCheck):
    id = "CONF-04"
    title = "A request reaches the database that is meant, and no other"
    severity = Severity.HIGH
    rationale = "Without a filter, whoever knows a name reaches a test copy or another customer's database."
    fix = "One database: db_name = NAME and dbfilter = ^NAME$. One a host name: dbfilter = ^%d$"
    asvs = ("v5.0.0-8.4.1",)

    def find(self, snapshot: OdooConf, /) -> Iterator[Problem]:
        pattern, names = snapshot.text("dbfilter"), snapshot.items("db_name")
        if not pattern:
            if len(names) != 1:
                yield problem(snapshot, "dbfilter", "dbfilter is empty, and db_name does not name one database")
            return
        try:
            tried = pattern.replace("%h", "h").replace("%d", "d")
            matches_all = any(matches(tried, name, whole=True) for name in _NAMES)
        except PatternError as error:
            yield problem(snapshot, "dbfilter", f"dbfilter is {error}")
            return
        if matches_all:
            yield problem(snapshot, "dbfilter", "dbfilter lets every database through")
        elif not all(map(_ends, _alternatives(pattern))):
            message = "dbfilter does not end a name with $, so it also lets longer names through: shop, shop2"
            yield problem(snapshot, "dbfilter", message)


class DemoData(ConfCheck):
    id = "CONF-10"
    title = "New databases have no demo data"
    severity = Severity.HIGH
    rationale = "Demo data brings users whose names and passwords everybody knows."
    fix = "with_demo = False (Odoo 18 and older: without_demo = all)"
    asvs = ("v5.0.0-15.2.3", "v5.0.0-6.3.2")

    def find(self, snapshot: OdooConf, /) -> Iterator[Problem]:
        if snapshot.flag("with_demo"):
            yield problem(snapshot, "with_demo", "new databases get demo data")
        elif not snapshot.series and not snapshot.is_set("with_demo"):
            message = "is this Odoo 19 or later? Before, new databases have demo data unless without_demo is set"
            yield problem(snapshot, "with_demo", message, of="default", warning=True)
        elif snapshot.series and int(snapshot.series.split(".")[0]) < 19 and not snapshot.is_set("with_demo"):  # noqa: PLR2004
            yield problem(snapshot, "with_demo", f"Odoo {snapshot.series} puts demo data into new databases by default")


def _alternatives(pattern: str) -> list[str]:
    """The parts between bars that stand in no parentheses: each is a pattern of its own."""
    parts, depth = [""], 0
    for part in re.findall(r"\\.|\[\^?\]?[^\]]*\]|.", pattern, re.DOTALL):
        depth += (part == "(") - (part == ")")
        if part == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += part
    return parts


def _ends(pattern: str) -> bool:
    """Whether what a pattern matches is a whole name, and not any that begins so."""
    end = _END.search(pattern)
    return end is not None and not pattern[: end.start()].endswith(("\\", *_ALL_BEHIND))


def _weak(password: str) -> bool:
    from zenoo_security.common_passwords import common_passwords  # noqa: PLC0415 - only for who has one in the clear

    return (
        len(password) < _SHORTEST
        or len(set(password)) < _FEWEST_CHARACTERS
        or password.casefold() in common_passwords()
    )

"""What is for development, what is logged, and what Odoo does not understand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.checks.check import Severity
from zenoo_security.checks.odoo_conf.base import ConfCheck, problem
from zenoo_security.checks.odoo_conf.options import ALIASES, OPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.check import Problem
    from zenoo_security.checks.odoo_conf.snapshot import OdooConf

__all__ = ["Development", "LogKept", "LogLevel", "UnknownOptions"]

_DEBUG_LEVELS: Final = frozenset({"debug", "debug_rpc", "debug_rpc_answer", "debug_sql", "notset"})
_DEBUG_HANDLERS: Final = frozenset({"debug", "notset"})
_TELLING: Final = ("odoo.http", "odoo.sql_db", "odoo.service", "odoo.addons.base.models.res_users", "werkzeug")
_GUARDS: Final = frozenset(
    {"admin_passwd", "dbfilter", "http_interface", "list_db", "proxy_mode", "db_sslmode", "dev_mode", "with_demo"}
)
_FROM_MODULES: Final = frozenset({"running_env"})


class Development(ConfCheck):
    id = "CONF-09"
    title = "Nothing that is for development is on"
    severity = Severity.HIGH
    rationale = "Developer features show source code, values and tracebacks; werkzeug's debugger runs any Python code."
    fix = "Leave out dev_mode, --dev, --test-enable, --test-tags and screencasts"
    asvs = ("v5.0.0-13.4.2",)

    def find(self, snapshot: OdooConf, /) -> Iterator[Problem]:
        features = snapshot.items("dev_mode")
        if features:
            worst, of = (Severity.CRITICAL, "werkzeug") if "werkzeug" in features else (None, "")
            yield problem(snapshot, "dev_mode", f"dev_mode is on: {', '.join(features)}", of=of, severity=worst)
        if snapshot.flag("test_enable") or snapshot.text("test_tags") or snapshot.text("test_file"):
            yield problem(snapshot, "test_enable", "Odoo runs tests in this database")
        if snapshot.text("screencasts"):
            yield problem(snapshot, "screencasts", "screencasts of tests are kept")


class LogLevel(ConfCheck):
    id = "CONF-14"
    title = "Requests and queries are not logged with what is in them"
    severity = Severity.HIGH
    rationale = "At these levels passwords, session ids and personal data end up in the log."
    fix = "log_level = info, and no log_handler with DEBUG"
    asvs = ("v5.0.0-16.2.5",)

    def find(self, snapshot: OdooConf, /) -> Iterator[Problem]:
        level = snapshot.text("log_level")
        if level in _DEBUG_LEVELS:
            yield problem(snapshot, "log_level", f"log_level is {level}")
        for handler in snapshot.items("log_handler"):
            logger, _, name = handler.partition(":")
            if name.strip().lower() in _DEBUG_HANDLERS:
                telling = logger.startswith(_TELLING) or any(one.startswith(logger) for one in _TELLING)
                message = f"log_handler: {logger or 'everything'} is logged at {name}"
                yield problem(snapshot, "log_handler", message, of=logger, warning=not telling)


class LogKept(ConfCheck):
    id = "CONF-15"
    title = "The log is kept, apart from the database, and not for everybody"
    severity = Severity.MEDIUM
    rationale = "Without a log nobody can say what happened; one in the database is in the hands of who broke into it."
    fix = "logfile = /var/log/odoo/odoo.log of mode 0640, or syslog = True, or the journal of systemd; no log_db"
    asvs = ("v5.0.0-16.4.3", "v5.0.0-16.2.3")

    def find(self, snapshot: OdooConf, /) -> Iterator[Problem]:
        if snapshot.text("log_db"):
            yield problem(snapshot, "log_db", "the log is written to a database")
        if not snapshot.text("logfile") and not snapshot.flag("syslog"):
            message = "no logfile and no syslog: is the standard error kept, by systemd or a container?"
            yield problem(snapshot, "logfile", message, of="missing", warning=True)
        for facts in snapshot.paths.get("logfile", ()):
            if facts.allows(0o006):
                yield problem(snapshot, "logfile", f"everybody can read the log: mode {facts.mode:04o}")


class UnknownOptions(ConfCheck):
    id = "CONF-20"
    title = "Odoo understands every option"
    severity = Severity.LOW
    rationale = "Odoo does not use an option that it does not know; list_database = False leaves the manager on."
    fix = "Write the option as `odoo --help` and Odoo's documentation have it, or remove it"
    asvs = ("v5.0.0-16.5.3",)

    def find(self, snapshot: OdooConf, /) -> Iterator[Problem]:
        for name, reason in snapshot.invalid.items():
            yield problem(snapshot, name, f"{name}: {reason}", severity=Severity.MEDIUM)
        for name, reason in snapshot.ignored.items():
            guard = name in _GUARDS
            message = f"{name} has no effect: {reason}"
            yield problem(snapshot, name, message, warning=not guard, severity=Severity.MEDIUM if guard else None)
        for name in snapshot.unknown:
            if name not in ALIASES | _FROM_MODULES:
                yield _unknown(snapshot, name)


def _unknown(conf: OdooConf, name: str) -> Problem:
    from difflib import get_close_matches  # noqa: PLC0415 - only for who has a mistake in the file

    # Behind a blank stands what was meant as a value, where the equals sign is missing.
    shown = name.split(maxsplit=1)[0]
    near = get_close_matches(shown, OPTIONS, 1, 0.6) if len(shown) < 100 else []  # noqa: PLR2004
    if near and near[0] in _GUARDS:
        message = f"Odoo has no option {shown}: {near[0]} is meant, and keeps its default"
        return problem(conf, shown, message, severity=Severity.MEDIUM)
    hint = f"; is {near[0]} meant?" if near else "; does a module read it?"
    return problem(conf, shown, f"Odoo has no option {shown}{hint}", warning=True)

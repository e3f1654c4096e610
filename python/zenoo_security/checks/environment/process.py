"""What this process is, what it can do, and what it tells."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from zenoo_security.checks.check import Problem, Severity
from zenoo_security.checks.environment.base import EnvironmentCheck, is_on
from zenoo_security.environment import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.environment.snapshot import Surroundings

__all__ = ["Debugging", "Dependencies", "LeastPrivilege", "SecretsKept"]

_DEBUG: Final = (
    *("DEBUG", f"{PREFIX}DEBUG", "DJANGO_DEBUG", "FLASK_DEBUG", "LITESTAR_DEBUG", "STARLETTE_DEBUG"),
    *("PYTHONASYNCIODEBUG", "PYTHONDEVMODE", "PYTHONINSPECT", "UVICORN_RELOAD", "ODOO_DEV"),
)
_LEVELS: Final = ("LOG_LEVEL", "LOGLEVEL", "UVICORN_LOG_LEVEL")
_PERSONAL: Final = ("SENTRY_SEND_DEFAULT_PII", "SENTRY_DEFAULT_PII")

_PYTHON_UNTIL: Final = {
    (3, 9): date(2025, 10, 31),
    (3, 10): date(2026, 10, 31),
    (3, 11): date(2027, 10, 31),
    (3, 12): date(2028, 10, 31),
    (3, 13): date(2029, 10, 31),
    (3, 14): date(2030, 10, 31),
    (3, 15): date(2031, 10, 31),
}
"""https://devguide.python.org/versions/: five years from October on."""

_OPENSSL_UNTIL: Final = {
    "3.0": date(2026, 9, 7),
    "3.1": date(2025, 3, 14),
    "3.2": date(2025, 11, 23),
    "3.3": date(2026, 4, 9),
    "3.4": date(2026, 10, 22),
    "3.5": date(2030, 4, 8),
    "3.6": date(2026, 11, 1),
    "4.0": date(2027, 5, 14),
    "4.1": date(2027, 11, 23),
}
"""https://openssl-library.org/policies/releasestrat/: 13 months from 3.6 on, five years for those that are LTS."""
_OLDEST_OPENSSL: Final = 3


class Debugging(EnvironmentCheck):
    id = "ENV-06"
    title = "Nothing that is for development is on"
    severity = Severity.HIGH
    rationale = "Debug pages show code, variables and secrets; debug logs keep them."
    fix = "Remove the variable"
    asvs = ("v5.0.0-13.4.2",)

    def find(self, snapshot: Surroundings, /) -> Iterator[Problem]:
        for name in _DEBUG:
            if is_on(snapshot.environ.get(name, "")):
                yield Problem(f"{name} is on", name)
        for name in ("FLASK_ENV", "APP_ENV", "ENVIRONMENT"):
            if snapshot.environ.get(name, "").lower() in {"development", "dev", "debug"}:
                yield Problem(f"{name} is that of development", name)
        for name in _LEVELS:
            if snapshot.environ.get(name, "").lower() in {"debug", "trace", "notset"}:
                yield Problem(f"{name} is debug", name, warning=True)
        if snapshot.environ.get("PYTHONWARNINGS"):
            yield Problem("PYTHONWARNINGS is set: warnings quote code into the log", "PYTHONWARNINGS", warning=True)


class LeastPrivilege(EnvironmentCheck):
    id = "ENV-07"
    title = "The process can do what it needs, and its memory is not written to the disk"
    severity = Severity.HIGH
    rationale = "Who breaks into it can do what it can; a core dump holds the keys."
    fix = "A user of its own; code that belongs to root; LimitCORE=0 in its systemd unit, or ulimit -c 0"
    asvs = ("v5.0.0-13.2.2",)

    def find(self, snapshot: Surroundings, /) -> Iterator[Problem]:
        machine = snapshot.machine
        if machine.uid == 0:
            yield Problem("the process runs as root", "root")
        for facts in machine.code:
            if facts.allows(0o022):
                yield Problem(f"others can change code in {facts.path}: mode {facts.mode:04o}", facts.path)
        own = [facts for facts in machine.code if machine.uid and facts.uid == machine.uid and facts.allows(0o200)]
        if own:
            yield Problem(f"the process can change its own code, as in {own[0].path}", "code", warning=True)
        if machine.core_bytes:
            yield Problem("core dumps are on", "core", severity=Severity.MEDIUM)
        elif machine.core_program:
            message = "the system hands core dumps to a program, whatever the limit: does it keep them?"
            yield Problem(message, "core", warning=True)


class SecretsKept(EnvironmentCheck):
    id = "ENV-12"
    title = "Secrets are not in git, not in arguments, and not in crash reports"
    severity = Severity.HIGH
    rationale = "Whoever clones the repository, lists the processes or reads the reports has them."
    fix = "git rm --cached the file, list it in .gitignore and replace its secrets; files in place of arguments"
    asvs = ("v5.0.0-13.3.1", "v5.0.0-16.2.5")

    def find(self, snapshot: Surroundings, /) -> Iterator[Problem]:
        if snapshot.machine.tracked is None:
            yield Problem("there is a .env here, and the index of git is not understood: is it in there?", warning=True)
        for name in snapshot.machine.tracked or ():
            yield Problem(f"git keeps {name}", name)
        for name in snapshot.machine.told:
            yield Problem(f"the arguments of {name} hold a secret, which every user of the machine can read", name)
        for name in _PERSONAL:
            if is_on(snapshot.environ.get(name, "")):
                yield Problem(f"{name} is on: crash reports hold cookies, addresses and users", name)


class Dependencies(EnvironmentCheck):
    id = "ENV-15"
    title = "Python, OpenSSL and the packages of --advisories still get security fixes"
    severity = Severity.MEDIUM
    rationale = "Faults that are published are tried everywhere."
    fix = "Update. `pip-audit --format json > audit.json` and --advisories audit.json also look at the packages"
    asvs = ("v5.0.0-15.2.1",)

    def find(self, snapshot: Surroundings, /) -> Iterator[Problem]:
        python, openssl = snapshot.machine.python, snapshot.machine.openssl
        until = _PYTHON_UNTIL.get(python)
        if python < min(_PYTHON_UNTIL) or (until and until < snapshot.today):
            yield Problem(f"Python {python[0]}.{python[1]} is out of support", "Python")
        major, _, rest = openssl.partition(".")
        ended = _OPENSSL_UNTIL.get(f"{major}.{rest.partition('.')[0]}")
        if int(major) < _OLDEST_OPENSSL or (ended and ended < snapshot.today):
            message = f"OpenSSL {openssl} is out of support by its makers; does the distribution mend it?"
            yield Problem(message, "OpenSSL", warning=True)
        for package, faults in (snapshot.advisories or {}).items():
            if faults:
                yield Problem(f"{package}: {', '.join(faults)}", package, severity=Severity.HIGH)
            else:
                yield Problem(f"pip-audit did not look at {package}", f"{package} not seen", warning=True)

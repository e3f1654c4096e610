"""What the checks of the environment look at."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from typing import TYPE_CHECKING, Final

from zenoo_security import keyring
from zenoo_security.checks.environment.machine import Machine, look_at_machine
from zenoo_security.checks.files import PathFacts, look_at
from zenoo_security.checks.odoo_clock import Skew, measure_skew
from zenoo_security.environment import PREFIX
from zenoo_security.errors import ConfigurationError, SecurityError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zenoo_security.checks.view import Progress, Target
    from zenoo_security.config import SecurityConfig
    from zenoo_security.keyring import KeyRing

__all__ = ["MADE_LATER", "PUBLIC_FILES", "Surroundings", "load", "look_at_files"]

PUBLIC_FILES: Final = frozenset({f"{PREFIX}AUDIT_FILE", f"{PREFIX}FIELDS_FILE", f"{PREFIX}ODOO_CA_FILE"})
"""Variables that name a file without a secret: others may read it, and not write."""
MADE_LATER: Final = frozenset({f"{PREFIX}AUDIT_FILE", f"{PREFIX}LIMITS_FILE"})
"""Those whose file is made when it is first needed."""

_SECRET: Final = re.compile(r"PASS|SECRET|TOKEN|KEY|CREDENTIAL|SALT|DSN|STORE_URL|DATABASE_URL", re.IGNORECASE)


@dataclass(frozen=True, repr=False)
class Surroundings:
    """This process, as its checks see it.

    Attributes:
        environ: its variables.
        config: the settings they give; None when one is wrong.
        config_error: what is wrong with them, without values.
        deprecated: what to say of variables whose names are old.
        ring: the key ring; None when there is none, or it cannot be read.
        ring_error: why not, without secrets.
        files: variable whose name ends in `_FILE` -> what the system says of the file.
        machine: what runs it.
        skew: between its clock and Odoo's; None where no Odoo is named.
        advisories: package -> faults that are published, from a report of pip-audit; None without one.
        today: the day.
    """

    environ: Mapping[str, str]
    config: SecurityConfig | None = None
    config_error: str = ""
    deprecated: tuple[str, ...] = ()
    ring: KeyRing | None = None
    ring_error: str = ""
    files: Mapping[str, PathFacts] = field(default_factory=dict)
    machine: Machine = field(default_factory=Machine)
    skew: Skew | None = None
    advisories: Mapping[str, tuple[str, ...]] | None = None
    today: date = field(default_factory=lambda: datetime.now(timezone.utc).date())

    @property
    def file(self) -> str:
        """Variables have no lines."""
        return ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values of variables whose names say that they hold a secret, but for paths of files."""
        return tuple(
            value for name, value in self.environ.items() if _SECRET.search(name) and not name.endswith("_FILE")
        )

    def get(self, name: str) -> str:
        """A setting of this package, by its name; empty when it is not set."""
        return self.environ.get(PREFIX + name, "")


def load(target: Target, progress: Progress) -> Surroundings:
    """The snapshot of this process.

    Its settings and key ring are read as an application reads them, so the variables of `target` are those of the
    process. One request goes to the Odoo of the settings, for its clock, where they name one.
    """
    config, config_error, deprecated = _settings()
    ring, ring_error = _ring(config)
    environ = target.environ
    return Surroundings(
        environ,
        config,
        config_error,
        deprecated,
        ring,
        ring_error,
        look_at_files(environ),
        look_at_machine(environ),
        measure_skew(config, progress),
        _advisories(target),
    )


def look_at_files(environ: Mapping[str, str]) -> dict[str, PathFacts]:
    """What the system says of the files that variables of this package name."""
    return {name: look_at(path) for name, path in environ.items() if name.startswith(PREFIX) and name.endswith("_FILE")}


def _advisories(target: Target) -> Mapping[str, tuple[str, ...]] | None:
    if target.advisories is None:
        return None
    from zenoo_security.checks.environment.advisories import read_advisories  # noqa: PLC0415 - few have them

    return read_advisories(target.advisories)


def _settings() -> tuple[SecurityConfig | None, str, tuple[str, ...]]:
    from zenoo_security.config import SecurityConfig  # noqa: PLC0415 - pydantic

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", DeprecationWarning)
        try:
            config = SecurityConfig()
        except ConfigurationError as error:
            return None, str(error), ()
    return config, "", tuple(str(one.message) for one in told)


def _ring(config: SecurityConfig | None) -> tuple[KeyRing | None, str]:
    try:
        if config is not None:
            return config.load_key_ring(), ""
        return keyring.from_environment(), ""
    except SecurityError as error:
        return None, str(error)

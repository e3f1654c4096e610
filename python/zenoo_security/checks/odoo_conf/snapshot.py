"""What the checks of `odoo.conf` look at."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timezone
from typing import TYPE_CHECKING, Final

from zenoo_security.checks.check import CannotTell
from zenoo_security.checks.files import PathFacts, expanded, look_at, read_text_file
from zenoo_security.checks.odoo_conf.options import OPTIONS, Value
from zenoo_security.checks.odoo_conf.reading import from_arguments, from_environment, from_file, line_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from zenoo_security.checks.odoo_conf.reading import Source
    from zenoo_security.checks.view import Progress, Target

__all__ = ["SECRET_NAME", "OdooConf", "load", "read_conf", "read_running"]

SECRET_NAME: Final = re.compile(
    r"passw|secret|token|(?:^|[._])(?:pass|pwd|dsn)$|(?:api|access|private|encryption|master)_?key|credential",
    re.IGNORECASE,
)
"""What names of options and variables look like that hold a secret."""

_MAX_PATHS: Final = 100
_VERSION: Final = re.compile(r"^version_info\s*=\s*\(\s*['\"]?(?:saas~)?(\d{1,4})['\"]?\s*,\s*(\d{1,4})", re.MULTILINE)
_SERIES: Final = re.compile(r"(?:^|[/_-])(?:odoo[-_]?)?v?(1[0-9]|2[0-9])(?:\.0)(?=$|[/_.-])")


@dataclass(frozen=True, repr=False)
class OdooConf:
    """The options of an Odoo, and what they point to.

    Attributes:
        file: the path of `odoo.conf`.
        values: name -> the value that holds.
        lines: name -> its line in the file.
        sources: name -> what set it: `command line`, `environment` or `file`; without the defaults.
        invalid: name -> why Odoo refuses its value.
        unknown: names that Odoo has no option for, with their values.
        others: `section.name` -> value, of other sections than `[options]`.
        ignored: name -> why Odoo does not use what the file says.
        facts: of the file.
        paths: option -> facts of the files and folders it names; of `data_dir` also what is in it.
        proxied: whether a proxy stands in front, as far as was said.
        series: the series of the Odoo in `addons_path`, such as `19.0`, or nothing.
        today: the day.
    """

    file: str
    values: Mapping[str, Value]
    lines: Mapping[str, int] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    invalid: Mapping[str, str] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    ignored: Mapping[str, str] = field(default_factory=dict)
    facts: PathFacts = field(default_factory=lambda: PathFacts(""))
    paths: Mapping[str, tuple[PathFacts, ...]] = field(default_factory=dict)
    proxied: bool = False
    series: str = ""
    today: date = field(default_factory=lambda: datetime.now(timezone.utc).date())

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values of options whose names say that they hold a secret."""
        named = {**self.values, **self.unknown, **self.others}
        return tuple(value for name, value in named.items() if isinstance(value, str) and SECRET_NAME.search(name))

    def flag(self, name: str) -> bool:
        """A boolean option."""
        return bool(self._value(name))

    def number(self, name: str) -> float:
        """A number; 0 where it is None."""
        value = self._value(name)
        return value if isinstance(value, (int, float)) else 0

    def text(self, name: str) -> str:
        """A text; empty where it is None."""
        value = self._value(name)
        return value if isinstance(value, str) else ""

    def items(self, name: str) -> list[str]:
        """A list; empty where it is None."""
        value = self._value(name)
        return value if isinstance(value, list) else []

    def is_set(self, name: str) -> bool:
        """Whether something other than Odoo's default set it."""
        return name in self.sources

    def line(self, name: str) -> int:
        """Where it stands in the file, if the file is what sets it."""
        return self.lines.get(name, 0) if self.sources.get(name, "file") == "file" else 0

    def _value(self, name: str) -> Value:
        if name in self.invalid:
            raise CannotTell(f"{name}: {self.invalid[name]}")
        return self.values[name]


def load(target: Target, progress: Progress) -> OdooConf:
    """The snapshot of a target.

    Raises:
        ConfigurationError: the file cannot be read, or Odoo could not parse it.
    """
    del progress
    if target.conf is None:
        raise TypeError("no odoo.conf")
    return read_conf(target.conf, target.environ, target.odoo_arguments, proxied=target.proxy is not None)


def read_conf(
    path: Path, environ: Mapping[str, str], arguments: tuple[str, ...] = (), *, proxied: bool = False
) -> OdooConf:
    """What an Odoo with this file, environment and command line would use.

    Raises:
        ConfigurationError: the file cannot be read, or Odoo could not parse it.
    """
    file = read_text_file(path)
    in_file = from_file(str(path), file.text)
    sources: list[tuple[str, Source]] = [
        ("file", in_file),
        ("environment", from_environment(environ)),
        ("command line", from_arguments(arguments)),
    ]
    values: dict[str, Value] = {name: option.default for name, option in OPTIONS.items()}
    invalid: dict[str, str] = {}
    origin: dict[str, str] = {}
    for label, source in sources:
        # Odoo reads every source before it asks which holds, and stops at the first that is wrong.
        invalid.update(source.invalid)
        handlers = [*_list(values["log_handler"]), *_list(source.values.get("log_handler"))]
        values.update(source.values)
        values["log_handler"] = handlers
        origin.update(dict.fromkeys(source.values, label))
    return OdooConf(
        str(path),
        values,
        line_numbers(file.text),
        origin,
        invalid,
        in_file.unknown,
        in_file.others,
        in_file.ignored,
        file.facts,
        _paths(values),
        proxied,
        _series(values, str(path)),
    )


def read_running(path: Path, options: Mapping[str, Value], environ: Mapping[str, str], series: str) -> OdooConf:
    """What an Odoo uses that runs: its own options, and of the file what they do not say.

    Args:
        path: the file that it was started with; it may have been started without one.
        options: name -> value, as `odoo.tools.config` has them.
        environ: the variables.
        series: of Odoo, such as `19.0`.

    Raises:
        ConfigurationError: the file cannot be read, or Odoo could not parse it.
    """
    defaults = {name: option.default for name, option in OPTIONS.items()}
    conf = read_conf(path, environ) if path.exists() else OdooConf("", defaults)
    # Odoo keeps the hash of a password that stands in the file in the clear.
    running = {name: options[name] for name in OPTIONS if name in options and name != "admin_passwd"}
    given = {name: "command line" for name, value in running.items() if value != conf.values[name]}
    values = {**conf.values, **running}
    sources = {**conf.sources, **given}
    return replace(conf, values=values, sources=sources, invalid={}, paths=_paths(values), series=series)


def _list(value: Value) -> list[str]:
    return value if isinstance(value, list) else []


def _paths(values: Mapping[str, Value]) -> dict[str, tuple[PathFacts, ...]]:
    data = values["data_dir"]
    inside = [data, *(f"{data}/{name}" for name in ("sessions", "filestore"))] if isinstance(data, str) and data else []
    addons = _list(values["addons_path"])[:_MAX_PATHS]
    logfile = values["logfile"]
    named = {"data_dir": inside, "addons_path": addons, "logfile": [logfile] if isinstance(logfile, str) else []}
    return {name: tuple(look_at(path) for path in paths if path) for name, paths in named.items()}


def _series(values: Mapping[str, Value], conf: str) -> str:
    """The series of the sources beside the addons, else what a path says."""
    addons = [expanded(path) for path in _list(values["addons_path"])[:_MAX_PATHS]]
    for folder in addons:
        for candidate in (folder.parent / "release.py", folder.parent / "odoo" / "release.py"):
            match = _VERSION.search(_first_bytes(candidate))
            if match:
                return f"{match[1]}.{match[2]}"
    named = [match[1] for path in (*map(str, addons), conf) for match in _SERIES.finditer(path)]
    return f"{named[0]}.0" if named else ""


def _first_bytes(path: Path) -> str:
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            return file.read(65_536).decode(errors="replace")
    except OSError:
        return ""

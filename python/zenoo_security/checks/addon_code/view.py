"""All checks of source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.checks.addon_code import commands, entrances, injection, outside, xml
from zenoo_security.checks.addon_code.snapshot import Sources, read_files
from zenoo_security.checks.view import View

if TYPE_CHECKING:
    from pathlib import Path

    from zenoo_security.checks.addon_code.base import CodeCheck
    from zenoo_security.checks.check import Problem
    from zenoo_security.checks.view import Progress, Target

__all__ = ["VIEW", "read_sources"]

_CHECKS: Final[tuple[type[CodeCheck], ...]] = (
    injection.Sql,
    injection.Evaluation,
    injection.Unpickling,
    injection.Markup,
    injection.RawTemplates,
    entrances.OpenRoutes,
    entrances.RouteCors,
    entrances.SudoInRoutes,
    entrances.SudoById,
    entrances.PublicMethods,
    entrances.MissingAccess,
    outside.HardCodedSecrets,
    outside.Unverified,
    outside.NoTimeout,
    outside.Readable,
    commands.Shell,
    xml.Entities,
    outside.SecretsInAddresses,
)


def read_sources(root: Path, progress: Progress = lambda _text, /: None) -> Sources:
    """Run the checks on the sources in a folder, or on one file.

    Raises:
        ConfigurationError: there is no such folder or file, or it has too many.
    """
    found: dict[str, list[Problem] | Exception] = {check.id: [] for check in _CHECKS}

    def look(sources: Sources, *, whole: bool = False) -> None:
        for check in _CHECKS:
            before = found[check.id]
            if check.whole is not whole or isinstance(before, Exception):
                continue
            try:
                before += sorted(check().look(sources), key=lambda one: one.line)
            except Exception as error:  # noqa: BLE001 - `find` raises it: an error is a result, and never a pass
                found[check.id] = error

    sources = read_files(root, look, progress)
    look(sources, whole=True)
    sources.found = found
    return sources


def _load(target: Target, progress: Progress) -> Sources:
    if target.code is None:
        raise TypeError("no folder")
    return read_sources(target.code, progress)


VIEW: Final = View(name="code", title="the source of addons", load=_load, checks=_CHECKS, timeout_s=300.0)

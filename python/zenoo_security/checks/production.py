"""`ProductionSecurityChecker`: the guide's class, on the same checks as the command line."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from zenoo_security.checks.check import Status
from zenoo_security.checks.engine import run
from zenoo_security.checks.view import Target

if TYPE_CHECKING:
    from pathlib import Path

    from zenoo_security.checks.check import Result
    from zenoo_security.checks.report import Report

__all__ = ["ProductionSecurityChecker"]

_MARKS: Final = {Status.PASS: "✅", Status.FAIL: "❌", Status.WARN: "⚠️", Status.SKIP: "⏭️", Status.ERROR: "❌"}


class ProductionSecurityChecker:
    """Looks at this process, and at the files that it is given.

    Args:
        conf: an `odoo.conf`.
        proxy: the configuration of nginx.
    """

    def __init__(self, *, conf: Path | None = None, proxy: Path | None = None) -> None:
        self._conf = conf
        self._proxy = proxy

    def run_all_checks(self) -> list[str]:
        """A line for each result, as the guide has them: `✅` passed, `❌` failed, `⚠️` look at it, `⏭️` not checked.

        What is not set is never called strong: a check without anything to look at says so.
        """
        return [_line(result) for result in self.report().results]

    def report(self) -> Report:
        """The results with severities, places and fixes."""
        return run(Target(env=True, conf=self._conf, proxy=self._proxy, environ=dict(os.environ)))


def _line(result: Result) -> str:
    words = {Status.ERROR: "Not possible to check: ", Status.SKIP: "Not checked: "}.get(result.status, "")
    message = f": {result.message}" if result.message else ""
    return f"{_MARKS[result.status]} {words}{result.check.title}{message} ({result.check.id})"

"""Values that become commands of the system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security.checks.addon_code.base import CodeCheck, problem, sinks
from zenoo_security.checks.addon_code.sinks import Sink
from zenoo_security.checks.check import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.addon_code.snapshot import Sources
    from zenoo_security.checks.check import Problem

__all__ = ["Shell"]


class Shell(CodeCheck):
    id = "CODE-16"
    title = "No value reaches a shell"
    severity = Severity.CRITICAL
    rationale = "A value with a semicolon, a backtick or a line feed in it is a command of its own there."
    fix = "subprocess.run(['convert', '--', path], check=True): a list of arguments, without shell=True"
    asvs = ("v5.0.0-1.2.5",)

    def look(self, sources: Sources, /) -> Iterator[Problem]:
        for module, found in sinks(sources, Sink.SHELL):
            text = f"{found.name} hands a value to a shell" + (", which the caller chooses" if found.caller else "")
            yield problem(sources, module.path, found.call.lineno, text)

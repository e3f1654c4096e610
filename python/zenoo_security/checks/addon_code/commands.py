"""Values that become commands of the system."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from zenoo_security.checks.addon_code.base import CodeCheck, calls, keyword, problem
from zenoo_security.checks.check import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.addon_code.snapshot import Sources
    from zenoo_security.checks.check import Problem

__all__ = ["Shell"]

_SHELLS: Final = re.compile(r"^(?:os\.(?:system|popen)|subprocess\.(?:getoutput|getstatusoutput)|commands\.getoutput)$")
_RUNS: Final = re.compile(r"^(?:subprocess\.)?(?:run|call|check_call|check_output|Popen)$")


class Shell(CodeCheck):
    id = "CODE-16"
    title = "No value reaches a shell"
    severity = Severity.CRITICAL
    rationale = "A value with a semicolon, a backtick or a line feed in it is a command of its own there."
    fix = "subprocess.run(['convert', '--', path], check=True): a list of arguments, without shell=True"
    asvs = ("v5.0.0-1.2.5",)

    def find(self, snapshot: Sources, /) -> Iterator[Problem]:
        for module, call, name in calls(snapshot):
            in_shell = bool(_SHELLS.match(name)) or (
                bool(_RUNS.match(name)) and keyword(call, "shell") not in {None, False}
            )
            if in_shell and _command(call) is not None:
                yield problem(snapshot, module.path, call.lineno, f"{name} hands a value to a shell")


def _command(call: ast.Call) -> ast.expr | None:
    """What is run, unless it is a constant."""
    given = [*call.args[:1], *(one.value for one in call.keywords if one.arg in {"args", "cmd", "command"})]
    return next((one for one in given if not isinstance(one, ast.Constant)), None)

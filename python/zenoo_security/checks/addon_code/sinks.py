"""Calls that a value must not reach: SQL, Python, HTML and shells."""

from __future__ import annotations

import ast
import re
from enum import Enum
from typing import Final

from zenoo_security.checks.addon_code.base import keyword

__all__ = ["Sink", "guarded"]

_EXECUTES: Final = re.compile(r"(?:^|\.)_?cr(?:sor)?\.execute$|(?:^|\.)cursor\.execute$|(?:^|\.)SQL$")
_EVALUATES: Final = frozenset(
    {"eval", "exec", "safe_eval", "tools.safe_eval", "safe_eval.safe_eval", "tools.safe_eval.safe_eval"}
)
_MARKUP: Final = re.compile(r"(?:^|\.)Markup$")
_SHELLS: Final = re.compile(r"^(?:os\.(?:system|popen)|subprocess\.(?:getoutput|getstatusoutput)|commands\.getoutput)$")
_RUNS: Final = re.compile(r"^(?:subprocess\.)?(?:run|call|check_call|check_output|Popen)$")


class Sink(Enum):
    """What becomes of the value."""

    SQL = "a query"
    PYTHON = "Python"
    HTML = "Markup"
    SHELL = "a shell"


def guarded(call: ast.Call, name: str) -> tuple[Sink, ast.expr] | None:
    """Which sink a call is, and what reaches it; nothing for other calls, and for constants."""
    for sink, expression in ((Sink.SQL, _EXECUTES), (Sink.HTML, _MARKUP)):
        if expression.search(name):
            return _given(sink, call.args[:1])
    if name in _EVALUATES:
        return _given(Sink.PYTHON, call.args[:1])
    in_shell = _SHELLS.match(name) or (_RUNS.match(name) and keyword(call, "shell") not in {None, False})
    if in_shell:
        named = [one.value for one in call.keywords if one.arg in {"args", "cmd", "command"}]
        return _given(Sink.SHELL, [*call.args[:1], *named])
    return None


def _given(sink: Sink, values: list[ast.expr]) -> tuple[Sink, ast.expr] | None:
    return next(((sink, value) for value in values if not isinstance(value, ast.Constant)), None)

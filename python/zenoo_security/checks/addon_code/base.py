"""What the checks of source share."""

from __future__ import annotations

import ast
from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, Final

from zenoo_security.checks.addon_code.names import dotted
from zenoo_security.checks.addon_code.snapshot import Sources
from zenoo_security.checks.check import Check, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zenoo_security.checks.addon_code.flow import Reached
    from zenoo_security.checks.addon_code.sinks import Sink
    from zenoo_security.checks.addon_code.snapshot import Module

__all__ = [
    "CodeCheck",
    "Function",
    "calls",
    "is_public_method",
    "is_route",
    "keyword",
    "problem",
    "routes",
    "sinks",
]

_ROUTES: Final = frozenset({"http.route", "route", "odoo.http.route"})

Function = ast.FunctionDef | ast.AsyncFunctionDef


class CodeCheck(Check[Sources]):
    """A check of source.

    Attributes:
        whole: whether it needs all files at once; otherwise it gets one after the other.
    """

    whole: ClassVar[bool] = False

    def find(self, snapshot: Sources, /) -> Iterable[Problem]:
        """What was found while the files were read."""
        return snapshot.problems(self.id)

    @abstractmethod
    def look(self, sources: Sources, /) -> Iterable[Problem]:
        """What is wrong in some files."""


def problem(
    sources: Sources, path: str, line: int, message: str, *, severity: Severity | None = None, warning: bool = False
) -> Problem:
    """A problem at a line of a file."""
    file = f"{sources.file}/{path}" if not sources.file.endswith(path) else sources.file
    return Problem(message, f"{path}:{line}", file=file, line=line, severity=severity, warning=warning)


def calls(sources: Sources, *, tests: bool = False) -> Iterator[tuple[Module, ast.Call, str]]:
    """Every call, with the dotted name of what is called; those of tests only when asked for."""
    for module in sources.modules:
        if tests or not module.is_test:
            yield from ((module, call, name) for call, name in module.calls)


def sinks(sources: Sources, kind: Sink) -> Iterator[tuple[Module, Reached]]:
    """What reaches the sinks of a kind, but in tests."""
    for module in sources.modules:
        if not module.is_test:
            yield from ((module, found) for found in module.reached if found.sink is kind)


def keyword(call: ast.Call, name: str) -> object:
    """The value of a keyword where it is a constant; None without it."""
    for one in call.keywords:
        if one.arg == name:
            return one.value.value if isinstance(one.value, ast.Constant) else ...
    return None


def routes(sources: Sources) -> Iterator[tuple[Module, Function, ast.Call]]:
    """Every function with a `@http.route`, and the decorator."""
    for module in sources.modules:
        for function in module.functions:
            for one in function.decorator_list:
                if isinstance(one, ast.Call) and dotted(one.func) in _ROUTES:
                    yield module, function, one


def is_route(function: Function) -> bool:
    """Whether a request calls it."""
    return any(dotted(one) in _ROUTES for one in function.decorator_list)


def is_public_method(function: Function) -> bool:
    """Whether everybody calls it over RPC, where it is one of a model."""
    private = {dotted(one) for one in function.decorator_list} & {"api.private", "private"}
    return not private and not function.name.startswith("_")

"""What the checks of source share."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from zenoo_security.checks.addon_code.snapshot import Sources
from zenoo_security.checks.check import Check, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.addon_code.snapshot import Module

__all__ = ["CodeCheck", "Function", "calls", "dotted", "functions", "is_built", "keyword", "problem", "routes"]

Function = ast.FunctionDef | ast.AsyncFunctionDef


class CodeCheck(Check[Sources]):
    """A check of source."""


def problem(
    sources: Sources, path: str, line: int, message: str, *, severity: Severity | None = None, warning: bool = False
) -> Problem:
    """A problem at a line of a file."""
    file = f"{sources.file}/{path}" if not sources.file.endswith(path) else sources.file
    return Problem(message, f"{path}:{line}", file=file, line=line, severity=severity, warning=warning)


def calls(sources: Sources, *, tests: bool = False) -> Iterator[tuple[Module, ast.Call, str]]:
    """Every call, with the dotted name of what is called; those of tests only when asked for."""
    for module in sources.modules:
        if module.is_test and not tests:
            continue
        for node in module.nodes:
            if isinstance(node, ast.Call):
                yield module, node, dotted(node.func)


def dotted(node: ast.AST) -> str:
    """`self.env.cr.execute` of an expression; what is called or indexed on the way is left out."""
    parts: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            break
    if isinstance(node, ast.Name):
        parts.append(node.id)
    return ".".join(reversed(parts))


def is_built(node: ast.AST) -> bool:
    """Whether a text is put together out of values: an f-string, `%`, `+` or `.format`."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) and not _is_constant(part.value) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mod, ast.Add)):
        if isinstance(node.op, ast.Add):
            return any(is_built(one) or not _is_text(one) for one in (node.left, node.right))
        return not _is_constant(node.right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return bool(node.args or node.keywords)
    return False


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) or (isinstance(node, ast.BinOp) and not is_built(node))


def _is_constant(node: ast.AST) -> bool:
    if isinstance(node, (ast.Tuple, ast.List)):
        return all(_is_constant(one) for one in node.elts)
    return isinstance(node, ast.Constant)


def keyword(call: ast.Call, name: str) -> object:
    """The value of a keyword where it is a constant; None without it."""
    for one in call.keywords:
        if one.arg == name:
            return one.value.value if isinstance(one.value, ast.Constant) else ...
    return None


def functions(module: Module) -> Iterator[Function]:
    """Every function of a file."""
    yield from (node for node in module.nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def routes(sources: Sources) -> Iterator[tuple[Module, Function, ast.Call]]:
    """Every function with a `@http.route`, and the decorator."""
    for module in sources.modules:
        for function in functions(module):
            for one in function.decorator_list:
                if isinstance(one, ast.Call) and dotted(one.func) in {"http.route", "route", "odoo.http.route"}:
                    yield module, function, one

"""What expressions look like."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["dotted", "is_built", "is_value"]


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
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return any(map(is_value, _summands(node)))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return not _is_constant(node.right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return bool(node.args or node.keywords)
    return False


def is_value(summand: ast.AST) -> bool:
    """Whether what is added to a text is anything but a text that stands there."""
    return is_built(summand) or not isinstance(summand, (ast.Constant, ast.BinOp))


def _summands(node: ast.BinOp) -> Iterator[ast.expr]:
    """Each once: a text of many lines is a sum in a sum in a sum."""
    waiting: list[ast.expr] = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.BinOp) and isinstance(one.op, ast.Add):
            waiting += (one.left, one.right)
        else:
            yield one


def _is_constant(node: ast.AST) -> bool:
    if isinstance(node, (ast.Tuple, ast.List)):
        return all(_is_constant(one) for one in node.elts)
    return isinstance(node, ast.Constant)

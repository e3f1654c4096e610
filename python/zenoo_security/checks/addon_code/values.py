"""What is known of a value where it is used: where its parts come from, and whether it is put together."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

from zenoo_security.checks.addon_code.names import dotted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["CONSTANT", "REQUEST", "Names", "Value", "joined"]

REQUEST: Final = "request"
_DEEPEST: Final = 60
_HARMLESS: Final = frozenset({"int", "float", "bool", "len", "round", "abs", "ord", "hash", "id", "isinstance", "type"})
_COMPOSED: Final = re.compile(r"(?:^|\.)SQL(?:\.\w+)?$|(?:^|\.)sql\.\w+$")
"""Queries that are objects, which keep values apart; what such a one is made of is a sink itself."""
_PASSED_ON: Final = frozenset(
    {"str", "repr", "list", "tuple", "set", "dict", "sorted", "reversed", "ustr", "unquote", "loads", "b64decode"}
)
_WITH_ARGUMENTS: Final = frozenset({"replace", "get", "setdefault", "pop", "union"})
_OF_REQUEST: Final = (
    "request.params",
    "request.jsonrequest",
    "request.get_json_data",
    "request.get_http_params",
    "request.httprequest",
)


class Value(NamedTuple):
    """What is known of a value.

    Attributes:
        sources: where its parts come from: names of parameters, `request`, or `?`; none where all are constants.
        assembled: whether it is a text that is put together out of them.
    """

    sources: frozenset[str] = frozenset()
    assembled: bool = False


CONSTANT: Final = Value()
_ANYTHING: Final = Value(frozenset({"?"}))


def joined(*values: Value) -> Value:
    """What has parts of all of them, or is one of them."""
    return Value(frozenset().union(*(one.sources for one in values)), any(one.assembled for one in values))


class Names:
    """What names hold.

    Args:
        known: name -> its value.
    """

    def __init__(self, known: Mapping[str, Value]) -> None:
        self._known = dict(known)
        self._depth = 0

    def assign(self, target: ast.expr, value: Value, *, is_one_of_several: bool = False) -> None:
        """Give names a value, or let them keep what they may also hold."""
        if isinstance(target, (ast.Tuple, ast.List)):
            for one in target.elts:
                self.assign(one, value, is_one_of_several=is_one_of_several)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, value, is_one_of_several=is_one_of_several)
        elif isinstance(target, ast.Name):
            before = self._known.get(target.id, CONSTANT)
            self._known[target.id] = joined(before, value) if is_one_of_several else value

    def value(self, node: ast.AST) -> Value:
        """What is known of an expression; what is nested too deeply may be anything."""
        if self._depth >= _DEEPEST:
            return Value(_ANYTHING.sources, assembled=True)
        self._depth += 1
        try:
            return self._KINDS.get(type(node), Names._anything)(self, node)
        finally:
            self._depth -= 1

    def _all(self, nodes: list[Any]) -> Value:
        return joined(*(self.value(one) for one in nodes if one is not None))

    def _anything(self, _node: Any) -> Value:
        return _ANYTHING

    def _constant(self, _node: Any) -> Value:
        return CONSTANT

    def _name(self, node: ast.Name) -> Value:
        return self._known.get(node.id, CONSTANT if node.id.isupper() else _ANYTHING)

    def _text(self, node: ast.JoinedStr) -> Value:
        return _assembled(self._all([one for one in node.values if isinstance(one, ast.FormattedValue)]))

    def _operation(self, node: ast.BinOp) -> Value:
        if isinstance(node.op, ast.Mod) and _escapes(node.left):
            return CONSTANT
        both = self._all([node.left, node.right])
        return _assembled(both) if isinstance(node.op, (ast.Add, ast.Mod)) else both

    def _inner(self, node: Any) -> Value:
        return self.value(node.value)

    def _parts(self, node: Any) -> Value:
        return self._all(node.elts)

    def _ways(self, node: ast.BoolOp) -> Value:
        return self._all(node.values)

    def _either(self, node: ast.IfExp) -> Value:
        return self._all([node.body, node.orelse])

    def _entries(self, node: ast.Dict) -> Value:
        return self._all([*node.keys, *node.values])

    def _each(self, node: Any) -> Value:
        for one in node.generators:
            self.assign(one.target, self.value(one.iter))
        return self.value(node.elt)

    def _attribute(self, node: ast.Attribute) -> Value:
        """What a class says of itself, `self._table`, is by who wrote the class."""
        if dotted(node).startswith(_OF_REQUEST):
            return Value(frozenset({REQUEST}))
        if node.attr.isupper() or (node.attr.startswith("_") and not node.attr.startswith("__")):
            return CONSTANT
        return self.value(node.value)

    def _call(self, node: ast.Call) -> Value:
        name = dotted(node.func)
        last = name.rpartition(".")[2]
        if name in _HARMLESS or _COMPOSED.search(name):
            return CONSTANT
        if name.startswith(_OF_REQUEST):
            return Value(frozenset({REQUEST}))
        if last in _PASSED_ON:
            return self._all([*node.args, *node.keywords])
        return self._method(node, node.func, last) if isinstance(node.func, ast.Attribute) else _ANYTHING

    def _method(self, node: ast.Call, function: ast.Attribute, name: str) -> Value:
        """Of a text or a dictionary, which hands on what it holds; any other gives anything."""
        given = [*node.args, *node.keywords]
        if name in {"format", "format_map", "join"}:
            return _assembled(self._all([function.value, *given]))
        if function.attr.startswith("_"):
            return _ANYTHING
        return self._all([function.value, *(given if name in _WITH_ARGUMENTS else ())])

    _KINDS: ClassVar[Mapping[type[ast.AST], Callable[[Names, Any], Value]]] = {
        ast.Constant: _constant,
        ast.Compare: _constant,
        ast.Name: _name,
        ast.JoinedStr: _text,
        ast.BinOp: _operation,
        ast.Call: _call,
        ast.Attribute: _attribute,
        ast.BoolOp: _ways,
        ast.IfExp: _either,
        ast.Dict: _entries,
        **dict.fromkeys((ast.Tuple, ast.List, ast.Set), _parts),
        **dict.fromkeys((ast.ListComp, ast.SetComp, ast.GeneratorExp), _each),
        **dict.fromkeys(
            (ast.Subscript, ast.Starred, ast.Await, ast.NamedExpr, ast.FormattedValue, ast.keyword),
            _inner,
        ),
    }


def _assembled(value: Value) -> Value:
    return Value(value.sources, bool(value.sources))


def _escapes(node: ast.AST) -> bool:
    """`Markup(...) % value` escapes the value."""
    return isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "Markup"

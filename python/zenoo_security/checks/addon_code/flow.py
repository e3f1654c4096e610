"""Follow values through the local variables of a function, and into functions of the same file that it calls.

Which way is taken is left out: a name holds what any of its assignments gives it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from zenoo_security.checks.addon_code.base import Function, is_public_method, is_route
from zenoo_security.checks.addon_code.names import dotted
from zenoo_security.checks.addon_code.sinks import guarded
from zenoo_security.checks.addon_code.values import CONSTANT, REQUEST, Names, Value, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from zenoo_security.checks.addon_code.sinks import Sink
    from zenoo_security.checks.addon_code.snapshot import Module

__all__ = ["Reached", "reached"]

_ELSEWHERE: Final = (ast.stmt, ast.ExceptHandler, ast.match_case, ast.Lambda)
_GROWS: Final = frozenset({"append", "extend", "insert", "add", "update"})
_LOOPS: Final = 3
"""Loops in loops that are gone through twice, for what the end of one gives to its begin."""
_ROUNDS: Final = 3
"""So many calls from one function to the next are followed."""


class Reached(NamedTuple):
    """A value that reaches a sink.

    Attributes:
        sink: which.
        call: where.
        name: what is called there.
        value: what reaches it.
        caller: whether it comes from a request, or from whoever calls a method over RPC.
    """

    sink: Sink
    call: ast.Call
    name: str
    value: Value
    caller: bool


class _Passed(NamedTuple):
    """A call of a function of this file, with what its parameters get."""

    function: str
    values: Mapping[str, Value]


@dataclass(eq=False)
class _Scope:
    """A function, or what is in a file outside of functions.

    Attributes:
        node: which.
        parameters: without `self`.
        is_open: whether somebody else gives them: a request, or a call over RPC.
        sinks: call -> which sink, the name of what is called, and what reaches it.
        passed: the calls of functions of this file.
    """

    node: ast.Module | Function
    parameters: tuple[str, ...] = ()
    is_open: bool = False
    sinks: dict[ast.Call, tuple[Sink, str, Value]] = field(default_factory=dict)
    passed: list[_Passed] = field(default_factory=list)


def reached(module: Module) -> list[Reached]:
    """The sinks of a file that values reach which are no constants."""
    if not any(guarded(call, name) for call, name in module.calls):
        return []
    functions = {one.name: one for one in module.functions}
    methods = {node for one in module.classes if _is_model(one) for node in one.body}
    scopes = [_Scope(module.tree), *(_scope(one, one in methods) for one in module.functions)]
    for scope in scopes:
        _Follower(scope, functions).follow()
    chosen = _chosen(scopes)
    return [
        Reached(sink, call, name, value, bool(value.sources & chosen[scope]))
        for scope in scopes
        for call, (sink, name, value) in scope.sinks.items()
        if value.sources
    ]


def _is_model(node: ast.ClassDef) -> bool:
    return any(dotted(base).endswith("Model") for base in node.bases)


def _scope(node: Function, is_method: bool) -> _Scope:
    given = node.args
    every = (*given.posonlyargs, *given.args, given.vararg, *given.kwonlyargs, given.kwarg)
    parameters = tuple(one.arg for one in every if one and one.arg not in {"self", "cls"})
    return _Scope(node, parameters, is_route(node) or (is_method and is_public_method(node)))


def _chosen(scopes: list[_Scope]) -> dict[_Scope, set[str]]:
    """The sources of each scope that somebody else chooses."""
    chosen = {scope: {REQUEST, *(scope.parameters if scope.is_open else ())} for scope in scopes}
    handed: dict[str, set[str]] = {}
    for _ in range(_ROUNDS):
        for scope in scopes:
            for called in scope.passed:
                names = {name for name, value in called.values.items() if value.sources & chosen[scope]}
                handed.setdefault(called.function, set()).update(names)
        for scope in scopes:
            chosen[scope] |= handed.get(getattr(scope.node, "name", ""), set())
    return chosen


class _Follower:
    """Goes through a scope, statement by statement."""

    def __init__(self, scope: _Scope, functions: Mapping[str, Function]) -> None:
        self._scope = scope
        self._functions = functions
        self._names = Names({name: Value(frozenset({name})) for name in scope.parameters})
        self._ways = 0
        self._loops = 0

    def follow(self) -> None:
        """Fill in what reaches sinks, and what is handed on."""
        self._statements(self._scope.node.body)

    def _statements(self, body: Iterable[ast.stmt]) -> None:
        for statement in body:
            if isinstance(statement, ast.ClassDef) and isinstance(self._scope.node, ast.Module):
                self._statements(statement.body)
            elif not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                self._expressions(statement)
                self._assignment(statement)
                self._inner(statement)

    def _assignment(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self._assign(target, node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self._assign(node.target, node.value)
        elif isinstance(node, ast.AugAssign):
            self._assign(node.target, ast.BinOp(node.target, node.op, node.value))
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            self._assign(node.target, node.iter)

    def _assign(self, target: ast.expr, given: ast.expr) -> None:
        self._names.assign(target, self._names.value(given), is_one_of_several=self._ways > 0)

    def _inner(self, node: ast.stmt) -> None:
        bodies = [getattr(node, name, []) for name in ("body", "orelse", "finalbody")]
        bodies += [one.body for one in (*getattr(node, "handlers", ()), *getattr(node, "cases", ()))]
        is_loop = isinstance(node, (ast.For, ast.AsyncFor, ast.While))
        is_way = not isinstance(node, (ast.With, ast.AsyncWith))
        self._ways += is_way
        self._loops += is_loop
        for _ in range(2 if is_loop and self._loops <= _LOOPS else 1):
            for body in bodies:
                self._statements(body)
        self._ways -= is_way
        self._loops -= is_loop

    def _expressions(self, statement: ast.stmt) -> None:
        for node in _within(statement):
            if isinstance(node, ast.NamedExpr):
                self._assign(node.target, node.value)
            elif isinstance(node, ast.Call):
                self._call(node, dotted(node.func))

    def _call(self, node: ast.Call, name: str) -> None:
        found = guarded(node, name)
        if found:
            sink, expression = found
            *_, before = self._scope.sinks.get(node, (CONSTANT,))
            self._scope.sinks[node] = (sink, name, joined(before, self._names.value(expression)))
        prefix, _, last = name.rpartition(".")
        if last in _GROWS and isinstance(node.func, ast.Attribute):
            for one in node.args:
                self._names.assign(node.func.value, self._names.value(one), is_one_of_several=True)
        elif last in self._functions and prefix in {"", "self", "cls"}:
            self._pass_on(node, self._functions[last])

    def _pass_on(self, call: ast.Call, function: Function) -> None:
        given = function.args
        names = [one.arg for one in (*given.posonlyargs, *given.args) if one.arg not in {"self", "cls"}]
        values = dict(zip(names, map(self._names.value, call.args), strict=False))
        values.update({one.arg: self._names.value(one.value) for one in call.keywords if one.arg})
        self._scope.passed.append(_Passed(function.name, values))


def _within(statement: ast.stmt) -> Iterator[ast.AST]:
    """The expressions of a statement, not those of statements inside of it."""
    waiting: list[ast.AST] = [one for one in ast.iter_child_nodes(statement) if not isinstance(one, _ELSEWHERE)]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [one for one in ast.iter_child_nodes(node) if not isinstance(one, _ELSEWHERE)]

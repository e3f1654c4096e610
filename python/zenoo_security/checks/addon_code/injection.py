"""Values that become SQL, Python or HTML."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from zenoo_security.checks.addon_code.base import CodeCheck, calls, dotted, functions, is_built, problem
from zenoo_security.checks.check import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.addon_code.base import Function
    from zenoo_security.checks.addon_code.snapshot import Sources
    from zenoo_security.checks.check import Problem

__all__ = ["Evaluation", "Markup", "RawTemplates", "Sql", "Unpickling"]

_EXECUTES: Final = re.compile(r"(?:^|\.)_?cr(?:sor)?\.execute$|(?:^|\.)cursor\.execute$")
_EVALUATES: Final = frozenset(
    {"eval", "exec", "safe_eval", "tools.safe_eval", "safe_eval.safe_eval", "tools.safe_eval.safe_eval"}
)
_UNPICKLES: Final = re.compile(
    r"^(?:c?[pP]ickle|dill|marshal|shelve)\.(?:loads?|Unpickler|open)$|^yaml\.(?:load|unsafe_load|full_load)$"
)
_MARKUP: Final = re.compile(r"(?:^|\.)Markup$")
_RAW: Final = re.compile(r"\bt-raw\s*=\s*[\"']")


class Sql(CodeCheck):
    id = "CODE-01"
    title = "Values reach SQL as parameters"
    severity = Severity.CRITICAL
    rationale = "A value that is put into the text of a query can end it and begin another."
    fix = 'cr.execute("... WHERE id = %s", [value]); names of tables and columns with odoo.tools.SQL.identifier'
    asvs = ("v5.0.0-1.2.4",)

    def find(self, snapshot: Sources, /) -> Iterator[Problem]:
        for module in snapshot.modules:
            if module.is_test:
                continue
            for scope in (module.tree, *functions(module)):
                built = _built_names(scope)
                for node in _own_nodes(scope):
                    if isinstance(node, ast.Call) and node.args and _EXECUTES.search(dotted(node.func)):
                        query = node.args[0]
                        if is_built(query) or (isinstance(query, ast.Name) and query.id in built):
                            text = "a query is put together out of values"
                            yield problem(snapshot, module.path, node.lineno, text)


def _own_nodes(scope: ast.Module | Function) -> Iterator[ast.AST]:
    """What is in a scope, without what is in functions inside of it."""
    waiting: list[ast.AST] = list(scope.body)
    while waiting:
        node = waiting.pop()
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node
            waiting += ast.iter_child_nodes(node)


def _built_names(scope: ast.Module | Function) -> set[str]:
    found: set[str] = set()
    for node in _own_nodes(scope):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        )
        value = node.value if isinstance(node, (ast.Assign, ast.AugAssign)) else None
        grows = isinstance(node, ast.AugAssign) and not isinstance(value, ast.Constant)
        if value is not None and (is_built(value) or grows):
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


class Evaluation(CodeCheck):
    id = "CODE-02"
    title = "No value is run as code"
    severity = Severity.HIGH
    rationale = "safe_eval keeps files out of reach, and none of the records."
    fix = "ast.literal_eval for values; for domains a parser, such as zenoo_security.domains"
    asvs = ("v5.0.0-1.3.2",)

    def find(self, snapshot: Sources, /) -> Iterator[Problem]:
        for module, call, name in calls(snapshot):
            if name in _EVALUATES and call.args and not isinstance(call.args[0], ast.Constant):
                worse = name in {"eval", "exec"}
                yield problem(
                    snapshot,
                    module.path,
                    call.lineno,
                    f"{name} runs a value",
                    severity=Severity.CRITICAL if worse else None,
                )


class Unpickling(CodeCheck):
    id = "CODE-03"
    title = "Nothing is unpickled"
    severity = Severity.CRITICAL
    rationale = "Loading a pickle runs what whoever wrote it wants."
    fix = "json, or yaml.safe_load"
    asvs = ("v5.0.0-1.5.2",)

    def find(self, snapshot: Sources, /) -> Iterator[Problem]:
        for module, call, name in calls(snapshot):
            if _UNPICKLES.match(name) and not _is_safe_yaml(call):
                yield problem(snapshot, module.path, call.lineno, f"{name} loads objects")


def _is_safe_yaml(call: ast.Call) -> bool:
    loaders = [one.value for one in call.keywords if one.arg == "Loader"] + call.args[1:2]
    return any("Safe" in dotted(one) for one in loaders)


class Markup(CodeCheck):
    id = "CODE-04"
    title = "Values are escaped in HTML"
    severity = Severity.HIGH
    rationale = "Markup says that a text is safe; with a value in it, it is as safe as the value."
    fix = 'Markup("<b>%s</b>") % value: the value is escaped'
    asvs = ("v5.0.0-1.2.1",)

    def find(self, snapshot: Sources, /) -> Iterator[Problem]:
        for module, call, name in calls(snapshot):
            if not _MARKUP.search(name) or not call.args:
                continue
            if is_built(call.args[0]):
                yield problem(snapshot, module.path, call.lineno, "Markup of a text that is put together")
            elif not isinstance(call.args[0], (ast.Constant, ast.JoinedStr, ast.BinOp)):
                yield problem(snapshot, module.path, call.lineno, "Markup of a value", warning=True)


class RawTemplates(CodeCheck):
    id = "CODE-05"
    title = "Templates escape what they show"
    severity = Severity.HIGH
    rationale = "t-raw shows a value as HTML, and so whatever script somebody stored in it."
    fix = 't-out="value"; where it is HTML, make it Markup after cleaning it'
    asvs = ("v5.0.0-1.2.1",)

    def find(self, snapshot: Sources, /) -> Iterator[Problem]:
        for one in snapshot.texts:
            if one.path.endswith(".xml"):
                for number, line in enumerate(one.text.splitlines(), 1):
                    if _RAW.search(line):
                        yield problem(snapshot, one.path, number, "t-raw shows a value as HTML")

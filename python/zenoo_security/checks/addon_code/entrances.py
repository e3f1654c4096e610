"""Who gets in: routes, methods that anybody calls over RPC, access rights."""

from __future__ import annotations

import ast
import csv
import io
import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from zenoo_security.checks.addon_code.base import CodeCheck, is_public_method, keyword, problem, routes
from zenoo_security.checks.addon_code.names import dotted
from zenoo_security.checks.check import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.addon_code.snapshot import Module, Sources
    from zenoo_security.checks.check import Problem

__all__ = ["MissingAccess", "OpenRoutes", "PublicMethods", "RouteCors", "SudoById", "SudoInRoutes"]

_OPEN: Final = frozenset({"public", "none"})
_MODELS: Final = frozenset({"models.Model", "models.TransientModel", "Model", "TransientModel"})
_ID: Final = re.compile(r"^model_\w+$|\.model_\w+$")
_PERMISSIONS: Final = ("perm_read", "perm_write", "perm_create", "perm_unlink")
_NO: Final = frozenset({"", "0", "false", "no"})
_EXECUTES: Final = re.compile(r"(?:^|\.)_?cr\.execute$")


class OpenRoutes(CodeCheck):
    id = "CODE-06"
    title = "Routes that change something ask for a login or a CSRF token"
    severity = Severity.HIGH
    rationale = "Without both, any page on the web, or any script, calls the route."
    fix = "auth='user'; or leave csrf at True; for callers that are programs check a signature of the body"
    asvs = ("v5.0.0-3.5.1", "v5.0.0-8.3.1")

    def look(self, sources: Sources, /) -> Iterator[Problem]:
        for module, function, route in routes(sources):
            auth = keyword(route, "auth")
            if keyword(route, "csrf") is False:
                if auth in _OPEN:
                    yield problem(
                        sources, module.path, function.lineno, f"{function.name}: auth={auth!r} and csrf=False"
                    )
                else:
                    text = f"{function.name}: csrf=False with a session"
                    yield problem(sources, module.path, function.lineno, text, severity=Severity.MEDIUM)


class RouteCors(CodeCheck):
    id = "CODE-07"
    title = "No route lets the pages of all sites read it"
    severity = Severity.MEDIUM
    rationale = "A page that somebody visits reads what the route answers."
    fix = "Leave cors out, or name the one origin"
    asvs = ("v5.0.0-3.4.2",)

    def look(self, sources: Sources, /) -> Iterator[Problem]:
        for module, function, route in routes(sources):
            if keyword(route, "cors") == "*":
                yield problem(sources, module.path, function.lineno, f"{function.name}: cors='*'")


class SudoInRoutes(CodeCheck):
    id = "CODE-08"
    title = "Routes without a login act with few rights"
    severity = Severity.MEDIUM
    rationale = "sudo() sets every access right and record rule aside for whoever calls."
    fix = "Give the public user the right that it needs, or narrow what is found by a token that is compared"
    asvs = ("v5.0.0-8.2.2",)

    def look(self, sources: Sources, /) -> Iterator[Problem]:
        for module, function, route in routes(sources):
            if keyword(route, "auth") not in _OPEN:
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "sudo":
                    yield problem(sources, module.path, node.lineno, f"{function.name}: sudo() without a login")


class SudoById(CodeCheck):
    id = "CODE-09"
    title = "A record that a request names is looked up with the rights of who asks"
    severity = Severity.HIGH
    rationale = "Whoever counts up the number in the address sees the records of others."
    fix = "request.env[model].browse(id), then check_access('read'), or a search with the owner in its domain"
    asvs = ("v5.0.0-8.2.2",)

    def look(self, sources: Sources, /) -> Iterator[Problem]:
        for module, function, _route in routes(sources):
            names = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)} - {"self"}
            names |= {one.arg for one in (function.args.kwarg,) if one}
            names |= _assigned_from(function, names)
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "browse":
                    given = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} & names
                    if given and (_is_sudo(node.func.value) or _then_sudo(function, node)):
                        yield problem(
                            sources, module.path, node.lineno, f"{function.name}: sudo().browse of a request's id"
                        )


def _assigned_from(function: ast.AST, names: set[str]) -> set[str]:
    """The local variables that hold what is in others, such as `number = int(order_id)`."""
    return {
        target.id
        for one in ast.walk(function)
        if isinstance(one, ast.Assign)
        and {inner.id for inner in ast.walk(one.value) if isinstance(inner, ast.Name)} & names
        and not any(isinstance(inner, ast.Attribute) and inner.attr in {"search", "browse"} for inner in ast.walk(one))
        for target in one.targets
        if isinstance(target, ast.Name)
    }


def _is_sudo(node: ast.AST) -> bool:
    return any(isinstance(one, ast.Attribute) and one.attr == "sudo" for one in ast.walk(node))


def _then_sudo(function: ast.AST, browse: ast.Call) -> bool:
    return any(
        isinstance(one, ast.Attribute) and one.attr == "sudo" and one.value is browse for one in ast.walk(function)
    )


class PublicMethods(CodeCheck):
    id = "CODE-10"
    title = "Methods that anybody calls over RPC do nothing with more rights, or with SQL, for their arguments"
    severity = Severity.MEDIUM
    rationale = "Every method of a model without an underscore is called over RPC by every user, with any arguments."
    fix = "Begin its name with an underscore, decorate it with api.private (Odoo 19), or check the rights first"
    asvs = ("v5.0.0-8.2.1", "v5.0.0-8.3.1")

    def look(self, sources: Sources, /) -> Iterator[Problem]:
        for module, model in _models(sources):
            for function in model.body:
                if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) or not is_public_method(function):
                    continue
                arguments = {one.arg for one in (*function.args.args[1:], *function.args.kwonlyargs)}
                if not arguments:
                    continue
                for node in ast.walk(function):
                    if isinstance(node, ast.Call) and _is_powerful(node, arguments):
                        text = f"{function.name} acts with more rights on its arguments"
                        yield problem(sources, module.path, node.lineno, text)
                        break


def _is_powerful(node: ast.Call, arguments: set[str]) -> bool:
    used = {one.id for given in (*node.args, *node.keywords) for one in ast.walk(given) if isinstance(one, ast.Name)}
    if not used & arguments:
        return False
    return _is_sudo(node.func) or bool(_EXECUTES.search(dotted(node.func)))


def _models(sources: Sources) -> Iterator[tuple[Module, ast.ClassDef]]:
    for module in sources.modules:
        if module.is_test:
            continue
        for node in module.classes:
            if {dotted(base) for base in node.bases} & _MODELS:
                yield module, node


class MissingAccess(CodeCheck):
    id = "CODE-11"
    title = "Every model has access rights, and every right a group"
    severity = Severity.HIGH
    rationale = (
        "A right without a group holds for who is not logged in; a model without rights is given one in a hurry."
    )
    fix = "security/ir.model.access.csv: a line for each model and group, named in the manifest"
    asvs = ("v5.0.0-8.2.1",)
    whole = True

    def look(self, sources: Sources, /) -> Iterator[Problem]:
        known: dict[str, set[str]] = {}
        for one in sources.texts:
            addon = _addon(one.path)
            if PurePath(one.path).name == "ir.model.access.csv":
                try:
                    rows = list(_rows(one.text))
                except csv.Error:
                    yield problem(sources, one.path, 0, "this is no CSV, so its rights are not known")
                    continue
                known.setdefault(addon, set()).update(row["model"].rpartition(".")[2] for _, row in rows)
                for number, row in rows:
                    if not row["group"] and row["grants"]:
                        text = f"{row['model']}: a right for everybody"
                        yield problem(sources, one.path, number, text, severity=Severity.CRITICAL)
            elif one.path.endswith(".xml") and "ir.model.access" in one.text:
                found = re.findall(r"ref=[\"'](?:\w+\.)?(model_\w+)[\"']", one.text)
                known.setdefault(addon, set()).update(found)
        for module, model in _models(sources):
            name = _name(model)
            if name and f"model_{name.replace('.', '_')}" not in known.get(_addon(module.path), set()):
                yield problem(sources, module.path, model.lineno, f"{name} has no access rights")


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The rights of a file, as Odoo imports it.

    Raises:
        csv.Error: it is no CSV.
    """
    reader = csv.DictReader(io.StringIO(text, newline=""))
    for row in reader:
        values = {str(key).strip(): str(value or "").strip() for key, value in row.items()}
        grants = [name for name in _PERMISSIONS if values.get(name, "").lower() not in _NO]
        model = values.get("model_id:id", values.get("model_id/id", ""))
        if _ID.search(model):
            group = values.get("group_id:id", values.get("group_id/id", ""))
            yield reader.line_num, {"model": model, "group": group, "grants": " ".join(grants)}


def _addon(path: str) -> str:
    """The folder of the addon: what is before `models`, `wizard` or `security`."""
    parts = PurePath(path).parts[:-1]
    for number, part in enumerate(parts):
        if part in {"models", "wizard", "wizards", "security", "report", "controllers", "data", "views"}:
            return "/".join(parts[:number])
    return "/".join(parts)


def _name(model: ast.ClassDef) -> str:
    """The name of a model that is made here: `_name`, where it does not extend one."""
    values: dict[str, object] = {}
    for node in model.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found = node.value
            values[node.targets[0].id] = (
                found.value
                if isinstance(found, ast.Constant)
                else [one.value for one in getattr(found, "elts", []) if isinstance(one, ast.Constant)]
            )
    name, inherits = values.get("_name"), values.get("_inherit")
    known = inherits if isinstance(inherits, list) else [inherits]
    return name if isinstance(name, str) and name not in known else ""

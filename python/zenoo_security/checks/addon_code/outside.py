"""Secrets in the source, and requests to others."""

from __future__ import annotations

import ast
import itertools
import re
from typing import TYPE_CHECKING, Final

from zenoo_security.checks.addon_code.base import CodeCheck, calls, keyword, problem
from zenoo_security.checks.addon_code.names import dotted, is_built, is_value
from zenoo_security.checks.check import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.addon_code.snapshot import Sources
    from zenoo_security.checks.check import Problem

__all__ = ["HardCodedSecrets", "NoTimeout", "Readable", "SecretsInAddresses", "Unverified"]

_NAME: Final = re.compile(r"(?:^|_)(?:passw(?:or)?d|passwd|pwd|secret|token|api_?key|private_?key)s?$", re.IGNORECASE)
_SHAPES: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b"
    r"|\bsk_live_[A-Za-z0-9]{16,}\b|\bxox[bpars]-[A-Za-z0-9-]{10,}\b"
)
_HARMLESS: Final = re.compile(r"^(?:[a-z_.]+|[A-Z][a-z]+(?: [a-z]+)*|\W*|.*[%{<].*|https?://\S*)$", re.DOTALL)
_SHORTEST: Final = 8
_REQUESTS: Final = re.compile(r"^(?:requests|httpx)\.(?:get|post|put|patch|delete|head|options|request)$")


_IN_ADDRESS: Final = re.compile(
    r"[?&](?P<name>(?:access_)?token|api_?key|key|passw(?:or)?d|pwd|secret)=$", re.IGNORECASE
)


class HardCodedSecrets(CodeCheck):
    id = "CODE-12"
    title = "No secrets stand in the source"
    severity = Severity.HIGH
    rationale = "Everybody who ever had the source has them, and they stay in its history."
    fix = "Make a new one, and read it from the environment or from a system parameter that only Settings may read"
    asvs = ("v5.0.0-13.3.1",)

    def look(self, sources: Sources, /) -> Iterator[Problem]:
        for module in sources.modules:
            for node in module.every(ast.Constant, ast.Assign, ast.keyword, ast.Dict):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SHAPES.search(node.value):
                    yield problem(sources, module.path, node.lineno, "this has the form of a key")
                if module.is_test:
                    continue
                for name, value, line in _named(node):
                    if _NAME.search(name) and len(value) >= _SHORTEST and not _HARMLESS.match(value):
                        yield problem(sources, module.path, line, f"{name} is given a value")


def _named(node: ast.AST) -> Iterator[tuple[str, str, int]]:
    """The names that are given a text, with it and the line."""
    pairs: list[tuple[str, ast.AST]] = []
    if isinstance(node, ast.Assign):
        pairs = [(dotted(target).rpartition(".")[2], node.value) for target in node.targets]
    elif isinstance(node, ast.keyword):
        pairs = [(node.arg or "", node.value)]
    elif isinstance(node, ast.Dict):
        named = zip(node.keys, node.values, strict=True)
        pairs = [(str(key.value), value) for key, value in named if isinstance(key, ast.Constant)]
    for name, value in pairs:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield name, value.value, value.lineno


class Unverified(CodeCheck):
    id = "CODE-13"
    title = "Certificates are checked"
    severity = Severity.HIGH
    rationale = "Without it whoever is on the way answers in place of the host."
    fix = "Take verify=False out; for an authority of your own, verify='/path/to/ca.pem'"
    asvs = ("v5.0.0-12.3.2",)

    def look(self, sources: Sources, /) -> Iterator[Problem]:
        for module, call, name in calls(sources):
            if keyword(call, "verify") is False or name.endswith("ssl._create_unverified_context"):
                yield problem(sources, module.path, call.lineno, f"{name} does not check the certificate")


class NoTimeout(CodeCheck):
    id = "CODE-14"
    title = "Requests to others end"
    severity = Severity.MEDIUM
    rationale = "A host that does not answer holds a worker of Odoo until it is killed."
    fix = "timeout=10"
    asvs = ("v5.0.0-16.5.2",)

    def look(self, sources: Sources, /) -> Iterator[Problem]:
        for module, call, name in calls(sources):
            is_request = name.startswith("requests.") and bool(_REQUESTS.match(name))
            if (is_request or name in {"urllib.request.urlopen", "urlopen"}) and keyword(call, "timeout") is None:
                yield problem(sources, module.path, call.lineno, f"{name} waits for ever")


class Readable(CodeCheck):
    id = "CODE-15"
    title = "All files could be looked at"
    severity = Severity.MEDIUM
    rationale = "What was not read was not checked."
    fix = "See what the file is; take it out of the folder, or make it one that Python parses"
    asvs = ("v5.0.0-16.5.3",)
    whole = True

    def look(self, sources: Sources, /) -> Iterator[Problem]:
        for path, reason in sources.unread.items():
            yield problem(sources, path, 0, f"not read: {reason}")


class SecretsInAddresses(CodeCheck):
    id = "CODE-18"
    title = "No secret is put into an address"
    severity = Severity.MEDIUM
    rationale = "Addresses stand in the logs of every server and proxy on the way, in histories, and in Referer."
    fix = "A header: requests.get(url, headers={'Authorization': f'Bearer {token}'}, timeout=10); or the body of a POST"
    asvs = ("v5.0.0-14.2.1",)

    def look(self, sources: Sources, /) -> Iterator[Problem]:
        for module in sources.modules:
            expressions = module.every(ast.JoinedStr, ast.BinOp, ast.Call)
            for node in () if module.is_test else expressions:
                for found in filter(None, map(_IN_ADDRESS.search, _before_values(node))):
                    # Odoo's own links for customers hold one.
                    shared = found["name"].casefold() == "access_token"
                    message = f"a value becomes {found['name']} of an address"
                    yield problem(sources, module.path, node.lineno, message, warning=shared)


def _before_values(node: ast.expr) -> Iterator[str]:
    """The texts that a value follows: in an f-string, before a `+`, or before `%s` and `{}`."""
    if isinstance(node, ast.JoinedStr):
        for text, value in itertools.pairwise(node.values):
            if isinstance(text, ast.Constant) and isinstance(value, ast.FormattedValue):
                yield str(text.value)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        if is_value(node.right):
            yield from _text(node.left.right if isinstance(node.left, ast.BinOp) else node.left)
    elif is_built(node):
        template = node.left if isinstance(node, ast.BinOp) else getattr(getattr(node, "func", None), "value", node)
        for text_with_places in _text(template):
            yield from re.split(r"%s|%\(\w+\)s|\{\w*\}", text_with_places)[:-1]


def _text(node: ast.expr) -> list[str]:
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []

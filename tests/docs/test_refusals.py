"""A program can tell refusals apart: each has a code, and docs/guide/web.md has a line for it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
WEB = ROOT / "python/zenoo_security/web"
TABLES = (ROOT / "docs/guide/web.md").read_text(encoding="utf-8").partition("\n## What a refusal says\n")[2]
FOR_BROWSERS = "csp_reports.py"
"""Answers reports, which no program sends."""


def refusals() -> list[tuple[str, ast.expr | None]]:
    """The file of each call of `problem`, and its code."""
    found = []
    for path in sorted(WEB.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "problem":
                code = next((each.value for each in node.keywords if each.arg == "code"), None)
                found.append((path.name, code))
    return found


def test_each_refusal_has_a_code():
    assert {name for name, code in refusals() if code is None} == {FOR_BROWSERS}


def test_each_code_stands_in_the_guide():
    codes = {code.value for _, code in refusals() if isinstance(code, ast.Constant)}
    assert len(codes) > 20
    assert codes <= set(re.findall(r"`([a-z_]+)`", TABLES))

"""What no store may do, read from its source."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from zenoo_security import stores

SOURCES = sorted(Path(stores.__file__).parent.rglob("*.py"))
MODULES = {"cloudpickle", "copyreg", "dill", "jsonpickle", "marshal", "pickle", "shelve", "yaml"}
FUNCTIONS = {"__import__", "compile", "eval", "exec"}


def what_runs_data(source: str) -> list[str]:
    """Names of modules and functions that turn stored bytes into objects or code."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.split(".")[0] in MODULES]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in MODULES:
            found.append(node.module or "")
        elif isinstance(node, ast.Name) and node.id in FUNCTIONS:
            found.append(node.id)
    return found


@pytest.mark.asvs("v5.0.0-1.5.2")
@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_nothing_is_pickled(path):
    """Whoever can write to the server cannot run code here."""
    assert what_runs_data(path.read_text(encoding="utf-8")) == []


def test_the_check_sees_what_it_looks_for():
    assert what_runs_data("import pickle\nfrom marshal import loads\neval('1')\nredis.eval('lua')") == [
        "pickle",
        "marshal",
        "eval",
    ]

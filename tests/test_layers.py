"""Imports go one way only, and every module can be imported alone."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import zenoo_security

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# From the ground up; a module imports from its own layer and from those before it. `zenoo_security` itself is on top,
# together with the last layer.
LAYERS: tuple[tuple[str, ...], ...] = (
    (
        "address",
        "documents",
        "environment",
        "errors",
        "clock",
        "folding",
        "odoo_client",
        "principal",
        "private_files",
        "setting_types",
    ),
    ("_native",),
    (
        "accounts",
        "audit",
        "breached",
        "common_passwords",
        "config",
        "context_words",
        "cookies",
        "data_encryption",
        "domains",
        "fernet",
        "fields",
        "hashing",
        "keyring",
        "model_errors",
        "otp",
        "password_policy",
        "passwords",
        "policy",
        "qr",
        "safehttp",
        "sanitize",
        "tokens",
        "types",
        "validate",
    ),
    ("stores",),
    ("limits", "lockout", "mfa", "objects", "roles", "sessions"),
    ("guards", "partner", "records", "request_guard"),
    ("client", "sensitive", "web"),
    # Log in through the client.
    ("addon", "auth", "jobs", "keys"),
    ("checks", "cli", "demo", "doctor", "testing"),
)
LEVELS = {module: level for level, modules in enumerate(LAYERS) for module in modules}
TOP = len(LAYERS) - 1

PACKAGE = Path(zenoo_security.__file__).parent
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__main__.py")
# Runs in the Python of the local Odoo, which has the driver that it imports.
FOREIGN = {"zenoo_security.testing._sql"}


def dotted(path: Path) -> str:
    """The name of the module in a file."""
    parts = ("zenoo_security", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts).removesuffix(".__init__")


def level(module: str) -> int:
    """The layer of `zenoo_security.a.b` is that of `a`."""
    _, *inner = module.split(".")
    if not inner:
        return TOP
    assert inner[0] in LEVELS, f"{inner[0]} has no layer: give it one in tests/test_layers.py"
    return LEVELS[inner[0]]


class Imports(ast.NodeVisitor):
    """Collects what a module imports of the package, anywhere but for type checkers."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.found: list[str] = []

    def visit_If(self, node: ast.If) -> None:
        if "TYPE_CHECKING" not in ast.unparse(node.test):
            self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        self.found += [alias.name for alias in node.names]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        start = self.package.split(".")
        base = start[: len(start) - node.level + 1] if node.level else []
        origin = ".".join([*base, *filter(None, [node.module])])
        # `from zenoo_security import otp` imports the module; `from zenoo_security import Totp` the package.
        inner = {path.stem for path in PACKAGE.iterdir()} | {"_native"}
        if origin == "zenoo_security":
            self.found += [f"{origin}.{alias.name}" if alias.name in inner else origin for alias in node.names]
        else:
            self.found.append(origin)


def imports(path: Path) -> Iterator[str]:
    """The modules of the package that a file imports."""
    name = dotted(path)
    visitor = Imports(name if path.name == "__init__.py" else name.rpartition(".")[0])
    visitor.visit(ast.parse(path.read_text(encoding="utf-8")))
    return (found for found in visitor.found if found.split(".")[0] == "zenoo_security")


@pytest.mark.parametrize("path", SOURCES, ids=dotted)
def test_no_module_imports_from_a_layer_above_its_own(path: Path) -> None:
    own = level(dotted(path))
    upward = [found for found in imports(path) if level(found) > own]
    assert not upward


def test_the_check_sees_every_import_but_those_for_type_checkers() -> None:
    visitor = Imports("zenoo_security")
    visitor.visit(
        ast.parse(
            "from zenoo_security import Totp, errors\n"
            "from zenoo_security.mfa import MFAManager\n"
            "from .web import headers\n"
            "def late():\n    import zenoo_security.client\n"
            "if TYPE_CHECKING:\n    from zenoo_security.cli import app\n"
        )
    )
    assert visitor.found == [
        "zenoo_security",
        "zenoo_security.errors",
        "zenoo_security.mfa",
        "zenoo_security.web",
        "zenoo_security.client",
    ]


# Imports one module after the other, each in a process that has none of ours yet. Those of others are there before.
ALONE = """
import os, sys, traceback
import httpx, psycopg, pydantic, redis, rich, typer, zenoo_rpc

for line in sys.stdin:
    child = os.fork()
    if not child:
        try:
            __import__(line.strip())
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        sys.stderr.flush()
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture(scope="module")
def import_alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], tuple[str, str]]]:
    """Imports a module, and returns the exit code and what was written to standard error."""
    errors = tmp_path_factory.mktemp("alone") / "stderr"
    pipe = subprocess.PIPE
    with (
        errors.open("w") as written,
        subprocess.Popen([sys.executable, "-c", ALONE], stdin=pipe, stdout=pipe, stderr=written, text=True) as process,
    ):
        assert process.stdin
        assert process.stdout
        requests, answers = process.stdin, process.stdout

        def import_one(module: str) -> tuple[str, str]:
            before = errors.stat().st_size
            print(module, file=requests, flush=True)
            return answers.readline().strip(), errors.read_text()[before:]

        yield import_one
        requests.close()


@pytest.mark.parametrize("module", sorted({dotted(path) for path in SOURCES} - FOREIGN))
def test_every_module_can_be_imported_alone(import_alone: Callable[[str], tuple[str, str]], module: str) -> None:
    assert import_alone(module) == ("0", "")


def test_a_module_that_cannot_be_imported_is_seen(import_alone: Callable[[str], tuple[str, str]]) -> None:
    status, written = import_alone("zenoo_security.absent")
    assert status == "1"
    assert "ModuleNotFoundError" in written

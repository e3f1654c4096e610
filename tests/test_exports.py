"""What the package exports, and what importing it costs."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import zenoo_security

PACKAGE = Path(zenoo_security.__file__).parent
MODULES = sorted(
    ".".join(("zenoo_security", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if path.name == "__init__.py" or not path.name.startswith("_")
)
HEAVY = ("_pytest", "asyncio", "httpx", "pydantic", "pytest", "rich", "subprocess", "typer", "zenoo_rpc")


def order(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions, as ruff sorts them."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2
    return kind, name


@pytest.mark.parametrize("module", MODULES)
def test_every_list_of_exports_is_sorted_and_every_name_in_it_exists(module: str) -> None:
    loaded = importlib.import_module(module)
    names = getattr(loaded, "__all__", None)
    if names is None:
        assert module.split(".")[1] in {"cli", "testing"}, f"{module} has no __all__"
        return
    assert list(names) == sorted(set(names), key=order)
    for name in names:
        assert getattr(loaded, name) is not None


def test_the_package_itself_lists_what_it_exports() -> None:
    assert {"MFAManager", "SecurityError", "Totp", "__version__"} <= set(zenoo_security.__all__)
    assert set(zenoo_security.__all__) == {*zenoo_security._MODULES, "__version__"}
    assert set(zenoo_security.__all__) <= set(dir(zenoo_security))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = zenoo_security.no_such_name


IMPORT_AT_ONCE = """
import threading
import time
from importlib.machinery import SourceFileLoader

import zenoo_security


def slow(loader, spec):
    if spec.name == "zenoo_security.audit":
        began.set()
        time.sleep(0.5)


SourceFileLoader.create_module = slow
began = threading.Event()
package = threading.Thread(target=lambda: zenoo_security.AuditLog)
package.start()
began.wait()
zenoo_security.SecurityHeaders  # imports a module of the package that is being imported
package.join()
"""


def test_two_threads_may_use_names_for_the_first_time_at_once() -> None:
    """Python ends a wait of two imports for each other with an error in one of the threads."""
    result = subprocess.run([sys.executable, "-c", IMPORT_AT_ONCE], capture_output=True, text=True, check=True)
    assert result.stderr == ""


def test_importing_the_package_imports_nothing_that_a_server_does_not_need() -> None:
    code = f"import sys, zenoo_security; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "\n"

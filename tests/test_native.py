"""The native module as Python sees it: its stub, its start, and its exceptions."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from zenoo_security import _native, errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent
STUB = Path(_native.__file__).with_name("_native.pyi")
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
NATIVE: Any = _native


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A fresh Python, with the same path to modules."""
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_stub_says_what_the_module_has() -> None:
    result = run("-m", "mypy.stubtest", "zenoo_security._native")
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_module_starts_in_a_fresh_process_without_a_word() -> None:
    result = run("-W", "error", "-c", "import zenoo_security._native as native; print(native.__version__)")
    assert (result.returncode, result.stdout, result.stderr) == (0, f"{_native.__version__}\n", "")


def test_every_name_has_a_docstring() -> None:
    for name in _native.__all__:
        if name != "__version__":
            assert getattr(_native, name).__doc__, name


def stub_definitions() -> Iterator[tuple[str, str]]:
    """Name and docstring of each function, class and method of the stub."""
    for node in ast.parse(STUB.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name not in _native.__all__:
            continue
        yield node.name, ast.get_docstring(node) or ""
        for method in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(method, ast.FunctionDef) and not method.name.startswith("__"):
                yield f"{node.name}.{method.name}", ast.get_docstring(method) or ""


@pytest.mark.parametrize(("path", "documented"), [pytest.param(*pair, id=pair[0]) for pair in stub_definitions()])
def test_help_and_stub_name_the_same_errors(path: str, documented: str) -> None:
    """`help()` reads the native docstring, an editor the stub; both exist and say what can be raised."""
    found = _native
    for name in path.split("."):
        found = getattr(found, name)
    raised = {name for name in re.findall(r"\w+", documented.partition("Raises:")[2]) if name in errors.__all__}
    assert documented
    assert found.__doc__
    assert raised <= set(re.findall(r"\w+", found.__doc__))


def verify_password(stored_hash: str, password: str = "x") -> object:
    return NATIVE.verify_password(password, stored_hash, budget=NATIVE.HashingBudget(64, 0.0))


# Each exception that the native module raises, with a call that raises it.
RAISERS: dict[str, Callable[[], object]] = {
    "DecryptionError": lambda: NATIVE.FieldCipher(NATIVE.KeyRing.generate()).decrypt("zs1." + "A" * 80, context=["x"]),
    "HashCostExceeded": lambda: verify_password("$argon2id$v=19$m=4000000,t=1,p=1$" + "A" * 22 + "$" + "A" * 43),
    "InputTooLarge": lambda: NATIVE.qr_text("x" * 10_000, "L", 4, False),
    "InvalidFields": lambda: NATIVE.validate_partner({}),
    "InvalidInput": lambda: NATIVE.Totp("not base32!", "SHA1", 6, 30, 1, 0),
    "KeyRingError": lambda: NATIVE.KeyRing.from_json("{"),
    "MalformedHash": lambda: verify_password("$argon2id$broken"),
    "ParameterError": lambda: NATIVE.Totp(SECRET, "SHA1", 9, 30, 1, 0),
    "PasswordTooLong": lambda: NATIVE.hash_password("x" * 5000, costs=(8, 1, 1), budget=NATIVE.HashingBudget(1, 0.0)),
    "StoreIncompatible": lambda: NATIVE.SharedTable("/dev/null", 1),
    "StoreUnavailable": lambda: NATIVE.SharedTable("/absent/limits", 1),
    "UnsupportedHash": lambda: verify_password("$unknown$x"),
}
# HashingBusy needs two hashes at once (tests/test_hashing.py); no system refuses random bytes on demand.
NOT_ON_DEMAND = {"HashingBusy", "RandomnessError"}


@pytest.mark.parametrize("name", RAISERS)
def test_the_native_error_arrives_as_the_exception_of_errors_py(name: str) -> None:
    with pytest.raises(errors.SecurityError) as caught:
        RAISERS[name]()
    assert type(caught.value) is getattr(errors, name)
    assert str(caught.value)


def test_every_exception_that_the_source_names_exists_and_is_raised_here() -> None:
    source = (ROOT / "src/bindings/error.rs").read_text(encoding="utf-8")
    named = set(re.findall(r"import_exception!\(zenoo_security\.errors, (\w+)\)", source))
    assert named <= set(errors.__all__)
    assert named <= set(RAISERS) | NOT_ON_DEMAND
    assert set(RAISERS) <= named

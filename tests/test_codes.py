"""`validate.CODES` is complete: no exception carries a code that it does not list."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import zenoo_security
from zenoo_security import FieldCipher, KeyRing, errors, validate

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(zenoo_security.__file__).parent
RUST = Path(__file__).parents[1] / "src"


def calls_in(source: Path) -> Iterator[tuple[str, ast.Call]]:
    """The calls in a file, with the names of what is called."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def given_code(call: ast.Call) -> set[str]:
    """The text that is given as `code=`, if any."""
    values = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
    return {value.value for value in values if isinstance(value, ast.Constant)}


def codes_in(source: Path) -> Iterator[str]:
    """The texts that are given as `code=` to anything but a response, or to `refusal`."""
    ours = "validate.refusals import" in source.read_text(encoding="utf-8")
    for name, call in calls_in(source):
        if ours and name == "refusal" and isinstance(call.args[0], ast.Constant):
            yield call.args[0].value
        if name != "problem":
            yield from given_code(call)


def test_every_code_of_a_response_is_in_the_guide():
    """Each code that a refusal of the middleware carries stands in a document, in backquotes."""
    calls = [each for source in (PACKAGE / "web").rglob("*.py") for each in calls_in(source)]
    codes = {code for name, call in calls if name == "problem" for code in given_code(call)}
    codes |= {call.args[1].value for name, call in calls if name == "Kind"}
    guide = "".join(page.read_text(encoding="utf-8") for page in sorted((RUST.parent / "docs" / "guide").glob("*.md")))
    assert codes
    assert [code for code in sorted(codes) if f"`{code}`" not in guide] == []


def test_every_code_of_the_package_is_listed():
    """Each text that Python code gives as a code is in CODES."""
    found = {code for source in PACKAGE.rglob("*.py") for code in codes_in(source)}
    assert found
    assert found <= set(validate.CODES)


def test_every_code_of_the_core_is_a_constant_of_the_list():
    """Rust names the constants of `codes.rs`, which are the list; no code is written as a text elsewhere."""
    listed = RUST / "primitives" / "validate" / "codes.rs"
    literal = re.compile(r'\bInvalid\("')
    assert [str(path) for path in RUST.rglob("*.rs") if path != listed and literal.search(path.read_text())] == []


def test_codes_that_nobody_named_are_listed():
    """The defaults of the exceptions, and what the core says of sizes, are in CODES."""
    for exception in (errors.InvalidInput, errors.InputTooLarge):
        assert inspect.signature(exception).parameters["code"].default in validate.CODES
    with pytest.raises(errors.InputTooLarge) as error:
        FieldCipher(KeyRing.generate()).encrypt("x" * (16 * 1024 * 1024 + 1), context=("m",))
    assert error.value.code in validate.CODES


def test_the_guide_has_a_table_of_every_code_and_its_sentence():
    guide = (RUST.parent / "docs" / "guide" / "validate.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z_0-9]+)` \| (.*) \|$", guide.partition("## The codes")[2], re.MULTILINE))
    assert {code: sentence.replace("\\|", "|") for code, sentence in rows.items()} == dict(validate.CODES)


def test_every_code_is_used():
    """A code that nothing raises is a promise that nobody keeps."""
    python = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    rust = "".join(path.read_text() for path in RUST.rglob("*.rs") if path.name != "codes.rs")
    unused = {code for code in validate.CODES if f'"{code}"' not in python and f"codes::{code.upper()}" not in rust}
    assert unused <= {"invalid", "too_large"}

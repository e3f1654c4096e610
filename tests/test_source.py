"""What our source does not do, in any file: read from the source, since no call could show it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from zenoo_security.documents import tomllib

ROOT = Path(__file__).parent.parent
PYTHON = sorted((ROOT / "python").rglob("*.py"))
RUST = sorted((ROOT / "src").rglob("*.rs"))
LOGS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
XML = re.compile(r"(?:xml|lxml|xmlrpc|xmltodict|defusedxml|html5lib|bs4)(?:\.|$)")
SECRET = re.compile(r"(?:^|[._])(?:tag|mac|hmac|digest|signature|token|password|secret|credential)s?$")
# In these files of Rust every comparison is one of a secret, or of a length.
PRIMITIVES = [
    ROOT / "src" / "primitives" / name
    for name in ("aead.rs", "blind_index.rs", "derive.rs", "secret.rs", "passwords/bcrypt.rs", "passwords/pbkdf2.rs")
]
WIPED = {"argon2", "bcrypt", "chacha20", "chacha20poly1305", "hmac", "poly1305", "sha1", "sha2"}


def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def cargo() -> dict:
    return tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))


def built_formats(path: Path) -> list[str]:
    """Calls of a logger whose format is no constant."""
    found = []
    for node in nodes(path):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        of_a_logger = isinstance(node.func, ast.Attribute) and node.func.attr in LOGS and "log" in name.lower()
        if of_a_logger or name == "_to_logger":
            given = node.args[1:] if name.endswith((".log", "_to_logger")) else node.args
            if not given or not isinstance(given[0], ast.Constant):
                found.append(ast.unparse(node))
    return found


@pytest.mark.asvs("v5.0.0-1.3.10", "v5.0.0-16.4.1")
def test_the_format_of_a_log_line_is_a_constant():
    """Whatever is told of goes in as an argument, so that no `%` in it means anything."""
    found = [call for path in PYTHON for call in built_formats(path)]
    # The body of `_to_logger`, whose own calls are looked at.
    assert found == ["LOGGER.log(level, message, *args, extra=event and {'event': event})"]


def test_a_format_that_is_built_is_seen(tmp_path):
    (tmp_path / "x.py").write_text(
        "LOGGER.info(f'{x}')\n_log.log(20, 'a' + x)\nself._logger.error('%s', x)\n_to_logger(20, x)"
    )
    assert built_formats(tmp_path / "x.py") == ["LOGGER.info(f'{x}')", "_log.log(20, 'a' + x)", "_to_logger(20, x)"]


@pytest.mark.asvs("v5.0.0-1.5.1")
def test_no_xml_is_read():
    """Odoo is asked in JSON. What is taken from these modules writes: a fault to who asked by XML-RPC, a report of JUnit."""
    found = set()
    for path in PYTHON:
        for node in nodes(path):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names if XML.match(alias.name)}
            elif isinstance(node, ast.ImportFrom) and XML.match(node.module or ""):
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
    writing = {"xml.sax.saxutils.escape", "xml.sax.saxutils.quoteattr", "xmlrpc.client.Fault", "xmlrpc.client.dumps"}
    assert found == writing


@pytest.mark.asvs("v5.0.0-11.2.4")
def test_secrets_are_compared_in_constant_time_in_python():
    compared = {
        f"{path.name}: {ast.unparse(node)}"
        for path in PYTHON
        if not {"checks", "cli", "testing"} & set(path.parts)
        for node in nodes(path)
        if isinstance(node, ast.Compare) and any(isinstance(one, (ast.Eq, ast.NotEq)) for one in node.ops)
        if any(SECRET.search(ast.unparse(side)) for side in (node.left, *node.comparators))
    }
    # That of a policy, which is no secret.
    assert compared == {"file.py: before.digest == digest"}


@pytest.mark.asvs("v5.0.0-11.2.4")
def test_secrets_are_compared_in_constant_time_in_rust():
    """By `secret::eq`, which is that of the crate subtle; a code of the second factor by subtle itself."""
    for path in PRIMITIVES:
        code = path.read_text(encoding="utf-8").partition("#[cfg(test)]")[0]
        assert not re.search(r"(?:tag|mac|key|password|expose\(\)|as_slice\(\)) *[!=]= ", code), path.name
    eq = (ROOT / "src" / "primitives" / "secret.rs").read_text(encoding="utf-8")
    assert "pub fn eq(left: &[u8], right: &[u8]) -> bool {\n    left.ct_eq(right).into()\n}" in eq
    assert "self.value(step).ct_eq(&given)" in (ROOT / "src" / "primitives" / "otp.rs").read_text(encoding="utf-8")
    verifying = ("aead.rs", "passwords/bcrypt.rs", "passwords/pbkdf2.rs", "passwords/phc.rs")
    assert all("secret::eq(" in (ROOT / "src" / "primitives" / name).read_text(encoding="utf-8") for name in verifying)


@pytest.mark.asvs("v5.0.0-1.4.2")
def test_no_arithmetic_of_ours_overflows_unseen():
    """The lint is denied, a release is checked too, and what is excepted says why."""
    manifest = cargo()
    assert manifest["lints"]["clippy"]["arithmetic_side_effects"] == "deny"
    assert manifest["lints"]["clippy"]["indexing_slicing"] == "deny"
    assert manifest["profile"]["release"]["overflow-checks"] is True
    exception = re.compile(r"#!?\[(?:allow|expect)\([^)]*clippy::arithmetic_side_effects[^)]*\)\]")
    excepted = {(path.name, one) for path in RUST for one in exception.findall(path.read_text(encoding="utf-8"))}
    assert {name for name, _ in excepted} == {"characters.rs", "table.rs", "time.rs"}
    assert all('reason = "' in text for _, text in excepted)


@pytest.mark.asvs("v5.0.0-1.4.3")
def test_crates_that_hold_secrets_wipe_them():
    """None of them does unless it is told to."""
    dependencies = cargo()["dependencies"]
    assert all("zeroize" in dependencies[crate]["features"] for crate in WIPED)
    assert "derive" in dependencies["zeroize"]["features"]


def test_no_named_tuple_has_another_base():
    """Python 3.10 refuses it when the module is imported, and mypy does not tell."""
    classes = [node for path in PYTHON for node in nodes(path) if isinstance(node, ast.ClassDef)]
    bases = [[ast.unparse(base) for base in node.bases] for node in classes]
    assert ["NamedTuple"] in bases
    assert [names for names in bases if "NamedTuple" in names and len(names) > 1] == []

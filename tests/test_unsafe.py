"""Where Rust's checks are switched off: in one file, with a reason for each block."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ALLOWED = {"src/shared_file/system.rs"}
UNSAFE = re.compile(r"\bunsafe\s*(?:\{|impl\b|fn\b|extern\b|trait\b)")


def sources() -> dict[str, list[str]]:
    """Each line of each Rust file, without comments at its end."""
    files = [path for folder in ("src", "benches", "tests") for path in sorted((ROOT / folder).rglob("*.rs"))]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8").splitlines() for path in files}


@pytest.mark.asvs("v5.0.0-1.4.1")
def test_unsafe_code_is_in_one_file() -> None:
    found = {name for name, lines in sources().items() if any(map(UNSAFE.search, lines))}
    assert found == ALLOWED


@pytest.mark.asvs("v5.0.0-1.4.1")
def test_the_lint_denies_it_and_nothing_but_that_file_switches_it_off() -> None:
    assert '\nunsafe_code = "deny"\n' in (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    switched = {name for name, lines in sources().items() if any("unsafe_code" in line for line in lines)}
    assert switched == ALLOWED


def test_every_block_says_why_it_is_sound() -> None:
    for name in ALLOWED:
        lines = sources()[name]
        for number, line in enumerate(lines):
            if UNSAFE.search(line):
                above = lines[max(0, number - 6) : number]
                assert any(each.strip().startswith("// SAFETY: ") for each in above), f"{name}:{number + 1}"

"""`docs/asvs.md` says what the tests prove, and what has to be proved is."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from asvs import marks
from asvs.marks import FIRES, ROOT, SILENT, Mark, collect_python, collect_rust
from asvs.page import PAGE, render
from asvs.proofs import missing, prove, unknown
from asvs.rows import Row, read_rows

ROW = Row("1.2.3", 1, "V1", 1, frozenset("I"), "sanitize.js", "A < B | C")
MARK = Mark("1.2.3", "tests/test_sanitize.py", "test_it")
FIXTURES = [replace(MARK, check="URL-01", fixture=fixture) for fixture in (FIRES, SILENT)]


def state(kinds: str, *proofs: Mark) -> str:
    (only,) = prove([replace(ROW, kinds=frozenset(kinds))], proofs)
    return only.state


@pytest.mark.timeout(900)  # It imports all tests, beside whatever else is running.
def test_the_page_is_what_the_marks_give():
    """And no mark is on a requirement that is not there; `make asvs` writes it."""
    rows, collected = read_rows(), collect_python() + collect_rust()
    assert unknown(rows, collected) == []
    pages = {mark.document for mark in collected if mark.document.endswith(".md")}
    assert [page for page in pages if not (ROOT / page).exists()] == []
    proofs = prove(rows, collected)
    assert missing(proofs) == []
    assert sum(one.holds for one in proofs if one.row.tier == 2) >= 60
    assert PAGE.read_text(encoding="utf-8") == render(proofs), "run `make asvs`"


def test_a_mark_on_what_is_not_there_is_found():
    assert unknown([ROW], [MARK]) == []
    assert unknown([ROW], [replace(MARK, number="1.2.33")]) == ["tests/test_sanitize.py::test_it: 1.2.33"]


def test_a_row_of_the_first_tier_that_loses_its_last_proof_is_found():
    assert missing(prove([ROW], [MARK])) == []
    assert missing(prove([ROW], [])) == ["1.2.3: open"]
    assert missing(prove([replace(ROW, tier=2)], [])) == []


def test_a_row_of_code_and_a_check_takes_both():
    assert state("IC") == "open"
    assert state("IC", MARK) == "proved, check open"
    assert state("IC", *FIXTURES) == "checker, code open"
    assert state("IC", MARK, *FIXTURES) == "proved, checker"


def test_a_check_takes_both_fixtures():
    assert state("C", *FIXTURES) == "checker"
    assert {state("C", one) for one in FIXTURES} == {"open"}
    assert state("C", FIXTURES[0], replace(FIXTURES[1], check="URL-02")) == "open"


def test_a_document_takes_a_test_of_what_it_says():
    assert state("D", MARK) == "open"
    assert state("D", replace(MARK, document="docs/formats.md")) == "documented"


def test_marks_are_those_of_tests_that_run(tmp_path, monkeypatch):
    """Of a module, a class and a function, in both spellings; not of a test that is skipped or may fail."""
    (tmp_path / "test_some.py").write_text(
        "import pytest\n"
        "pytestmark = pytest.mark.asvs('v5.0.0-1.1.1')\n"
        "@pytest.mark.asvs('2.2.2', document='docs/x.md')\n"
        "class TestX:\n"
        "    def test_a(self): pass\n"
        "@pytest.mark.skip(reason='none')\n"
        "def test_b(): pass\n"
        "@pytest.mark.xfail(reason='none')\n"
        "def test_c(): pass\n"
    )
    done = subprocess.run(
        [sys.executable, marks.__file__, str(tmp_path)], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert marks.parse(done.stdout) == [
        Mark("2.2.2", "test_some.py", "TestX::test_a", document="docs/x.md"),
        Mark("1.1.1", "test_some.py", "TestX::test_a"),
    ]


def test_a_rust_test_is_marked_by_a_comment():
    text = "    // asvs: 1.4.3, 11.7.2\n    #[test]\n    fn it_is_wiped() {\n"
    assert [(mark.number, mark.test) for mark in marks.read_rust("src/x.rs", text)] == [
        ("1.4.3", "it_is_wiped"),
        ("11.7.2", "it_is_wiped"),
    ]

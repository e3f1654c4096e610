"""How the outcomes of Odoo's own tests are compared; the program itself is too long for `make test`."""

from __future__ import annotations

from odoo_suites import compare, outcomes


def test_a_subtest_that_fails_lets_its_test_fail(tmp_path):
    path = tmp_path / "results"
    path.write_text('["a", "failed"]\n["a", "passed"]\n["b", "passed"]\n["c", "skipped"]\n')
    assert outcomes(path) == {"a": "failed", "b": "passed", "c": "skipped"}


def test_what_passed_and_passes_no_more_is_found():
    without = {"passes": "passed", "breaks": "passed", "gone": "passed", "waits": "passed", "failed": "failed"}
    now = {"passes": "passed", "breaks": "failed", "waits": "skipped", "failed": "failed", "new": "failed"}
    assert compare(without, now) == ["breaks", "gone", "waits"]

"""Twelve ways of a value to SQL, Python, HTML or a shell, and five that are harmless: all of the one, none of the other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zenoo_security.checks import Status
from zenoo_security.checks.addon_code.view import VIEW, read_sources
from zenoo_security.checks.engine import run_check

SAMPLE = Path(__file__).with_name("sample") / "order.py.txt"
MARK = re.compile(r"  # (CODE-[0-9]{2})$")


@pytest.mark.asvs("v5.0.0-1.2.4", "v5.0.0-1.3.2", "v5.0.0-1.2.5")
def test_what_is_marked_is_found_and_nothing_else(tmp_path):
    text = SAMPLE.read_text(encoding="utf-8")
    marked = {(match[1], number) for number, line in enumerate(text.splitlines(), 1) if (match := MARK.search(line))}
    (tmp_path / "order.py").write_text(text, encoding="utf-8")
    sources = read_sources(tmp_path)
    kinds = {check for check, _ in marked}
    found = {
        (check.id, one.line)
        for check in VIEW.checks
        if check.id in kinds
        for one in run_check("code", check, sources)
        if one.status is Status.FAIL
    }
    assert len(marked) == 12
    assert found == marked

"""docs/decisions/README.md: the ten that a successor would undo by mistake, and all others."""

from __future__ import annotations

import re

from docs.page import ROOT

FOLDER = ROOT / "docs" / "decisions"
PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")
TEN, _, OTHERS = PAGE.partition("## The others")


def test_there_are_ten_and_each_has_a_test_that_is_there():
    rows = re.findall(r"^\| .* \| .*\]\((\S+\.md)\) \| `(\S+)` \|$", TEN, re.MULTILINE)
    assert len(rows) == 10
    assert all((FOLDER / decision).is_file() and (ROOT / test).is_file() for decision, test in rows)


def test_every_decision_is_named_once():
    named = re.findall(r"\]\((\S+\.md)\)", PAGE)
    assert sorted(named) == sorted(file.name for file in FOLDER.glob("*.md") if file.name != "README.md")


def test_no_file_of_an_addon_is_longer_than_the_page_on_addons_says():
    [most] = re.findall(
        r"Files of an addon have at most (\d+) lines", (FOLDER / "addons.md").read_text(encoding="utf-8")
    )
    files = (ROOT / "python" / "odoo" / "addons").rglob("*.py")
    assert max(len(file.read_text(encoding="utf-8").splitlines()) for file in files) in range(
        int(most) - 20, int(most) + 1
    )

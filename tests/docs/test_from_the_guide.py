"""docs/from-the-guide.md has every defect of the guide, and each has a test."""

from __future__ import annotations

import re
from itertools import pairwise

from docs.page import ROOT, blocks, code

PAGE = "docs/from-the-guide.md"
DEFECTS = range(1, 76)


def test_every_defect_is_on_the_page_once():
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    rows = [int(number) for number in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)]
    assert sorted([1, *rows]) == list(DEFECTS)
    assert "never defined (1)" in text


def test_every_defect_has_a_test():
    numbers = {int(file.name[5:7]) for file in (ROOT / "tests" / "guide").glob("test_*.py")}
    assert numbers == set(DEFECTS)


def test_what_is_quoted_is_short_and_ours_stands_below_it():
    """The peer's lines run nowhere: each section has a block of ours, which does."""
    languages = [block.language for block in blocks(PAGE)]
    assert languages.count("py") == 12
    assert all(following == "python" for language, following in pairwise(languages) if language == "py")
    assert all(len(quoted.splitlines()) <= 5 for quoted in code(PAGE, "py"))

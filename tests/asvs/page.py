"""The page of all rows with their proofs, `docs/asvs.md`; `make asvs` writes it."""

from __future__ import annotations

import html
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from asvs.marks import collect_python, collect_rust
from asvs.proofs import Proofs, prove
from asvs.rows import CHAPTERS, DOCS, read_rows

PAGE = DOCS / "asvs.md"
TIERS = (1, 2, 3)

HEAD = """\
# OWASP ASVS 5.0

Which requirements of the [OWASP Application Security Verification Standard 5.0](https://owasp.org/www-project-application-security-verification-standard/)
this package meets, and the test that fails where it does not. `make asvs` writes this page from the marks of the tests, and
`make test` fails where it says anything else.

Not all of ASVS is here: what a library, a middleware, an Odoo addon or a check cannot do for an application is left out. **Tier 1** has
to hold in every release, most of **tier 2** does, **tier 3** is taken up where somebody needs it. The level (L1 to L3) is that of ASVS.

| state | what it takes |
|---|---|
| proved | code, and a test that fails without it |
| checker | a check of [`zenoo-security check`](guide/checks.md) that fires on what is wrong and stays silent on what is right |
| documented | a document, and a test that fails when it says something else than the code does |
| open | nothing yet; beside another word, what of the row is still missing |
"""

FOOT = """\
## Where the rows come from

The requirements are paraphrased in our words, from the [OWASP ASVS 5.0](https://github.com/OWASP/ASVS), copyright the OWASP Foundation,
under [CC BY-SA 4.0](https://creativecommons.org/licenses/by-sa/4.0/). So is this page, and [asvs.csv](asvs.csv) that it is made of.
"""


def escape(text: str) -> str:
    """A text that Markdown would read as markup, in a cell."""
    return re.sub(r"([\\|*_`\[\]{}])", r"\\\1", html.escape(text, quote=False))


def tests_of(files: dict[str, set[str]]) -> list[str]:
    """A line a file, with its tests."""
    return [f"{file.removeprefix('tests/')}: {', '.join(sorted(tests))}" for file, tests in sorted(files.items())]


def folded(files: dict[str, set[str]]) -> str:
    """How many tests; unfolded, which."""
    number = sum(map(len, files.values()))
    named = "<br>".join(tests_of(files))
    return f"<details><summary>{number} test{'s'[: number > 1]}</summary>{named}</details>"


def cell(proofs: Proofs) -> str:
    """What proves a row."""
    parts = [folded(proofs.tests)] if proofs.tests else []
    if proofs.checks:
        parts.append(", ".join(sorted(proofs.checks)))
    for document, files in sorted(proofs.documents.items()):
        name = document.removeprefix("docs/")
        parts.append((f"[{name}]({name})" if document.startswith("docs/") else f"`{name}`") + folded(files))
    return " ".join(parts)


def line(proofs: Proofs) -> str:
    """A row of the table."""
    row = proofs.row
    state = proofs.state if proofs.holds else f"**{proofs.state}**"
    number = f"{row.number}<br>tier {row.tier}, L{row.level}"
    return f"| {' | '.join((number, escape(row.paraphrase), escape(row.module), state, cell(proofs)))} |"


def count(proofs: list[Proofs], tier: int, chapter: str = "") -> str:
    """How many hold, of how many."""
    of = [one for one in proofs if one.row.tier == tier and one.row.chapter == (chapter or one.row.chapter)]
    return f"{sum(one.holds for one in of)} of {len(of)}" if of else ""


def summary(proofs: list[Proofs]) -> list[str]:
    """How many rows hold, by chapter and tier."""
    rows = ["| chapter | tier 1 | tier 2 | tier 3 |", "|---|---|---|---|"]
    for chapter, title in CHAPTERS.items():
        rows.append(f"| {chapter} {title} | {' | '.join(count(proofs, tier, chapter) for tier in TIERS)} |")
    rows.append(f"| **all** | {' | '.join(f'**{count(proofs, tier)}**' for tier in TIERS)} |")
    return rows


def render(proofs: list[Proofs]) -> str:
    """The whole page."""
    parts = [HEAD, *summary(proofs), ""]
    for chapter, title in CHAPTERS.items():
        parts += [f"## {chapter} {title}", ""]
        parts += ["| | requirement | module | state | proof |", "|---|---|---|---|---|"]
        parts += [line(one) for one in proofs if one.row.chapter == chapter]
        parts.append("")
    return "\n".join([*parts, FOOT])


if __name__ == "__main__":
    PAGE.write_text(render(prove(read_rows(), collect_python() + collect_rust())), encoding="utf-8")

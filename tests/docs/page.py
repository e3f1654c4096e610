"""The blocks of a page, as its readers copy them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
PAGES = (*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md")))
_MARKDOWN = MarkdownIt("commonmark").enable("table")


class Block(NamedTuple):
    """A block of code.

    Attributes:
        page: the page, from the root of the project.
        line: where it begins.
        language: what stands behind the fence, or nothing.
        code: its lines.
    """

    page: str
    line: int
    language: str
    code: str


def blocks(*pages: str, language: str | None = None) -> list[Block]:
    """The blocks of these pages, such as `docs/start.md`, or of all."""
    chosen = [ROOT / page for page in pages] or PAGES
    return [block for path in chosen for block in _all_of(path) if language in {None, block.language}]


def code(page: str, language: str) -> list[str]:
    """The code of all blocks of a language of a page, in order."""
    return [block.code for block in blocks(page, language=language)]


@cache
def _all_of(path: Path) -> list[Block]:
    """Parsed once: each worker that collects the tests asks for each language."""
    return [
        Block(str(path.relative_to(ROOT)), token.map[0] + 1, token.info.strip(), token.content)
        for token in _MARKDOWN.parse(path.read_text(encoding="utf-8"))
        if token.type in {"fence", "code_block"}
    ]

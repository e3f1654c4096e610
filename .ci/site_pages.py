"""Puts the pages of the top level into the site, and points all links to where their pages are in it."""

from __future__ import annotations

import os
import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

TOP = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
}
ROOT = Path(__file__).parents[1]
LINK = re.compile(r"(?<=\]\()(?P<path>[\w./-]+)(?P<anchor>#[\w-]*)?(?=\))")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the top level."""
    for source, page in TOP.items():
        files.append(File.generated(config, page, abs_src_path=str(ROOT / source)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Rewrite the links of a page, which are those of the repository."""
    here = page.file.src_uri
    source = next((name for name, place in TOP.items() if place == here), f"docs/{here}")

    def moved(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source), link["path"]))
        if (ROOT / target).is_dir():
            target += "/README.md"
        if not (ROOT / target).is_file():
            return link[0]  # text of an example, or a mistake that MkDocs reports
        place = TOP.get(target, target.removeprefix("docs/"))
        return os.path.relpath(place, posixpath.dirname(here) or ".") + (link["anchor"] or "")

    return LINK.sub(moved, markdown)

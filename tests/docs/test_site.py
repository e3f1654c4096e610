"""The documentation as a site: complete, as in the repository, and without anything from elsewhere."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

import zenoo_security
from docs.page import PAGES, ROOT

if TYPE_CHECKING:
    from pathlib import Path

TOP = {"README.md": "index.html", "CONTRIBUTING.md": "contributing.html", "SECURITY.md": "security.html"}
TOP["CHANGELOG.md"] = "changelog.html"
FETCHED = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"), ("source", "srcset")}
SHOWN = {"h1", "h2", "h3", "li", "table", "tr", "pre", "img", "strong", "em"}
REFERENCE = ROOT / "docs" / "reference"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Built as `make docs` builds it; a warning is an error."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


class Tags(HTMLParser):
    """The tags of a page, or of the article in it."""

    def __init__(self, html: str, *, article: bool) -> None:
        super().__init__()
        self.all, self.seen, self._inside = [], Counter(), not article
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.all.append((tag, dict(attrs)))
        self._inside |= tag == "article"
        if self._inside and tag in SHOWN:
            self.seen[tag] += 1

    def handle_endtag(self, tag):
        self._inside &= tag != "article"


def place(page: Path) -> str:
    name = str(page.relative_to(ROOT))
    return TOP.get(name) or re.sub(
        r"^docs/|README(?=\.html)", lambda found: "index" * (found[0] == "README"), f"{name[:-3]}.html"
    )


def test_nothing_is_fetched_from_other_hosts(site):
    """Who reads it is seen by nobody else, and it can be read without a network."""
    pages = list(site.rglob("*.html"))
    assert len(pages) > len(PAGES)
    for page in pages:
        for tag, attributes in Tags(page.read_text(encoding="utf-8"), article=False).all:
            for name, value in attributes.items():
                assert (tag, name) not in FETCHED or not re.match(r"(https?:)?//", value or ""), (page, value)
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(@import|url\()\s*[\"']?(https?:)?//", sheet.read_text(encoding="utf-8")), sheet


@pytest.mark.parametrize("page", [one for one in PAGES if REFERENCE not in one.parents], ids=lambda page: page.stem)
def test_a_page_has_what_it_has_in_the_repository(site, page):
    """Two programs read Markdown differently: lists, tables, blocks and headings are the same in both."""
    here = MarkdownIt("commonmark").enable("table").render(page.read_text(encoding="utf-8"))
    there = (site / place(page)).read_text(encoding="utf-8")
    assert Tags(there, article=True).seen == Tags(here, article=False).seen


def test_no_page_is_in_the_menu_twice():
    """MkDocs says nothing of that; of a page that is in no menu it does."""
    pages = re.findall(r"[\w/-]+\.md$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE)
    assert [page for page, count in Counter(pages).items() if count > 1] == []


def test_the_reference_has_every_public_name(site):
    """Those of the package itself, and those of each module that a page of the reference names."""
    text = "".join(page.read_text(encoding="utf-8") for page in (site / "reference").glob("*.html"))
    ids = set(re.findall(r'id="(zenoo_security[\w.]+)"', text))
    short = {name.rpartition(".")[2] for name in ids}
    assert [name for name in zenoo_security.__all__ if name not in short and name != "__version__"] == []
    modules = re.findall(
        r"^::: (\w+\.\w+)$", "".join(page.read_text() for page in REFERENCE.glob("*.md")), re.MULTILINE
    )
    table = set(re.findall(r"`(\w+)`(?=[,| ])", (REFERENCE / "README.md").read_text().partition("\nWhat most")[0]))
    assert {module.rpartition(".")[2] for module in modules} == table - {"zenoo_security"}
    missing = [
        f"{module}.{name}"
        for module in modules
        for name in importlib.import_module(module).__all__
        if not {f"{module}.{name}", f"{module}.{name}.{name}"} & ids  # a function in a file of its name
    ]
    assert missing == []

"""Our cleaner beside Odoo's own `html_sanitize`, as it is set for messages: whatever differs has a reason that we can name.

The elements, attributes, classes and styles of both results are compared. What one of them keeps and the other does not
either comes from reading malformed markup in another way, which the other shows by keeping it when it is given the first
one's result, or it is one of the differences of the tables below. docs/guide/sanitize.md tells them.
"""

from __future__ import annotations

import html.parser
import json
import os
import random
import re
import subprocess
import unicodedata
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

import pytest

from conftest import load_vectors
from zenoo_security.sanitize import clean_html
from zenoo_security.testing.cache import Cache
from zenoo_security.testing.progress import QuietProgress
from zenoo_security.testing.provision import provision

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.odoo

CORPUS = [payload for payloads in load_vectors("xss")["payloads"].values() for payload in payloads]
ADDRESSES = {"cite", "href", "longdesc", "src"}
SCHEMES = ("http:", "https:", "mailto:", "tel:", "cid:", "data:image/")
#: Elements that we do not keep, with or without what is in them.
ELEMENTS = {
    "address", "audio", "basefont", "datalist", "dir", "embed", "fieldset", "isindex", "keygen", "label", "legend",
    "math", "menu", "optgroup", "option", "output", "svg", "track", "source", "video", "select", "textarea", "title",
    "button", "input", "form", "frameset", "noframes", "param", "applet", "body", "html",
}  # fmt: skip
#: Attributes that we do not keep, or not on every element.
ATTRIBUTES = {
    "abbr", "accesskey", "action", "alt", "axis", "bgcolor", "border", "cite", "colspan", "coords", "height", "href",
    "longdesc", "media", "prompt", "rowspan", "shape", "size", "src", "tabindex", "target", "type", "usemap", "width",
}  # fmt: skip
TABLE = {"caption", "col", "colgroup", "tbody", "td", "tfoot", "th", "thead", "tr"}
COVERING = (
    "fixed-",
    "modal",
    "oe_structure",
    "offcanvas",
    "position-",
    "s_custom_snippet",
    "sticky-",
    "stretched-link",
    "o_editable",
)


class Fact(NamedTuple):
    """Something that markup has."""

    tag: str
    attribute: str = ""
    value: str = ""


class Facts(html.parser.HTMLParser):
    """What a result has, without its order and nesting."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: set[Fact] = set()
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(Fact(tag))
        for name, value in attrs:
            self.found |= {Fact(tag, name, part) for part in parts(name, value or "")}

    def handle_comment(self, data: str) -> None:
        self.found.add(Fact("comment"))

    handle_pi = handle_comment


def parts(attribute: str, value: str) -> list[str]:
    if attribute == "class":
        return value.split()
    if attribute == "style":
        found = re.findall(r"""(?:[^;"'\\]|\\.?|"[^"]*"|'[^']*'|["'].*)+""", value)
        return ["".join(part.split()).lower().replace("'", '"') for part in found if part.strip()]
    return [unquote(value).strip()]


def is_in_foreign(fact: Fact, markup: str) -> bool:
    """Inside `svg` and `math` names mean something else; we let both go with all in them that is not text."""
    return re.search(r"<(svg|math)\b", markup, re.IGNORECASE) is not None


#: What Odoo keeps and we do not. The first that fits is the reason.
WE_DROP: dict[str, Callable[[Fact, str], bool]] = {
    "comments": lambda fact, _: fact.tag == "comment",
    "elements that forms, media, frames and drawings are made of": lambda fact, _: fact.tag in ELEMENTS,
    "addresses that Odoo empties": lambda fact, _: fact.attribute in ADDRESSES and fact.value == "",
    "schemes that start programs": lambda fact, _: fact.attribute in ADDRESSES and re.match("[a-z][a-z0-9+.-]*:", fact.value, re.IGNORECASE) is not None and not fact.value.lower().startswith(SCHEMES),
    "names that scripts of the page look for": lambda fact, _: fact.attribute in {"id", "name"},
    "orders to Odoo's editor and to scripts of the website": lambda fact, _: fact.attribute.startswith("data-"),
    "classes that cover the page, or that the editor obeys": lambda fact, _: fact.attribute == "class" and fact.value.startswith(COVERING),
    "background images": lambda fact, _: fact.attribute == "style" and fact.value.startswith("background-"),
    "attributes that are on no list of ours": lambda fact, _: fact.attribute in ATTRIBUTES,
    "svg and math": is_in_foreign,
    "styles that are malformed": lambda fact, _: fact.attribute == "style" and is_odd(fact.value),
    "parts of a table where there is none": lambda fact, _: fact.tag in TABLE,
}  # fmt: skip
#: What we keep and Odoo does not.
ODOO_DROPS: dict[str, Callable[[Fact, str], bool]] = {
    "rel of links, which keeps the other page from this one": lambda fact, _: fact[:2] == ("a", "rel"),
    "loading of images": lambda fact, _: fact[:2] == ("img", "loading"),
    "colors of tables": lambda fact, _: fact.attribute == "bgcolor",
    "styles that are malformed": lambda fact, _: fact.attribute == "style" and is_odd(fact.value),
    "styles with a semicolon in quotes": lambda fact, _: fact.attribute == "style" and ";" in fact.value,
    "paths that would be scripts if they were spelled otherwise": lambda fact, _: fact.attribute in ADDRESSES and looks_like_script(fact.value),
}  # fmt: skip


def looks_like_script(value: str) -> bool:
    squeezed = re.sub(r"[^a-z:]", "", unicodedata.normalize("NFKC", value).lower())
    return re.match(r"(?:java|vb|live|j)?script:|data:", squeezed) is not None


def is_odd(style: str) -> bool:
    """We write a style anew, as a parser of CSS has read it; Odoo cuts it by a pattern."""
    return re.search(r"[{}\\]|url\(", style) is not None or style.count("(") != style.count(")")


def fragments(count: int) -> list[str]:
    """Markup made by chance, much of it malformed."""
    chance = random.Random(19)
    tags = [
        "p", "div", "span", "b", "i", "a", "img", "table", "tr", "td", "ul", "li", "h1", "blockquote", "font", "svg", "math", "form", "input",
        "style", "script", "iframe", "br", "pre", "section", "t", "o:p",
    ]  # fmt: skip
    attributes = [
        "class=lead", "class='x position-fixed'", "style='color:red;position:fixed'", "style='background-image:url(//e.test/a)'",
        'style="font-size:12px; font-family:\'A;B\'"', "href=/x", "href='javascript:x'", "href=https://e.test/?a=1&amp;b=2", "src=/i.png",
        "src='data:image/png;base64,AA'", "src='data:image/svg+xml,x'", "onclick=x", "id=a", "name=b", "t-out=x", "data-oe-model=res.users",
        "data-oe-id=1", "data-oe-field=name", "data-o-mail-quote=1", "title='<b>'", "colspan=2", "width=10", "align=left", "dir=rtl",
        "cite=https://e.test/", "target=_blank", "border=0", "bgcolor=red", "lang=de", "role=img", "alt=x",
    ]  # fmt: skip
    texts = ["x", " y ", "&amp;", "&lt;b&gt;", "<", ">", "é", "\n", "&nbsp;", "<!-- c -->", "{{ x }}"]

    def piece(depth: int = 0) -> str:
        if depth > 3 or chance.random() < 0.3:
            return chance.choice(texts)
        tag = chance.choice(tags)
        chosen = "".join(f" {attribute}" for attribute in chance.sample(attributes, chance.randrange(3)))
        inner = "".join(piece(depth + 1) for _ in range(chance.randrange(4)))
        return f"<{tag}{chosen}>{inner}" + (f"</{tag}>" if chance.random() < 0.85 else "")

    return ["".join(piece() for _ in range(chance.randrange(1, 4))) for _ in range(count)]


@pytest.fixture(scope="module")
def odoo() -> Callable[[list[str]], list[str]]:
    """Give texts through Odoo's function, in the Python of the local Odoo."""
    cache = Cache()
    with cache.lock(QuietProgress()):
        installation = provision(cache, QuietProgress()).installation
    program = Path(__file__).with_name("sanitizing.py")

    def sanitized(texts: list[str]) -> list[str]:
        environment = {**os.environ, "PYTHONPATH": str(installation.packages)}
        command = [installation.python, program]
        result = subprocess.run(
            command, input=json.dumps(texts), capture_output=True, text=True, env=environment, check=True, timeout=120
        )
        return json.loads(result.stdout)

    return sanitized


def reason(fact: Fact, markup: str, reasons: dict[str, Callable[[Fact, str], bool]]) -> str | None:
    return next((name for name, fits in reasons.items() if fits(fact, markup)), None)


@pytest.mark.asvs("v5.0.0-1.3.1")
def test_each_difference_to_odoo_has_a_reason(odoo: Callable[[list[str]], list[str]]) -> None:
    markups = [*CORPUS, *fragments(3000)]
    theirs, ours = odoo(markups), [clean_html(markup, "odoo") for markup in markups]
    theirs_by_us, ours_by_them = [clean_html(markup, "odoo") for markup in theirs], odoo(ours)
    counts: Counter[str] = Counter()
    unexplained = []
    for markup, *results in zip(markups, theirs, ours, theirs_by_us, ours_by_them, strict=True):
        them, us, them_by_us, us_by_them = (Facts(result).found for result in results)
        for only, later, reasons in ((them - us, them_by_us, WE_DROP), (us - them, us_by_them, ODOO_DROPS)):
            for fact in only:
                name = reason(fact, markup, reasons) if fact not in later or fact.attribute == "rel" else "reading"
                counts[name or "none"] += 1
                if name is None:
                    unexplained.append((fact, markup, results[:2]))
    assert unexplained == []
    assert set(counts) == {"reading", *WE_DROP, *ODOO_DROPS}


def test_nothing_that_odoo_refuses_is_kept(odoo: Callable[[list[str]], list[str]]) -> None:
    """Odoo saves what we have cleaned: what it takes out beside is in the table."""
    ours = [clean_html(markup, "odoo") for markup in [*CORPUS, *fragments(3000)]]
    for before, after in zip(ours, odoo(ours), strict=True):
        lost = Facts(before).found - Facts(after).found
        assert {fact for fact in lost if reason(fact, before, ODOO_DROPS) is None} == set(), before

"""The README of each addon is made of the fragments in its folder `readme`, as OCA's tools make it."""

from __future__ import annotations

from pathlib import Path

import pytest

ADDONS = sorted(path.parent for path in (Path(__file__).parents[1] / "python/odoo/addons").glob("*/__manifest__.py"))


def words(text: str) -> str:
    return " ".join(text.replace("`", "").split())


@pytest.mark.parametrize("addon", ADDONS, ids=lambda path: path.name)
def test_the_readme_has_every_fragment(addon: Path) -> None:
    readme = words((addon / "README.rst").read_text(encoding="utf-8"))
    fragments = list((addon / "readme").glob("*.md"))
    assert fragments
    for fragment in fragments:
        assert words(fragment.read_text(encoding="utf-8")) in readme, fragment.name

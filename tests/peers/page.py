"""The page of Python in docs/formats.md, as a module: PyNaCl, the standard library and nothing of ours."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

FORMATS = Path(__file__).parents[2] / "docs" / "formats.md"


def peer_of_the_page() -> SimpleNamespace:
    page = FORMATS.read_text(encoding="utf-8")
    code = re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0]
    assert not re.search(r"(import|from) zenoo", code)
    names: dict[str, object] = {}
    exec(compile(code, str(FORMATS), "exec"), names)
    return SimpleNamespace(**names)


PEER = peer_of_the_page()

"""`zenoo-security demo` on a real Odoo."""

from __future__ import annotations

import re
from contextlib import nullcontext

import pytest

from zenoo_security import demo
from zenoo_security.demo import jobs, partners
from zenoo_security.errors import DemoFailed

pytestmark = pytest.mark.odoo


def _counts(text):
    """The lines of the two steps that count."""
    return [step.splitlines() for step in re.split(r"\n\d+\. ", text) if step.startswith("Count ")]


async def test_every_step_does_what_it_says(odoo_database, tmp_path):
    """All steps run; nothing that is encrypted is printed as stored, and the QR code is a PNG for its owner alone."""

    def note(progress):
        moved[progress.step] = (progress.done, progress.total)

    lines: list[str] = []
    moved: dict[str, tuple[int, int]] = {}
    (tmp_path / "totp.png").touch(mode=0o644)
    await demo.play(odoo_database, tmp_path, lines.append, progress=lambda: nullcontext(note))
    text = "\n".join(lines)
    assert f"All {len(demo.STEPS)} steps did what they said." in text
    stored = [line for line in lines if line.startswith("stored ")]
    assert not any(partners.PARTNER["email"] in line or partners.PARTNER["vat"] in line for line in stored)
    assert sum("zs1." in line for line in stored) == 3
    assert text.count("refused: ") > len(partners.BAD_INPUTS)
    assert text.count("there is no such record") == 2
    assert re.search(r"audit\.jsonl: \d+ lines, [1-9]\d* of them refusals; intact", text)
    before, after = [[line for line in step if line.startswith("  found: ")] for step in _counts(text)]
    assert len(before) == len(after) == 3
    assert all("with key 1 (primary)" in line and re.search(r" 40\d in the clear", line) for line in before)
    assert all("with key 2 (primary)" in line and "clear" not in line and "key 1" not in line for line in after)
    assert set(moved) == {"encrypt", "rotate", "verify"}
    assert all(done == total > len(jobs.CUSTOMERS) for done, total in moved.values())
    picture = tmp_path / "totp.png"
    assert picture.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert picture.stat().st_mode & 0o777 == 0o600


async def test_a_step_that_fails_ends_the_demo(odoo_database, tmp_path, monkeypatch):
    """Input that should be refused and is not makes the demo fail."""
    monkeypatch.setattr(partners, "BAD_INPUTS", ({"name": "Bob"},))
    with pytest.raises(DemoFailed, match="a bad input was accepted"):
        await demo.play(odoo_database, tmp_path, lambda _line: None)

"""The table of all checks in the guide; `python tests/checks/page.py` writes it."""

from __future__ import annotations

from pathlib import Path

from zenoo_security.checks import all_checks

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "checks.md"
BEGIN, END = "<!-- checks -->", "<!-- /checks -->"


def table() -> str:
    """One row a check, in the order of the views."""
    rows = ["| id | what holds when it passes | severity | why | OWASP ASVS 5.0 |", "|---|---|---|---|---|"]
    for _, check in all_checks():
        asvs = ", ".join(name.removeprefix("v5.0.0-") for name in check.asvs)
        rows.append(f"| {check.id} | {check.title} | {check.severity.label} | {check.rationale} | {asvs} |")
    return "\n".join([BEGIN, "", *rows, "", END])


def split(text: str) -> tuple[str, str, str]:
    """What is before the table, the table, and what is after it."""
    begin, end = text.index(BEGIN), text.index(END) + len(END)
    return text[:begin], text[begin:end], text[end:]


if __name__ == "__main__":
    before, _, after = split(PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(before + table() + after, encoding="utf-8")

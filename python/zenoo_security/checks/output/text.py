"""A report for people: the worst first, each with what to do."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from zenoo_security.checks.check import Severity, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.check import Result
    from zenoo_security.checks.report import Report

__all__ = ["render", "summary"]

_COLORS: Final = {
    Severity.CRITICAL: "1;31",
    Severity.HIGH: "31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
    Severity.INFO: "2",
}
_MARGIN: Final = 12
_NARROWEST: Final = 40
_FEW: Final = 4


def render(report: Report, *, width: int = 100, color: bool = False) -> str:
    """The report as lines.

    Args:
        report: the report.
        width: columns that a line has at most, where its words allow.
        color: use the colors of terminals.
    """
    page = _Page(max(width, _NARROWEST), color=color)
    lines = list(_findings(report, page))
    for one in report.with_status(Status.SKIP):
        lines += page.entry("not checked", one.key, one.message)
    for one in report.accepted:
        if one.accepted:
            until = f"{one.message} (accepted until {one.accepted.expires}: {one.accepted.reason})"
            lines += page.entry("accepted", one.key, until)
    passed = ", ".join(one.check.id for one in report.with_status(Status.PASS))
    lines += page.entry("passed", "", passed) if passed else []
    lines += [line for note in report.notes for line in page.entry("note", "", note)]
    lines += _changes(report, page)
    return "\n".join([*lines, "", *page.wrap(summary(report), 0)])


def summary(report: Report) -> str:
    """Grade and counts in one sentence."""
    counts = report.severities
    found = ", ".join(f"{counts[one]} {one.label}" for one in reversed(Severity) if counts.get(one))
    others = [(len(report.with_status(status)), word) for status, word in _WORDS]
    rest = ", ".join(f"{number} {word}" for number, word in [*others, (len(report.accepted), "accepted")] if number)
    return f"Grade {report.grade}: {found or 'no findings'}" + (f"; {rest}." if rest else ".")


_WORDS: Final = ((Status.ERROR, "not possible to check"), (Status.SKIP, "not checked"), (Status.PASS, "passed"))


class _Page:
    def __init__(self, width: int, *, color: bool) -> None:
        self._width = width
        self._color = color

    def entry(self, label: str, key: str, text: str, code: str = "") -> list[str]:
        first, *rest = self.wrap(f"{key}  {text}" if key and text else key or text, _MARGIN)
        return [self._paint(label.ljust(_MARGIN), code) + first.lstrip(), *rest]

    def wrap(self, text: str, margin: int) -> list[str]:
        blank = " " * margin
        wrapper = textwrap.TextWrapper(self._width, initial_indent=blank, subsequent_indent=blank)
        wrapper.break_on_hyphens = wrapper.break_long_words = False
        return wrapper.wrap(text) or [blank]

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if code and self._color else text


def _findings(report: Report, page: _Page) -> Iterator[str]:
    errors: dict[str, list[Result]] = {}
    for result in report.findings:
        if result.status is Status.ERROR:
            errors.setdefault(result.message, []).append(result)
            continue
        label = "warning" if result.status is Status.WARN else result.severity.label
        yield from page.entry(label, result.check.id, result.check.title, _COLORS[result.severity])
        yield from page.wrap(result.message, _MARGIN)
        if result.file:
            yield from page.wrap(f"{result.file}:{result.line}" if result.line else result.file, _MARGIN)
        yield from page.wrap(f"Fix: {result.check.fix}", _MARGIN)
        yield ""
    for message, results in errors.items():
        ids = [result.check.id for result in sorted(results, key=lambda one: one.check.id)]
        named = ", ".join(ids) if len(ids) <= _FEW else f"{ids[0]} to {ids[-1]}"
        yield from page.entry("error", named, message, _COLORS[Severity.CRITICAL])
        yield ""


def _changes(report: Report, page: _Page) -> list[str]:
    if report.changes is None:
        return []
    new, gone = report.changes.new, report.changes.gone
    lines = [line for key in new for line in page.entry("new", key, "")]
    lines += [line for key in gone for line in page.entry("gone", key, "")]
    return lines or page.entry("same", "", "nothing changed since the earlier run")

"""A report as Markdown, for a comment on a change or a page of a wiki."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zenoo_security.checks.check import Status
from zenoo_security.checks.output.json import moment
from zenoo_security.checks.output.text import summary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zenoo_security.checks.report import Report

__all__ = ["render"]


def render(report: Report) -> str:
    """The page as text. What was read is escaped, so that it makes no link, image or element."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield "# Security report"
    yield ""
    yield f"{_plain(summary(report))} {moment(report.time)}"
    if report.findings:
        yield from _table(
            ("severity", "check", "what is wrong", "where", "fix"),
            [
                (
                    f"{result.severity.label}{_word(result.status)}",
                    result.key,
                    f"{result.check.title}: {result.message}",
                    f"{result.file}:{result.line}" if result.line else result.file,
                    result.check.fix,
                )
                for result in report.findings
            ],
        )
    if report.changes is not None:
        yield from _table(
            ("since the earlier run", "check"),
            [("new", key) for key in report.changes.new] + [("gone", key) for key in report.changes.gone],
        )
    if report.accepted:
        yield from _table(
            ("accepted", "why", "until"),
            [(one.key, one.accepted.reason, str(one.accepted.expires)) for one in report.accepted if one.accepted],
        )
    skipped = report.with_status(Status.SKIP)
    if skipped:
        yield from _table(("not checked", "why"), [(one.key, one.message) for one in skipped])
    for note in report.notes:
        yield ""
        yield _plain(note)


def _word(status: Status) -> str:
    return {Status.ERROR: " (not checked)", Status.WARN: " (look at it)"}.get(status, "")


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    yield ""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(map(_plain, row))} |"


def _plain(text: str) -> str:
    escaped = re.sub(r"([\\`*_{}\[\]<>#|~!&])", r"\\\1", text).replace("://", ":&#8203;//").replace("@", "&#64;")
    return re.sub(r"(?i)(www)\.", r"\1&#46;", escaped)

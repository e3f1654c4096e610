"""A report as JUnit XML, which every CI shows: a view is a suite, a check a test case."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from zenoo_security.checks.check import Status
from zenoo_security.checks.output.json import moment

if TYPE_CHECKING:
    from zenoo_security.checks.check import Result
    from zenoo_security.checks.report import Report

__all__ = ["render"]


def render(report: Report) -> str:
    """The document as text. Accepted findings and warnings pass, with what is known of them as output."""
    suites = [_suite(report, name) for name in report.views]
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", *suites, "</testsuites>"])


def _suite(report: Report, view: str) -> str:
    results = [result for result in report.results if result.view == view]
    failures = sum(result.status is Status.FAIL and result.counts for result in results)
    errors, skipped = (sum(result.status is one for result in results) for one in (Status.ERROR, Status.SKIP))
    counts = f'tests="{len(results)}" failures="{failures}" errors="{errors}" skipped="{skipped}"'
    head = f'  <testsuite name={quoteattr(f"zenoo-security {view}")} {counts} timestamp="{moment(report.time)[:-1]}">'
    return "\n".join([head, *map(_case, results), "  </testsuite>"])


def _case(result: Result) -> str:
    name = quoteattr(f"{result.key} {result.check.title}")
    inner = _inner(result)
    head = f'    <testcase classname="zenoo-security.{result.view}" name={name} time="0"'
    return f"{head}>{inner}</testcase>" if inner else f"{head}/>"


def _inner(result: Result) -> str:
    place = f"{result.file}:{result.line}" if result.line else result.file
    text = escape("\n".join(filter(None, [result.message, place, f"Fix: {result.check.fix}"])))
    message = quoteattr(result.message)
    if result.status is Status.FAIL and result.counts:
        return f'<failure type="{result.severity.label}" message={message}>{text}</failure>'
    if result.status is Status.ERROR:
        return f'<error type="{result.severity.label}" message={message}/>'
    if result.status is Status.SKIP:
        return f"<skipped message={message}/>"
    if result.accepted:
        return (
            f"<system-out>{escape(f'accepted until {result.accepted.expires}: {result.accepted.reason}')}</system-out>"
        )
    return f"<system-out>{text}</system-out>" if result.is_finding else ""

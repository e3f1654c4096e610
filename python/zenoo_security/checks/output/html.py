"""A report as one HTML page that stands alone: no script, nothing from elsewhere; it prints, and can be dark."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from zenoo_security import __version__
from zenoo_security.checks.check import Severity, Status
from zenoo_security.checks.output.json import moment
from zenoo_security.checks.output.text import summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.check import Result
    from zenoo_security.checks.report import Report

__all__ = ["fragment", "render"]

_STYLE: Final = """
:root { color-scheme: light dark; --line: #8884; --critical: #b00020; --high: #d1400b; --medium: #9a6700;
  --low: #0b6e8a; --info: #666; }
@media (prefers-color-scheme: dark) { :root { --critical: #ff6b7f; --high: #ff9563; --medium: #e3b341;
  --low: #6cc6de; --info: #aaa; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { margin: 0; } h2 { margin: 2rem 0 0.5rem; font-size: 1.2rem; }
header { display: flex; gap: 1.5rem; align-items: center; border-bottom: 1px solid var(--line); padding-bottom: 1rem; }
.grade { font-size: 3.5rem; font-weight: 700; line-height: 1; min-width: 5rem; text-align: center; }
article { border: 1px solid var(--line); border-left: 6px solid var(--info); border-radius: 6px; padding: 0.6rem 1rem;
  margin: 0.8rem 0; break-inside: avoid; }
article h3 { margin: 0; font-size: 1rem; } article p { margin: 0.3rem 0; }
.critical { border-left-color: var(--critical); } .high { border-left-color: var(--high); }
.medium { border-left-color: var(--medium); } .low { border-left-color: var(--low); }
.label { text-transform: uppercase; font-size: 0.75rem; font-weight: 700; margin-right: 0.5rem; }
.critical .label { color: var(--critical); } .high .label { color: var(--high); }
.medium .label { color: var(--medium); } .low .label { color: var(--low); }
.place { font-family: ui-monospace, monospace; font-size: 0.9em; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: 0.25rem 0.6rem 0.25rem 0;
  border-bottom: 1px solid var(--line); }
footer { margin-top: 2rem; font-size: 0.85rem; opacity: 0.75; }
@media print { :root { color-scheme: light; } body { margin: 0; max-width: none; font-size: 11pt; } }
"""


def render(report: Report) -> str:
    """The page as text. Everything that was read is escaped, and the page's own policy forbids scripts."""
    return "\n".join(_page(report))


def fragment(report: Report) -> str:
    """What stands in the page, for one of your own that has a style and a policy: escaped, without style or script.

    It begins with a level-one heading. The classes to style are `grade`, `label`, `place`, and on each `article`
    `critical`, `high`, `medium`, `low` or `info`.
    """
    return "\n".join([_heading(report), *_sections(report)])


def _page(report: Report) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>Security report: {escape(report.grade)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>"
    yield _heading(report)
    yield "<main>"
    yield from _sections(report)
    yield f"</main>\n<footer>zenoo-security {escape(__version__)}, {moment(report.time)}</footer>\n</body>\n</html>"


def _heading(report: Report) -> str:
    grade = f'<div class="grade" role="img" aria-label="Grade {escape(report.grade)}">{escape(report.grade)}</div>'
    return f"<header>{grade}<div><h1>Security report</h1><p>{escape(summary(report))}</p></div></header>"


def _sections(report: Report) -> Iterator[str]:
    if report.findings:
        yield "<h2>What is wrong</h2>"
        yield from map(_finding, report.findings)
    if report.changes is not None:
        changed = [("new", key) for key in report.changes.new] + [("gone", key) for key in report.changes.gone]
        yield from _table("Since the earlier run", changed)
    accepted = [
        (one.key, f"{one.message}. Until {one.accepted.expires}: {one.accepted.reason}")
        for one in report.accepted
        if one.accepted
    ]
    yield from _table("Accepted", accepted)
    yield from _table("Not checked", [(one.key, one.message) for one in report.with_status(Status.SKIP)])
    yield from _table("Passed", [(one.key, one.check.title) for one in report.with_status(Status.PASS)])
    yield from _table("Notes", [("", note) for note in report.notes])


def _finding(result: Result) -> str:
    check = result.check
    place = f"{result.file}:{result.line}" if result.line else result.file
    label = {Status.ERROR: "not checked", Status.WARN: "look at it"}.get(result.status, result.severity.label)
    lines = [
        f'<article class="{Severity(result.severity).label}">',
        f'<h3><span class="label">{label}</span>{escape(check.id)} {escape(check.title)}</h3>',
        f"<p>{escape(result.message)}</p>",
        f'<p class="place">{escape(place)}</p>' if place else "",
        f"<p>{escape(check.rationale)}</p>",
        f"<p>Fix: {escape(check.fix)}</p>",
        f"<p><small>OWASP ASVS {escape(', '.join(check.asvs))}</small></p>",
        "</article>",
    ]
    return "\n".join(filter(None, lines))


def _table(title: str, rows: list[tuple[str, str]]) -> Iterator[str]:
    if rows:
        yield f"<h2>{title}</h2>\n<table>"
        for name, text in rows:
            yield f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>"
        yield "</table>"

"""A report as JSON; `--compare` reads it."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from zenoo_security import __version__
from zenoo_security.checks.check import Severity, Status

if TYPE_CHECKING:
    from zenoo_security.checks.check import Result
    from zenoo_security.checks.report import Report

__all__ = ["document", "moment", "render"]


def render(report: Report) -> str:
    """The document as text."""
    return json.dumps(document(report), indent=2, ensure_ascii=False)


def document(report: Report) -> dict[str, Any]:
    """The report as plain data. A later version may add fields and takes none away."""
    counts = report.severities
    changes = report.changes
    return {
        "format": 1,
        "tool": {"name": "zenoo-security", "version": __version__},
        "time": moment(report.time),
        "views": list(report.views),
        "grade": report.grade,
        "findings": {one.label: counts.get(one, 0) for one in reversed(Severity)},
        "statuses": {one.value: len(report.with_status(one)) for one in Status},
        "notes": list(report.notes),
        "changes": None if changes is None else {"new": list(changes.new), "gone": list(changes.gone)},
        "results": [_result(result) for result in report.results],
    }


def moment(at: float) -> str:
    """A time in UTC, as RFC 3339 has it."""
    return datetime.fromtimestamp(at, tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _result(result: Result) -> dict[str, Any]:
    check, accepted = result.check, result.accepted
    return {
        "key": result.key,
        "id": check.id,
        "view": result.view,
        "title": check.title,
        "status": result.status.value,
        "severity": result.severity.label,
        "message": result.message,
        "subject": result.subject,
        "file": result.file,
        "line": result.line,
        "rationale": check.rationale,
        "fix": check.fix,
        "asvs": list(check.asvs),
        "accepted": accepted and {"reason": accepted.reason, "expires": accepted.expires.isoformat()},
    }

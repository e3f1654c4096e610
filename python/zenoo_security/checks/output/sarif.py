"""A report as SARIF 2.1.0 (OASIS), which code hosts show beside the code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from zenoo_security import __version__
from zenoo_security.checks.check import Severity, Status
from zenoo_security.checks.output.json import moment

if TYPE_CHECKING:
    from zenoo_security.checks.check import Check, Result
    from zenoo_security.checks.report import Report

__all__ = ["render"]

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_KINDS: Final = {Status.PASS: "pass", Status.SKIP: "notApplicable", Status.WARN: "review", Status.FAIL: "fail"}
_LEVELS: Final = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_SCORES: Final = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.5",
    Severity.INFO: "0.0",
}
"""`security-severity`, by which GitHub sorts."""


def render(report: Report) -> str:
    """The log as text. What could not be checked is a notification, and the run was no success then."""
    checks = list({result.check.id: result.check for result in report.results}.values())
    index = {check.id: number for number, check in enumerate(checks)}
    errors = [result for result in report.results if result.status is Status.ERROR]
    run = {
        "tool": {
            "driver": {
                "name": "zenoo-security",
                "semanticVersion": __version__,
                "rules": [_rule(check) for check in checks],
            }
        },
        "invocations": [
            {
                "executionSuccessful": not errors,
                "endTimeUtc": moment(report.time),
                "toolExecutionNotifications": [_notification(result) for result in errors],
            }
        ],
        "results": [_result(report, result, index) for result in report.results if result.status is not Status.ERROR],
        "properties": {"grade": report.grade, "views": list(report.views)},
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _rule(check: type[Check[object]]) -> dict[str, Any]:
    return {
        "id": check.id,
        "shortDescription": {"text": check.title},
        "fullDescription": {"text": check.rationale},
        "help": {"text": check.fix},
        "defaultConfiguration": {"level": _LEVELS[check.severity]},
        "properties": {"security-severity": _SCORES[check.severity], "tags": ["security", *check.asvs]},
    }


def _result(report: Report, result: Result, index: dict[str, int]) -> dict[str, Any]:
    fails = result.status is Status.FAIL
    found: dict[str, Any] = {
        "ruleId": result.check.id,
        "ruleIndex": index[result.check.id],
        "kind": _KINDS[result.status],
        # By the standard, what is no failure has no level.
        "level": _LEVELS[result.severity] if fails else "none",
        "message": {"text": _plain(result.message) or result.check.title},
        "partialFingerprints": {"finding/v1": result.key},
    }
    if result.file:
        region = {"region": {"startLine": result.line}} if result.line else {}
        found["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": quote(result.file)}, **region}}]
    if result.accepted:
        found["suppressions"] = [{"kind": "external", "justification": _plain(result.accepted.reason)}]
    if report.changes is not None:
        found["baselineState"] = "new" if result.key in report.changes.new else "unchanged"
    return found


def _notification(result: Result) -> dict[str, Any]:
    return {
        "level": "error",
        "message": {"text": _plain(result.message)},
        "associatedRule": {"id": result.check.id},
        "descriptor": {"id": f"{result.check.id}-not-checked"},
    }


def _plain(text: str) -> str:
    """Without links, which `[text](target)` makes in a message: 3.11.6 of the standard."""
    return text.replace("](", "] (")

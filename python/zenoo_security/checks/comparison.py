"""What is new and what is gone since an earlier run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from zenoo_security.checks.check import Severity
from zenoo_security.checks.redaction import Redactor
from zenoo_security.documents import Document
from zenoo_security.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from zenoo_security.checks.report import Report

__all__ = ["Changes", "compare", "read_earlier"]

_DOCUMENT: Final = Document("report", 16_777_216, "hide what is new")
_FINDINGS: Final = frozenset({"fail", "warn", "error"})


@dataclass(frozen=True)
class Changes:
    """The findings that were not there before or not so bad, and those that are not there any more, by their keys."""

    new: tuple[str, ...]
    gone: tuple[str, ...]


def read_earlier(path: Path) -> dict[str, Severity]:
    """The keys of the findings in a report that `--format json` wrote, and how bad they were.

    Raises:
        ConfigurationError: it cannot be read, or is no such report.
    """
    document = _DOCUMENT.read(path)
    try:
        return {
            str(one["key"]): Severity[str(one["severity"]).upper()]
            for one in sorted(document["results"], key=lambda one: Severity[str(one["severity"]).upper()])
            if one["status"] in _FINDINGS
        }
    except (KeyError, TypeError):
        raise ConfigurationError(f"{path}: this is no report: write one with --format json") from None


def compare(report: Report, earlier: Mapping[str, Severity]) -> Changes:
    """What changed. Gone is only what was looked at again: its check came to a result other than skip or error."""
    now: dict[str, Severity] = {}
    for result in filter(lambda one: one.is_finding, report.results):
        now[result.key] = max(result.severity, now.get(result.key, result.severity))
    looked_at = {result.check.id for result in report.results if result.status.value in {"pass", "fail", "warn"}}
    new = {key for key, severity in now.items() if key not in earlier or severity > earlier[key]}
    gone = {key for key in earlier if key not in now and key.partition(":")[0] in looked_at}
    # The earlier report is a file, and may say anything.
    return Changes(tuple(sorted(new)), tuple(sorted(map(Redactor(()).clean, gone))))

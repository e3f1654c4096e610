"""What is new and what is gone since an earlier run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from zenoo_security.documents import Document
from zenoo_security.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

    from zenoo_security.checks.report import Report

__all__ = ["Changes", "compare", "read_earlier"]

_DOCUMENT: Final = Document("report", 16_777_216, "hide what is new")
_FINDINGS: Final = frozenset({"fail", "warn", "error"})


@dataclass(frozen=True)
class Changes:
    """The findings that were not there before, and those that are not there any more, by their keys."""

    new: tuple[str, ...]
    gone: tuple[str, ...]


def read_earlier(path: Path) -> frozenset[str]:
    """The keys of the findings in a report that `--format json` wrote.

    Raises:
        ConfigurationError: it cannot be read, or is no such report.
    """
    document = _DOCUMENT.read(path)
    try:
        return frozenset(str(one["key"]) for one in document["results"] if one["status"] in _FINDINGS)
    except (KeyError, TypeError):
        raise ConfigurationError(f"{path}: this is no report: write one with --format json") from None


def compare(report: Report, earlier: frozenset[str]) -> Changes:
    """What changed. Gone is only what was looked at again: its check came to a result other than skip or error."""
    now = {result.key for result in report.results if result.is_finding}
    looked_at = {result.check.id for result in report.results if result.status.value in {"pass", "fail", "warn"}}
    gone = {key for key in earlier - now if key.partition(":")[0] in looked_at}
    return Changes(tuple(sorted(now - earlier)), tuple(sorted(gone)))

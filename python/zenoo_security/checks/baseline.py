"""Findings that somebody accepted, each with a reason and a day on which that ends.

A file in TOML::

    [[accepted]]
    finding = "CONF-07"
    reason = "a single user; the worker pool would only cost memory"
    expires = 2027-03-31
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from zenoo_security.checks.redaction import Redactor
from zenoo_security.documents import Document
from zenoo_security.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

    from zenoo_security.checks.report import Report

__all__ = ["Acceptance", "apply_baseline", "read_baseline"]

_DOCUMENT: Final = Document("baseline", 1_048_576, "hide what is wrong")
_FIELDS: Final = {"expires", "finding", "reason"}


@dataclass(frozen=True)
class Acceptance:
    """Why a finding is accepted, and the last day on which it is."""

    finding: str
    reason: str
    expires: date


def read_baseline(path: Path) -> list[Acceptance]:
    """The acceptances of a file.

    Raises:
        ConfigurationError: it cannot be read, or an entry lacks a finding, a reason or a day.
    """
    document = _DOCUMENT.read(path)
    entries = document.get("accepted", []) if isinstance(document, dict) else None
    if not isinstance(entries, list) or set(document) - {"accepted"}:
        raise ConfigurationError(f"{path}: a baseline holds nothing but [[accepted]] entries")
    found = [_acceptance(path, number, entry) for number, entry in enumerate(entries, 1)]
    if len({one.finding for one in found}) < len(found):
        raise ConfigurationError(f"{path}: a finding is there twice")
    return found


def apply_baseline(report: Report, acceptances: list[Acceptance], today: date) -> Report:
    """The report with the findings that are accepted today, and a note for each acceptance that has no effect."""
    valid = {one.finding: one for one in acceptances if one.expires >= today}
    keys = {result.key for result in report.results if result.is_finding}
    notes = [
        f"the baseline accepts {one.finding}, but that ended on {one.expires}"
        for one in acceptances
        if one.expires < today
    ]
    notes += [f"the baseline accepts {key}, which was not found: remove it" for key in valid if key not in keys]
    return report.accept(valid, tuple(map(Redactor(()).clean, notes)))


def _acceptance(path: Path, number: int, entry: Any) -> Acceptance:
    where = f"{path}: entry {number}"
    if not isinstance(entry, dict) or set(entry) != _FIELDS:
        raise ConfigurationError(f"{where}: it has the fields finding, reason and expires, and no others")
    finding, reason, expires = entry["finding"], entry["reason"], entry["expires"]
    if not isinstance(finding, str) or not isinstance(reason, str) or not finding or not reason.strip():
        raise ConfigurationError(f"{where}: finding and reason are texts that are not empty")
    if not isinstance(expires, date) or isinstance(expires, datetime):
        raise ConfigurationError(f"{where}: expires is a day, such as 2027-03-31")
    return Acceptance(finding, Redactor(()).clean(" ".join(reason.split())), expires)

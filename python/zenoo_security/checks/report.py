"""What a run came to: its results, how many of which kind, and the grade."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from zenoo_security.checks.check import Severity, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zenoo_security.checks.baseline import Acceptance
    from zenoo_security.checks.check import Result
    from zenoo_security.checks.comparison import Changes

__all__ = ["Report"]

_MANY_HIGH: Final = 5
_MANY_MEDIUM: Final = 3


@dataclass(frozen=True)
class Report:
    """The results of a run.

    Args:
        views: the names of the views that were looked at.
        results: in the order of views and checks.
        time: when, in seconds since 1970 (UTC).
        notes: what to say beside them.
        changes: against an earlier run.
    """

    views: tuple[str, ...]
    results: tuple[Result, ...]
    time: float
    notes: tuple[str, ...] = ()
    changes: Changes | None = None

    @property
    def findings(self) -> list[Result]:
        """What is wrong or could not be checked, and that nobody accepted; the worst first."""
        return sorted((result for result in self.results if result.counts), key=lambda result: -result.severity)

    @property
    def accepted(self) -> list[Result]:
        """What is wrong and accepted."""
        return [result for result in self.results if result.accepted]

    def with_status(self, status: Status) -> list[Result]:
        """The results of one status."""
        return [result for result in self.results if result.status is status]

    @property
    def severities(self) -> Mapping[Severity, int]:
        """How many findings there are of each severity."""
        return Counter(result.severity for result in self.findings)

    @property
    def grade(self) -> str:
        """A+ to F, or `-` where nothing was looked at.

        A+ nothing, or information; A nothing above low; B up to three of medium severity; C more; D one to five of
        high; F more, or anything critical. What could not be checked counts as if it were wrong.
        """
        if not any(result.status is not Status.SKIP for result in self.results):
            return "-"
        count = self.severities
        if count.get(Severity.CRITICAL) or count.get(Severity.HIGH, 0) > _MANY_HIGH:
            return "F"
        if count.get(Severity.HIGH):
            return "D"
        if count.get(Severity.MEDIUM):
            return "C" if count[Severity.MEDIUM] > _MANY_MEDIUM else "B"
        return "A" if count.get(Severity.LOW) else "A+"

    def exit_code(self, fail_on: Severity | None) -> int:
        """What the command ends with.

        0: nothing at or above `fail_on`; 1: there is; 2: not everything could be checked.

        Args:
            fail_on: the lowest severity that counts; None for none.
        """
        if self.with_status(Status.ERROR):
            return 2
        return int(fail_on is not None and any(result.severity >= fail_on for result in self.findings))

    def accept(self, acceptances: Mapping[str, Acceptance], notes: tuple[str, ...]) -> Report:
        """The report with what a baseline accepts. An error cannot be accepted."""
        results = tuple(
            replace(result, accepted=acceptances.get(result.key))
            if result.status in {Status.FAIL, Status.WARN}
            else result
            for result in self.results
        )
        return replace(self, results=results, notes=(*self.notes, *notes))

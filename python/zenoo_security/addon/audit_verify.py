"""Whether the rows of the audit log are as they were written, and what was done to them if they are not."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from zenoo_security.addon.audit_retention import expired_until, is_retention
from zenoo_security.addon.audit_rows import AuditRow, read_line, row_of
from zenoo_security.audit.chain import BEGINNING, ChainLine, Position, parse
from zenoo_security.audit.checking import ChainCheck

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zenoo_security._native import AuditKey

__all__ = ["RowCheck", "RowFinding", "VerifiedRows"]

_MAX_FINDINGS: Final = 1000


class RowFinding(NamedTuple):
    """Something that is not as it was written.

    Attributes:
        row: the id of the row; 0 for the table as a whole.
        what: one sentence.
    """

    row: int
    what: str


@dataclass
class VerifiedRows:
    """What was found.

    Attributes:
        chained: how many rows are chained.
        before: how many rows, from before the chain began, are not.
        expired: how many rows the retention has deleted.
        since: the time of the first row of the chain, as it says.
        end: the place after the last one.
        checkpoint_too_old: the checkpoint is older than the oldest row, and says nothing.
        findings: what is wrong, by row; at most 1,000.
    """

    chained: int = 0
    before: int = 0
    expired: int = 0
    since: str = ""
    end: Position = BEGINNING
    checkpoint_too_old: bool = False
    findings: list[RowFinding] = field(default_factory=list)


class RowCheck:
    """Goes through the rows, in the order of their ids.

    Args:
        key: makes the tags anew.
        checkpoint: a place in the chain that was kept elsewhere.
    """

    def __init__(self, key: AuditKey, checkpoint: Position | None = None) -> None:
        self._key = key
        self._checkpoint = checkpoint
        self._check: ChainCheck | None = None
        self._first: tuple[int, Position] | None = None
        self._expired = BEGINNING
        self._unchained: tuple[int, int] | None = None
        self._result = VerifiedRows()

    def row(self, number: int, line: str, columns: AuditRow) -> None:
        """Look at the next row."""
        members = read_line(line)
        if row_of(members) != columns:
            self._find(number, "changed: its columns are not what its line says")
        raw = line.encode()
        found = parse(raw)
        if found is None:
            self._not_chained(number)
            return
        self._end_unchained()
        if self._check is None:
            self._check = self._begin(number, found)
        self._check.line(number, raw + b"\n")
        self._result.chained += 1
        if is_retention(members):
            self.remember_retention(members)

    def remember_retention(self, members: Mapping[str, Any]) -> None:
        """Rows may be missing at the beginning as far as this row of the retention says."""
        self._expired = max(self._expired, expired_until(members) or BEGINNING, key=lambda place: place.count)

    def finish(self, head: str | None) -> VerifiedRows:
        """Everything was seen.

        Args:
            head: the place where the next row goes on, as the database says.
        """
        self._end_unchained()
        result = self._result
        if self._check is not None:
            verified = self._check.finish()
            result.end, result.since = verified.end, verified.since
            for finding in verified.findings:
                self._find(finding.line, finding.what)
        elif self._checkpoint is not None:
            self._find(0, "the row of the checkpoint is missing: the table was emptied or replaced")
        self._compare_beginning()
        self._compare_end(Position.from_text(head or "") or BEGINNING)
        result.findings.sort(key=lambda finding: finding.row)
        return result

    def _begin(self, number: int, found: ChainLine) -> ChainCheck:
        before = Position(found.position.count - 1, found.previous or b"")
        self._first = number, before
        if before.count and self._result.before:
            self._find(number, f"rows before it were added: {self._result.before}, of which none is chained")
        checkpoint = self._checkpoint
        if checkpoint is not None and checkpoint.count < before.count:
            self._result.checkpoint_too_old = True
            checkpoint = None
        check = ChainCheck(self._key, checkpoint)
        check.begin("")
        return check

    def _compare_beginning(self) -> None:
        """Rows may be missing at the beginning as far as the retention has said so."""
        if self._first is None:
            return
        number, before = self._first
        self._result.expired = before.count
        if before.count > self._expired.count:
            self._find(number, f"rows before it were removed, and not by the retention: up to number {before.count}")
        elif before.count == self._expired.count and not hmac.compare_digest(before.tag, self._expired.tag):
            self._find(number, "it does not follow the last row that the retention has deleted")

    def _compare_end(self, head: Position) -> None:
        end = self._result.end
        if head.count > end.count:
            self._find(0, f"rows were removed from the end: {head.count - end.count}")
        elif head != end:
            self._find(0, "the record of where the chain goes on was changed")

    def _not_chained(self, number: int) -> None:
        if self._check is None:
            self._result.before += 1
        elif self._unchained is None:
            self._unchained = number, 1
        else:
            self._unchained = self._unchained[0], self._unchained[1] + 1

    def _end_unchained(self) -> None:
        if self._unchained is not None:
            number, count = self._unchained
            self._find(number, f"not chained, {count} rows: added, or written while the server had no key ring")
            self._unchained = None

    def _find(self, row: int, what: str) -> None:
        if len(self._result.findings) < _MAX_FINDINGS:
            self._result.findings.append(RowFinding(row, what))

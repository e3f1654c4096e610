"""What a check of audit files finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from zenoo_security.audit.chain import BEGINNING, Position

__all__ = ["Finding", "Verified"]


class Finding(NamedTuple):
    """Something that is not as it was written.

    Attributes:
        file: where.
        line: which line of the file, from 1; 0 for the file as a whole.
        what: one sentence.
    """

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}" if self.line else f"{self.file}: {self.what}"


@dataclass
class Verified:
    """What was found.

    Attributes:
        lines: how many lines there are.
        first: the number of the first line of the chain.
        since: the time of that line, as it says.
        until: the time of the last one.
        end: the place after the last line of the chain.
        findings: what is wrong; the chain holds when there is nothing. At most 1,000.
        notes: what is not wrong, and good to know.
    """

    lines: int = 0
    first: int = 0
    since: str = ""
    until: str = ""
    end: Position = BEGINNING
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

"""What the marks prove of each row."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asvs.marks import FIRES, SILENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asvs.marks import Mark
    from asvs.rows import Row

# What a row of this kind calls for, and how it is called where it is there.
PARTS = {"code": frozenset("IE"), "check": frozenset("C"), "document": frozenset("D")}
WORDS = {"code": "proved", "check": "checker", "document": "documented"}


@dataclass
class Proofs:
    """Of one row.

    Args:
        row: the row.
        tests: by file, those that fail without the code.
        checks: those that fire on what is wrong and stay silent on what is right.
        documents: with the tests, by file, that fail when they say something else than the code.
    """

    row: Row
    tests: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    checks: set[str] = field(default_factory=set)
    documents: dict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))

    @property
    def parts(self) -> dict[str, bool]:
        """What the row calls for, and whether it is there."""
        there = {"code": self.tests, "check": self.checks, "document": self.documents}
        return {part: bool(there[part]) for part, kinds in PARTS.items() if kinds & self.row.kinds}

    @property
    def holds(self) -> bool:
        """Whether everything that the row calls for is there."""
        return all(self.parts.values())

    @property
    def state(self) -> str:
        """In words; what is missing is named, unless it is all."""
        if not any(self.parts.values()):
            return "open"
        there = [WORDS[part] for part, proved in self.parts.items() if proved]
        missing = [f"{part} open" for part, proved in self.parts.items() if not proved]
        return ", ".join([*there, *missing])


def prove(rows: Iterable[Row], marks: Iterable[Mark]) -> list[Proofs]:
    """The proofs of each row, in the order of the rows."""
    all_proofs = {row.number: Proofs(row) for row in rows}
    fixtures: dict[tuple[str, str], set[str]] = defaultdict(set)
    for mark in marks:
        proofs = all_proofs.get(mark.number)
        if proofs is None:
            continue
        if mark.check:
            fixtures[mark.number, mark.check].add(mark.fixture)
        elif mark.document:
            proofs.documents[mark.document][mark.file].add(mark.test)
        else:
            proofs.tests[mark.file].add(mark.test)
    for (number, check), both in fixtures.items():
        if both == {FIRES, SILENT}:
            all_proofs[number].checks.add(check)
    return list(all_proofs.values())


def unknown(rows: Iterable[Row], marks: Iterable[Mark]) -> list[str]:
    """Marks that name no row, and what they are on."""
    numbers = {row.number for row in rows}
    return sorted({f"{mark.file}::{mark.test}: {mark.number}" for mark in marks if mark.number not in numbers})


def missing(proofs: Iterable[Proofs]) -> list[str]:
    """Rows that have to hold, and do not: those of the first tier."""
    return [f"{one.row.number}: {one.state}" for one in proofs if one.row.tier == 1 and not one.holds]

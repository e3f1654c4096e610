"""What a job did and what it found: counts and ids, never a value."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["FieldReport", "Found", "Report"]

MAX_IDS = 100
"""Ids that are listed for each reason; the counts are exact."""


@dataclass
class Found:
    """What the records that the user may see hold of a field.

    Attributes:
        rows: all records.
        empty: those without a value.
        keys: key id -> records with a token of that key.
        plaintext: records with a value in the clear, also beside a token.
        fernet: those of them whose value is one of the guide's Fernet values.
        index_stale: records whose index is missing or differs from the one of the value.
        unindexed: records whose value the normalizer does not take: no search finds them.
        undecryptable: reason -> records whose token does not open.
        ids: kind -> the first ids of `plaintext`, `index_stale`, `unindexed` and of each reason.
        chatter: old and new values in the clear that Odoo's chatter keeps; None when the user may not see them.
    """

    rows: int = 0
    empty: int = 0
    keys: dict[int, int] = field(default_factory=dict)
    plaintext: int = 0
    fernet: int = 0
    index_stale: int = 0
    unindexed: int = 0
    undecryptable: dict[str, int] = field(default_factory=dict)
    ids: dict[str, list[int]] = field(default_factory=dict)
    chatter: int | None = None

    def list_id(self, kind: str, record: int) -> None:
        """Remember one of the first records of a kind."""
        _add_id(self.ids, kind, record)


@dataclass
class FieldReport:
    """What a job did to one field.

    Attributes:
        rows: records that were looked at.
        done: outcome -> records; the outcomes are those of `zenoo_security.jobs.plan.Decision`, and `gone`.
        left: problem -> records that were left as they were. `changed`: somebody else changed the record again and
            again. `refused`: Odoo refused the write. `fernet`: no key opens the guide's value. `unfit`: the value is
            too large to be encrypted, or a token that was encrypted once more. The others are the reasons of an
            `Undecryptable`.
        ids: problem -> the first ids.
        found: what was found afterwards, by the verification pass, or by `status`.
    """

    rows: int = 0
    done: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    ids: dict[str, list[int]] = field(default_factory=dict)
    found: Found | None = None

    def count(self, outcome: str, records: int) -> None:
        """Count records of one outcome."""
        self.rows += records
        self.done[outcome] = self.done.get(outcome, 0) + records

    def count_left(self, problem: str, record: int) -> None:
        """Count one record that was left."""
        self.rows += 1
        self.left[problem] = self.left.get(problem, 0) + 1
        _add_id(self.ids, problem, record)


@dataclass
class Report:
    """The whole job, what was done before an interruption included.

    Attributes:
        operation: `encrypt`, `decrypt`, `rotate`, `reindex`, `status` or `verify`.
        host: the address of the Odoo.
        database: its database.
        primary_key: the id of the key that encrypts.
        dry_run: nothing was written; `done` is what would be.
        fields: `MODEL.FIELD` -> what became of it.
        warnings: what else the operator should know.
        resumed: how many times the job went on after an interruption.
        seconds: how long it ran.
        waited_s: how much of that it waited for Odoo.
    """

    operation: str
    host: str
    database: str
    primary_key: int
    dry_run: bool = False
    fields: dict[str, FieldReport] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    resumed: int = 0
    seconds: float = 0.0
    waited_s: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether nothing is left and nothing is wrong."""
        return not any(self.wrong(name) for name in self.fields)

    def wrong(self, name: str) -> dict[str, int]:
        """What is left or wrong in one field: kind -> records."""
        report = self.fields[name]
        wrong = dict(report.left)
        if report.found is not None:
            wrong |= _WRONG[self.operation](report.found, self.primary_key)
        return {kind: count for kind, count in wrong.items() if count}

    def rows_of_key(self, key_id: int) -> int:
        """How many tokens of a key were found in all fields."""
        return sum(report.found.keys.get(key_id, 0) for report in self.fields.values() if report.found)

    def to_json(self) -> str:
        """The report as JSON, with `ok` and, for each field, `wrong`."""
        document: dict[str, Any] = {**asdict(self), "ok": self.ok}
        for name, report in document["fields"].items():
            report["wrong"] = self.wrong(name)
        return json.dumps(document, indent=2, sort_keys=True)


def _add_id(ids: dict[str, list[int]], kind: str, record: int) -> None:
    listed = ids.setdefault(kind, [])
    if len(listed) < MAX_IDS:
        listed.append(record)


def _nothing(_found: Found, _primary: int) -> dict[str, int]:
    return {}


def _after_encrypt(found: Found, _primary: int) -> dict[str, int]:
    return {"plaintext": found.plaintext, "index_stale": found.index_stale, **found.undecryptable}


def _after_decrypt(found: Found, _primary: int) -> dict[str, int]:
    return {"encrypted": sum(found.keys.values()), "index_stale": found.index_stale}


def _after_rotate(found: Found, primary: int) -> dict[str, int]:
    old = sum(count for key, count in found.keys.items() if key != primary)
    return {"old_key": old, **found.undecryptable}


def _after_reindex(found: Found, _primary: int) -> dict[str, int]:
    return {"index_stale": found.index_stale, **found.undecryptable}


_WRONG: Final[Mapping[str, Callable[[Found, int], dict[str, int]]]] = {
    "status": _nothing,
    "verify": _after_encrypt,
    "encrypt": _after_encrypt,
    "decrypt": _after_decrypt,
    "rotate": _after_rotate,
    "reindex": _after_reindex,
}

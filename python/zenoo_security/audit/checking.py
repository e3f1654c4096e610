"""One pass over the lines of a chain: which of them do not follow the one before, and why."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from bisect import bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from zenoo_security.audit.chain import BEGINNING, ChainLine, Position, parse
from zenoo_security.audit.findings import Finding, Verified
from zenoo_security.errors import KeyRingError, ParameterError

if TYPE_CHECKING:
    from zenoo_security._native import AuditKey

__all__ = ["ChainCheck"]

_MAX_FINDINGS: Final = 1000
_TIME: Final = re.compile(rb'\{"@timestamp":"([0-9T:.+-]{19,32})"')


class _Gap(NamedTuple):
    first: int
    last: int
    finding: Finding


class ChainCheck:
    """Goes through the lines.

    Args:
        key: makes the tags anew.
        anchor: the place of a checkpoint.
    """

    def __init__(self, key: AuditKey, anchor: Position | None) -> None:
        self._key = key
        self._anchor = anchor
        self._anchored = False
        self._file = ""
        self._begun = False
        self._at = BEGINNING
        self._strange: tuple[int, bytes] | None = None
        self._gaps: list[_Gap] = []
        self._late: set[int] = set()
        self._unknown_keys: set[int] = set()
        self._sound = True
        self._last = b""
        self._result = Verified()

    def begin(self, file: str) -> None:
        """Go on with another file."""
        self._settle_strange(None)
        self._file = file

    def line(self, number: int, raw: bytes) -> None:
        """Look at the next line."""
        self._result.lines += 1
        line = raw.removesuffix(b"\n")
        found = parse(line) if raw.endswith(b"\n") else None
        self._settle_strange(found)
        if found is None:
            self._strange = (number, raw)
        else:
            self._follow(number, found)
            if altered := _altered_when_deleted(line):
                self._find(number, f"what the retention deleted then was not as it was written, in {altered} places")

    def finish(self) -> Verified:
        """Everything was seen."""
        self._settle_strange(None)
        for gap in self._gaps:
            missing = set(range(gap.first, min(gap.last, gap.first + _MAX_FINDINGS) + 1)) - self._late
            if missing:
                self._add(gap.finding)
        self._compare_end()
        self._result.end = self._at
        self._result.until = _time_of(self._last)
        self._result.findings.sort(key=lambda finding: (finding.file, finding.line))
        return self._result

    def _follow(self, number: int, found: ChainLine) -> None:
        if not self._begun:
            self._start(number, found)
        self._last = found.signed
        count = found.position.count
        if count <= self._at.count:
            self._out_of_order(number, count)
            return
        if count > self._at.count + 1:
            self._missing(number, found)
        elif not self._fits(found, self._at.tag):
            self._wrong(number, found)
        else:
            self._sound = True
        self._at = found.position
        self._compare(number)

    def _start(self, number: int, found: ChainLine) -> None:
        """The first line of all tells what was before it."""
        self._begun = True
        self._result.first, self._result.since = found.position.count, _time_of(found.signed)
        if found.previous is None:
            self._find(number, "this is not the first line of its file: the lines before it were removed")
            self._at = Position(found.position.count - 1, b"")
            return
        self._at = Position(found.position.count - 1, found.previous)
        if self._at.count == 0 and self._at != BEGINNING:
            self._find(number, "the chain does not begin as every chain does")
        if self._at.count:
            self._result.notes.append(f"lines before these files: {self._at.count}")
            self._compare(0)

    def _fits(self, found: ChainLine, previous: bytes) -> bool:
        try:
            tag = self._key.tag(previous, found.signed, key_id=found.key_id)
        except (KeyRingError, ParameterError):
            return False
        return hmac.compare_digest(tag, found.position.tag)

    def _wrong(self, number: int, found: ChainLine) -> None:
        if not self._has_key(found.key_id):
            if found.key_id not in self._unknown_keys:
                self._unknown_keys.add(found.key_id)
                self._find(number, f"its key {found.key_id} is not in the ring, or retired: give the ring of the time")
        elif not self._at.tag:
            pass  # Said of the line before.
        elif self._sound:
            self._find(number, "changed, or written by somebody without the key")
        else:
            self._find(number, "changed, or the tag of the line before it was")
        self._sound = False

    def _has_key(self, key_id: int) -> bool:
        try:
            self._key.tag(bytes(32), b"", key_id=key_id)
        except KeyRingError:
            return False
        return True

    def _missing(self, number: int, found: ChainLine) -> None:
        first, last = self._at.count + 1, found.position.count - 1
        what = f"lines were removed before it: {last - first + 1}, numbers {first} to {last} of the chain"
        if len(self._gaps) < _MAX_FINDINGS:
            self._gaps.append(_Gap(first, last, Finding(self._file, number, what)))
        if found.previous is not None and not self._fits(found, found.previous):
            self._find(number, "changed, or written by somebody without the key")
        self._sound = True

    def _out_of_order(self, number: int, count: int) -> None:
        if self._is_missing(count) and count not in self._late:
            self._late.add(count)
            self._find(number, f"out of order: it is number {count} of the chain")
        else:
            self._find(number, f"duplicate: number {count} of the chain was there before")

    def _is_missing(self, count: int) -> bool:
        """Whether a number is in a gap: they are in order, and none meets another."""
        place = bisect_right(self._gaps, count, key=attrgetter("first"))
        return place > 0 and count <= self._gaps[place - 1].last

    def _settle_strange(self, following: ChainLine | None) -> None:
        """A line that is none of the chain was cut in mid-write if the next one, which cannot be forged, says so."""
        if self._strange is None:
            return
        number, raw = self._strange
        self._strange = None
        fragment = raw.removesuffix(b"\n")
        if following is not None and self._fits(following, self._at.tag) and _notes_cut(following, fragment):
            self._result.notes.append(f"{self._file}:{number}: cut by a stop in mid-write, as the next line says")
        elif not raw.endswith(b"\n"):
            self._find(number, "cut: a process was stopped while it wrote, or the end of the file was removed")
        else:
            self._find(number, "no line of the chain: changed, or added")

    def _compare(self, number: int) -> None:
        if self._anchor is not None and self._anchor.count == self._at.count:
            self._anchored = True
            if not hmac.compare_digest(self._anchor.tag, self._at.tag):
                self._find(number, "this is not the line of the checkpoint: the file was written anew")

    def _compare_end(self) -> None:
        if self._anchor is None or self._anchored:
            return
        if self._anchor.count > self._at.count:
            gone = self._anchor.count - self._at.count
            self._find(
                0, f"lines were removed from the end: {gone} or more, the checkpoint is number {self._anchor.count}"
            )
        else:
            self._find(0, "the line of the checkpoint is missing: it was removed, or is in an older file")

    def _find(self, number: int, what: str) -> None:
        self._add(Finding(self._file, number, what))

    def _add(self, finding: Finding) -> None:
        if len(self._result.findings) < _MAX_FINDINGS:
            self._result.findings.append(finding)


def _time_of(signed: bytes) -> str:
    match = _TIME.match(signed)
    return match[1].decode() if match else "?"


def _notes_cut(following: ChainLine, fragment: bytes) -> bool:
    try:
        fields = json.loads(
            following.signed.rpartition(b',"chain.count":')[0].partition(b',"chain.previous":')[0] + b"}"
        )
    except ValueError:
        return False
    told = {"bytes": len(fragment), "digest": hashlib.sha256(fragment).hexdigest()}
    return bool(fields.get("event.action") == "audit_line_cut" and fields.get("details") == told)


def _altered_when_deleted(line: bytes) -> int:
    """What the retention of the Odoo addon says in the chain before it deletes: rows can be checked until then."""
    if b'"audit_rows_expired"' not in line:
        return 0
    try:
        members = json.loads(line)
    except (ValueError, RecursionError):
        return 0
    details = members.get("details")
    altered = details.get("altered") if isinstance(details, dict) else 0
    return altered if isinstance(altered, int) and members.get("event.action") == "audit_rows_expired" else 0

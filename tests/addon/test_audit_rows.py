"""Rows of the audit log: what of a line is a column, and what a check of the rows finds."""

from __future__ import annotations

from datetime import datetime

import pytest

from zenoo_security import KeyRing, Principal
from zenoo_security._native import AuditKey
from zenoo_security.addon.audit_retention import tell_expired
from zenoo_security.addon.audit_rows import AuditRow, read_line, row_of
from zenoo_security.addon.audit_verify import RowCheck
from zenoo_security.audit import AuditLog, configured
from zenoo_security.audit.chain import BEGINNING, Position, seal

RING = KeyRing.generate()
KEY = AuditKey(RING)


def body(event: str = "authn_login_fail", **details: object) -> bytes:
    lines: list[bytes] = []
    AuditLog(lambda entry: lines.append(entry.line)).record(event, **details)
    return lines[0]


def vouching(place: Position, altered: int = 0) -> bytes:
    lines: list[bytes] = []
    with configured(AuditLog(lambda entry: lines.append(entry.line))):
        tell_expired(place.text, 365, altered)
    return lines[0]


def chain(*bodies: bytes, key: AuditKey = KEY) -> tuple[list[tuple[int, str]], Position]:
    """Rows with ids, and where the chain goes on."""
    rows, at = [], BEGINNING
    for number, each in enumerate(bodies, 1):
        line, at = seal(each, at, key, first=True)
        rows.append((number, line.decode().rstrip("\n")))
    return rows, at


def check(rows: list[tuple[int, str]], head: Position, *, key: AuditKey = KEY, checkpoint: Position | None = None):
    looking = RowCheck(key, checkpoint)
    for number, line in rows:
        looking.row(number, line, row_of(read_line(line)))
    return looking.finish(head.text)


def test_columns_of_an_event() -> None:
    ann = Principal("shop", 7, "ann")
    line = body(principal=ann, account="a" * 32, client_ip="2001:db8::9", reason="credential")
    row = row_of(read_line(line.decode()))
    assert isinstance(row.time, datetime)
    assert row.time.tzinfo is None
    assert row[1:] == ("authn_login_fail", "warn", "failure", "credential", "2001:db8::/64", 7, "ann", "a" * 32)


NO_EVENTS = {
    "nothing": "",
    "text": "damaged",
    "list": "[]",
    "number": "7",
    "time as a number": '{"@timestamp":7}',
    "time without a day": '{"@timestamp":"2026"}',
    "great depth": '{"a":' + "[" * 5_000 + "]" * 5_000 + "}",
}


@pytest.mark.parametrize("line", NO_EVENTS.values(), ids=NO_EVENTS)
def test_columns_of_what_is_no_event(line: str) -> None:
    assert row_of(read_line(line)) == AuditRow(*[None] * 9)


def test_rows_as_they_were_written() -> None:
    rows, head = chain(*[body()] * 5)
    found = check(rows, head)
    assert (found.chained, found.before, found.expired, found.end, found.findings) == (5, 0, 0, head, [])


@pytest.mark.asvs("16.4.2")
def test_rows_of_another_key_are_found() -> None:
    rows, head = chain(*[body()] * 3, key=AuditKey(KeyRing.generate()))
    assert "changed, or written by somebody without the key" in check(rows, head).findings[0].what


def test_rows_before_and_after_the_key_ring_was_there() -> None:
    """Those before are counted; those in between might have been added, and are told as one."""
    rows, head = chain(*[body()] * 3)
    plain = body().decode()
    before = [(-2, plain), (-1, plain), *rows]
    assert (check(before, head).before, check(before, head).findings) == (2, [])
    between = [*rows[:2], (2, plain), (2, plain), rows[2]]
    [finding] = check(between, head).findings
    assert "not chained, 2 rows" in finding.what
    [finding] = check([*rows, (9, plain)], head).findings
    assert finding.row == 9
    assert check([(1, plain)], BEGINNING).chained == 0


@pytest.mark.asvs("14.2.7", "16.4.2")
def test_the_beginning_may_be_missing_as_far_as_a_row_vouches_for_it() -> None:
    rows, at = chain(*[body()] * 5)
    last, head = seal(vouching(Position(3, tag_of(rows[2]))), at, KEY, first=True)
    rows.append((6, last.decode().rstrip("\n")))
    for deleted in range(4):
        assert check(rows[deleted:], head).findings == [], deleted
    assert check(rows[3:], head).expired == 3
    [finding] = check(rows[4:], head).findings
    assert (finding.row, "not by the retention" in finding.what) == (5, True)


def test_a_row_that_vouches_for_another_chain_is_found() -> None:
    rows, at = chain(*[body()] * 3)
    last, head = seal(vouching(Position(2, bytes(32))), at, KEY, first=True)
    rows.append((4, last.decode().rstrip("\n")))
    [finding] = check(rows[2:], head).findings
    assert "does not follow the last row" in finding.what


@pytest.mark.asvs("16.4.2")
def test_a_row_that_vouches_for_altered_rows_says_so() -> None:
    rows, at = chain(*[body()] * 3)
    last, head = seal(vouching(Position(2, tag_of(rows[1])), 7), at, KEY, first=True)
    rows.append((4, last.decode().rstrip("\n")))
    [finding] = check(rows[2:], head).findings
    assert finding == (4, "what the retention deleted then was not as it was written, in 7 places")


@pytest.mark.asvs("16.4.2")
def test_rows_that_were_added_before_a_chain_that_has_expired_are_found() -> None:
    rows, at = chain(*[body()] * 3)
    last, head = seal(vouching(Position(2, tag_of(rows[1]))), at, KEY, first=True)
    rows.append((4, last.decode().rstrip("\n")))
    [finding] = check([(-5, body().decode()), *rows[2:]], head).findings
    assert finding == (3, "rows before it were added: 1, of which none is chained")


def tag_of(row: tuple[int, str]) -> bytes:
    place = Position.from_text(f"1.{read_line(row[1])['chain.tag']}")
    assert place
    return place.tag


def test_a_checkpoint_that_is_older_than_all_rows_says_so() -> None:
    rows, at = chain(*[body()] * 5)
    last, head = seal(vouching(Position(3, tag_of(rows[2]))), at, KEY, first=True)
    rows.append((6, last.decode().rstrip("\n")))
    found = check(rows[3:], head, checkpoint=Position(1, tag_of(rows[0])))
    assert (found.checkpoint_too_old, found.findings) == (True, [])
    assert not check(rows, head, checkpoint=Position(1, tag_of(rows[0]))).checkpoint_too_old


def test_a_table_that_was_emptied_is_found() -> None:
    _, head = chain(*[body()] * 3)
    assert [finding.what for finding in check([], head).findings] == ["rows were removed from the end: 3"]
    assert len(check([], BEGINNING, checkpoint=head).findings) == 1

"""A chained file shows whatever is done to it, and says where."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security import KeyRing
from zenoo_security._native import AuditKey
from zenoo_security.audit import AuditLog, Background, Entry, FileSink
from zenoo_security.audit.verify import verify
from zenoo_security.clock import FakeClock
from zenoo_security.errors import AuditUnavailable, KeyRingError, ParameterError

if TYPE_CHECKING:
    from pathlib import Path

    from zenoo_security.audit.findings import Verified

RING = KeyRing.generate()


def write(path: Path, count: int, ring: KeyRing = RING, **options: int) -> str:
    """Write events into a chained file; the text of the last line's place."""
    with AuditLog(FileSink(path, key_ring=ring, **options)) as log:
        for number in range(count):
            log.record("authz_fail", ids=[number])
    return verify(files(path), ring).end.text


def files(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}*"))


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def check(path: Path, lines: list[bytes], checkpoint: str | None = None) -> Verified:
    path.write_bytes(b"".join(lines))
    return verify([path], RING, checkpoint=checkpoint)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Twelve lines that nobody changed, and the text of a checkpoint after them."""
    path = tmp_path_factory.mktemp("audit") / "audit.jsonl"
    text = write(path, 12)
    return path, lines_of(path), text


def test_a_tag_is_the_hmac_that_the_formats_describe(tmp_path):
    """Made anew with the standard library alone."""
    write(tmp_path / "a", 3)
    document = json.loads(RING.to_json())
    root = base64.urlsafe_b64decode(document["keys"][0]["key"] + "=")
    purpose = b"zenoo-security/audit"
    info = len(purpose).to_bytes(4, "big") + purpose + b"\x01"
    key = hmac.digest(hmac.digest(bytes(32), root, "sha256"), info, "sha256")
    tag = bytes(32)
    for line in lines_of(tmp_path / "a"):
        signed, mark, rest = line.partition(b'"chain.tag":"')
        tag = hmac.digest(key, tag + signed + mark, "sha256")
        assert rest == base64.urlsafe_b64encode(tag).rstrip(b"=") + b'"}\n'


@pytest.mark.asvs("v5.0.0-16.4.2")
def test_an_untouched_file_is_intact(written):
    path, lines, text = written
    result = check(path, lines, text)
    assert (result.findings, result.notes, result.lines, result.end.text) == ([], [], 12, text)


@pytest.mark.asvs("v5.0.0-16.4.2")
@given(st.data())
def test_any_changed_byte_is_found_at_its_line(written, data):
    path, lines, text = written
    number = data.draw(st.integers(0, len(lines) - 1))
    at = data.draw(st.integers(0, len(lines[number]) - 2))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte not in {lines[number][at], ord("\n")}))
    changed = lines[number][:at] + bytes([byte]) + lines[number][at + 1 :]
    result = check(path, [*lines[:number], changed, *lines[number + 1 :]], text)
    assert any(finding.line == number + 1 for finding in result.findings)


@pytest.mark.asvs("v5.0.0-16.4.2")
@given(st.data())
def test_removed_lines_are_found_where_they_were(written, data):
    path, lines, text = written
    first = data.draw(st.integers(0, len(lines) - 1))
    last = data.draw(st.integers(first, len(lines) - 1).filter(lambda last: (first, last) != (0, len(lines) - 1)))
    result = check(path, lines[:first] + lines[last + 1 :], text)
    (finding,) = result.findings
    if last == len(lines) - 1:
        assert "or more, the checkpoint is number 12" in finding.what
    elif first == 0:
        assert (finding.line, "first line of its file" in finding.what) == (1, True)
    else:
        assert (finding.line, f"before it: {last - first + 1}," in finding.what) == (first + 1, True)


@pytest.mark.asvs("v5.0.0-16.4.2")
@given(st.permutations(range(12)).filter(lambda order: order != list(range(12))))
def test_every_other_order_is_found(written, order):
    path, lines, _ = written
    assert check(path, [lines[number] for number in order]).findings


@given(st.integers(0, 10))
def test_two_lines_that_changed_places_are_one_finding(written, number):
    path, lines, _ = written
    swapped = [*lines[:number], lines[number + 1], lines[number], *lines[number + 2 :]]
    findings = check(path, swapped).findings
    if number:
        (finding,) = findings
        assert str(finding).endswith(f":{number + 2}: out of order: it is number {number + 1} of the chain")
    assert findings


@given(st.integers(0, 11), st.integers(0, 12))
def test_a_line_that_is_there_twice_is_found(written, number, place):
    path, lines, _ = written
    result = check(path, [*lines[:place], lines[number], *lines[place:]])
    assert result.findings


@given(st.integers(0, 12), st.binary(max_size=60))
def test_an_added_line_is_found(written, place, content):
    path, lines, _ = written
    added = content.replace(b"\n", b"") + b"\n"
    result = check(path, [*lines[:place], added, *lines[place:]])
    assert any(finding.line == place + 1 for finding in result.findings)


@given(st.data())
def test_a_cut_last_line_is_told_apart(written, data):
    path, lines, _ = written
    keep = data.draw(st.integers(1, len(lines[-1]) - 1))
    (finding,) = check(path, [*lines[:-1], lines[-1][:keep]]).findings
    assert (finding.line, finding.what.startswith("cut: ")) == (12, True)


@given(st.data())
def test_a_cut_line_is_continued_and_noted(tmp_path_factory, written, data):
    """Killed in mid-write, then started again: the next line vouches for what is left of the one before."""
    _, lines, _ = written
    path = tmp_path_factory.mktemp("cut") / "audit.jsonl"
    keep = data.draw(st.integers(1, len(lines[-1]) - 1))
    path.write_bytes(b"".join([*lines[:-1], lines[-1][:keep]]))
    write(path, 2)
    result = verify([path], RING)
    assert result.findings == []
    if keep < len(lines[-1]) - 1:  # Else nothing but the line feed is missing.
        assert result.notes == [f"{path}:12: cut by a stop in mid-write, as the next line says"]
    again = lines_of(path)
    again[11] = again[11][:-1] + b"x\n"
    assert check(path, again).findings[0].line == 12


def test_what_was_removed_while_the_log_was_open_leaves_a_gap(tmp_path):
    """The process knows how far it was, also when the file ends before."""
    path = tmp_path / "audit.jsonl"
    with AuditLog(FileSink(path, key_ring=RING)) as log:
        for number in range(10):
            log.record("authz_fail", ids=[number])
        kept = b"".join(lines_of(path)[:5])
        os.truncate(path, len(kept))
        log.record("authz_fail", ids=[10])
    (finding,) = verify([path], RING).findings
    assert (finding.line, "before it: 5," in finding.what) == (6, True)
    assert b'"audit_file_altered"' in lines_of(path)[5]


def test_a_file_that_was_removed_while_the_log_was_open_is_told_in_the_next_one(tmp_path):
    """Else it would look like one that was old enough to go."""
    path, clock = tmp_path / "audit.jsonl", FakeClock(1_795_540_359)
    with AuditLog(FileSink(path, key_ring=RING), clock=clock) as log:
        log.record("authz_fail")
        path.unlink()
        clock.advance(2)
        log.record("authz_fail")
    assert [json.loads(line)["event.action"] for line in lines_of(path)] == ["audit_file_altered", "authz_fail"]
    assert verify([path], RING).intact


def test_a_rotated_file_goes_on_in_the_next_one(tmp_path):
    path = tmp_path / "audit.jsonl"
    text = write(path, 1000, max_bytes=65_536, keep=100)
    found = files(path)
    assert len(found) > 3
    assert verify(list(reversed(found)), RING, checkpoint=text).intact
    middle = found.pop(2)
    (finding,) = verify(found, RING).findings
    assert "were removed before it" in finding.what
    middle.unlink()


def test_the_oldest_file_may_go(tmp_path):
    path = tmp_path / "audit.jsonl"
    write(path, 1000, max_bytes=65_536, keep=2)
    result = verify(files(path), RING)
    assert (len(files(path)), result.findings) == (3, [])
    assert result.notes[0].startswith("lines before these files: ")


def test_a_checkpoint_shows_that_the_end_is_missing_or_new(tmp_path):
    path = tmp_path / "audit.jsonl"
    with AuditLog(FileSink(path, key_ring=RING)) as log:
        log.record("authz_fail")
        text = log.checkpoint()
        log.record("authz_fail")
    assert verify([path], RING, checkpoint=text).intact
    path.unlink()
    write(path, 5)
    assert verify([path], RING).intact
    (finding,) = verify([path], RING, checkpoint=text).findings
    assert (finding.line, "this is not the line of the checkpoint" in finding.what) == (2, True)
    for no_text in ("", "x", "0." + "A" * 43, text[:-1], text[:-1] + "B"):
        with pytest.raises(ParameterError):
            verify([path], RING, checkpoint=no_text)


def test_checkpoints_come_by_themselves_and_go_to_the_other_sinks(tmp_path):
    heard = []
    with AuditLog(FileSink(tmp_path / "a", key_ring=RING, checkpoint_every=5), heard.append) as log:
        for _ in range(12):
            log.record("authz_fail")
    texts = [json.loads(entry.line)["details"]["checkpoint"] for entry in heard if entry.event == "audit_checkpoint"]
    assert len(texts) >= 2
    assert all(verify([tmp_path / "a"], RING, checkpoint=text).intact for text in texts)


def test_a_file_in_the_background_has_checkpoints_that_go_to_the_other_sinks(tmp_path):
    """What a file has to say is said from whatever thread it is written in."""
    heard: list[Entry] = []
    file = FileSink(tmp_path / "a", key_ring=RING, checkpoint_every=5)
    log = AuditLog(Background(file), heard.append)
    for _ in range(12):
        log.record("authz_fail")
    log.close()
    text = log.checkpoint()
    log.close()
    texts = [json.loads(entry.line)["details"]["checkpoint"] for entry in heard if entry.event == "audit_checkpoint"]
    assert len(texts) >= 3
    assert texts[-1] == text
    assert all(verify([tmp_path / "a"], RING, checkpoint=text).intact for text in texts)


def test_a_rotation_of_the_key_ring_breaks_no_file(tmp_path):
    path = tmp_path / "audit.jsonl"
    write(path, 3)
    new = RING.rotate()
    write(path, 3, new)
    assert b'"chain.key":2' in lines_of(path)[-1]
    assert verify([path], new).intact
    (finding, *_) = verify([path], RING).findings
    assert (finding.line, "its key 2 is not in the ring" in finding.what) == (4, True)
    assert not verify([path], new.retire(1)).intact
    assert not verify([path], KeyRing.generate()).intact


def test_keys_tag_nothing_that_they_should_not():
    key = AuditKey(RING)
    with pytest.raises(ParameterError):
        key.tag(b"short", b"")
    for key_id in (0, 2, -1, 2**40, "1", True + 1):
        with pytest.raises(KeyRingError):
            key.tag(bytes(32), b"", key_id=key_id)
    assert key.tag(bytes(32), b"a", key_id=1) == key.tag(bytes(32), b"a")
    assert "key" not in repr(key).lower().replace("auditkey", "")


def test_a_file_without_a_chain_is_none(tmp_path):
    path = tmp_path / "plain"
    with AuditLog(FileSink(path)) as log:
        log.record("x")
        with pytest.raises(ParameterError):
            log.checkpoint()
    with pytest.raises(AuditUnavailable, match="no line of a chain"):
        verify([path], RING)
    with pytest.raises(ParameterError):
        verify([], RING)


def test_a_digest_of_what_was_cut_is_in_the_note(tmp_path):
    path = tmp_path / "plain"
    path.write_bytes(b'{"a":1}\n{"half')
    with AuditLog(FileSink(path)) as log:
        log.record("x")
    lines = path.read_bytes().splitlines()
    assert json.loads(lines[2])["details"] == {"bytes": 6, "digest": hashlib.sha256(b'{"half').hexdigest()}
    assert len(lines) == 4


@pytest.mark.asvs("16.4.2")
def test_what_the_retention_of_the_addon_found_altered_is_told(tmp_path):
    """An export of its events has the line in which it said so; the rows themselves are gone."""
    path = tmp_path / "events.jsonl"
    with AuditLog(FileSink(path, key_ring=RING)) as log:
        log.record("audit_rows_expired", checkpoint=None, days=365, altered=0)
        log.record("audit_rows_expired", checkpoint=None, days=365, altered=2)
    [finding] = verify([path], RING).findings
    assert finding.line == 2
    assert finding.what == "what the retention deleted then was not as it was written, in 2 places"


def test_a_file_full_of_gaps_and_of_what_is_missing_is_checked_in_linear_time(written, tmp_path):
    """Whoever can write to the file must not keep the check busy for hours."""
    _, (line, *_), _ = written
    count = 8_000
    numbers = [*range(2, 2 * count, 2), *range(1, 2 * count, 2)]
    forged = [re.sub(rb'"chain.count":\d+', b'"chain.count":%d' % number, line) for number in numbers]
    started = time.process_time()
    assert len(check(tmp_path / "events.jsonl", forged).findings) == 1000
    assert time.process_time() - started < 3


def test_a_forged_line_of_great_depth_is_a_finding_and_ends_no_check(tmp_path):
    path = tmp_path / "events.jsonl"
    with AuditLog(FileSink(path, key_ring=RING)) as log:
        log.record("audit_rows_expired", checkpoint=None, days=365, altered=2)
    depth = 5_000
    path.write_bytes(path.read_bytes().replace(b"{", b'{"x":' + b"[" * depth + b"]" * depth + b",", 1))
    assert verify([path], RING).findings

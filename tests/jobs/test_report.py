"""What a report says, as an object, as JSON and as lines."""

from __future__ import annotations

import json

import pytest

from zenoo_security.cli.job_report import lines
from zenoo_security.jobs import FieldReport, Found, Report

FOUND = {
    "plaintext": Found(rows=2, plaintext=1),
    "stale": Found(rows=2, keys={2: 2}, index_stale=1),
    "old": Found(rows=2, keys={1: 1, 2: 1}),
    "unreadable": Found(rows=2, keys={2: 2}, undecryptable={"altered": 1}),
    "good": Found(rows=2, keys={2: 1}, empty=1, unindexed=1, chatter=5),
    "clear": Found(rows=2, plaintext=2),
}
WRONG = {
    "status": set(),
    "verify": {"plaintext", "stale", "unreadable", "clear"},
    "encrypt": {"plaintext", "stale", "unreadable", "clear"},
    "decrypt": {"stale", "old", "unreadable", "good"},
    "rotate": {"old", "unreadable"},
    "reindex": {"stale", "unreadable"},
}


def report(operation="rotate", found=None, **field):
    return Report(operation, "https://erp", "db", 2, fields={"a.b": FieldReport(found=found, **field)})


@pytest.mark.parametrize("operation", WRONG)
def test_what_is_wrong_depends_on_what_the_job_was_for(operation):
    assert {kind for kind, found in FOUND.items() if not report(operation, found).ok} == WRONG[operation]


@pytest.mark.parametrize("operation", WRONG)
def test_what_a_job_left_is_wrong_whatever_it_was_for(operation):
    assert not report(operation, left={"refused": 1}).ok


def test_the_json_holds_everything_and_says_whether_it_is_well():
    document = json.loads(report(found=FOUND["old"], done={"rotated": 1}, rows=2).to_json())
    assert document["ok"] is False
    assert document["fields"]["a.b"]["wrong"] == {"old_key": 1}
    assert document["fields"]["a.b"]["found"]["keys"] == {"1": 1, "2": 1}
    assert document["primary_key"] == 2


def test_the_ids_of_a_kind_are_the_first_and_the_count_is_exact():
    field = FieldReport()
    for record in range(500):
        field.count_left("altered", record)
    assert (field.left, field.ids["altered"]) == ({"altered": 500}, list(range(100)))


def test_rows_of_a_key_are_those_of_all_fields():
    both = report(found=FOUND["old"])
    both.fields["a.c"] = FieldReport(found=FOUND["stale"])
    assert (both.rows_of_key(1), both.rows_of_key(2), both.rows_of_key(3)) == (1, 3, 0)


def test_the_lines_name_what_was_done_and_what_is_left():
    shown = "\n".join(
        lines(
            report(
                found=FOUND["old"], rows=2, done={"rotated": 1}, left={"altered": 12}, ids={"altered": list(range(12))}
            )
        )
    )
    assert "done: 1 rotated" in shown
    assert "2 records, 1 with key 1, 1 with key 2 (primary)" in shown
    assert "left or wrong: 12 altered: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ..." in shown
    assert "left or wrong: 1 old_key" in shown
    dry = report(rows=2, done={"rotated": 2})
    dry.dry_run = True
    assert "would be: 2 rotated" in "\n".join(lines(dry))

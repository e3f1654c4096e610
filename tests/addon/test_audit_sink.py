"""Rows on a real PostgreSQL, written at once by many, as Odoo's cursor would."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
import pytest

from zenoo_security import KeyRing
from zenoo_security._native import AuditKey
from zenoo_security.addon.audit_rows import COLUMNS, AuditRow
from zenoo_security.addon.audit_sink import RowSink, create_head, drop_head
from zenoo_security.addon.audit_verify import RowCheck
from zenoo_security.audit import AuditLog

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = AuditKey(KeyRing.generate())


class Cursor(psycopg.ClientCursor):
    """After several statements it has what the last one gave, as that of psycopg2."""

    def execute(self, *arguments: object) -> Cursor:
        super().execute(*arguments)
        while self.nextset():
            pass
        return self


class Rows:
    """A table as Odoo makes it."""

    def __init__(self, url: str) -> None:
        self.url = url
        with self.open("x") as cursor:
            cursor.execute(
                """CREATE TABLE zenoo_security_event (id serial PRIMARY KEY, line text, time timestamp, event varchar,
                level varchar, outcome varchar, reason varchar, address varchar, uid integer, login varchar,
                account varchar)"""
            )
            create_head(cursor)

    @contextmanager
    def open(self, _database: str) -> Iterator[Cursor]:
        with psycopg.connect(self.url, cursor_factory=Cursor) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            yield connection.cursor()

    def sink(self, key: AuditKey | None = KEY) -> RowSink:
        return RowSink(self.open, lambda: "x", lambda: key)

    def run(self, statement: str) -> None:
        with self.open("x") as cursor:
            cursor.execute(statement)

    def findings(self) -> list[str]:
        check = RowCheck(KEY)
        with self.open("x") as cursor:
            for number, line, *values in cursor.execute(
                f"SELECT id, line, {', '.join(COLUMNS)} FROM zenoo_security_event ORDER BY id"
            ):
                check.row(number, line, AuditRow(*values))
            head = cursor.execute("SELECT position FROM zenoo_security_event_head").fetchone()
        return [finding.what for finding in check.finish(head[0]).findings]

    def count(self) -> int:
        with self.open("x") as cursor:
            return cursor.execute("SELECT count(*) FROM zenoo_security_event").fetchone()[0]


@pytest.fixture
def rows(shared_postgres) -> Rows:
    return Rows(shared_postgres.url(shared_postgres.create_database()))


def write(sink: RowSink, number: int = 1) -> None:
    log = AuditLog(sink, required=True)
    for _ in range(number):
        log.record("authn_login_fail")


@pytest.mark.asvs("16.4.2")
def test_many_at_once_are_one_chain(rows: Rows) -> None:
    """Each with a memory of its own, as processes have."""
    threads = [threading.Thread(target=write, args=(rows.sink(), 25)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (rows.count(), rows.findings()) == (200, [])


@pytest.mark.asvs("16.4.2")
def test_the_next_event_shows_that_the_end_was_cut(rows: Rows) -> None:
    """Also where the place in the table was put back: a process that has written further goes on from there."""
    knows, other = rows.sink(), rows.sink()
    write(other, 3)
    with rows.open("x") as cursor:
        position = cursor.execute("SELECT position FROM zenoo_security_event_head").fetchone()[0]
    write(knows, 2)
    rows.run("DELETE FROM zenoo_security_event WHERE id > 3")
    rows.run(f"UPDATE zenoo_security_event_head SET position = '{position}'")
    assert rows.findings() == []
    write(knows)
    assert rows.findings() == ["lines were removed before it: 2, numbers 4 to 5 of the chain"]


def test_a_place_that_was_removed_is_made_again(rows: Rows) -> None:
    sink = rows.sink()
    write(sink, 2)
    rows.run("DELETE FROM zenoo_security_event_head")
    write(sink)
    assert rows.findings() == []


def test_a_table_that_is_made_anew_begins_anew(rows: Rows) -> None:
    """After an uninstallation nothing is missing."""
    sink = rows.sink()
    write(sink, 2)
    with rows.open("x") as cursor:
        cursor.execute("DELETE FROM zenoo_security_event")
        drop_head(cursor)
        create_head(cursor)
    write(sink)
    assert rows.findings() == []


def test_without_a_key_ring_events_are_written_all_the_same(rows: Rows) -> None:
    write(rows.sink(None))
    write(rows.sink(), 2)
    write(rows.sink(None))
    write(rows.sink())
    assert (rows.count(), len(rows.findings())) == (5, 1)


def test_checkpoints_go_to_the_other_sinks(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zenoo_security.addon.audit_sink._CHECKPOINT_EVERY", 2)
    told: list[str] = []
    log = AuditLog(rows.sink(), lambda entry: told.append(entry.event))
    for _ in range(3):
        log.record("authn_login_fail")
    assert told.count("audit_checkpoint") == 1


def test_where_no_rows_are_kept_nothing_is_written() -> None:
    for database, opened in ((None, None), ("x", None)):
        write(RowSink(lambda _, opened=opened: opened, lambda database=database: database, lambda: KEY))

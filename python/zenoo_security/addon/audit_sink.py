"""Events as rows of Odoo's database, each written in a short transaction of its own, and chained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from zenoo_security.addon.audit_rows import COLUMNS, read_line, row_of
from zenoo_security.audit.chain import BEGINNING, Position, seal
from zenoo_security.audit.entry import Notice

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from zenoo_security._native import AuditKey
    from zenoo_security.audit.entry import Entry

__all__ = ["HEAD_TABLE", "TABLE", "Cursor", "RowSink", "append", "create_head", "drop_head"]

TABLE: Final = "zenoo_security_event"
HEAD_TABLE: Final = "zenoo_security_event_head"
_CHECKPOINT_EVERY: Final = 10_000
# Odoo's transactions keep the snapshot of their first query: whoever has waited for the row would be refused it.
_LOCK: Final = f"""SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '3s';
    INSERT INTO {HEAD_TABLE} (id) SELECT 1 WHERE NOT EXISTS (SELECT FROM {HEAD_TABLE}) ON CONFLICT DO NOTHING;
    SELECT position, '{HEAD_TABLE}'::regclass::oid FROM {HEAD_TABLE} FOR UPDATE"""  # noqa: S608 - constants
_WRITE: Final = f"""INSERT INTO {TABLE} (line, {", ".join(COLUMNS)}) VALUES ({", ".join(["%s"] * (len(COLUMNS) + 1))});
    UPDATE {HEAD_TABLE} SET position = %s"""  # noqa: S608 - constants


class Cursor(Protocol):
    """The part of a cursor of Odoo that is used here."""

    def execute(self, query: str, params: Any = None) -> object:
        """Run statements in the transaction."""
        ...

    def fetchone(self) -> Any:
        """The next row that the last of them gave."""
        ...


def create_head(cursor: Cursor) -> None:
    """Make the table with one row, which says where the chain goes on and is locked by whoever writes."""
    cursor.execute(f"CREATE TABLE IF NOT EXISTS {HEAD_TABLE} (id integer PRIMARY KEY CHECK (id = 1), position varchar)")


def drop_head(cursor: Cursor) -> None:
    """Remove that table."""
    cursor.execute(f"DROP TABLE IF EXISTS {HEAD_TABLE}")


class RowSink:
    """Writes events into the database that they belong to; each is on the disk when the call returns.

    Events of one database are written one after the other, over all processes and servers.

    Args:
        open_cursor: opens a transaction of its own, which ends with the block; None where no rows are kept.
        database: the name of the database that the event belongs to, if there is one.
        find_key: chains the rows; None where there is no key ring, and rows are not chained.
    """

    name: Final = "Odoo's database"

    def __init__(
        self,
        open_cursor: Callable[[str], AbstractContextManager[Cursor] | None],
        database: Callable[[], str | None],
        find_key: Callable[[], AuditKey | None],
    ) -> None:
        self._open_cursor = open_cursor
        self._database = database
        self._find_key = find_key
        # By the oid of the table: one that was made anew, with its database or without, begins anew.
        self._furthest: dict[str, dict[int, Position]] = {}

    def __call__(self, entry: Entry) -> list[Notice] | None:
        """Write an event. Returns the checkpoint that the other sinks should hear, once in 10,000 rows."""
        database = self._database()
        opened = self._open_cursor(database) if database else None
        if database is None or opened is None:
            return None
        with opened as cursor:
            seen = self._furthest.setdefault(database, {})
            oid, position = append(cursor, entry.line, self._find_key(), seen.get)
        if position is None:
            return None
        seen[oid] = position
        if position.count % _CHECKPOINT_EVERY:
            return None
        return [Notice("audit_checkpoint", {"checkpoint": position.text})]


def append(
    cursor: Cursor, body: bytes, key: AuditKey | None, furthest: Callable[[int], Position | None]
) -> tuple[int, Position | None]:
    """Write a row in the transaction of a cursor, which nothing was asked of yet.

    Args:
        cursor: the cursor.
        body: one JSON object.
        key: chains it; without one it is not chained.
        furthest: gives for the oid of the table the furthest place in the chain that this process has seen. Where rows
            were removed from the end, and the place in the table was put back as well, the gap shows.

    Returns:
        The oid, and the place after the row; None for a row that is not chained.
    """
    cursor.execute(_LOCK)
    text, oid = cursor.fetchone()
    known = (Position.from_text(text or ""), furthest(oid))
    at = max((place for place in known if place), key=lambda place: place.count, default=BEGINNING)
    position = None
    if key is not None:
        # Each row tells the tag before it: any of them may be the first that is left.
        sealed, position = seal(body, at, key, first=True)
        body = sealed.removesuffix(b"\n")
    line = body.decode()
    cursor.execute(_WRITE, (line, *row_of(read_line(line)), position.text if position else text))
    return oid, position

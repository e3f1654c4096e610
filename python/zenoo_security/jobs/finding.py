"""Counts what a record holds of a field, whatever state it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security.fernet import is_fernet
from zenoo_security.fields import Undecryptable

if TYPE_CHECKING:
    from zenoo_security.jobs.codec import Cell, Codec
    from zenoo_security.jobs.report import Found

__all__ = ["count"]


def count(found: Found, codec: Codec, cell: Cell) -> None:
    """Add one record to what was found."""
    found.rows += 1
    encrypted = codec.is_token(cell.column)
    in_the_clear = cell.own or (not encrypted and cell.column)
    if in_the_clear:
        found.plaintext += 1
        found.fernet += is_fernet(in_the_clear)
        found.list_id("plaintext", cell.place.record)
    if encrypted:
        _count_token(found, codec, cell)
        return
    found.empty += not in_the_clear
    _compare_index(found, cell, False)


def _count_token(found: Found, codec: Codec, cell: Cell) -> None:
    key_id = codec.key_id(cell.column)
    found.keys[key_id] = found.keys.get(key_id, 0) + 1
    value = codec.open(cell.column, cell.place)
    if isinstance(value, Undecryptable):
        why = value.reason
        found.undecryptable[why] = found.undecryptable.get(why, 0) + 1
        found.list_id(why, cell.place.record)
        return
    index = codec.index(value)
    if codec.target.declaration.index and not index:
        found.unindexed += 1
        found.list_id("unindexed", cell.place.record)
    _compare_index(found, cell, index)


def _compare_index(found: Found, cell: Cell, index: str | bool) -> None:
    if cell.index != index:
        found.index_stale += 1
        found.list_id("index_stale", cell.place.record)

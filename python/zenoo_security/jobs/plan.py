"""What each operation makes of one field of one record: pure functions of what was read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

from zenoo_security.errors import DecryptionError, InvalidInput
from zenoo_security.fernet import is_fernet
from zenoo_security.fields import Undecryptable
from zenoo_security.fields.declaration import TEXT_TYPES
from zenoo_security.jobs.codec import Cell, Codec

if TYPE_CHECKING:
    from zenoo_security.jobs.targets import Target

__all__ = ["PLANS", "Decision", "Operation", "Plan"]

Operation: TypeAlias = Literal["encrypt", "decrypt", "rotate", "reindex"]
Columns: TypeAlias = dict[str, Any]


class Decision(NamedTuple):
    """What to do with a field of a record.

    Attributes:
        outcome: what will have been done: `encrypted`, `rewritten` (plaintext stood beside the token), `migrated`
            (Fernet, or a token that stood in Odoo's own field), `decrypted`, `rotated`, `reindexed`, `empty`, `kept`;
            or `left`.
        problem: why it is left.
        expected: column -> value that must still be there when it is written.
        values: column -> value to write; nothing when the field is as it should be.
    """

    outcome: str
    problem: str = ""
    expected: Mapping[str, Any] = {}
    values: Mapping[str, Any] = {}


Plan: TypeAlias = Callable[[Codec, Cell], Decision]

_KEPT = Decision("kept")
_EMPTY = Decision("empty")


def _encrypt(codec: Codec, cell: Cell) -> Decision:
    source = cell.own or (cell.column and not codec.is_token(cell.column) and cell.column)
    if not source:
        return _KEPT if cell.column else _without_index(codec, cell)
    outcome, value = "rewritten" if cell.index or (cell.own and cell.column) else "encrypted", source
    if codec.is_token(source):
        if cell.column:
            return Decision("left", "token_in_field")
        outcome, value = "migrated", codec.open(source, cell.place)
        if isinstance(value, Undecryptable):
            return Decision("left", value.reason)
    elif is_fernet(source):
        try:
            outcome, value = "migrated", codec.fernet.open(source)
        except DecryptionError:
            return Decision("left", "fernet")
    elif not cell.own and codec.target.declaration.type not in TEXT_TYPES:
        return Decision("left", "plaintext")
    return _encrypted(codec, cell, outcome, value)


def _encrypted(codec: Codec, cell: Cell, outcome: str, value: Any) -> Decision:
    try:
        return _change(codec.target, cell, outcome, _sealed(codec, cell, value))
    except InvalidInput:  # who may write one record must not stop the job for all
        return Decision("left", "unfit")


def _sealed(codec: Codec, cell: Cell, value: Any) -> Columns:
    target = codec.target
    values: Columns = {target.own: False} if target.own else {}
    values[target.column] = codec.seal(value, cell.place) if value else False
    return _with_index(target, values, codec.index(value) if value else False)


def _decrypt(codec: Codec, cell: Cell) -> Decision:
    target = codec.target
    value: Any = cell.own or cell.column
    if codec.is_token(value):
        if cell.own and cell.column:
            return Decision("left", "token_in_field")
        value = codec.open(value, cell.place)
        if isinstance(value, Undecryptable):
            return Decision("left", value.reason)
        values = {target.column: False, target.field: value}
        return _change(target, cell, "decrypted", _with_index(target, values, False))
    if target.own is None or not cell.column:
        return _without_index(codec, cell)
    if not cell.own:
        return Decision("left", "plaintext")
    return _change(target, cell, "rewritten", _with_index(target, {target.column: False}, False))


def _rotate(codec: Codec, cell: Cell) -> Decision:
    if cell.rewrapped:
        return Decision("rotated", "", {codec.column: cell.column}, {codec.column: cell.rewrapped})
    if not codec.is_token(cell.column):
        return _KEPT if cell.column else _EMPTY
    if codec.key_id(cell.column) == codec.primary_id:
        return _KEPT
    try:
        token = codec.rewrap(cell.column, cell.place)
    except InvalidInput:
        return Decision("left", "unfit")
    if isinstance(token, Undecryptable):
        return Decision("left", token.reason)
    return Decision("rotated", "", {codec.column: cell.column}, {codec.column: token})


def _reindex(codec: Codec, cell: Cell) -> Decision:
    if not codec.is_token(cell.column):
        return _without_index(codec, cell)
    value = codec.open(cell.column, cell.place)
    if isinstance(value, Undecryptable):
        return Decision("left", value.reason)
    return _reindexed(codec.target, cell, codec.index(value))


def _without_index(codec: Codec, cell: Cell) -> Decision:
    """A field without a token has no index: one that was left would find the record by a value that is gone."""
    return _reindexed(codec.target, cell, False)


def _reindexed(target: Target, cell: Cell, index: str | bool) -> Decision:
    column = target.declaration.index_column
    if column is None or cell.index == index:
        return _KEPT if cell.column or cell.own else _EMPTY
    return Decision("reindexed", "", {target.column: cell.column, column: cell.index}, {column: index})


def _with_index(target: Target, values: Columns, index: str | bool) -> Columns:
    column = target.declaration.index_column
    return {**values, column: index} if column else values


def _change(target: Target, cell: Cell, outcome: str, values: Columns) -> Decision:
    """Write what differs, where everything is still as it was read."""
    stored = _with_index(target, {target.column: cell.column}, cell.index)
    if target.own:
        stored[target.own] = cell.own
    return Decision(outcome, "", stored, {name: value for name, value in values.items() if value != stored[name]})


PLANS: Final[Mapping[Operation, Plan]] = {
    "encrypt": _encrypt,
    "decrypt": _decrypt,
    "rotate": _rotate,
    "reindex": _reindex,
}

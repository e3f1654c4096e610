"""Seals, opens and indexes the values of one field of one record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from zenoo_security.client.field import ModelField
from zenoo_security.client.opening import COMPANY, id_of
from zenoo_security.errors import InvalidInput
from zenoo_security.fernet import FernetReader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zenoo_security.fields import Undecryptable
    from zenoo_security.jobs.targets import Target
    from zenoo_security.keyring import KeyRing

__all__ = ["Cell", "Codec", "Place", "place_of"]


class Place(NamedTuple):
    """The record that a value belongs to, as far as a token may be bound to it.

    Attributes:
        company: the id of its `company_id`, 0 when it has none.
        record: its id.
    """

    company: int
    record: int


def place_of(row: Mapping[str, Any]) -> Place:
    """The place of a row that was read."""
    return Place(id_of(row.get(COMPANY)), row["id"])


class Cell(NamedTuple):
    """What a record holds of a field, as Odoo's `read` gives it. What was not read is False.

    Attributes:
        own: the value of Odoo's own field; False when that field holds the token.
        column: what should be a token.
        index: what should be its index; False when there is no such column.
        place: the record.
        rewrapped: what `Codec.rewrap_rows` made of the token, if it did.
    """

    own: Any
    column: Any
    index: Any
    place: Place
    rewrapped: str | None = None


class Codec:
    """The keys, applied to one field. What is asked for every record of a model is worked out here, once.

    Attributes:
        target: the field.
        name: `MODEL.FIELD`.
        column: where the token stands.
        primary_id: of the key that new tokens have.
        is_token: whether a value is a token of any key.
        key_id: of a token.

    Args:
        target: the field.
        key_ring: the keys.
        database: the name of the database.
        fernet: opens what the guide encrypted.
    """

    def __init__(
        self, target: Target, key_ring: KeyRing, *, database: str = "", fernet: FernetReader | None = None
    ) -> None:
        self.target = target
        self.name = target.name
        self.column = target.column
        self._own = target.own or ""
        self._index_column = target.declaration.index_column or ""
        self.primary_id = key_ring.primary_id
        self.fernet = fernet or FernetReader()
        self._field = ModelField(target.model, target.field, target.declaration, key_ring, database)
        self.is_token = self._field.cipher.is_encrypted
        self.key_id = self._field.cipher.key_id

    def cell(self, row: Mapping[str, Any], place: Place, rewrapped: str | None = None) -> Cell:
        """The cell of the field in a row that was read, of the record in this place."""
        get = row.get  # nothing is read of a column without a name
        own, index = get(self._own) or False, get(self._index_column) or False
        return Cell(own, row[self.column] or False, index, place, rewrapped)

    def seal(self, value: Any, place: Place) -> str:
        """The token of a value under the primary key."""
        return self._field.cipher.encrypt(value, context=self._field.context(*place))

    def open(self, token: str, place: Place) -> Any:
        """The value of a token, or an `Undecryptable`."""
        [value] = self._field.cipher.decrypt_many([token], context=self._field.context(*place), on_error="mark")
        return value

    def rewrap(self, token: str, place: Place) -> str | Undecryptable:
        """The token of the same value under the primary key."""
        return self._field.cipher.rewrap(token, context=self._field.context(*place))

    def rewrap_rows(self, rows: Sequence[Mapping[str, Any]]) -> list[str | None]:
        """The new tokens of rows that were read, in one call; None where a cell needs none or must be looked at.

        Tokens that are bound to a record are all among these: each has keys of its own.
        """
        if self._field.late:
            return [None] * len(rows)
        return self._field.cipher.rewrap_many([row[self.column] for row in rows], context=self._field.context())

    def index(self, value: Any) -> str | bool:
        """The index of a value; False where the field has none, or its normalizer does not take the value."""
        if self.target.declaration.index is None:
            return False
        try:
            [index] = self._field.index([value])
        except InvalidInput:
            return False
        return index

"""Seals, opens and indexes the values of one field of one record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from zenoo_security.errors import InvalidInput
from zenoo_security.fernet import FernetReader
from zenoo_security.fields import BlindIndex, FieldCipher
from zenoo_security.fields.context import context_of

if TYPE_CHECKING:
    from zenoo_security.jobs.targets import Target
    from zenoo_security.keyring import KeyRing

__all__ = ["Codec", "Place"]


class Place(NamedTuple):
    """The record that a value belongs to, as far as a token may be bound to it.

    Attributes:
        record: its id.
        company: the id of its `company_id`, 0 when it has none.
    """

    record: int
    company: int = 0


class Codec:
    """The keys, applied to one field.

    Args:
        target: the field.
        key_ring: the keys.
        database: the name of the database.
        fernet: opens what the guide encrypted.
    """

    def __init__(
        self, target: Target, key_ring: KeyRing, *, database: str = "", fernet: FernetReader | None = None
    ) -> None:
        declaration = target.declaration
        self.target = target
        self.primary_id = key_ring.primary_id
        self.fernet = fernet or FernetReader()
        self._database = database
        self._cipher = FieldCipher(key_ring, padding=declaration.padding)
        self._index = (
            BlindIndex(key_ring, normalizer=declaration.index, length=declaration.index_length)
            if declaration.index
            else None
        )
        shared = tuple(name for name in declaration.bind if name == "database")
        self._index_context = context_of(target.model, target.field, shared, database=database)

    def seal(self, value: Any, place: Place) -> str:
        """The token of a value under the primary key."""
        return self._cipher.encrypt(value, context=self._context(place))

    def open(self, token: str, place: Place) -> Any:
        """The value of a token, or an `Undecryptable`."""
        [value] = self._cipher.decrypt_many([token], context=self._context(place), on_error="mark")
        return value

    def index(self, value: Any) -> str | bool:
        """The index of a value; False where the field has none, or its normalizer does not take the value."""
        if self._index is None:
            return False
        try:
            return self._index.compute(value, context=self._index_context)
        except InvalidInput:
            return False

    def is_token(self, text: object) -> bool:
        """Whether it is a token, of whatever key."""
        return self._cipher.is_encrypted(text)

    def key_id(self, token: str) -> int:
        """The id of the key that made a token."""
        return self._cipher.key_id(token)

    def _context(self, place: Place) -> tuple[str, ...]:
        target = self.target
        return context_of(
            target.model,
            target.field,
            target.declaration.bind,
            database=self._database,
            company=place.company,
            record=place.record,
        )

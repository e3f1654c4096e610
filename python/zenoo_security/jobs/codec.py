"""Seals, opens and indexes the values of one field of one record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from zenoo_security.client.field import ModelField
from zenoo_security.errors import InvalidInput
from zenoo_security.fernet import FernetReader

if TYPE_CHECKING:
    from zenoo_security.fields import Undecryptable
    from zenoo_security.jobs.targets import Target
    from zenoo_security.keyring import KeyRing

__all__ = ["Codec", "Place"]


class Place(NamedTuple):
    """The record that a value belongs to, as far as a token may be bound to it.

    Attributes:
        company: the id of its `company_id`, 0 when it has none.
        record: its id.
    """

    company: int
    record: int


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
        self.target = target
        self.primary_id = key_ring.primary_id
        self.fernet = fernet or FernetReader()
        self._field = ModelField(target.model, target.field, target.declaration, key_ring, database)
        self.is_token = self._field.cipher.is_encrypted
        self.key_id = self._field.cipher.key_id

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

    def index(self, value: Any) -> str | bool:
        """The index of a value; False where the field has none, or its normalizer does not take the value."""
        if self.target.declaration.index is None:
            return False
        try:
            [index] = self._field.index([value])
        except InvalidInput:
            return False
        return index

"""One encrypted field of one model: its columns, and the keys of its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zenoo_security.errors import InvalidInput, QueryRefused
from zenoo_security.fields import BlindIndex, Encrypted, FieldCipher, Undecryptable
from zenoo_security.fields.context import context_of
from zenoo_security.fields.values import EMPTY, Plain, plain_value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zenoo_security.keyring import KeyRing

__all__ = ["TOKEN", "ModelField"]

TOKEN = "zs1."  # noqa: S105
"""How every token begins."""

#: How an `Undecryptable` looks as a text, such as one that a form has shown and sends back.
_MARK = "<Undecryptable"


class ModelField:
    """An encrypted field with the keys to treat it.

    Args:
        model: the Odoo model.
        name: the field.
        declared: as `EncryptedFields.for_model` returns it.
        key_ring: the keys.
        database: that the client is logged in to.
    """

    def __init__(self, model: str, name: str, declared: Encrypted, key_ring: KeyRing, database: str) -> None:
        self.model = model
        self.name = name
        self.declared = declared
        self.column = declared.column or name
        self.index_column = declared.index_column
        #: What Odoo has of the field: itself, the token, the index.
        self.columns = tuple(dict.fromkeys(filter(None, (name, self.column, self.index_column))))
        self.shadow = self.column != name
        self.late = bool({"company", "record"} & set(declared.bind))
        self.plaintext = declared.plaintext != "refuse"
        self.empty = EMPTY.get(declared.type, False)
        self.cipher = FieldCipher(key_ring, padding=declared.padding)
        self._database = database
        self._index_context = context_of(model, name, [b for b in declared.bind if b == "database"], database=database)
        self._index = None
        if declared.index is not None:
            self._index = BlindIndex(key_ring, normalizer=declared.index, length=declared.index_length)

    def context(self, company: int = 0, record: int = 0) -> tuple[str, ...]:
        """The context of the token of a record."""
        if not self.late:
            return self._index_context  # one object for all rows: the cipher knows it again without hashing it
        bind = self.declared.bind
        return context_of(self.model, self.name, bind, database=self._database, company=company, record=record)

    def plain(self, value: object) -> Plain | None:
        """What is encrypted of a value, or None for Odoo's empty one.

        Raises:
            QueryRefused: it is ciphertext, or the mark of a value that could not be decrypted.
            InvalidInput: it has the wrong type.
        """
        if isinstance(value, Undecryptable) or (isinstance(value, str) and value.startswith(_MARK)):
            raise QueryRefused(
                f"{self.name!r} could not be decrypted when it was read: leave it out, or give a new value"
            )
        if isinstance(value, str) and self.cipher.is_encrypted(value):
            # Whoever may see the ciphertext of another record could store it as a value of their own and read that.
            raise QueryRefused(f"{self.name!r} is given ciphertext: give the value that it stands for")
        try:
            return plain_value(self.declared.type, value)
        except InvalidInput as error:
            raise self._named(error) from None

    def index(self, values: Iterable[Plain]) -> list[str]:
        """The indexes of values."""
        try:
            return self.require_index().compute_many(values, context=self._index_context)
        except InvalidInput as error:
            raise self._named(error) from None

    def require_index(self) -> BlindIndex:
        """The index.

        Raises:
            QueryRefused: there is none.
        """
        if self._index is None:
            raise QueryRefused(
                f"{self.name!r} is encrypted and has no index, so only '=' and '!=' with False are possible: declare "
                "Encrypted(index=...) for it and write its values again",
            )
        return self._index

    def seal(self, cells: Iterable[tuple[dict[str, Any], Plain | None, tuple[int, int]]]) -> None:
        """Put token and index of each value into its row, and empty the field itself.

        Args:
            cells: a row, its value as `plain` gives it, and the ids of company and record.

        Raises:
            InvalidInput: the value cannot be encrypted or indexed.
        """
        groups: dict[tuple[str, ...], list[tuple[dict[str, Any], Plain]]] = {}
        for row, value, place in cells:
            row.update(self._emptied())
            if value is not None:
                groups.setdefault(self.context(*place), []).append((row, value))
        for context, group in groups.items():
            self._seal(group, context)

    def _emptied(self) -> dict[str, Any]:
        return dict.fromkeys(self.columns, False)

    def _seal(self, group: list[tuple[dict[str, Any], Plain]], context: tuple[str, ...]) -> None:
        values = [value for _, value in group]
        try:
            tokens = self.cipher.encrypt_many(values, context=context)
        except InvalidInput as error:
            raise self._named(error) from None
        for (row, _), token in zip(group, tokens, strict=True):
            row[self.column] = token
        if self.index_column:
            for (row, _), index in zip(group, self.index(values), strict=True):
                row[self.index_column] = index

    def _named(self, error: InvalidInput) -> InvalidInput:
        return type(error)(error.message, field=self.name, code=error.code)

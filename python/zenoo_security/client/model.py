"""The encrypted fields of one model: values into columns on the way in, columns into values on the way out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from zenoo_security.errors import DecryptionError, InvalidInput, QueryRefused
from zenoo_security.fields import BlindIndex, Encrypted, FieldCipher, Undecryptable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from zenoo_security.client.domains import Leaf
    from zenoo_security.keyring import KeyRing

__all__ = ["EncryptedModel", "OnError"]

OnError: TypeAlias = Literal["raise", "mark"]
Row: TypeAlias = dict[str, Any]

_EQUAL = {"=", "!="}
_AMONG = {"in", "not in"}
#: How an `Undecryptable` looks as a text, such as one that a form has shown and sends back.
_MARK = "<Undecryptable"


class EncryptedModel:
    """One model's encrypted fields, with the keys to treat them.

    Args:
        model: the Odoo model, such as `res.partner`.
        fields: what `EncryptedFields.for_model(model)` returns.
        key_ring: the keys.
    """

    def __init__(self, model: str, fields: Mapping[str, Encrypted], key_ring: KeyRing) -> None:
        self.model = model
        self.fields = dict(fields)
        self._cipher = FieldCipher(key_ring)
        self._contexts = {name: (model, name) for name in self.fields}
        self._columns = {name: field.column or name for name, field in self.fields.items()}
        self._index_columns = {name: c for name, field in self.fields.items() if (c := field.index_column)}
        self._indexes = {
            name: BlindIndex(key_ring, normalizer=field.index)
            for name, field in self.fields.items()
            if field.index is not None
        }
        own = set(self._columns.values()) - set(self.fields)
        #: Columns that only this class writes and reads.
        self.helpers = frozenset(own | set(self._index_columns.values()))
        #: The encrypted fields and their helper columns.
        self.names = self.helpers | set(self.fields)
        #: For each of these names, what makes a leaf on the columns of an operator and a value.
        self.rewriters = {name: partial(self._leaf, name) for name in self.names}

    def seal(self, rows: Sequence[Mapping[str, Any]]) -> list[Row]:
        """Return the rows of a `create` or `write` with ciphertext in place of the encrypted fields' values.

        None, False and "" are Odoo's empty value: they are stored as False and not encrypted.

        Raises:
            QueryRefused: a row writes a helper column, ciphertext, or the mark of a value that could not be decrypted.
        """
        plain = [self._plain_values(row) for row in rows]
        tokens = self._cipher.encrypt_records(plain, self._contexts)
        return [self._to_columns(*triple) for triple in zip(rows, plain, tokens, strict=True)]

    def _plain_values(self, row: Mapping[str, Any]) -> Row:
        if touched := self.helpers & set(row):
            raise QueryRefused(f"{min(touched)!r} is written by encryption: write the field that it belongs to")
        return {name: self._plain(name, row[name]) for name in self.fields if name in row and not _is_empty(row[name])}

    def _plain(self, name: str, value: Any) -> Any:
        if isinstance(value, Undecryptable) or (isinstance(value, str) and value.startswith(_MARK)):
            raise QueryRefused(f"{name!r} could not be decrypted when it was read: leave it out, or give a new value")
        if isinstance(value, str) and self._cipher.is_encrypted(value):
            # Whoever may see the ciphertext of another record could store it as a value of their own and read that.
            raise QueryRefused(f"{name!r} is given ciphertext: give the value that it stands for")
        return value

    def _to_columns(self, row: Mapping[str, Any], plain: Row, tokens: Mapping[str, Any]) -> Row:
        result = {key: value for key, value in row.items() if key not in self.fields}
        for name in self.fields.keys() & row.keys():
            result[self._columns[name]] = tokens.get(name, False)
            if name in self._index_columns:
                result[self._index_columns[name]] = self._index(name, plain[name]) if name in plain else False
        return result

    def request(self, names: Iterable[str]) -> list[str]:
        """Return the names to ask Odoo for when the caller asks for `names`."""
        return list(dict.fromkeys(self._columns.get(name, name) for name in names))

    def open(self, rows: Sequence[Row], requested: Collection[str] | None, on_error: OnError) -> list[Row]:
        """Return the rows that Odoo gave with values in place of ciphertext, and without helper columns.

        Args:
            rows: what `read` or `search_read` returned; not changed.
            requested: the names that the caller asked for, or None for all; then a field whose column the user may not
                see is left out, so that Odoo's empty field is not taken for its value.
            on_error: `mark` puts an `Undecryptable` where a value cannot be decrypted.

        Raises:
            DecryptionError: a value cannot be decrypted; names the records.
        """
        names = {c: name for name, c in self._columns.items() if requested is None or name in requested}
        contexts = {column: self._contexts[name] for column, name in names.items()}
        try:
            opened = self._cipher.decrypt_records(rows, contexts, on_error=on_error)
        except DecryptionError:
            opened = None
        if opened is None:
            raise self._unreadable(self._cipher.decrypt_records(rows, contexts, on_error="mark"), names)
        self._rename(opened, names)
        for column in self.helpers.intersection(requested or ()):
            for row, stored in zip(opened, rows, strict=True):
                if column in stored:
                    row[column] = stored[column]
        return opened

    def _rename(self, rows: Sequence[Row], names: Mapping[str, str]) -> None:
        """Give values that stand under their columns the names of their fields, and remove the other helpers."""
        moved = [(column, name) for column, name in names.items() if column != name]
        others = self.helpers.difference(names)
        for row in rows:
            for column, name in moved:
                row.pop(name, None)
                if column in row:
                    row[name] = row.pop(column)
            for column in others:
                row.pop(column, None)

    def _unreadable(self, rows: Sequence[Row], names: Mapping[str, str]) -> DecryptionError:
        failed = [
            f"{name} of {row.get('id', '?')}"
            for row in rows
            for column, name in names.items()
            if isinstance(row.get(column), Undecryptable)
        ]
        more = f" and {len(failed) - 3} more" if len(failed) > 3 else ""  # noqa: PLR2004
        return DecryptionError(
            f"{self.model}: {', '.join(failed[:3])}{more} cannot be decrypted: a key is missing from the ring, or "
            "the value was not written by it; read_marked() returns the rest",
        )

    def _index(self, name: str, value: Any) -> str:
        if not isinstance(value, str):
            raise InvalidInput("an indexed field holds text", field=name, code="type")
        try:
            return self._indexes[name].compute(value, context=self._contexts[name])
        except InvalidInput as error:
            raise InvalidInput(str(error), field=name, code=error.code) from None

    def _leaf(self, name: str, operator: str, value: Any) -> list[Leaf]:
        """Make the domain that asks the same of the columns; only equality survives encryption."""
        if name in self.helpers:
            raise QueryRefused(f"{name!r} is filled by encryption: compare the field that it belongs to")
        if operator in _EQUAL and _is_empty(value):
            return [[self._columns[name], operator, False]]
        if name not in self._index_columns:
            raise QueryRefused(
                f"{name!r} is encrypted and has no index, so only '=' and '!=' with False are possible: declare "
                "Encrypted(index=..., index_column=...) for it and write its values again",
            )
        column = self._index_columns[name]
        if operator in _EQUAL:
            return [[column, operator, self._index(name, value)]]
        if operator in _AMONG:
            return [[column, operator, [False if _is_empty(item) else self._index(name, item) for item in value]]]
        raise QueryRefused(
            f"{operator!r} cannot be answered for {name!r}, which is encrypted: its index knows '=', '!=', 'in' and "
            "'not in' with whole values only",
        )


def _is_empty(value: object) -> bool:
    return value is None or value is False or (isinstance(value, str) and not value)

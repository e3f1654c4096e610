"""The encrypted fields of one model: values into columns on the way in, columns into values on the way out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from zenoo_security.client.conditions import condition, refuse_helper
from zenoo_security.client.field import ModelField
from zenoo_security.client.opening import COMPANY, OnError, Opener, Row, id_of
from zenoo_security.errors import QueryRefused
from zenoo_security.fields import Encrypted, FieldCipher

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from zenoo_security.fields.values import Plain
    from zenoo_security.keyring import KeyRing

__all__ = ["EncryptedModel", "OnError", "Row"]


class EncryptedModel:
    """One model's encrypted fields, with the keys to treat them.

    Args:
        model: the Odoo model, such as `res.partner`.
        fields: what `EncryptedFields.for_model(model)` returns.
        key_ring: the keys.
        database: that the client is logged in to.
        undecryptable: what `open` does where a value cannot be decrypted.
    """

    def __init__(
        self,
        model: str,
        fields: Mapping[str, Encrypted],
        key_ring: KeyRing,
        database: str = "",
        undecryptable: OnError = "mark",
    ) -> None:
        self.model = model
        self.fields = {name: ModelField(model, name, field, key_ring, database) for name, field in fields.items()}
        columns = {c: field for field in self.fields.values() for c in (field.column, field.index_column) if c}
        owners = {**columns, **self.fields}
        #: Columns that only this class writes and reads.
        self.helpers = frozenset(columns.keys() - self.fields.keys())
        #: The encrypted fields and their helper columns.
        self.names = frozenset(owners)
        #: The fields whose tokens are bound to a company or a record: they are encrypted when both are known.
        self.late = frozenset(name for name, field in self.fields.items() if field.late)
        #: Those of them that are bound to a company.
        self.of_company = frozenset(name for name, f in self.fields.items() if "company" in f.declared.bind)
        #: For each name, what makes the domain that asks the same of the columns.
        self.rewriters = {
            name: partial(refuse_helper if name in self.helpers else condition, field) for name, field in owners.items()
        }
        self._opener = Opener(model, self.fields, FieldCipher(key_ring))
        self._undecryptable = undecryptable

    def seal(self, rows: Sequence[Mapping[str, Any]]) -> list[Row]:
        """Return the rows of a `create` or `write` with ciphertext in place of the encrypted fields' values.

        Odoo's own field of a shadow field is emptied. The empty values of a type are stored as False and not encrypted.
        The values of `late` fields are checked and left out: `seal_late` encrypts them.

        Raises:
            QueryRefused: a row writes a helper column, ciphertext, or the mark of a value that could not be decrypted.
            InvalidInput: a value has the wrong type.
        """
        plain = [self._plain(row) for row in rows]
        sealed = [{name: value for name, value in row.items() if name not in self.fields} for row in rows]
        for name, field in self.fields.items():
            cells = [(row, values[name], (0, 0)) for row, values in zip(sealed, plain, strict=True) if name in values]
            if not field.late:
                field.seal(cells)
            elif field.shadow:
                for row, *_ in cells:
                    row[name] = False
        return sealed

    def seal_late(self, rows: Iterable[Mapping[str, Any]]) -> list[Row]:
        """Return for each row the columns of its `late` fields, to be written to its record.

        Args:
            rows: values by field, with `id` and `company_id` of the record.

        Raises:
            QueryRefused, InvalidInput: as `seal`.
        """
        rows = list(rows)
        sealed: list[Row] = [{} for _ in rows]
        for name in self.late:
            field = self.fields[name]
            pairs = [(target, row) for target, row in zip(sealed, rows, strict=True) if name in row]
            field.seal((target, field.plain(row[name]), (id_of(row[COMPANY]), row["id"])) for target, row in pairs)
        return sealed

    def _plain(self, row: Mapping[str, Any]) -> dict[str, Plain | None]:
        if touched := self.helpers & row.keys():
            raise QueryRefused(f"{min(touched)!r} is written by encryption: write the field that it belongs to")
        return {name: field.plain(row[name]) for name, field in self.fields.items() if name in row}

    def request(self, names: Iterable[str]) -> list[str]:
        """Return the names to ask Odoo for when the caller asks for `names`."""
        columns: list[str] = []
        for name in names:
            field = self.fields.get(name)
            columns += self._columns(field) if field else [name]
        return list(dict.fromkeys(columns))

    def _columns(self, field: ModelField) -> list[str]:
        columns = [field.column]
        if field.shadow and field.plaintext:
            columns.append(field.name)
        if field.name in self.of_company:
            columns.append(COMPANY)
        return columns

    def open(
        self, rows: Sequence[Row], requested: Collection[str] | None, undecryptable: OnError | None = None
    ) -> list[Row]:
        """Return the rows that Odoo gave with values in place of ciphertext, and without helper columns.

        Args:
            rows: what `read` or `search_read` returned; not changed.
            requested: the names that the caller asked for, or None for all; then a field whose column the user may not
                see is left out, so that Odoo's empty field is not taken for its value.
            undecryptable: instead of the model's own; `mark` puts an `Undecryptable` where a value cannot be decrypted.

        Raises:
            DecryptionError: a value cannot be decrypted, and it should not be marked; names the records.
        """
        return self._opener.open(rows, requested, undecryptable or self._undecryptable)

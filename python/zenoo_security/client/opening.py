"""Rows as Odoo answers with them, turned into rows as the caller asked for them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from zenoo_security.audit import emit
from zenoo_security.client.field import TOKEN
from zenoo_security.errors import DecryptionError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from zenoo_security.client.field import ModelField
    from zenoo_security.fields import FieldCipher

__all__ = ["OnError", "Opener", "Row", "id_of"]

OnError: TypeAlias = Literal["raise", "mark"]
Row: TypeAlias = dict[str, Any]
Place: TypeAlias = tuple[int, str]

COMPANY = "company_id"


class Opener:
    """Decrypts one model's rows.

    Args:
        model: the Odoo model.
        fields: its encrypted fields.
        cipher: one with the keys of them all.
    """

    def __init__(self, model: str, fields: Mapping[str, ModelField], cipher: FieldCipher) -> None:
        self._model = model
        self._fields = fields
        self._cipher = cipher
        columns = {name for field in fields.values() for name in (field.column, field.index_column) if name}
        self._helpers = frozenset(columns.difference(fields))

    def open(self, rows: Sequence[Row], requested: Collection[str] | None, on_error: OnError) -> list[Row]:
        """Return new rows with values in place of ciphertext; see `EncryptedModel.open`."""
        fields = [field for name, field in self._fields.items() if requested is None or name in requested]
        dropped = self._dropped(fields, requested)
        opened, marks = self._decrypt(fields, _placed(fields, rows), dropped)
        for field in fields:
            if field.empty is not False:
                _replace_empty(opened, field)
        kept = {(place, field.name): value for field in fields for place, value in _plaintext(field, rows)}
        for (place, name), value in kept.items():
            opened[place][name] = value
        for column in self._helpers.intersection(requested or ()):
            for row, stored in zip(opened, rows, strict=True):
                row.update({column: stored[column]} if column in stored else {})
        self._tell(fields, opened, [mark for mark in marks if mark not in kept], kept, on_error)
        return opened

    def _dropped(self, fields: Sequence[ModelField], requested: Collection[str] | None) -> set[str]:
        """What is not handed on: the columns, what they stand for, and what only the contexts need.

        A field whose column the user may not see is among it, so that Odoo's empty field is not taken for its value.
        """
        dropped = {field.name for field in fields if field.shadow} | self._helpers
        if requested is not None and COMPANY not in requested and any("company" in f.declared.bind for f in fields):
            dropped.add(COMPANY)
        return dropped

    def _decrypt(
        self, fields: Sequence[ModelField], rows: Sequence[Row], dropped: Collection[str]
    ) -> tuple[list[Row], list[Place]]:
        """Decrypt rows whose tokens have the same contexts at once."""
        groups = list(_groups(fields, rows))
        opened: list[Row] = [{}] * len(rows)
        marks = []
        for (company, record), places in groups:
            columns = {field.column: (field.name, field.context(company, record)) for field in fields}
            group = rows if len(groups) == 1 else [rows[place] for place in places]
            part, failed = self._cipher.open_records(group, columns, drop=dropped)
            if len(groups) == 1:
                return part, failed
            for place, row in zip(places, part, strict=True):
                opened[place] = row
            marks += [(places[place], name) for place, name in failed]
        return opened, marks

    def _tell(
        self,
        fields: Sequence[ModelField],
        rows: Sequence[Row],
        marks: Sequence[Place],
        kept: Collection[Place],
        on_error: OnError,
    ) -> None:
        """Put into the audit log, or raise, what is not as it should be."""
        plaintext = Counter(name for _, name in kept)
        for field in fields:
            if field.declared.plaintext == "warn" and plaintext[field.name]:
                emit("field.plaintext", model=self._model, field=field.name, count=plaintext[field.name])
        kinds = Counter((name, (mark := rows[place][name]).reason, mark.key_id) for place, name in marks)
        for (name, reason, key_id), count in kinds.items():
            emit("field.undecryptable", model=self._model, field=name, reason=reason, key_id=key_id, count=count)
        if marks and on_error == "raise":
            raise DecryptionError(self._unreadable(rows, marks))

    def _unreadable(self, rows: Sequence[Row], marks: Sequence[Place]) -> str:
        named = ", ".join(f"{name} of {rows[place].get('id', '?')}" for place, name in sorted(marks)[:3])
        more = f" and {len(marks) - 3} more" if len(marks) > 3 else ""  # noqa: PLR2004
        reasons = ", ".join(sorted({rows[place][name].reason for place, name in marks}))
        return (
            f"{self._model}: {named}{more} cannot be decrypted ({reasons}): see the reasons in the guide; "
            "undecryptable='mark' returns the rest"
        )


def id_of(many2one: object) -> int:
    """The id of a many2one as Odoo answers with it: `[id, name]`, an id, a dict, or False."""
    if isinstance(many2one, (list, tuple)):
        many2one = many2one[0] if many2one else 0
    elif isinstance(many2one, dict):
        many2one = many2one.get("id")
    return int(many2one) if isinstance(many2one, int) else 0


def _groups(fields: Sequence[ModelField], rows: Sequence[Row]) -> Iterator[tuple[tuple[int, int], list[int]]]:
    """Yield company and record, as far as a context needs them, with the places of their rows."""
    bound = {binding for field in fields for binding in field.declared.bind}
    company, record = "company" in bound, "record" in bound
    if not company and not record:
        yield (0, 0), []
        return
    groups: dict[tuple[int, int], list[int]] = {}
    for place, row in enumerate(rows):
        key = (id_of(row.get(COMPANY)) if company else 0, id_of(row.get("id")) if record else 0)
        groups.setdefault(key, []).append(place)
    yield from groups.items()


def _plaintext(field: ModelField, rows: Sequence[Row]) -> list[tuple[int, Any]]:
    """The places and the values that are not encrypted, where the declaration allows them.

    Beside a token a value counts, since a write of ours would have emptied it: somebody wrote it after that.
    """
    if not field.plaintext:
        return []
    name = field.name
    values = [(place, value) for place, row in enumerate(rows) if (value := row.get(name))]
    if field.shadow:
        return [(place, value) for place, value in values if not _is_misplaced(field, value)]
    return [(place, value) for place, value in values if not str(value).startswith(TOKEN)]


def _placed(fields: Sequence[ModelField], rows: Sequence[Row]) -> Sequence[Row]:
    """The rows with tokens in their columns that stand in Odoo's own field, from a time when that was the column.

    Beside another token such a one is nothing: no client of ours has put it there.
    """
    for field in fields:
        if field.plaintext and field.shadow:
            own, column = field.name, field.column
            rows = [
                {**row, column: row.get(column) or row[own]} if _is_misplaced(field, row.get(own)) else row
                for row in rows
            ]
    return rows


def _is_misplaced(field: ModelField, value: object) -> bool:
    """Whether a value of Odoo's own field is a token."""
    return isinstance(value, str) and field.cipher.is_encrypted(value)


def _replace_empty(rows: Sequence[Row], field: ModelField) -> None:
    for row in rows:
        if row.get(field.name) is False:
            row[field.name] = field.empty

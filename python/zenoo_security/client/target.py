"""The model that is called: which of its names are encrypted, and how arguments and results are turned.

`Target` is a model without encrypted fields of its own. It may share fields with one that has some, by `_inherits` or
as related fields, and it may lead to one by a relation: what would carry or show an encrypted field that way is
refused. `EncryptedTarget` translates.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from zenoo_security.client.domains import rewrite
from zenoo_security.client.nested import named_fields
from zenoo_security.client.specs import texts, words
from zenoo_security.errors import OdooError, QueryRefused

if TYPE_CHECKING:
    from zenoo_security.client.model import EncryptedModel

__all__ = ["EncryptedTarget", "Target", "rows_of"]

Row: TypeAlias = dict[str, Any]
Rows: TypeAlias = list[Row]


class Target:
    """A model without encrypted fields of its own.

    Args:
        names: fields that it shares with an encrypted model.
        hidden: the encrypted fields of all models, and their columns.
    """

    def __init__(self, names: frozenset[str], hidden: frozenset[str]) -> None:
        self.names = names
        self.hidden = hidden

    def domain(self, domain: object) -> Any:
        """Return a search domain as Odoo may see it; None, which stands for an empty one, stays None."""
        return None if domain is None else rewrite(domain, dict.fromkeys(self.names, self._refuse_leaf), self.hidden)

    def values(self, given: object) -> Rows:
        """Return the rows of a dict of values, or of a list of such.

        Raises:
            QueryRefused: it is neither, or would store an encrypted field of another model in the clear.
        """
        rows = list(given) if isinstance(given, (list, tuple)) else [given]
        checked = [dict(row) for row in rows if isinstance(row, Mapping)]
        if len(checked) != len(rows):
            raise QueryRefused("values are a dict, or a list of such where several records are written")
        self.require_unrelated(rows)
        return checked

    def seal(self, rows: Rows) -> Rows:
        """Return rows of `values` as Odoo may store them.

        Raises:
            QueryRefused: a row has a field that another model encrypts.
        """
        for row in rows:
            self.request(row)
        return rows

    def request(self, names: Iterable[str]) -> list[str]:
        """Return the names to ask Odoo for when the caller asks for `names`."""
        names = list(names)
        if self.names.intersection(names):
            self._refuse()
        return names

    def open(self, rows: Rows, requested: Collection[str] | None) -> Rows:
        """Return the rows that Odoo gave as the caller may see them; `requested` is None for all fields."""
        del requested
        if not self.names:
            return rows
        return [{name: value for name, value in row.items() if name not in self.names} for row in rows]

    def specification(self, given: object) -> dict[str, Any]:
        """Return the specification of a `web_read` as Odoo may see it.

        Raises:
            QueryRefused: it is not a dict, or reaches an encrypted field through a relation.
        """
        if not isinstance(given, Mapping):
            raise QueryRefused("a specification is a dict that maps each field to a dict")
        for inner in given.values():
            for name in self.hidden.intersection(word for text in texts(inner) for word, _ in words(text)):
                _refuse_related(name)
        columns: dict[str, Any] = {column: {} for column in self.request(given)}
        for name, inner in given.items():
            columns[self.request([name])[0]] = inner
        return columns

    def require_plain(self, purpose: str, specs: object) -> None:
        """Refuse texts that name an encrypted field, since Odoo cannot `purpose` it: an order, a grouping."""
        for text in texts(specs):
            for name, related in words(text):
                if related and name in self.hidden:
                    _refuse_related(name)
                if not related and name in self.names:
                    self._refuse_purpose(purpose, name)

    def require_unrelated(self, values: Iterable[object]) -> None:
        """Refuse values for another model's encrypted fields, such as x2many commands: they would not be encrypted."""
        for name, related in named_fields(values, texts=False):
            if related and name in self.hidden:
                _refuse_related(name)

    def require_free(self, arguments: Iterable[object]) -> None:
        """Refuse arguments of an unknown method that name an encrypted field anywhere."""
        for name, related in named_fields(arguments, texts=True):
            if related and name in self.hidden:
                _refuse_related(name)
            if not related and name in self.names:
                self._refuse()

    def _refuse_purpose(self, _purpose: str, _name: str) -> None:
        self._refuse()

    def _refuse_leaf(self, _operator: str, _value: object) -> Any:
        self._refuse()

    def _refuse(self) -> None:
        raise QueryRefused(
            "this field belongs to another model, where it is encrypted: read, search and write it there",
        )


class EncryptedTarget(Target):
    """A model with encrypted fields.

    Args:
        model: its fields and keys.
        hidden: as for `Target`.
    """

    def __init__(self, model: EncryptedModel, hidden: frozenset[str]) -> None:
        super().__init__(model.names, hidden)
        self.model = model

    def domain(self, domain: object) -> Any:
        """Turn conditions on encrypted fields towards their columns; see `zenoo_security.client.domains`."""
        return None if domain is None else rewrite(domain, self.model.rewriters, self.hidden)

    def seal(self, rows: Rows) -> Rows:
        """Return rows with ciphertext in the columns."""
        return self.model.seal(rows)

    def request(self, names: Iterable[str]) -> list[str]:
        """Return the columns that hold the fields."""
        return self.model.request(names)

    def open(self, rows: Rows, requested: Collection[str] | None) -> Rows:
        """Decrypt, and give columns the names of their fields."""
        return self.model.open(rows, requested)

    def _refuse_purpose(self, purpose: str, name: str) -> None:
        raise QueryRefused(
            f"{name!r} is encrypted, so Odoo cannot {purpose} it: read the records and {purpose} them afterwards"
        )


def rows_of(result: object) -> Rows:
    """Return a result that must be a list of records.

    Raises:
        OdooError: it is something else.
    """
    if not isinstance(result, list) or not all(isinstance(row, dict) for row in result):
        raise OdooError("Odoo answered with something else than records: check that no proxy changes its answers")
    return result


def _refuse_related(name: str) -> None:
    raise QueryRefused(
        f"{name!r} is encrypted and reached through a relation: read, write or search that record itself"
    )

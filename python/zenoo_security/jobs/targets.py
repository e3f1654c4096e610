"""The fields that a job works on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from zenoo_security.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.fields import Encrypted, EncryptedFields

__all__ = ["Target", "by_model", "select"]


class Target(NamedTuple):
    """One encrypted field.

    Attributes:
        model: the Odoo model.
        field: the field, not its column.
        declaration: with its columns filled in.
    """

    model: str
    field: str
    declaration: Encrypted

    @property
    def name(self) -> str:
        """`MODEL.FIELD`."""
        return f"{self.model}.{self.field}"

    @property
    def column(self) -> str:
        """Where the token stands."""
        return self.declaration.column or self.field

    @property
    def own(self) -> str | None:
        """Odoo's own field when it stands beside the token, and None when it holds the token."""
        return None if self.declaration.in_place else self.field

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that belongs to the field."""
        return tuple(filter(None, (self.own, self.column, self.declaration.index_column)))


def select(fields: EncryptedFields, names: Sequence[str] | None = None) -> list[Target]:
    """The declared fields that these names mean.

    >>> from zenoo_security.fields import Encrypted, EncryptedFields
    >>> [target.field for target in select(EncryptedFields({"res.partner": {"vat": Encrypted()}}), ["res.partner.vat"])]
    ['vat']

    Args:
        fields: the declaration.
        names: as `MODEL.FIELD`; all that are declared unless given.

    Raises:
        ParameterError: a field is not declared, or none is left.
    """
    declared = {
        target.name: target
        for model in fields
        for target in (Target(model, *item) for item in (fields.for_model(model) or {}).items())
    }
    unknown = [name for name in names or () if name not in declared]
    if unknown:
        raise ParameterError(f"{unknown[0]} is not declared; MODEL.FIELD is one of {', '.join(sorted(declared))}")
    chosen = list(declared) if names is None else list(dict.fromkeys(names))
    if not chosen:
        raise ParameterError("name at least one field as MODEL.FIELD")
    return [declared[name] for name in chosen]


def by_model(targets: Sequence[Target]) -> dict[str, list[Target]]:
    """The same targets under their models: a record is read and written once for all of its fields."""
    models: dict[str, list[Target]] = {}
    for target in targets:
        models.setdefault(target.model, []).append(target)
    return models

"""Encrypted fields: the cipher, the blind index, and the declaration of which fields of which model they apply to.

>>> from zenoo_security import FieldCipher, KeyRing
>>> cipher = FieldCipher(KeyRing.generate())
>>> token = cipher.encrypt("anna@example.com", context=("res.partner", "email"))
>>> token[:4]
'zs1.'
>>> cipher.decrypt(token, context=("res.partner", "email"))
'anna@example.com'
"""

from __future__ import annotations

import re
from dataclasses import KW_ONLY, dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from zenoo_security._native import BlindIndex, FieldCipher, Undecryptable
from zenoo_security.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["NORMALIZERS", "BlindIndex", "Encrypted", "EncryptedFields", "FieldCipher", "Undecryptable"]

NORMALIZERS = frozenset({"exact", "casefold", "digits", "email"})
"""What `BlindIndex` and `Encrypted(index=...)` know."""

MODEL_NAME = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*")
FIELD_NAME = re.compile(r"[a-z_][a-z0-9_]*")
MAX_NAME_LENGTH = 63
"""PostgreSQL's limit for the name of a table or a column."""


@dataclass(frozen=True)
class Encrypted:
    """How one field is encrypted.

    Args:
        index: the normalizer of its blind index, or None for no index.
        column: the Odoo field that holds the token; None is the field itself.
        index_column: the Odoo field that holds the index; `x_<field>_idx` where there is an index and no name is given.
        type: the Odoo type of the field, such as `char` or `date`.
    """

    _: KW_ONLY
    index: str | None = None
    column: str | None = None
    index_column: str | None = None
    type: str = "char"

    def __post_init__(self) -> None:
        if self.index is not None and self.index not in NORMALIZERS:
            raise ParameterError(f"index must be one of {', '.join(sorted(NORMALIZERS))}, or None")
        if self.index is None and self.index_column is not None:
            raise ParameterError("index_column without index: name the normalizer of the index")
        for column in (self.column, self.index_column):
            if column is not None:
                _check_name(FIELD_NAME, column, "a column")
        _check_name(FIELD_NAME, self.type, "a type")


class EncryptedFields:
    """Which fields of which models are encrypted.

    >>> fields = EncryptedFields({"res.partner": {"email": Encrypted(index="email"), "vat": Encrypted()}})
    >>> fields.for_model("res.partner")["email"].index_column
    'x_email_idx'
    >>> fields.for_model("res.users") is None
    True

    Args:
        models: model name -> field name -> `Encrypted`.

    Raises:
        ParameterError: a name that Odoo would not take, or a column that is used twice.
    """

    __slots__ = ("_models",)

    def __init__(self, models: Mapping[str, Mapping[str, Encrypted]]) -> None:
        self._models = {model: _checked_fields(model, fields) for model, fields in models.items()}

    def for_model(self, model: str) -> Mapping[str, Encrypted] | None:
        """The encrypted fields of a model, with `index_column` filled in; None when it has none."""
        return self._models.get(model)

    def __iter__(self) -> Iterator[str]:
        return iter(self._models)

    def __len__(self) -> int:
        return len(self._models)

    def __repr__(self) -> str:
        return f"EncryptedFields({ {model: dict(fields) for model, fields in self._models.items()}!r})"


def _checked_fields(model: str, fields: Mapping[str, Encrypted]) -> Mapping[str, Encrypted]:
    _check_name(MODEL_NAME, model, "a model")
    if not fields:
        raise ParameterError(f"{model}: no field is named")
    used: set[str] = set()
    checked: dict[str, Encrypted] = {}
    for field, declaration in fields.items():
        _check_name(FIELD_NAME, field, "a field")
        if not isinstance(declaration, Encrypted):
            raise ParameterError(f"{model}.{field}: declare it with Encrypted(...)")
        checked[field] = _with_index_column(field, declaration)
        for column in filter(None, (declaration.column or field, checked[field].index_column)):
            if column in used or (column in fields and column != field):
                raise ParameterError(f"{model}: the column {column} is used twice")
            used.add(column)
    return MappingProxyType(checked)


def _with_index_column(field: str, declaration: Encrypted) -> Encrypted:
    if declaration.index is None or declaration.index_column is not None:
        return declaration
    index_column = f"x_{field}_idx"
    return Encrypted(
        index=declaration.index, column=declaration.column, index_column=index_column, type=declaration.type
    )


def _check_name(pattern: re.Pattern[str], name: object, what: str) -> None:
    if not isinstance(name, str) or len(name) > MAX_NAME_LENGTH or not pattern.fullmatch(name):
        raise ParameterError(f"{what} must have a name that Odoo takes: lower-case letters, digits and underscores")

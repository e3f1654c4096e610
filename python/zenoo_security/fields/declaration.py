"""Which fields of which models are encrypted, how, and in which columns."""

from __future__ import annotations

import re
from dataclasses import KW_ONLY, dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from zenoo_security.errors import ParameterError
from zenoo_security.fields.unsuitable import why_not_in_place

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping

__all__ = ["NORMALIZERS", "TYPES", "Binding", "Encrypted", "EncryptedFields", "Plaintext"]

Binding: TypeAlias = Literal["database", "company", "record"]
Plaintext: TypeAlias = Literal["allow", "warn", "refuse"]

NORMALIZERS = frozenset({"exact", "casefold", "digits", "email"})
"""What `BlindIndex` and `Encrypted(index=...)` know."""

TYPES = frozenset({"char", "text", "html", "integer", "float", "monetary", "boolean", "date", "datetime", "selection"})
"""The Odoo types of fields that can be encrypted; in place only those that hold text of any length."""

TEXT_TYPES = frozenset({"char", "text", "html"})
MODEL_NAME = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*")
FIELD_NAME = re.compile(r"[a-z_][a-z0-9_]*")
MAX_NAME_LENGTH = 63
"""PostgreSQL's limit for the name of a table or a column."""


@dataclass(frozen=True)
class Encrypted:
    """How one field is encrypted.

    The ciphertext is kept in a column of its own, and Odoo's own field stays empty; or in the field itself with
    `in_place`, which only suits a char or text field that nothing in Odoo computes with or validates.

    Args:
        index: the normalizer of its blind index, or None for no index.
        column: the Odoo field that holds the token; `x_<field>_enc` when none is named.
        index_column: the Odoo field that holds the index; `x_<field>_idx` when there is an index and none is named.
        in_place: keep the token in the field itself.
        force: `in_place` also where Odoo is known to compute with the field or to check it.
        type: the Odoo type of the field, one of `TYPES`.
        plaintext: what a value that is not encrypted yet is when it is read: `allow` returns it, `warn` returns it and
            logs that there was one, `refuse` makes it an `Undecryptable`. Searches find such values unless `refuse`.
        bind: what a token is bound to beside model and field, so that one that was moved there from elsewhere does not
            open: `database`, `company` (the record's `company_id`), `record` (its id). The last two take one more
            request in `create`.
        padding: pad plaintexts to a multiple of so many bytes, 2 to 65535, to hide their lengths.
        index_length: bytes of the index, 8 to 32.
    """

    _: KW_ONLY
    index: str | None = None
    column: str | None = None
    index_column: str | None = None
    in_place: bool = False
    force: bool = False
    type: str = "char"
    plaintext: Plaintext = "refuse"
    bind: tuple[Binding, ...] = ()
    padding: int | None = None
    index_length: int = 16

    def __post_init__(self) -> None:
        object.__setattr__(self, "bind", _bindings(self.bind))
        text_only = "a field of this type cannot hold a token: leave in_place out"
        _require(self.type in TYPES, f"type must be one of {', '.join(sorted(TYPES))}")
        _require(not self.in_place or self.type in TEXT_TYPES, text_only)
        _require(not self.in_place or self.column is None, "in_place keeps the token in the field: leave column out")
        _require(self.in_place or not self.force, "force belongs to in_place")
        _require(self.index in {None, *NORMALIZERS}, f"index must be one of {', '.join(sorted(NORMALIZERS))}, or None")
        exact_only = f"values of type {self.type} are compared as they are: index must be 'exact' or None"
        _require(self.index in {None, "exact"} or self.type in TEXT_TYPES, exact_only)
        _require(self.index is not None or self.index_column is None, "index_column without index: name its normalizer")
        _require(self.plaintext in get_args(Plaintext), f"plaintext must be one of {', '.join(get_args(Plaintext))}")
        _require(self.padding is None or 2 <= self.padding <= 65_535, "padding must be 2 to 65535 bytes")  # noqa: PLR2004
        _require(8 <= self.index_length <= 32, "index_length must be 8 to 32 bytes")  # noqa: PLR2004
        for column in (self.column, self.index_column):
            if column is not None:
                _check_name(FIELD_NAME, column, "a column")


class EncryptedFields:
    """Which fields of which models are encrypted.

    >>> fields = EncryptedFields({"res.partner": {"email": Encrypted(index="email"), "vat": Encrypted()}})
    >>> email = fields.for_model("res.partner")["email"]
    >>> email.column, email.index_column
    ('x_email_enc', 'x_email_idx')
    >>> fields.for_model("res.users") is None
    True

    Args:
        models: model name -> field name -> `Encrypted`.

    Raises:
        ParameterError: a name that Odoo would not take, a column that is used twice, or a field that Odoo computes with
            and that is to be encrypted in place without `force`.
    """

    __slots__ = ("_models",)

    def __init__(self, models: Mapping[str, Mapping[str, Encrypted]]) -> None:
        self._models = {model: _checked_fields(model, fields) for model, fields in models.items()}

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> EncryptedFields:
        """Read a declaration from a TOML or JSON file: model, field, options as those of `Encrypted`.

        Raises:
            ConfigurationError: it cannot be read or is no declaration; the message names the file and the place.
        """
        from zenoo_security.fields.file import read  # noqa: PLC0415 - it makes what this module defines

        return read(path)

    def for_model(self, model: str) -> Mapping[str, Encrypted] | None:
        """The encrypted fields of a model, with `column` and `index_column` filled in; None when it has none."""
        return self._models.get(model)

    def __iter__(self) -> Iterator[str]:
        return iter(self._models)

    def __len__(self) -> int:
        return len(self._models)

    def __repr__(self) -> str:
        return f"EncryptedFields({ {model: dict(fields) for model, fields in self._models.items()}!r})"


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ParameterError(otherwise)


def _bindings(given: object) -> tuple[Binding, ...]:
    """The bindings in the order in which they stand in the context of a token."""
    known = get_args(Binding)
    if not isinstance(given, (tuple, list, set, frozenset)) or not set(given) <= set(known):
        raise ParameterError(f"bind must be a tuple of {', '.join(known)}")
    return tuple(name for name in known if name in given)


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
        checked[field] = _with_columns(model, field, declaration)
        for column in filter(None, (checked[field].column, checked[field].index_column)):
            _check_name(FIELD_NAME, column, "a column")
            if column in used or (column in fields and not (declaration.in_place and column == field)):
                raise ParameterError(f"{model}: the column {column} is used twice")
            used.add(column)
    return MappingProxyType(checked)


def _with_columns(model: str, field: str, declaration: Encrypted) -> Encrypted:
    reason = why_not_in_place(model, field)
    if declaration.in_place and not declaration.force and reason:
        raise ParameterError(
            f"{model}.{field} does not stand encryption in place: {reason}. Leave in_place out, so that the token gets "
            "a column of its own; or pass force=True"
        )
    column = field if declaration.in_place else declaration.column or f"x_{field}_enc"
    index_column = declaration.index_column or (f"x_{field}_idx" if declaration.index else None)
    filled = replace(declaration)
    object.__setattr__(filled, "column", column)
    object.__setattr__(filled, "index_column", index_column)
    return filled


def _check_name(pattern: re.Pattern[str], name: object, what: str) -> None:
    if not isinstance(name, str) or len(name) > MAX_NAME_LENGTH or not pattern.fullmatch(name):
        raise ParameterError(f"{what} must have a name that Odoo takes: lower-case letters, digits and underscores")

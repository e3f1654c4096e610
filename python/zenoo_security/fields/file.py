"""A declaration of encrypted fields in a file, TOML or JSON: model, field, and the options of `Encrypted`.

["res.partner".email]
index = "email"

["res.partner".comment]
type = "html"
bind = ["record"]
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from zenoo_security.documents import Document, name_without_quotes
from zenoo_security.errors import ConfigurationError, ParameterError
from zenoo_security.fields.declaration import Encrypted, EncryptedFields

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MAX_FILE_BYTES", "read"]

MAX_FILE_BYTES: Final = 262_144
"""A declaration of a thousand fields has some 100 KiB."""

_DOCUMENT: Final = Document("declaration", MAX_FILE_BYTES, risk="leave fields unencrypted")
_KINDS: Final[dict[str, tuple[type, str]]] = {
    "bind": (list, "a list of texts"),
    "column": (str, "a text"),
    "force": (bool, "true or false"),
    "in_place": (bool, "true or false"),
    "index": (str, "a text"),
    "index_column": (str, "a text"),
    "index_length": (int, "a whole number"),
    "padding": (int, "a whole number"),
    "plaintext": (str, "a text"),
    "type": (str, "a text"),
}


class _Mistake(Exception):
    """What is wrong, without the file."""


def read(path: str | os.PathLike[str]) -> EncryptedFields:
    """Read a declaration.

    Args:
        path: a file that ends in `.toml` or `.json`, of at most 256 KiB.

    Raises:
        ConfigurationError: it cannot be read, everybody may write it, or it is no declaration; the message names the
            file, the place in it, and what is wrong there.
    """
    content = _DOCUMENT.read(path)
    try:
        return _declared(content)
    except (_Mistake, ParameterError) as mistake:
        raise ConfigurationError(f"{os.fspath(path)}: {mistake}") from None


def _declared(content: Any) -> EncryptedFields:
    models = {model: dict(_fields(model, fields)) for model, fields in _table("the file", content).items()}
    if not models:
        raise _Mistake("it declares no field")
    return EncryptedFields(models)


def _fields(model: str, fields: Any) -> Iterator[tuple[str, Encrypted]]:
    meant = name_without_quotes(model, fields, _KINDS).rpartition(".")[0]
    if "." not in model and meant not in {"", model}:
        raise _Mistake(f'{model}: the name of a model stands in quotes: write ["{meant}".FIELD]')
    for field, options in _table(model, fields).items():
        place = f"{model}.{field}"
        for name, value in _table(place, options).items():
            _check_option(place, name, value)
        try:
            yield field, Encrypted(**options)
        except ParameterError as error:
            raise _Mistake(f"{place}: {error}") from None


def _check_option(place: str, name: str, value: Any) -> None:
    if name not in _KINDS:
        raise _Mistake(f"{place}: there is no option {name!r}; the options are {', '.join(_KINDS)}")
    kind, description = _KINDS[name]
    # A bool is an int to Python.
    fits = isinstance(value, kind) and isinstance(value, bool) == (kind is bool)
    if not fits or (kind is list and not all(isinstance(item, str) for item in value)):
        raise _Mistake(f"{place}.{name}: it must be {description}")


def _table(place: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Mistake(f"{place}: it must be a table (model, in it field, in it options)")
    return value

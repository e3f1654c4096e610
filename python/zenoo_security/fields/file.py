"""A declaration of encrypted fields in a file, TOML or JSON: model, field, and the options of `Encrypted`.

["res.partner".email]
index = "email"

["res.partner".comment]
type = "html"
bind = ["record"]
"""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from zenoo_security.errors import ConfigurationError, ParameterError
from zenoo_security.fields.declaration import Encrypted, EncryptedFields

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["MAX_FILE_BYTES", "read"]

MAX_FILE_BYTES: Final = 262_144
"""A declaration of a thousand fields has some 100 KiB."""

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
    file = Path(path)
    try:
        return _declared(_parse(file.suffix.lower(), _content(file)))
    except (_Mistake, ParameterError) as mistake:
        raise ConfigurationError(f"{file}: {mistake}") from None


def _content(file: Path) -> bytes:
    try:
        mode = file.stat().st_mode
        if not stat.S_ISREG(mode):
            raise _Mistake("this is not a regular file")
        if mode & stat.S_IWOTH:
            raise _Mistake("everybody may write it, and so leave fields unencrypted: chmod o-w it")
        with file.open("rb") as opened:
            content = opened.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "this is not a path"
        raise _Mistake(f"cannot be read: {reason}") from None
    if len(content) > MAX_FILE_BYTES:
        raise _Mistake(f"the file has more than {MAX_FILE_BYTES // 1024} KiB")
    return content


def _parse(suffix: str, content: bytes) -> Any:
    if suffix not in {".toml", ".json"}:
        raise _Mistake("the name of a declaration ends in .toml or .json")
    try:
        text = content.decode()
        return tomllib.loads(text) if suffix == ".toml" else json.loads(text, object_pairs_hook=_distinct)
    except UnicodeDecodeError:
        raise _Mistake("the file is not UTF-8") from None
    except RecursionError:
        raise _Mistake("it is too deeply nested") from None
    except ValueError as error:
        raise _Mistake(str(error)) from None


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that is there twice, as TOML does; JSON's last one would win."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} is there twice")
    return found


def _declared(content: Any) -> EncryptedFields:
    models = {model: dict(_fields(model, fields)) for model, fields in _table("the file", content).items()}
    if not models:
        raise _Mistake("it declares no field")
    return EncryptedFields(models)


def _fields(model: str, fields: Any) -> Iterator[tuple[str, Encrypted]]:
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

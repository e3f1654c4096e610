"""What a value from outside has to be, for each type of field that Odoo has."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import Field

from zenoo_security import validate
from zenoo_security._native import text_removed
from zenoo_security.errors import ParameterError
from zenoo_security.sanitize import clean_html, clean_text
from zenoo_security.types import Checked, RecordId
from zenoo_security.validate.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["KINDS", "type_of"]

MAX_CHAR: Final = 1024
"""Characters of a `char` field that has no `size`."""
MAX_TEXT: Final = 65_536
"""Characters of a `text` or `html` field."""
MAX_FILE: Final = 5 * 1024 * 1024
"""Bytes of a `binary` field."""
MAX_RELATED: Final = 1000
"""Records of a `many2many` field."""

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_INTEGER: Final = 2**31
_OTHER_BREAK: Final = re.compile("\r(?!\n)|[\v\f\x85\u2028\u2029]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def _short(value: object, most: int) -> str:
    if not isinstance(value, str):
        raise refusal("type")
    if len(value) > most:
        raise refusal("too_long")
    if not value.isascii() and _SURROGATE.search(value):
        raise refusal("encoding")
    return value


def _text(value: object) -> str:
    """Lines of text in NFC without the spaces around them; what nobody can see is refused but tabs and line feeds."""
    text = _short(value, MAX_TEXT).strip()
    if _OTHER_BREAK.search(text) or text_removed(text):
        raise refusal("control")
    return clean_text(text)


def _html(value: object) -> str:
    return clean_html(_short(value, MAX_TEXT), profile="odoo")


def _moment(value: object, form: re.Pattern[str], code: str) -> str:
    text = _short(value, 32)
    try:
        if form.fullmatch(text):
            dt.datetime.fromisoformat(text)
            return text
    except ValueError:
        pass
    raise refusal(code)


def _file(value: object) -> str:
    text = _short(value, (MAX_FILE + 2) // 3 * 4)
    try:
        base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        pass
    else:
        return text
    raise refusal("base64")


def _char(description: Mapping[str, Any]) -> Any:
    size = description.get("size")
    most = size if type(size) is int and 0 < size <= MAX_CHAR else MAX_CHAR
    schema = {"minLength": 1, "maxLength": most}
    return Annotated[str, Checked(partial(_line, most=most), schema)]


def _line(value: object, most: int) -> str:
    return validate.line(value, max_length=most)


def _selection(description: Mapping[str, Any]) -> Any:
    keys = tuple(choice[0] for choice in description.get("selection") or ())
    if not keys or not all(isinstance(key, str) for key in keys):
        raise ParameterError("a selection field must have choices that are texts")
    return Literal[keys]


def _always(kind: Any) -> Callable[[Mapping[str, Any]], Any]:
    return lambda _: kind


def _whole(description: Mapping[str, Any]) -> Any:
    del description
    return Annotated[int, Field(strict=True, ge=-_INTEGER, le=_INTEGER - 1)]


_NUMBER: Final = Annotated[float, Field(strict=True, allow_inf_nan=False)]

KINDS: Final[Mapping[str, Callable[[Mapping[str, Any]], Any]]] = MappingProxyType(
    {
        "char": _char,
        "text": _always(Annotated[str, Checked(_text, {"maxLength": MAX_TEXT})]),
        "html": _always(Annotated[str, Checked(_html, {"maxLength": MAX_TEXT, "contentMediaType": "text/html"})]),
        "integer": _whole,
        "float": _always(_NUMBER),
        "monetary": _always(_NUMBER),
        "boolean": _always(Annotated[bool, Field(strict=True)]),
        "date": _always(Annotated[str, Checked(partial(_moment, form=_DATE, code="date"), {"format": "date"})]),
        "datetime": _always(
            Annotated[
                str, Checked(partial(_moment, form=_DATETIME, code="datetime"), {"pattern": f"^{_DATETIME.pattern}$"})
            ]
        ),
        "selection": _selection,
        "many2one": _always(RecordId),
        "many2many": _always(Annotated[list[RecordId], Field(strict=True, max_length=MAX_RELATED)]),
        "binary": _always(Annotated[str, Checked(_file, {"contentEncoding": "base64"})]),
    }
)
"""The types of fields that a model can have; each makes the pydantic type from what `fields_get` says of the field."""


def type_of(name: str, description: Mapping[str, Any]) -> Any:
    """The pydantic type of a field.

    Raises:
        ParameterError: no value from outside is accepted for a field of its type, or it is read-only.
    """
    make = KINDS.get(str(description.get("type")))
    if make is None:
        raise ParameterError(f"{name}: fields of this type are not accepted from outside")
    if description.get("readonly"):
        raise ParameterError(f"{name}: the field is computed or read-only")
    return make(description)

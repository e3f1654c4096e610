"""What a value of each Odoo type is in a token: what Odoo would answer for it over RPC.

Values are taken as Odoo takes them over RPC, dates as text or as objects. What depends on the definition of a field in
Odoo, the digits of a float, the size of a char and the choices of a selection, is not known here and not applied.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

from zenoo_security.errors import InvalidInput
from zenoo_security.sanitize import clean_html
from zenoo_security.validate import CODES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["EMPTY", "Plain", "plain_value"]

Plain: TypeAlias = str | int | float | bool

EMPTY: Final[Mapping[str, int | float]] = MappingProxyType({"integer": 0, "float": 0.0, "monetary": 0.0})
"""What Odoo answers for an empty field of these types; for all others it is False."""

_MAX_INTEGER: Final = 2**31
"""Odoo keeps an integer in four bytes."""
_DATETIME: Final = "%Y-%m-%d %H:%M:%S"
_DATETIME_LENGTHS: Final = frozenset({10, 13, 16, 19})
_BLOCK: Final = re.compile(r"<(?:address|article|blockquote|center|div|dl|h[1-6]|hr|ol|p|pre|section|table|ul)\b")


def plain_value(odoo_type: str, value: object) -> Plain | None:
    """What a token holds of a value, or None for Odoo's empty value, which is not encrypted.

    >>> plain_value("date", date(2026, 11, 24)), plain_value("integer", "17"), plain_value("float", 0)
    ('2026-11-24', 17, None)

    Args:
        odoo_type: one of `TYPES`.
        value: as it is written through RPC.

    Raises:
        InvalidInput: Odoo would not take it for this type, or it cannot be stored.
        InputTooLarge: HTML that is too large to be cleaned.
    """
    if value is None or value is False:
        return None
    return _CONVERSIONS[odoo_type](value) or None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _invalid("type")
    if "\0" in value:
        raise _invalid("control")
    return str(value)


def _html(value: object) -> str:
    """Clean HTML; what is text without blocks becomes a paragraph, as it does in Odoo with libxml2 before 2.14."""
    html = clean_html(_text(value), "odoo").lstrip()
    return html if not html or html.startswith("<") or _BLOCK.search(html) else f"<p>{html}</p>"


def _integer(value: object) -> int:
    number = int(_number(int, value))
    if not -_MAX_INTEGER <= number < _MAX_INTEGER:
        raise _invalid("out_of_range")
    return number


def _float(value: object) -> float:
    number = _number(float, value)
    if not math.isfinite(number):
        raise _invalid("out_of_range")
    return number


def _number(kind: type[int | float], value: object) -> int | float:
    if not isinstance(value, (int, float, str)):
        raise _invalid("type")
    try:
        return kind(value or 0)
    except (ValueError, OverflowError):
        pass
    raise _invalid("type")


def _boolean(value: object) -> bool:
    if not isinstance(value, int) or value not in {0, 1}:
        raise _invalid("type")
    return bool(value)


def _date(value: object) -> str:
    if isinstance(value, str):
        return value and _parsed(value[:10], "%Y-%m-%d").date().isoformat()
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise _invalid("type")


def _datetime(value: object) -> str:
    if isinstance(value, str):
        if len(value) not in {0, *_DATETIME_LENGTHS}:
            raise _invalid("type")
        return value and _written(_parsed(value, _DATETIME[: len(value) - 2]))
    if isinstance(value, datetime):
        if value.tzinfo:
            raise _invalid("type")
        return _written(value)
    if isinstance(value, date):
        return f"{value.isoformat()} 00:00:00"
    raise _invalid("type")


def _written(value: datetime) -> str:
    return value.isoformat(" ", "seconds")


def _parsed(text: str, form: str) -> datetime:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007  # Odoo's have no time zone
    except ValueError:
        pass
    raise _invalid("type")


def _invalid(code: str) -> InvalidInput:
    return InvalidInput(CODES[code], code=code)


_CONVERSIONS: Final[Mapping[str, Callable[[object], Plain]]] = {
    "boolean": _boolean,
    "char": _text,
    "date": _date,
    "datetime": _datetime,
    "float": _float,
    "html": _html,
    "integer": _integer,
    "monetary": _float,
    "selection": _text,
    "text": _text,
}

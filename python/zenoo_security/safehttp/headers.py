"""Headers of a request, checked before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from zenoo_security.errors import InvalidInput, ParameterError
from zenoo_security.sanitize import header_value
from zenoo_security.validate.refusals import refusal

__all__ = ["checked_headers"]

#: RFC 9110, 5.6.2, narrowed to what header names are made of.
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
#: Set by us, or about the connection, which is ours: framing and routing are decided here alone.
_OURS: Final = frozenset(
    ["accept-encoding", "connection", "content-length", "expect", "host", "keep-alive", "te", "trailer",
     "transfer-encoding", "upgrade"]
)  # fmt: skip


def checked_headers(given: Mapping[str, str], *, most: int) -> list[tuple[bytes, bytes]]:
    """The headers as bytes, names in lower case.

    Args:
        given: names and values.
        most: bytes of them all, with four for each line.

    Raises:
        InvalidInput: a name is none, is given twice or is not for the caller to set (code `header_name`), or a value
            holds anything but visible ASCII, spaces and tabs (`header_value`, `type`).
        InputTooLarge: together they are over `most` (code `too_large`).
        ParameterError: they are no mapping.
    """
    if not isinstance(given, Mapping):
        raise ParameterError("headers must be a mapping of names to values")
    headers: dict[str, str] = {}
    for name, value in given.items():
        lower = _lower(name)
        if lower is None or lower in _OURS or lower.startswith("proxy-") or lower in headers:
            raise refusal("header_name", "headers")
        headers[lower] = _value(value)
    if sum(len(name) + len(value) + 4 for name, value in headers.items()) > most:
        raise refusal("too_large", "headers")
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]


def _lower(name: object) -> str | None:
    return name.lower() if isinstance(name, str) and _NAME.fullmatch(name) else None


def _value(value: str) -> str:
    try:
        return header_value(value)
    except InvalidInput as error:
        code = error.code
    raise refusal(code, "headers")

"""Who is limited: a text from outside, checked as the native limiter does."""

from __future__ import annotations

from typing import Final

from zenoo_security.errors import InputTooLarge, InvalidInput

__all__ = ["identifier_bytes"]

_MAX_BYTES: Final = 4096


def identifier_bytes(identifier: object) -> bytes:
    """An identifier in UTF-8.

    Raises:
        InvalidInput: it is not a str, is empty, or holds a lone surrogate.
        InputTooLarge: it has more than 4096 bytes.
    """
    if not isinstance(identifier, str):
        raise InvalidInput("the value has the wrong type", code="type")
    if not identifier:
        raise InvalidInput("a value is required", code="empty")
    if len(identifier) <= _MAX_BYTES:
        try:
            data = identifier.encode()
        except UnicodeEncodeError:
            data = b""
        if not data:
            raise InvalidInput("the text is not valid Unicode: it holds a lone surrogate", code="encoding")
        if len(data) <= _MAX_BYTES:
            return data
    raise InputTooLarge(f"an identifier of a rate limit has at most {_MAX_BYTES} bytes")

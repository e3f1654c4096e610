"""What comes from outside, looked at before any work is done for it."""

from __future__ import annotations

from typing import Final

from zenoo_security.errors import InputTooLarge, InvalidInput

__all__ = ["MAX_PASSWORD_BYTES", "check_code", "check_password"]

MAX_PASSWORD_BYTES: Final = 4096
"""Passlib's bound, and so Odoo's. Over it Odoo fails for the users that it has, which would tell who they are."""

_MAX_CODE_CHARS: Final = 128


def check_password(password: object, *, field: str = "password") -> str:
    """The password or API key as it was given, if it can be one.

    Raises:
        InvalidInput: it is not text, is empty, or holds a NUL or a lone surrogate.
        InputTooLarge: it has more than 4096 bytes in UTF-8.
    """
    if not isinstance(password, str):
        raise InvalidInput("the value has the wrong type", field=field, code="type")
    if not password:
        raise InvalidInput("a value is required", field=field, code="empty")
    if len(password) > MAX_PASSWORD_BYTES or _bytes(password, field) > MAX_PASSWORD_BYTES:
        raise InputTooLarge("the text is too long", field=field, code="too_long")
    if "\0" in password:
        raise InvalidInput("control characters are not allowed", field=field, code="control")
    return password


def check_code(code: object) -> str | None:
    """The code of a second factor as it was typed; `None` and blank text are no code.

    Raises:
        InvalidInput: it is neither text nor `None`, or holds a lone surrogate.
        InputTooLarge: it has more than 128 characters.
    """
    if code is None:
        return None
    if not isinstance(code, str):
        raise InvalidInput("the value has the wrong type", field="totp_token", code="type")
    if len(code) > _MAX_CODE_CHARS:
        raise InputTooLarge("the text is too long", field="totp_token", code="too_long")
    _bytes(code, "totp_token")
    return code if code.strip() else None


def _bytes(text: str, field: str) -> int:
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        pass
    raise InvalidInput("the text is not valid Unicode", field=field, code="encoding")

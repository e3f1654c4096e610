"""The last guard of what is shown: no secret that a snapshot knows, no control character, and no endless text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Redactor"]

_SHORTEST: Final = 8
_MAX_LENGTH: Final = 500
HIDDEN: Final = "[hidden]"


class Redactor:
    """Cleans texts.

    Checks never put a value into a message; this holds where one does by mistake. Secrets of fewer than 8 characters
    are words such as `admin`, which messages need.

    Args:
        secrets: what must not be shown.

    >>> Redactor(["correct horse"]).clean("the password correct horse is weak")
    'the password [hidden] is weak'
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = sorted({secret for secret in secrets if len(secret) >= _SHORTEST}, key=len, reverse=True)

    def clean(self, text: str) -> str:
        """The text without secrets, on one line, printable."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        shown = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text[: _MAX_LENGTH + 1])
        return shown if len(shown) <= _MAX_LENGTH else f"{shown[:_MAX_LENGTH]}..."

"""How a field is shown to who may read it but not see it in full."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from zenoo_security import validate
from zenoo_security.errors import InvalidInput, PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["HIDDEN", "STYLES", "mask"]

HIDDEN: Final = "****"
"""What stands for a value of which nothing is shown, whatever it is: also for an empty one."""

_SHOWN: Final = 4
_MIN_FOR_LAST: Final = 2 * _SHOWN
"""Letters and digits that a value has before any are shown: never more than half of them are."""


def mask(style: str, value: object) -> str:
    """What is shown instead of a value.

    Texts that the style was not made for, and whatever is no text (numbers, False, lists, marks such as
    `Undecryptable`), are hidden as a whole, and so is the fact that a value is empty.

    >>> mask("last4", "DE89 3704 0044 0532 0130 00"), mask("last4", "123456"), mask("all", "a secret")
    ('****3000', '****', '****')
    >>> mask("email", "alice@example.com"), mask("email", "a@example.com"), mask("email", "call me")
    ('a***@example.com', '***@example.com', '****')

    Args:
        style: one of `STYLES`.
        value: as Odoo answers it.

    Raises:
        PolicyError: there is no such style.
    """
    try:
        show = STYLES[style]
    except (KeyError, TypeError):
        raise PolicyError(f"there is no style of masks of this name; the styles are {', '.join(STYLES)}") from None
    return show(value) if type(value) is str else HIDDEN


def _all(_value: str) -> str:
    return HIDDEN


def _last4(value: str) -> str:
    """The last four letters and digits, of eight or more."""
    told = [character for character in value if character.isalnum()]
    return HIDDEN + "".join(told[-_SHOWN:]) if len(told) >= _MIN_FOR_LAST else HIDDEN


def _email(value: str) -> str:
    """The first character and the domain of an address; of one character before the @ nothing is shown."""
    try:
        local, _, domain = validate.email(value).rpartition("@")
    except InvalidInput:
        return HIDDEN
    return f"{local[0] if len(local) > 1 else ''}***@{domain}"


STYLES: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType({"all": _all, "email": _email, "last4": _last4})

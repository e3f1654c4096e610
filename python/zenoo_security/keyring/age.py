"""How old the keys of a ring are, and whether it is time for new ones.

NIST SP 800-57 part 1, revision 5, table 1, for keys that encrypt data: they encrypt for at most two years, and what
they encrypted is read for at most three years more. A ring knows when a key was made and not when it was promoted, so
the count begins on the day it was made.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from zenoo_security._native import KeyRing

__all__ = ["MAX_AGE_DAYS", "SOON", "KeyInfo", "Warned", "describe"]

MAX_AGE_DAYS: Final = 730
"""So long a key encrypts."""

_MORE_DAYS_TO_READ: Final = 1095
_SOON_DAYS: Final = 30

SOON: Final = "expires-soon"
"""The code of a warning ahead of time."""

Warned = Literal["", "date", "expired", "expires-soon", "future", "old"]


class KeyInfo(NamedTuple):
    """What may be told of a key.

    Attributes:
        id: its id.
        state: `primary`, `decrypt-only` or `retired`.
        created: the day on which it was made, `YYYY-MM-DD`.
        age_days: days since then; None when the calendar has no such day.
        warned: the code of the warning, or nothing.
        warning: one English sentence, or nothing.
    """

    id: int
    state: str
    created: str
    age_days: int | None
    warned: Warned = ""
    warning: str = ""


def describe(ring: KeyRing, today: date, *, max_age_days: int = MAX_AGE_DAYS) -> list[KeyInfo]:
    """What may be told of the keys of a ring, in its order.

    Args:
        ring: the ring.
        today: the day, in UTC.
        max_age_days: days for which a key encrypts.

    >>> from zenoo_security import KeyRing
    >>> [key] = describe(KeyRing.generate(created="2024-01-01"), date(2026, 11, 24))
    >>> key.age_days, key.warned
    (1058, 'expired')
    """
    states = ring.states
    return [_info(key, states[key], created, today, max_age_days) for key, created in ring.created.items()]


def _info(key: int, state: str, created: str, today: date, max_age_days: int) -> KeyInfo:
    try:
        age = (today - date.fromisoformat(created)).days
    except ValueError:
        return KeyInfo(key, state, created, None, "date", "its date is no day of the calendar, so its age is not known")
    return KeyInfo(key, state, created, age, *_warning(state, age, max_age_days))


def _warning(state: str, age: int, max_age_days: int) -> tuple[Warned, str]:
    if age < 0:
        return "future", "it was made in the future: set the clock of this machine, or the date in the ring"
    if state == "primary" and age > max_age_days:
        return "expired", f"it has encrypted for longer than {max_age_days} days: keys add, then keys promote"
    if state == "primary" and age > max_age_days - _SOON_DAYS:
        return SOON, f"{max_age_days - age} days are left to replace it: keys add, then keys promote"
    if state == "decrypt-only" and age > max_age_days + _MORE_DAYS_TO_READ:
        return "old", "values of it should be encrypted anew: fields rotate, keys reseal, then keys retire"
    return "", ""

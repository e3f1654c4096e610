"""Ids of records as callers give them: whole numbers that Odoo can have, bounded before anything is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.errors import InputTooLarge, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MAX_ID", "MAX_IDS", "MAX_IDS_A_REQUEST", "checked_ids", "pages", "require_ids"]

MAX_IDS: Final = 1_000_000
"""In one call."""
MAX_IDS_A_REQUEST: Final = 10_000

#: The columns of Odoo's ids are of four bytes.
MAX_ID: Final = 2**31 - 1


def checked_ids(ids: object) -> list[int]:
    """Return the ids in their order, each once.

    Raises:
        InvalidInput: they are no list, or one of them is not a whole number from 1 to 2,147,483,647.
        InputTooLarge: over 1,000,000.
    """
    if not isinstance(ids, (list, tuple, set, frozenset)):
        raise InvalidInput("give a list of ids", field="ids", code="type")
    if len(ids) > MAX_IDS:
        raise InputTooLarge(f"at most {MAX_IDS} ids at once", field="ids")
    require_ids(ids)
    return list(dict.fromkeys(ids))


def require_ids(ids: Iterable[object]) -> None:
    """Refuse what is no id.

    Raises:
        InvalidInput: one of them is not a whole number from 1 to 2,147,483,647.
    """
    for record_id in ids:
        # Not isinstance: True is an int too, and a subclass may compare as it likes.
        if type(record_id) is not int:
            raise InvalidInput("an id is a whole number", field="ids", code="type")
        if not 0 < record_id <= MAX_ID:
            raise InvalidInput(f"an id is a whole number from 1 to {MAX_ID}", field="ids")


def pages(ids: list[int]) -> list[list[int]]:
    """Return the ids in lists that are short enough for a request."""
    return [ids[start : start + MAX_IDS_A_REQUEST] for start in range(0, len(ids), MAX_IDS_A_REQUEST)]

"""Passwords made of words that an attacker tries first: the login, the company, the product, the database.

The rule is narrow, so that a passphrase which only mentions the company is not refused. Password and words are
case-folded. A word counts as a whole and in its parts, as `anna.berg@acme.example` has `anna`, `berg`, `acme` and
`example`; pieces of fewer than 3 characters do not count. A password is made of them when

- its letters and digits alone are words in a row: `Acme-acme-ACME!`, `anna.berg@acme`, or
- its letters alone are words in a row, and at most 10 characters are anything else: `AnnaBerg31.12.2026`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from zenoo_security.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MAX_DECORATION", "MAX_WORDS", "SHORTEST", "is_made_of"]

SHORTEST: Final = 3
"""Characters of the shortest piece that counts."""

MAX_DECORATION: Final = 10
"""Characters around and between the words that change nothing: a date, or two years and two signs."""

MAX_WORDS: Final = 256
"""Pieces that are looked at."""

_MAX_WORD_CHARACTERS: Final = 256
_SEPARATORS: Final = re.compile(r"[\W_]+")


def is_made_of(password: str, words: Iterable[str]) -> bool:
    """Whether a password is made of context words and next to nothing else.

    Args:
        password: in NFC.
        words: logins, names, e-mail addresses, of any form. The first 256 characters of each count, and the first 256
            pieces of them all.
    """
    folded = fold(password)
    pieces = _pieces(words)
    if _is_row(_SEPARATORS.sub("", folded), pieces):
        return True
    letters = _letters(folded)
    return len(folded) - len(letters) <= MAX_DECORATION and _is_row(letters, {_letters(piece) for piece in pieces})


def _pieces(words: Iterable[str]) -> set[str]:
    pieces: set[str] = set()
    for word in words:
        parts = [part for part in _SEPARATORS.split(fold(word[:_MAX_WORD_CHARACTERS])) if part]
        pieces.update(piece for piece in ("".join(parts), *parts) if len(piece) >= SHORTEST)
        if len(pieces) >= MAX_WORDS:
            break
    return pieces


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text))


def _is_row(text: str, pieces: Iterable[str]) -> bool:
    """Whether a text is one piece after another, and at least one."""
    usable = tuple(piece for piece in pieces if len(piece) >= SHORTEST)
    reached = {0}
    for start in range(len(text)):
        if start in reached:
            reached.update(start + len(piece) for piece in usable if text.startswith(piece, start))
    return bool(text) and len(text) in reached

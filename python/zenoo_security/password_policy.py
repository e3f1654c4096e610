"""Which new passwords are accepted, by NIST SP 800-63B-4, section 3.1.1.2: long ones that nobody would try first.

Length and lists decide; there are no rules of composition, and no password expires. Check a password when it is chosen,
and hash or send the normalized form of it:

    >>> policy = PasswordPolicy(context=("Acme",))
    >>> policy.check("tulip lamp seven river", context=("anna@acme.example",))
    >>> policy.check("Anna-Acme-2026!", context=("anna@acme.example",))
    Traceback (most recent call last):
    ...
    zenoo_security.errors.InvalidInput: password: it is made of names that an attacker tries first: choose another
"""

from __future__ import annotations

import unicodedata
from dataclasses import KW_ONLY, dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from zenoo_security.common_passwords import SHORTEST, common_passwords
from zenoo_security.context_words import is_made_of
from zenoo_security.errors import InputTooLarge, InvalidInput, ParameterError
from zenoo_security.folding import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from zenoo_security.breached import BreachedPasswords

__all__ = ["MAX_BYTES", "PasswordPolicy", "normalize_password"]

MAX_BYTES: Final = 4096
"""Bytes of UTF-8 that `PasswordHasher` takes."""

_LEAST_MAX: Final = 64
_MOST_MAX: Final = 1024
_FIELD: Final = "password"


def normalize_password(password: str) -> str:
    """A password in NFC, as it is checked and hashed, so that every keyboard gives the same one.

    Nothing else is changed: no case, no space.

    Raises:
        InvalidInput: it is not text (`type`), or holds a lone surrogate (`encoding`) or a control character
            (`control`).
        InputTooLarge: it has more than 4096 bytes in UTF-8 (`password_too_long`).
    """
    if not isinstance(password, str):
        raise InvalidInput("the value has the wrong type", field=_FIELD, code="type")
    if len(password) > MAX_BYTES or _utf8_length(password) > MAX_BYTES:
        raise InputTooLarge(f"use at most {MAX_BYTES} bytes", field=_FIELD, code="password_too_long")
    if any(unicodedata.category(character) == "Cc" for character in password):
        raise InvalidInput("control characters are not allowed", field=_FIELD, code="control")
    normalized = unicodedata.normalize("NFC", password)
    if _utf8_length(normalized) > MAX_BYTES:
        raise InputTooLarge(f"use at most {MAX_BYTES} bytes", field=_FIELD, code="password_too_long")
    return normalized


@dataclass(frozen=True)
class PasswordPolicy:
    """What a new password must be. Lengths are in Unicode code points after normalization.

    Args:
        min_length: characters of a password that is the only factor, 8 to 64; NIST asks for 15.
        min_length_with_mfa: characters of one that a second factor goes with, 8 to 64.
        max_length: characters that are accepted, 64 to 1024. A longer one is refused, never cut.
        words: passwords that are refused beside the list that is shipped, whatever their case.
        context: words that an attacker of this installation tries first: company, product, host, database.
        breached: a file of stolen passwords; see `zenoo_security.breached`.

    Raises:
        ParameterError: a length is out of its range, or a text stands where a list of texts belongs.
    """

    _: KW_ONLY
    min_length: int = 15
    min_length_with_mfa: int = 8
    max_length: int = _MOST_MAX
    words: Collection[str] = field(default=(), repr=False)
    context: Collection[str] = ()
    breached: BreachedPasswords | None = None
    _words: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not SHORTEST <= self.min_length_with_mfa <= self.min_length <= _LEAST_MAX:
            raise ParameterError(f"min_length_with_mfa is at least {SHORTEST}, min_length no less and at most 64")
        if not _LEAST_MAX <= self.max_length <= _MOST_MAX:
            raise ParameterError(f"max_length is {_LEAST_MAX} to {_MOST_MAX}")
        object.__setattr__(self, "_words", frozenset(map(fold, _texts(self.words))))
        object.__setattr__(self, "context", _texts(self.context))

    def check(self, password: str, *, context: Iterable[str] = (), has_mfa: bool = False) -> None:
        """Return when a new password is good, and raise the reason when it is not.

        Args:
            password: as it was typed.
            context: what is known of the user and may stand in a password: login, name, e-mail address. What is not
                text, such as the False of an empty field in Odoo, is passed over.
            has_mfa: whether a second factor is asked for at every login with it.

        Raises:
            InvalidInput: with one of the codes `password_too_short`, `password_common`, `password_context`,
                `password_breached`, or as in `normalize_password`.
            InputTooLarge: `password_too_long`.
            ParameterError: `context` is one text and no list of them.
        """
        normalized = normalize_password(password)
        least = self.min_length_with_mfa if has_mfa else self.min_length
        if len(normalized) < least:
            raise _refused("password_too_short", f"use at least {least} characters")
        if len(normalized) > self.max_length:
            raise InputTooLarge(f"use at most {self.max_length} characters", field=_FIELD, code="password_too_long")
        if is_made_of(normalized, (*self.context, *_texts(context))):
            raise _refused("password_context", "it is made of names that an attacker tries first: choose another")
        self._check_expected(fold(normalized), least)
        if self.breached is not None and normalized in self.breached:
            raise _refused("password_breached", "it was stolen elsewhere and is known: choose another")

    def _check_expected(self, folded: str, least: int) -> None:
        trimmed = folded.strip()
        if trimmed in common_passwords() or not self._words.isdisjoint((folded, trimmed)):
            raise _refused("password_common", "many people use it, so it is tried first: choose another")
        piece = _repeated_piece(folded)
        if len(piece) <= least // 2 or _is_sequence(folded) or (piece != folded and piece in common_passwords()):
            raise _refused("password_common", "it repeats one piece or counts up or down: choose another")


def _texts(words: Iterable[object]) -> tuple[str, ...]:
    if isinstance(words, str):
        raise ParameterError("a list of texts is needed, not one text")
    return tuple(word for word in words if isinstance(word, str))


def _utf8_length(password: str) -> int:
    if password.isascii():
        return len(password)
    try:
        return len(password.encode())
    except UnicodeEncodeError:
        raise InvalidInput("the text is not valid Unicode", field=_FIELD, code="encoding") from None


def _repeated_piece(text: str) -> str:
    """The shortest piece that gives the text when it is repeated, the last time perhaps not whole."""
    return next(text[:length] for length in range(1, len(text) + 1) if text.startswith(text[length:]))


def _is_sequence(text: str) -> bool:
    """Whether it counts up or down, one at a time, 0 after 9: `abcdefgh`, `87654321`, `7890123456`."""
    points = [ord(character) for character in text]
    steps = {after - before for before, after in pairwise(points)}
    return steps in ({1}, {-1}) or (text.isdecimal() and {step % 10 for step in steps} in ({1}, {9}))


def _refused(code: str, message: str) -> InvalidInput:
    return InvalidInput(message, field=_FIELD, code=code)

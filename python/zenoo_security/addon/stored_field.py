"""What the column of an encrypted field in Odoo holds, and what Odoo's record cache does.

The token and the index are those that `SecureZenooClient` writes for `Encrypted(index=...)`: either reads the other's.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import InvalidInput
from zenoo_security.fields import BlindIndex, FieldCipher, Undecryptable
from zenoo_security.fields.context import context_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from typing_extensions import Self

    from zenoo_security.keyring import KeyRing

__all__ = ["NO_KEY", "StoredField", "Unreadable", "key_of", "key_pattern", "unreadable_values"]

_DIGITS: Final = re.compile(r"[A-Za-z0-9_-]{6}")

NO_KEY: Final = "no_key"
"""The reason of an `Unreadable` where the server has no key ring."""


class Unreadable(str):
    """Stands in Odoo's cache for a value that cannot be decrypted: the empty text, so that it is false everywhere."""

    __slots__ = ("reason",)

    reason: str
    """As `Undecryptable.reason`, or `NO_KEY`, or `type` for a value that is no text."""

    def __new__(cls, reason: str) -> Self:
        """A mark with its reason."""
        mark = super().__new__(cls)
        mark.reason = reason
        return mark

    def __repr__(self) -> str:
        return f"<Unreadable {self.reason}>"


class StoredField:
    """One encrypted text field of one model.

    >>> from zenoo_security import KeyRing
    >>> field = StoredField(KeyRing.generate(), "res.partner", "email", index="email")
    >>> token = field.seal("anna@example.com")
    >>> field.open([token, None, "plaintext"])
    ['anna@example.com', None, <Unreadable plaintext>]
    >>> field.index(["Anna@Example.com"]) == field.index(["anna@example.com"])
    True

    Args:
        key_ring: the keys.
        model: the Odoo model.
        name: the field.
        index: the normalizer of its blind index, or None for no index.
        padding: as `FieldCipher`.

    Raises:
        ParameterError: there is no such normalizer, or the padding is out of range.
    """

    def __init__(
        self, key_ring: KeyRing, model: str, name: str, *, index: str | None = None, padding: int | None = None
    ) -> None:
        self._context = context_of(model, name)
        self._cipher = FieldCipher(key_ring, padding=padding)
        self._index = BlindIndex(key_ring, normalizer=index) if index else None

    def is_token(self, value: str) -> bool:
        """Whether the value is encrypted already, with whatever key."""
        return self._cipher.is_encrypted(value)

    def seal(self, value: str) -> str:
        """The token of a value.

        Raises:
            InvalidInput: it is a token itself, or holds what cannot be stored.
        """
        return self._cipher.encrypt(value, context=self._context)

    def open(self, tokens: Sequence[str | None]) -> list[str | None]:
        """The values of tokens, in one native call; None stays, and what does not open is an `Unreadable`."""
        present = [token for token in tokens if token]
        values = self._cipher.decrypt_many(present, context=self._context, on_error="mark")
        if not {str}.issuperset(map(type, values)):
            values = [_text(value) for value in values]
        if len(present) == len(tokens):
            return values
        left = iter(values)
        return [next(left) if token else None for token in tokens]

    def rewrap(self, tokens: Iterable[str]) -> list[str | None]:
        """Tokens of the same values under the primary key; None for what does not open."""
        wrapped = (self._cipher.rewrap(token, context=self._context) for token in tokens)
        return [token if isinstance(token, str) else None for token in wrapped]

    def index(self, values: Iterable[str]) -> list[str]:
        """The indexes of values.

        Raises:
            InvalidInput: the normalizer does not take one.
        """
        return self._index.compute_many(values, context=self._context) if self._index else []

    def searched(self, values: Iterable[str]) -> list[str]:
        """The indexes that a search for values looks for; a value that can have none is in no record."""
        return [index for value in values for index in self._searched(value)]

    def _searched(self, value: str) -> list[str]:
        try:
            return self.index([value])
        except InvalidInput:
            return []


def key_pattern(key_id: int) -> str:
    """A regular expression for the tokens of one key, as PostgreSQL takes it.

    >>> key_pattern(1)
    '^zs1[.]AAAAA[QRSTUVWXYZabcdef]'
    """
    # 32 bits of the id are five characters and a third of the sixth, which the nonce goes on with.
    nonces = (
        base64.urlsafe_b64encode(key_id.to_bytes(4, "big") + bytes([bits << 4]))[:6].decode() for bits in range(16)
    )
    found = sorted(nonces, key=lambda text: (text[5] == "-", text))
    return f"^zs1[.]{found[0][:5]}[{''.join(text[5] for text in found)}]"


def key_of(beginning: str) -> int | None:
    """The id of the key of a token, of which at least the first ten characters are there; None for what is no token.

    >>> key_of("zs1.AAAAAQ"), key_of("anna@example.com")
    (1, None)
    """
    digits = beginning.removeprefix("zs1.")[:6]
    if not beginning.startswith("zs1.") or not _DIGITS.fullmatch(digits):
        return None
    return int.from_bytes(base64.urlsafe_b64decode(f"{digits}AA")[:4], "big")


def unreadable_values(tokens: Iterable[str | None]) -> list[str | None]:
    """What the cache holds without keys: None stays, everything else is an `Unreadable`."""
    mark = Unreadable(NO_KEY)
    return [mark if token else None for token in tokens]


def _text(value: object) -> str:
    if isinstance(value, Undecryptable):
        return Unreadable(value.reason)
    return value if isinstance(value, str) else Unreadable("type")

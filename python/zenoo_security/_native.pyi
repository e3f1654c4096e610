"""The native module. Use the modules of the package above it; this file is for type checkers and for readers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias, final

from typing_extensions import Self

__all__ = ["BlindIndex", "FieldCipher", "KeyRing", "Undecryptable", "__version__"]

__version__: Final[str]

_FieldValue: TypeAlias = str | bytes | int | float | bool | Decimal | date | None

# --- keyring ---

@final
class KeyRing:
    """Root keys with ids and states, and the root key of blind indexes.

    Frozen: changing a ring gives a new one. The keys are wiped when the last ring that has them is dropped. `repr`
    shows ids and states, and a ring cannot be copied or pickled. `created` is a date, `YYYY-MM-DD`, today's (UTC)
    unless given.
    """

    @staticmethod
    def generate(*, created: str | None = None) -> KeyRing:
        """A ring with one fresh primary key, id 1, and a fresh index key, from the operating system.

        Raises:
            ParameterError: `created` is not a date.
            RandomnessError: the operating system gives no bytes.
        """

    @staticmethod
    def from_json(text: str) -> KeyRing:
        """Read the JSON document of docs/formats.md.

        Raises:
            KeyRingError: what is wrong with it, never what is in it.
        """

    @staticmethod
    def from_passphrase(
        passphrase: str,
        salt: bytes,
        *,
        kdf: str = "argon2id",
        memory_kib: int = 65_536,
        passes: int = 3,
        lanes: int = 4,
        rounds: int = 600_000,
        created: str | None = None,
    ) -> KeyRing:
        """The ring that a passphrase and a salt always give: argon2id (RFC 9106) or PBKDF2-HMAC-SHA256 (RFC 8018).

        Raises:
            ParameterError: the passphrase has fewer than 15 characters or fewer than 6 different ones, the salt is not
                16 to 64 bytes, or a cost is out of range.
        """

    def to_json(self) -> str:
        """The JSON document. It holds the keys in the clear, and a Python str cannot be wiped."""

    def add(self, *, created: str | None = None) -> KeyRing:
        """The ring with one more fresh key that only decrypts: give it to every process, then `promote` the key.

        Raises:
            KeyRingError: the ring has 100 keys.
        """

    def promote(self, key_id: int) -> KeyRing:
        """The ring with this key as primary; the one that was primary only decrypts.

        Raises:
            KeyRingError: there is no such key, or it is retired.
        """

    def rotate(self, *, created: str | None = None) -> KeyRing:
        """The ring with a fresh primary key; the one that was primary only decrypts.

        Raises:
            KeyRingError: the ring has 100 keys.
        """

    def retire(self, key_id: int) -> KeyRing:
        """The ring with this key retired: what it encrypted can no longer be read.

        Raises:
            KeyRingError: there is no such key, or it is the primary one.
        """

    @property
    def primary_id(self) -> int:
        """The id of the key that encrypts."""

    @property
    def states(self) -> dict[int, str]:
        """Key id -> `"primary"`, `"decrypt-only"` or `"retired"`."""

# --- fields ---

@final
class Undecryptable:
    """In place of a value that cannot be decrypted: false, and no cipher encrypts it, so it is not written back."""

    @property
    def key_id(self) -> int | None:
        """The key id that the token names, or None when it is not a well-formed token."""

    def __bool__(self) -> bool: ...

@final
class FieldCipher:
    """Encrypts and decrypts field values: XChaCha20-Poly1305, text form `zs1.` (docs/formats.md).

    A context is 1 to 16 texts of 1 to 255 bytes, such as model and field; a value opens only under its own.
    Values are str, bytes, int (up to 4096 bytes), float, bool, None, date, datetime or Decimal, up to 16 MiB, and come
    back with their type. Nonces come from the operating system at each call, so a process may fork. An instance
    cannot be copied or pickled.
    """

    def __new__(cls, key_ring: KeyRing, *, padding: int | None = None) -> Self:
        """A cipher with the keys of a ring; plaintexts are padded to a multiple of `padding` bytes, 2 to 65535.

        Raises:
            ParameterError: `padding` is out of range.
        """

    def encrypt(self, value: _FieldValue, *, context: Sequence[str]) -> str:
        """The token of a value under the primary key. A token of this context stays as it is.

        Raises:
            InvalidInput: the type is not one of those above (`unsupported_type`), or a str holds lone surrogates.
            InputTooLarge: over 16 MiB, or 4096 bytes for an int or a Decimal.
            ParameterError: the context is not one.
        """

    def decrypt(self, token: str, *, context: Sequence[str]) -> _FieldValue:
        """The value of a token.

        Raises:
            DecryptionError: for every reason alike, also for what is not a str.
            ParameterError: the context is not one.
        """

    def encrypt_many(self, values: Iterable[_FieldValue], *, context: Sequence[str]) -> list[str]:
        """The tokens of many values of one context, on all cores.

        Raises:
            InvalidInput, InputTooLarge: as `encrypt`, with the position before the text.
        """

    def decrypt_many(
        self, tokens: Iterable[str], *, context: Sequence[str], on_error: Literal["raise", "mark"] = "raise"
    ) -> list[Any]:
        """The values of many tokens of one context, on all cores; `mark` puts an `Undecryptable` where there is none.

        Raises:
            DecryptionError: with the position before the text.
        """

    def encrypt_records(
        self, records: Iterable[dict[str, Any]], fields: Mapping[str, Sequence[str]]
    ) -> list[dict[str, Any]]:
        """New rows in which the fields that `fields` names (name -> context) are encrypted; an absent one stays absent.

        Raises:
            InvalidInput, InputTooLarge: as `encrypt`, with row and field before the text.
        """

    def decrypt_records(
        self,
        records: Iterable[dict[str, Any]],
        fields: Mapping[str, Sequence[str]],
        *,
        on_error: Literal["raise", "mark"] = "raise",
    ) -> list[dict[str, Any]]:
        """New rows in which the fields that `fields` names (name -> context) are decrypted.

        None and False stay as they are: Odoo's answer for an empty column. Anything else must be a token.

        Raises:
            DecryptionError: with row and field before the text.
        """

    @staticmethod
    def key_id(token: str) -> int:
        """The id of the key that encrypted a token; compare it with `KeyRing.primary_id` to find what to encrypt anew.

        Raises:
            DecryptionError: not a well-formed token.
        """

    def is_encrypted(self, value: object) -> bool:
        """Whether the value is a well-formed token of a key of this ring; not whether it can be decrypted."""

# --- blind_index ---

@final
class BlindIndex:
    """Computes blind indexes: HMAC-SHA256 over the normalized value, text form `zi1.` (docs/formats.md).

    Normalizers: `exact` (any value), and for text `casefold`, `digits` and `email`.
    """

    def __new__(cls, key_ring: KeyRing, *, normalizer: str = "exact", length: int = 16) -> Self:
        """An index of the first `length` bytes of the HMAC, 8 to 32.

        Raises:
            ParameterError: an unknown normalizer, or the length is out of range.
        """

    def compute(self, value: _FieldValue, *, context: Sequence[str]) -> str:
        """The index of a value.

        Raises:
            InvalidInput: the normalizer does not take the value (`not_text`, `no_digits`, `not_an_email`).
            InputTooLarge, ParameterError: as `FieldCipher.encrypt`.
        """

    def compute_many(self, values: Iterable[_FieldValue], *, context: Sequence[str]) -> list[str]:
        """The indexes of many values of one context.

        Raises:
            InvalidInput, InputTooLarge: as `compute`, with the position before the text.
        """

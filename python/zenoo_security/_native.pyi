"""The native module. Use the modules of the package above it; this file is for type checkers and for readers."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Final, Literal, Protocol, TypeAlias, TypeVar, final, overload

from typing_extensions import Self, disjoint_base

from zenoo_security.principal import Principal
from zenoo_security.stores.attempts import Backoff, Counter, Outcome

__all__ = [
    "AccountKeys",
    "AttemptTable",
    "AuditKey",
    "BlindIndex",
    "Counters",
    "Decision",
    "DomainParser",
    "FieldCipher",
    "HashingBudget",
    "KeyRing",
    "Limiter",
    "Minded",
    "PlainCopier",
    "RequestHead",
    "SharedTable",
    "Slowing",
    "Totp",
    "Undecryptable",
    "__version__",
    "_empty",
    "audit_event",
    "audit_line",
    "clean",
    "clean_html",
    "clean_text",
    "encode_csv_cell",
    "encode_url_part",
    "escape_attribute",
    "escape_html",
    "escape_js",
    "escape_like",
    "hash_password",
    "header_value",
    "hit_all",
    "host_looks_alike",
    "html_removed",
    "lowered",
    "method_facts",
    "otp_secret",
    "parse_json",
    "password_needs_rehash",
    "password_scheme",
    "peek_all",
    "qr_png",
    "qr_svg",
    "qr_text",
    "refuse_templates",
    "safe_file_name",
    "splits",
    "text_removed",
    "unmatchable_password_hash",
    "validate_domain",
    "validate_email",
    "validate_field_name",
    "validate_host",
    "validate_language",
    "validate_line",
    "validate_login",
    "validate_method_name",
    "validate_model_name",
    "validate_name",
    "validate_partner",
    "validate_phone",
    "validate_url",
    "validate_vat",
    "validation_codes",
    "verify_password",
    "wsgi_lowered",
    "wsgi_request",
    "wsgi_titled",
]

__version__: Final[str]

_FieldValue: TypeAlias = str | bytes | int | float | bool | Decimal | date | None

class _Monotonic(Protocol):
    def monotonic(self) -> float: ...

def _empty(text: str) -> None:
    """Does nothing with a text: what a call into this module costs. For benchmarks alone."""

# --- accounts ---

@final
class AccountKeys:
    """Keys of counters of attempts, made of keyed digests (HMAC-SHA256) of accounts, networks and devices.

    A login counts as the same in all the forms that `zenoo_security.accounts.canonical_login` brings to one.
    """

    def __new__(cls, key_ring: KeyRing) -> Self:
        """Digests under a key that is derived from the index key of the ring, which outlives its rotation."""
    def source(self, database: str, login: str, client_ip: str | None, slowing: Slowing) -> Counters:
        """The counters of an account, of it from a network, and of the network; without an address, the first two.

        Raises:
            InvalidInput: one of them is not what it should be; the field is `database`, `username` or `client_ip`.
            InputTooLarge: the database has more than 255 bytes, or the login more than 1024.
        """
    def device(self, database: str, login: str, device: bytes, slowing: Slowing) -> Counters:
        """The counter of an account on a device, for which 16 to 64 bytes stand.

        Raises:
            InvalidInput: as for `source`.
            InputTooLarge: as for `source`.
            ParameterError: `device` is not so many bytes.
        """
    def network(self, client_ip: str, slowing: Slowing) -> Counters:
        """The counter of a network: an IPv4 address, or an IPv6 network of /64.

        Raises:
            InvalidInput: the text is no address.
        """

# --- attempts ---

@final
class Slowing:
    """How the counters of an attempt slow down, in their order.

    Args:
        counter: the type `Counter`, of which the counters are for stores other than the native table.
        backoffs: 1 to 3.

    Raises:
        ParameterError: if there are more, or one is out of its range.
    """

    def __new__(cls, counter: type[Counter], backoffs: Sequence[Backoff]) -> Self: ...

@final
class Counters(Sequence[Counter]):
    """The counters of an attempt. What `AttemptTable` finds out about them at the first call it knows at the second."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Counter]: ...
    @overload
    def __getitem__(self, index: int, /) -> Counter: ...
    @overload
    def __getitem__(self, index: slice, /) -> tuple[Counter, ...]: ...

@final
class AttemptTable:
    """Counters of attempts in the memory of this process, at most `capacity` of them (16 to 100,000,000).

    The arithmetic is that of `zenoo_security.stores.attempts`. A counter takes up to 100 bytes. A full table lets go of
    what is forgotten anyway, or else of a counter with the fewest failures; never of one that has stopped.

    Raises:
        ParameterError: if the capacity is out of range.
    """

    def __new__(cls, capacity: int) -> Self: ...
    def reserve(self, counters: Sequence[tuple[bytes, Backoff]], now: float) -> float:
        """Counts one attempt on every counter, or on none.

        Args:
            counters: 1 to 8 `Counter`, with different keys. A `Backoff` is read once and then known by its identity.
            now: seconds of the caller's clock.

        Returns:
            0.0 when it was counted, else the seconds until all of them would allow it; infinite when one has stopped.

        Raises:
            ParameterError: if the counters or the time are not such.
        """
    def settle(self, counters: Sequence[tuple[bytes, Backoff]], outcomes: Sequence[Outcome], now: float) -> None:
        """Says what came of an attempt: an outcome for each of its counters. A counter that is gone stays gone.

        Raises:
            ParameterError: as for `reserve`, or if there are fewer or more outcomes than counters.
        """
    def forget(self, key: bytes) -> bool:
        """Forgets a counter. Whether there was one.

        Raises:
            ParameterError: if the key does not have 1 to 512 bytes.
        """
    def __len__(self) -> int:
        """How many counters are held, those included that could be forgotten."""

# --- audit ---

@final
class AuditKey:
    """Tags the lines of an audit file: HMAC-SHA256 under keys that are derived from those of a ring."""

    def __new__(cls, key_ring: KeyRing) -> Self:
        """Derives a key from each key of the ring that is not retired."""
    @property
    def key_id(self) -> int:
        """The id of the key that new lines are tagged with: the primary one."""
    def tag(self, previous: bytes, line: bytes, *, key_id: int | None = None) -> bytes:
        """The tag, 32 bytes, of a line after the one that has the tag `previous`.

        Raises:
            ParameterError: `previous` does not have 32 bytes.
            KeyRingError: the ring has no key of this id, or it is retired.
        """

def audit_event(
    head: str,
    about: str,
    outcome: str,
    number: int,
    now: float,
    request: tuple[str | None, str | None],
    asker: Principal | None,
    details: dict[str, Any],
    /,
) -> bytes:
    """The line of an event: what the log, the context and the caller know of it.

    `head` and `about` are members of a line, written as they are. Of `details`, what has a field of its own gets it,
    and `principal` and `client_ip` are left out.
    """

def audit_line(fields: dict[str, Any], *, now: float | None = None) -> bytes:
    """One line of JSON in printable ASCII, without a line feed.

    The time, and the fields that are not None. A text has at most 256 characters, a
    list 100 items, a dict 32 members, all of it four levels and some 12 KiB. Tokens of ours in texts, texts in inner
    dicts under names such as `password`, and values of other types than str, int, float, bool, list, tuple and dict
    are hidden.
    """

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
            InvalidInput: the normalizer does not take the value (`type`, `no_digits`, `email_at`).
            InputTooLarge, ParameterError: as `FieldCipher.encrypt`.
        """

    def compute_many(self, values: Iterable[_FieldValue], *, context: Sequence[str]) -> list[str]:
        """The indexes of many values of one context.

        Raises:
            InvalidInput, InputTooLarge: as `compute`, with the position before the text.
        """

# --- fields ---

@final
class Undecryptable:
    """In place of a value that cannot be decrypted: false, and no cipher encrypts it, so it is not written back."""

    @property
    def reason(self) -> Literal["plaintext", "unknown_key", "retired_key", "altered"]:
        """Why; it follows from what everyone can see of token and ring.

        No token, a key that the ring lacks, a retired key, or a tag that does not fit: another context, another key of
        the same id, or changed.
        """

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
        """The token of a value under the primary key. A value that is a token already is refused.

        Raises:
            InvalidInput: the type is not one of those above (`encryptable_type`), a str holds lone surrogates
                (`encoding`), or the value `is_encrypted` (`already_encrypted`).
            InputTooLarge: over 16 MiB, or 4096 bytes for an int or a Decimal.
            ParameterError: the context is not one.
        """

    def decrypt(self, token: str, *, context: Sequence[str]) -> _FieldValue:
        """The value of a token.

        Raises:
            DecryptionError: for every reason alike, also for what is not a str.
            ParameterError: the context is not one.
        """

    def rewrap(self, token: str, *, context: Sequence[str]) -> str | Undecryptable:
        """The token of the same value under the primary key, padded as this cipher pads, without the value in Python.

        Raises:
            InvalidInput: the value is itself a token.
        """

    def rewrap_many(self, tokens: Iterable[object], *, context: Sequence[str]) -> list[str | None]:
        """What `rewrap` makes of many tokens of one context, on all cores.

        None stands for a token that is under the primary key already, and for what `rewrap` marks or refuses, such as
        Odoo's False: ask it why.
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

        None, False and the empty text stay as they are: Odoo's answers for an empty column. Anything else must be a
        token.

        Raises:
            DecryptionError: with row and field before the text.
        """

    def open_records(
        self,
        records: Iterable[dict[str, Any]],
        columns: Mapping[str, tuple[str, Sequence[str]]],
        *,
        drop: Iterable[str],
    ) -> tuple[list[dict[str, Any]], list[tuple[int, str]]]:
        """New rows in which each column of `columns` (column -> field and context) is replaced by its field.

        Args:
            records: rows as Odoo gives them; not changed.
            columns: the columns that hold tokens; None, False and the empty text stay as they are under the field.
            drop: columns that are left out; one that is also in `columns` is not.

        Returns:
            The rows; and row and field of each `Undecryptable` in them.

        Raises:
            InvalidInput: a row is not a dict.
        """

    @staticmethod
    def key_id(token: str) -> int:
        """The id of the key that encrypted a token; compare it with `KeyRing.primary_id` to find what to encrypt anew.

        Raises:
            DecryptionError: not a well-formed token.
        """

    @staticmethod
    def is_encrypted(value: object) -> bool:
        """Whether the value is a well-formed token, of whatever key; not whether it can be decrypted."""

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
    def from_json(text: str | bytes) -> KeyRing:
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
            InvalidInput: the passphrase is not text, or holds lone surrogates.
        """

    @staticmethod
    def unwrap(text: str | bytes, kek: bytes) -> KeyRing:
        """Read the wrapped document of docs/formats.md; the plain one exists in native memory alone, and is wiped.

        Args:
            text: what `wrap` gave.
            kek: the 32 bytes of its key-encryption key.

        Raises:
            KeyRingError: not a wrapped key ring, wrapped under another key-encryption key, or altered, wherever it was.
            ParameterError: `kek` does not have 32 bytes.
        """

    @staticmethod
    def kek_id(kek: bytes) -> str:
        """The id that a ring wrapped under this key-encryption key names in the clear; it is not secret.

        Raises:
            ParameterError: `kek` does not have 32 bytes.
        """

    def wrap(self, kek: bytes) -> str:
        """The JSON document encrypted (XChaCha20-Poly1305) under a key-encryption key of 32 random bytes.

        Raises:
            ParameterError: `kek` does not have 32 bytes.
            RandomnessError: the operating system gives no bytes.
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

    @property
    def created(self) -> dict[int, str]:
        """Key id -> the day on which the key was made, `YYYY-MM-DD`."""

# --- limits ---

@disjoint_base
class Decision:
    """The answer of a rate limiter; true when the request is allowed.

    Args:
        limit: the requests of a whole quota.
        remaining: the requests that are left.
        retry_after: seconds until the same request is allowed; exactly 0 when it is.
        reset_after: seconds until the whole quota is there again.

    Raises:
        ParameterError: if a time is negative or not finite.
    """

    def __new__(cls, limit: int, remaining: int, retry_after: float = 0.0, reset_after: float = 0.0) -> Self: ...
    @property
    def decisions(self) -> tuple[Decision, ...]:
        """This one alone; a limiter with several limits has one for each."""
    @property
    def allowed(self) -> bool:
        """Whether the request may go on."""
    @property
    def limit(self) -> int:
        """The requests of a whole quota."""
    @property
    def remaining(self) -> int:
        """The requests that are left."""
    @property
    def retry_after(self) -> float:
        """Seconds until the same request is allowed; 0 when it is."""
    @property
    def reset_after(self) -> float:
        """Seconds until the whole quota is there again, if nothing is taken meanwhile."""
    def member(self, quoted: bytes) -> bytes:
        """The member of a `RateLimit` field about it.

        Args:
            quoted: the name of the policy, as it stands there.
        """
    def __bool__(self) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@disjoint_base
class SharedTable:
    """A table of rate limits in a file that processes of one machine share.

    `zenoo_security.limits.SharedTable` documents it.

    Args:
        path: an absolute path.
        max_keys: for how many keys, 1 to 1,000,000,000.

    Raises:
        ParameterError: if an argument is out of range.
        StoreUnavailable: if the file cannot be opened or made.
        StoreIncompatible: if there is something else at the path, or others can reach it.
    """

    def __new__(cls, path: str, max_keys: int) -> Self: ...
    def places_taken(self) -> int:
        """How many places of the table are taken, by all limiters.

        Raises:
            StoreUnavailable: if the file cannot be opened or made.
            StoreIncompatible: if there is something else at the path, or others can reach it.
        """
    def places(self) -> int:
        """How many places the table has.

        Raises:
            StoreUnavailable: if the file cannot be opened or made.
            StoreIncompatible: if there is something else at the path, or others can reach it.
        """

@final
class Minded:
    """Sets of names of headers in lower case, one for each control.

    Raises:
        ParameterError: there are more than 32.
    """

    def __new__(cls, sets: Sequence[Sequence[bytes]]) -> Self: ...
    def look(self, headers: list[tuple[bytes, bytes]]) -> int:
        """Which sets the headers have a name of: 1 for the first, 2 for the next, and so on."""

@final
class RequestHead:
    """The headers of a request, and the facts about it."""

    def __new__(cls, is_websocket: bool, method: str, query: bytes, headers: Iterable[Sequence[bytes]]) -> Self: ...
    @property
    def facts(self) -> int:
        """The facts, as bits."""
    @property
    def size(self) -> int:
        """The bytes of all names and values."""
    def __len__(self) -> int:
        """How many headers there are."""
    def value(self, name: bytes) -> bytes | None:
        """The value of a header that is there once, by its name in lower case."""
    def values(self, name: bytes) -> tuple[bytes, ...]:
        """All values of a header, by its name in lower case."""
    def joined(self, name: bytes) -> bytes:
        """All values of a header as one list: with commas between them, and empty where there is none."""

def method_facts() -> list[tuple[str, int]]:
    """The facts by which a method is known: those of all methods with one of their own; that of any other as `""`."""

def splits(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether a response with these headers would be split: a name is no token, or a value has a control character."""

def lowered(headers: Iterable[Sequence[bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers of an application, with names in lower case."""

def wsgi_request(environ: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    """The headers of a request, by its environment: names in lower case, and values.

    Raises:
        UnicodeEncodeError: a value is no bytes (PEP 3333).
    """

def wsgi_lowered(headers: Iterable[Sequence[str]]) -> list[tuple[bytes, bytes]]:
    """The headers of an application: names in lower case, and values.

    Raises:
        UnicodeEncodeError: one of them is no bytes (PEP 3333).
    """

def wsgi_titled(headers: list[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    """The headers of a response, as the server gets them: names in title case, and values."""

@disjoint_base
class Limiter:
    """One quota for each of many identifiers, in the memory of this process or in a `SharedTable`.

    `zenoo_security.limits.RateLimiter` documents it; this is the part of it that is native.

    Args:
        max_requests: requests of a whole quota, 1 to 1,000,000; at most 100,000 for a sliding window.
        window_seconds: seconds, 0.001 to 31,622,400 (366 days).
        algorithm: `sliding_window` or `gcra`.
        max_keys: how many identifiers are held at most, 1 to 100,000,000.
        clock: has `monotonic()`; `None` reads the system's monotonic clock without asking Python.
        told: called with how many requests were refused, at the first refusal of an identifier and then now and then.
        table: where it counts; `None` is the memory of this process.
        name: keeps limiters with the same figures apart in a table; at most 255 bytes.
        failed: called when the table cannot be used; what it gives says whether to let through uncounted.

    Raises:
        ParameterError: if an argument is out of range.
        StoreUnavailable: if the file of the table cannot be opened or made.
        StoreIncompatible: if there is something else at its path, or others can reach it.
    """

    def __new__(
        cls,
        max_requests: int,
        window_seconds: float,
        algorithm: str,
        max_keys: int,
        clock: _Monotonic | None = None,
        told: Callable[[int], None] | None = None,
        table: SharedTable | None = None,
        name: str = "",
        failed: Callable[[], bool] | None = None,
    ) -> Self: ...
    def hit(self, identifier: str, cost: int = 1) -> Decision:
        """Takes `cost` requests from the quota of an identifier, if all of them are there.

        Raises:
            InvalidInput: if the identifier is not a str, is empty, or holds a lone surrogate.
            InputTooLarge: if it has more than 4096 bytes in UTF-8.
            ParameterError: if the cost is less than 1 or more than the whole quota.
        """
    def peek(self, identifier: str, cost: int = 1) -> Decision:
        """What `hit` would answer. Takes nothing; `remaining` and `reset_after` are those of now.

        Raises:
            InvalidInput: as for `hit`.
            InputTooLarge: as for `hit`.
            ParameterError: as for `hit`.
        """
    def allow(self, identifier: str) -> bool:
        """`hit` of one request without the figures: whether it may go on.

        Raises:
            InvalidInput: as for `hit`.
            InputTooLarge: as for `hit`.
        """
    def reset(self, identifier: str) -> bool:
        """Gives an identifier its whole quota back. Whether anything had been counted for it.

        Raises:
            InvalidInput: as for `hit`.
            InputTooLarge: as for `hit`.
        """
    def key_count(self) -> int:
        """How many identifiers are held now, those included that could be forgotten.

        Of a shared table: how many of its places are taken, by all of its limiters.

        Raises:
            StoreUnavailable: if the file of the table cannot be opened or made.
            StoreIncompatible: if there is something else at its path, or others can reach it.
        """

def hit_all(limiters: Sequence[Limiter], identifier: str, cost: int) -> list[Decision]:
    """Takes `cost` requests from the quotas of all limiters, if all of them have as many; what each of them says.

    Raises:
        InvalidInput: as for `Limiter.hit`.
        InputTooLarge: as for `Limiter.hit`.
        ParameterError: as for `Limiter.hit`.
        StoreUnavailable: if the table cannot be used, and `failed` of the first one does not let through.
        StoreIncompatible: if there is something else at its path.
    """

def peek_all(limiters: Sequence[Limiter], identifier: str, cost: int) -> list[Decision]:
    """What `hit_all` would answer. Takes nothing; the figures are those of now.

    Raises:
        InvalidInput: as for `Limiter.hit`.
        InputTooLarge: as for `Limiter.hit`.
        ParameterError: as for `Limiter.hit`.
        StoreUnavailable: as for `hit_all`.
        StoreIncompatible: as for `hit_all`.
    """

# --- otp ---

@final
class Totp:
    """A TOTP secret with its parameters (RFC 6238). The secret is wiped when the object goes; it cannot be pickled.

    Args:
        secret: base32 of 16 to 128 bytes; lower case, spaces and padding are tolerated.
        algorithm: `SHA1`, `SHA256` or `SHA512`.
        digits: length of a code, 6 to 8.
        period_s: length of a time step in seconds, at least 1.
        steps_back: steps before the current one that `verify` accepts, 0 to 10.
        steps_ahead: steps after it, 0 to 10.

    Raises:
        InvalidInput: code `otp_secret`, `otp_secret_length`, `type` or `encoding`.
        InputTooLarge: over 512 characters of secret.
        ParameterError: another argument is out of its range.
    """

    def __new__(
        cls, secret: str, algorithm: str, digits: int, period_s: int, steps_back: int, steps_ahead: int
    ) -> Totp: ...
    def step_at(self, at: float) -> int:
        """The time step at a moment in Unix seconds (RFC 6238, section 4.2, T0 = 0).

        Raises:
            ParameterError: the moment is negative, over 2**53, or not a number.
        """

    def code(self, step: int) -> str:
        """The code of a step, with its leading zeros. For a counter instead of a time step it is HOTP (RFC 4226).

        Raises:
            ParameterError: the step is negative or over 2**64 - 1.
        """

    def verify(self, code: str, at: float, after_step: int | None) -> int | None:
        """The step that a code belongs to, or None: constant time over all steps of the window.

        Args:
            code: what the user typed.
            at: Unix seconds.
            after_step: the last accepted step; it and earlier ones are refused (RFC 6238, section 5.2).

        Raises:
            InvalidInput: code `type`: `code` is not a str.
            ParameterError: another argument is out of its range.
        """

    def uri(self, account: str, issuer: str) -> str:
        """The provisioning URI, which holds the secret (Key Uri Format, percent-encoded by RFC 3986).

        Raises:
            InvalidInput: code `otp_label`: blank, or with a colon or a control character.
            InputTooLarge: over 254 bytes of account or 64 of issuer.
        """

    def reveal_secret(self) -> str:
        """The secret as base32 without padding (RFC 4648, section 6)."""

def otp_secret() -> str:
    """A fresh secret of 160 bits (RFC 4226, R6) from the operating system, as base32 without padding.

    Raises:
        RandomnessError: the operating system gives no random bytes.
    """

# --- passwords ---

@final
class HashingBudget:
    """The memory that all argon2 hashes of a process may take at the same time.

    Args:
        mib: the bound, 1 to 65536 MiB.
        wait_s: how long a hash waits for memory that is in use, 0 to 3600 seconds.

    Raises:
        ParameterError: one of them is out of range.
    """

    def __new__(cls, mib: int, wait_s: float) -> HashingBudget: ...
    @property
    def cores(self) -> int:
        """How many hashes can run at full speed: the cores that this process may use."""

    def trim(self) -> int:
        """Free the memory that is kept for the next hash. Returns how many KiB that were."""

def hash_password(password: str | bytes, *, costs: tuple[int, int, int], budget: HashingBudget) -> str:
    """Hash a password with argon2id (RFC 9106) and a fresh salt of 16 bytes, to a PHC string with a tag of 32 bytes.

    The GIL is released.

    Args:
        password: at most 4096 bytes; text counts in UTF-8.
        costs: memory in KiB, passes, lanes.
        budget: what the memory is booked in.

    Raises:
        ParameterError: a cost is out of range.
        PasswordTooLong: the password is.
        InvalidInput: it is not text or bytes (code `type`), or has a lone surrogate (code `encoding`).
        HashCostExceeded: the costs need more than the whole budget.
        HashingBusy: no memory became free in time.
        RandomnessError: there is no salt to be had.
    """

def verify_password(password: str | bytes, stored_hash: str, *, budget: HashingBudget) -> bool:
    """Whether the password belongs to the stored hash: argon2, bcrypt, or passlib's PBKDF2 with SHA-256 or SHA-512.

    The GIL is released.

    Raises:
        PasswordTooLong: over 4096 bytes, or over 72 for bcrypt.
        InvalidInput: as in `hash_password`.
        MalformedHash, UnsupportedHash, HashCostExceeded: the stored hash cannot be verified here.
        HashingBusy: no memory became free in time.
    """

def password_scheme(stored_hash: str) -> str:
    """The name of the scheme that the prefix of a stored hash names.

    Raises:
        MalformedHash, UnsupportedHash: it names none that is verified here.
    """

def password_needs_rehash(stored_hash: str, *, costs: tuple[int, int, int]) -> bool:
    """Whether a hash made now with these costs would have another scheme, version, cost or length.

    Raises:
        ParameterError: a cost is out of range.
        MalformedHash, UnsupportedHash, HashCostExceeded: the stored hash cannot be verified here.
    """

def unmatchable_password_hash(*, costs: tuple[int, int, int]) -> str:
    """A well-formed argon2id hash that no password matches: to verify against it takes as long as against a real one.

    Raises:
        ParameterError: a cost is out of range.
        RandomnessError: there are no random bytes to be had.
    """

# --- qr ---

def qr_png(data: str, level: str, scale: int, border: int) -> bytes:
    """A QR code (ISO/IEC 18004) as a PNG picture, 1-bit greyscale. Releases the GIL.

    Args:
        data: what to encode, at most 2,953 bytes at level L.
        level: `L`, `M`, `Q` or `H`.
        scale: pixels a module, 1 to 32.
        border: light modules around the code, 0 to 32.

    Raises:
        InputTooLarge: the data does not fit a code of that level.
        InvalidInput: code `type` or `encoding`.
        ParameterError: another argument is out of its range.
    """

def qr_svg(data: str, level: str, scale: int, border: int) -> str:
    """A QR code as an SVG picture of one path; arguments and errors as for `qr_png`. Releases the GIL."""

def qr_text(data: str, level: str, border: int, dark_text: bool) -> str:
    """A QR code as lines of half blocks; arguments and errors as for `qr_png`. Releases the GIL.

    Args:
        data: what to encode.
        level: `L`, `M`, `Q` or `H`.
        border: light modules around the code, 0 to 32.
        dark_text: for a terminal with dark text on light.
    """

# --- sanitize ---

_T = TypeVar("_T")

def clean(
    value: _T,
    /,
    *,
    multiline: bool = True,
    max_depth: int = 32,
    max_items: int = 100_000,
    max_text_bytes: int = 10_485_760,
) -> _T:
    """Clean every text in nested dicts, lists and tuples with `clean_text`, in one call.

    Nothing of the caller's is changed: containers are copied where something in them changes, and whatever is clean
    already, containers included, comes back as the same object. Keys, numbers, bytes and other objects stay. A subclass
    of dict, list, tuple or str becomes its base class where it changes. Idempotent.

    Args:
        value: anything; a search domain survives, because nothing is escaped.
        multiline: as in `clean_text`.
        max_depth: nested containers, 200 at most; a value that contains itself is too deep.
        max_items: items in all containers together.
        max_text_bytes: UTF-8 bytes of all texts together; keys do not count.

    Raises:
        InputTooLarge: a limit was reached; nothing is returned.
        InvalidInput: there is a set or a frozenset in it, whose texts cannot be cleaned in place.
        ParameterError: `max_depth` is over 200.
    """

def clean_text(text: str, /, *, multiline: bool = True) -> str:
    r"""Bring text to NFC, trim it, and take out what nobody can see. Idempotent; the same object when it was clean.

    Taken out: control characters (Unicode Cc), bidirectional embeddings, overrides and isolates (CVE-2021-42574),
    zero-width spaces and invisible operators, tag characters, noncharacters, lone surrogates. Kept: the joiners U+200C
    and U+200D, the marks U+200E, U+200F and U+061C, variation selectors. Nothing is escaped.

    Args:
        text: what came from outside.
        multiline: line breaks of any kind become `\n` and tabs stay; otherwise each becomes a space.

    Raises:
        InvalidInput: it is not text.
    """

def clean_html(markup: str, /, profile: Literal["strict", "default", "odoo"] = "default") -> str:
    """Reduce markup to an allow-list of elements, attributes and URL schemes (ASVS 5.0, 1.3.1). Idempotent.

    Args:
        markup: HTML from outside: at most 2 MiB, 100,000 tags, 512 attributes in a tag, 500,000 elements and attributes
            after parsing, 4,096 elements inside each other (fewer where there are many tags), and nothing else that
            would take longer than a second or two.
        profile: `strict` keeps text and block markup, lists, tables and links, and nothing that a browser fetches to
            show them; `default` also keeps images; `odoo` also keeps what Odoo's HTML fields need: classes, a subset
            of styles, embedded images, quoted mail, mentions.

    Raises:
        InputTooLarge: the markup is too long or too expensive to parse.
        InvalidInput: it is not text, or holds lone surrogates.
        ParameterError: there is no such profile.
    """

def escape_html(text: str, /) -> str:
    """Encode text for HTML and for attribute values in quotes: `& < > " '`, as `html.escape` does (OWASP XSS sheet).

    Not idempotent; the same object when there is nothing to encode.

    Raises:
        InvalidInput: it is not text, or holds lone surrogates.
    """

def escape_attribute(text: str, /) -> str:
    """Encode text for an HTML attribute value, safe even without quotes. Not for URLs, styles or event handlers.

    Not idempotent; the same object when there is nothing to encode.

    Raises:
        InvalidInput: it is not text, or holds lone surrogates.
    """

def escape_js(text: str, /) -> str:
    """Encode text for the inside of a JavaScript or JSON string, also within a script element (RFC 8259, section 7).

    The quotes are the caller's. Not idempotent; the same object when there is nothing to encode.

    Raises:
        InvalidInput: it is not text, or holds lone surrogates.
    """

def escape_like(text: str, /) -> str:
    r"""Encode text as a literal for the right side of LIKE and of Odoo's `ilike` and `=like`: `%`, `_` and `\`.

    Not idempotent; the same object when there is nothing to encode.

    Raises:
        InvalidInput: it is not text, or holds lone surrogates.
    """

def encode_url_part(text: str, /) -> str:
    """Percent-encode one component of a URL: all but the unreserved characters (RFC 3986, section 2).

    Not idempotent; the same object when there is nothing to encode.

    Raises:
        InvalidInput: it is not text, or holds lone surrogates.
    """

def encode_csv_cell(text: str, /) -> str:
    """Encode text as one cell of a CSV file: RFC 4180 quoting, and an apostrophe before what looks like a formula.

    Source: OWASP CSV Injection; ASVS 5.0, 1.2.10. Not idempotent; the same object when there is nothing to encode.

    Raises:
        InvalidInput: it is not text, or holds lone surrogates.
    """

def header_value(text: str, /) -> str:
    """Check text as the value of an HTTP header field (RFC 9110, section 5.5) and trim it; it is refused, not repaired.

    Raises:
        InputTooLarge: it is over 8,190 bytes.
        InvalidInput: it holds anything but visible ASCII, spaces and tabs (CR, LF and NUL above all).
    """

def safe_file_name(name: str, /) -> str:
    """Turn the name of a file that came from outside into one path component for Linux, macOS and Windows. Idempotent.

    Takes what is behind the last separator, cleans it, replaces what Windows refuses by `_`, strips dots and spaces at
    the ends, sets `_` before device names and before a leading `-`, and cuts it to 255 bytes with its extension kept.
    Marks of direction go too, and look-alikes of separators and dots, such as U+FF0F, become `_`.

    Raises:
        InvalidInput: nothing is left of it, it is not text, or it holds lone surrogates.
    """

def refuse_templates(text: str, /) -> str:
    """Refuse text with a directive of a template, for text that goes where Odoo renders one (ASVS 5.0, 1.3.7).

    Refused are `{{`, `#{`, `${`, `{%`, `{#` and `<%` anywhere, and an element `t` and attributes such as `t-out` behind
    what begins a tag, in whatever case, with whatever invisible characters between. Other text comes back as it is.

    Raises:
        InvalidInput: there is one (code `template`), it is not text, or it holds lone surrogates.
    """

def text_removed(text: str, /, *, multiline: bool = True) -> dict[str, int]:
    """How many characters of each kind `clean_text` takes out: `Report` has the kinds.

    Raises:
        InvalidInput: it is not text.
    """

def html_removed(markup: str, cleaned: str, /) -> dict[str, int]:
    """How much of each kind is in `markup` and no more in what `clean_html` made of it: `Report` has the kinds.

    Raises:
        InputTooLarge: it is too expensive to parse.
        InvalidInput: it is not text, or holds lone surrogates.
    """

# --- validate ---

def validate_email(value: object, *, field: str | None = None) -> str:
    """An e-mail address: the dot-atom form of RFC 5321 and 5322, RFC 6531 for names outside ASCII.

    The domain comes back in lower case and in ASCII (`xn--`, UTS 46), the name before the @ as it was, in NFC.

    Args:
        value: at most 64 bytes before the @ and 254 in all; spaces around it are taken off.
        field: the name that an error carries.

    Raises:
        InvalidInput: quoted names, IP addresses as domains, one-label domains, control characters, and whatever else is
            no address; code `email_...`, `empty`, `control`, `type` or `encoding`.
        InputTooLarge: code `too_long` or `email_local_too_long`.
    """

def validate_phone(value: object, *, country_code: str | None = None, field: str | None = None) -> str:
    """A phone number as `+` and 8 to 15 digits (ITU-T E.164).

    Spaces and `. - / ( )` may stand between the digits and are taken out, as is the `(0)` of `+49 (0)30`. Extensions
    are refused.

    Args:
        value: at most 48 characters.
        country_code: the calling code, such as "49", of numbers that do not begin with `+`; without it such numbers are
            refused. The national prefix (the 0 of 030) is taken off.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `phone_...`, `empty`, `control`, `type` or `encoding`.
        InputTooLarge: code `too_long`.
        ParameterError: the national prefix of `country_code` is not known.
    """

def validate_url(
    value: object, *, schemes: Sequence[str] | None = None, refuse_lookalikes: bool = False, field: str | None = None
) -> str:
    """A web address (RFC 3986) with a public host and no user information.

    Scheme and host come back in lower case, the host in ASCII, the scheme's own port left out, and characters outside
    ASCII percent-encoded.

    Args:
        value: at most 2048 characters.
        schemes: what is accepted, in lower case; http and https unless given.
        refuse_lookalikes: refuse a host that `host_looks_alike` finds.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `url_...`, `host_lookalike`, `empty`, `control`, `type` or `encoding`.
        InputTooLarge: code `too_long`.
    """

def validate_host(value: object, *, refuse_lookalikes: bool = False, field: str | None = None) -> str:
    """A public host name in lower case and in ASCII (`xn--`, UTS 46): two labels or more, no IP address.

    Args:
        value: at most 253 characters once it is ASCII.
        refuse_lookalikes: refuse a host that `host_looks_alike` finds.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `url_host`, `host_lookalike`, `empty`, `control`, `type` or `encoding`.
        InputTooLarge: code `too_long`.
    """

def host_looks_alike(host: object) -> bool:
    """Whether a host can be mistaken for another one: UTS 39, section 5.2, "highly restrictive", on every label.

    A label is suspicious when it mixes scripts, but for Latin beside those of Chinese, Japanese or Korean; and, under a
    top-level domain in ASCII, when it is Cyrillic or Greek and has only letters that look like Latin ones.

    Args:
        host: a public host name in Unicode or in ASCII (`xn--`).

    Raises:
        InvalidInput: code `url_host`, `empty`, `control`, `type` or `encoding`.
        InputTooLarge: code `too_long`.
    """

def validate_vat(value: object, *, country: str | None = None, field: str | None = None) -> str:
    """A VAT number in the format of its country, in capitals, with its prefix, without spaces and `. - / , :`.

    Known are the EU as VIES lists it (Greece is EL; GR is read as EL), XI, GB, CH and NO. Check digits are not looked
    at.

    Args:
        value: at most 48 characters.
        country: ISO 3166 code of the country that it must belong to; the prefix may then be missing.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `vat_country`, `vat_format`, `empty`, `control`, `type` or `encoding`.
        InputTooLarge: code `too_long`.
    """

def validate_name(value: object, *, max_length: int = 128, field: str | None = None) -> str:
    """The name of a person or a company: letters, marks and digits of all scripts and the punctuation that names have.

    It comes back in NFC without the spaces around it, and otherwise as it was.

    Args:
        value: text with a letter or a digit in it.
        max_length: characters, 1 to 8192.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `name_characters`, `empty`, `control`, `type` or `encoding`.
        InputTooLarge: code `too_long`.
    """

def validate_line(value: object, *, max_length: int = 256, field: str | None = None) -> str:
    """One line of text in NFC without the spaces around it.

    Refused are line breaks, control characters, and characters that reorder or hide text. Markup is not: it is encoded
    where it goes out.

    Args:
        value: the text.
        max_length: characters, 1 to 8192.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `empty`, `control`, `type` or `encoding`.
        InputTooLarge: code `too_long`.
    """

def validate_partner(data: object, /) -> dict[str, Any]:
    """The fields of a partner (`res.partner` of Odoo 19) in their normal form, in a new dict; None stays None.

    The fields and what they take are those of `SecurePartnerInput`, without building one: for whoever reads many.

    Raises:
        InvalidFields: one or more fields are not accepted; `errors` has field, code and message of each.
        InvalidInput: `data` is no dict (code `type`).
        InputTooLarge: `data` has more than 64 keys (code `too_many_fields`).

    >>> validate_partner({"name": "O'Brien & Söhne", "email": "Info@Example.COM", "country_id": 57})
    {'name': "O'Brien & Söhne", 'email': 'Info@example.com', 'country_id': 57}
    """

def validate_login(value: object, *, field: str | None = None) -> str:
    """A login in NFC, its case kept: letters of all scripts, digits, and what a dot-atom e-mail address has.

    Args:
        value: at most 254 bytes.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `login`, `empty`, `control`, `type` or `encoding`.
        InputTooLarge: code `too_long`.
    """

def validate_language(value: object, *, field: str | None = None) -> str:
    """A language as Odoo names it: `en_US`, `es_419`, `sr@latin`, `fr`.

    Args:
        value: text.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `language`, `empty`, `type` or `encoding`.
        InputTooLarge: code `too_long`.
    """

def validate_model_name(value: object, *, field: str | None = None) -> str:
    """The name of a model: lower-case words joined by dots, such as `res.partner`.

    Args:
        value: at most 63 characters.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `model_name`, `empty`, `type` or `encoding`.
        InputTooLarge: code `too_long`.
    """

def validate_field_name(value: object, *, max_path: int = 1, field: str | None = None) -> str:
    """The name of a field, such as `partner_id`, or a path of fields, such as `partner_id.country_id.code`.

    Args:
        value: at most 63 characters a field.
        max_path: how many fields a path may have.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `field_name`, `empty`, `type` or `encoding`.
        InputTooLarge: code `path_too_deep` or `too_long`.
    """

def validate_method_name(value: object, *, field: str | None = None) -> str:
    """The name of a public method. One that begins with an underscore is private, in Odoo and here.

    Args:
        value: at most 63 characters.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `method_name`, `method_private`, `empty`, `type` or `encoding`.
        InputTooLarge: code `too_long`.
    """

def validate_domain(
    value: object,
    *,
    max_depth: int = 16,
    max_leaves: int = 100,
    max_values: int = 10_000,
    max_path: int = 5,
    fields: AbstractSet[str] | None = None,
    field: str | None = None,
) -> list[Any]:
    """A search domain of Odoo 19 (`odoo/orm/domains.py`) in prefix notation with every `&` written out.

    The result is one expression, so that `["&", *mine, *theirs]` narrows it safely; the empty domain comes back as
    `[(1, "=", 1)]`. `==` and `<>` come back as `=` and `!=`. `any!` and `not any!`, which go around record rules, are
    refused.

    Args:
        value: lists and tuples of `&`, `|`, `!` and conditions (field path, operator, value).
        max_depth: operators and sub-domains inside one another, at most 64; a chain of the same operator counts once.
        max_leaves: conditions, at most 10,000.
        max_values: values in all lists together, at most 1,000,000.
        max_path: fields in one path, with those of the `any` around it, at most 16.
        fields: the paths that may be used; any when not given. Inside `any` a path counts with the one that leads to
            it.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `domain_...`, `field_name`, `type` or `encoding`.
        InputTooLarge: code `domain_too_deep`, `domain_too_many_leaves`, `domain_too_many_values` or `path_too_deep`.
        ParameterError: a limit is over its own limit.
    """

@final
class DomainParser:
    """Parses search domains by rules that are looked at once: `validate.parse_domain` for many domains.

    Args:
        fields: the paths that may be used, or a dict of paths and types of Odoo's (`char`, `many2one` and so on); any
            when not given. Inside `any` a path counts with the one that leads to it. Where a type is given, operators
            and values have to be such that Odoo compares them without an error; ` tree` behind `many2one`, `one2many`,
            `many2many` or the `integer` of an `id` allows `child_of` and `parent_of`.
        operators: the operators that may be used; any when not given.
        max_depth: operators and sub-domains inside one another, at most 64; a chain of the same operator counts once.
        max_leaves: conditions, at most 10,000.
        max_values: values in all lists together, at most 1,000,000.
        max_path: fields in one path, with those of the `any` around it, at most 16.
        max_bytes: of a domain in JSON.

    Raises:
        ParameterError: a limit is over its own limit, or a type or an operator is unknown.

    >>> DomainParser(fields={"name": "char"}).parse('[["name", "ilike", "azure"]]')
    [('name', 'ilike', 'azure')]
    """

    def __new__(
        cls,
        *,
        fields: Mapping[str, str] | Iterable[str] | None = None,
        operators: Iterable[str] | None = None,
        max_depth: int = 16,
        max_leaves: int = 100,
        max_values: int = 10_000,
        max_path: int = 5,
        max_bytes: int = 65_536,
    ) -> Self: ...
    def parse(self, source: object, /, *, field: str | None = None) -> list[Any]:
        """The domain in prefix notation with every `&` written out; see `validate.domain`.

        Args:
            source: JSON as text or UTF-8, or lists and tuples.
            field: the name that an error carries.

        Raises:
            InvalidInput: code `domain_...`, `json...`, `field_name`, `type` or `encoding`.
            InputTooLarge: code `too_long`, `json_too_...`, `domain_too_...` or `path_too_deep`.
        """

def parse_json(
    source: object,
    *,
    max_bytes: int = 1_048_576,
    max_depth: int = 32,
    max_items: int = 10_000,
    max_keys: int = 5_000,
    field: str | None = None,
) -> Any:
    """One JSON document (RFC 8259), within limits that are checked before anything is built of it.

    Refused are names that an object has twice, integers beyond 64 bits, `NaN` and other numbers that are not finite,
    lone surrogates, a byte order mark, and whatever follows the document.

    Args:
        source: text, or UTF-8 in `bytes`.
        max_bytes: of the document.
        max_depth: arrays and objects inside one another, at most 100.
        max_items: values and names in all of it.
        max_keys: names in all objects together.
        field: the name that an error carries.

    Raises:
        InvalidInput: code `type`, `encoding`, `json`, `json_duplicate` or `json_number`.
        InputTooLarge: code `too_long`, `json_too_deep` or `json_too_many`.
        ParameterError: `max_depth` is over 100.

    >>> parse_json(b'{"ids": [1, 2]}')
    {'ids': [1, 2]}
    """

@final
class PlainCopier:
    """Copies nested dicts and lists of texts, numbers, booleans and None; a tuple becomes a list.

    Args:
        max_depth: containers inside one another, at most 200.
        max_items: items in all containers together.
        max_text_bytes: UTF-8 in all texts together, names of dicts among them.

    Raises:
        ParameterError: `max_depth` is over 200.
    """

    def __new__(cls, *, max_depth: int, max_items: int, max_text_bytes: int) -> Self: ...
    def copy(self, value: object, /) -> Any:
        """The copy of a value; subclasses of these types are not taken.

        Raises:
            InvalidInput: code `not_json`, `encoding` or `out_of_range` (an integer beyond 64 bits, NaN).
            InputTooLarge: too deep, too many items or too much text.
        """

def validation_codes() -> dict[str, str]:
    """Every code of an invalid value with its English sentence."""

"""Second factors as a store keeps them: one sealed record a user, changed whole or not at all.

A record is sealed under its database, the id of its user and what it is for, so one that was moved to another user, or
from the waiting ones to the confirmed, cannot be opened: that is a `DecryptionError`, never "no second factor".
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from zenoo_security.errors import DecryptionError, ParameterError, StoreIncompatible
from zenoo_security.fields import FieldCipher

if TYPE_CHECKING:
    from zenoo_security.keyring import KeyRing
    from zenoo_security.otp import Algorithm
    from zenoo_security.stores import Store

__all__ = [
    "PENDING_S",
    "Account",
    "Found",
    "Kind",
    "Record",
    "Records",
    "Resealed",
    "delete",
    "is_enrolled",
]

Kind = Literal["enrolled", "pending"]

PENDING_S: Final = 600.0
"""Seconds in which an enrollment must be confirmed."""

_VERSION: Final = 1
_ENROLLED: Final = b"mfa/enrolled/"
_MAX_DATABASE_BYTES: Final = 63
_MAX_UID: Final = 2**31 - 1


class Account(NamedTuple):
    """Whose second factor: a user of a database."""

    database: str
    uid: int

    @classmethod
    def of(cls, database: object, uid: object) -> Account:
        """The account, if Odoo can have such a one.

        Raises:
            ParameterError: it cannot.
        """
        if not isinstance(database, str) or not 0 < len(database.encode(errors="replace")) <= _MAX_DATABASE_BYTES:
            raise ParameterError(f"a database has a name of 1 to {_MAX_DATABASE_BYTES} bytes")
        if not database.isprintable():
            raise ParameterError("the name of a database has no control characters and no lone surrogates")
        if isinstance(uid, bool) or not isinstance(uid, int) or not 0 < uid <= _MAX_UID:
            raise ParameterError("uid is the id of a user in Odoo, a whole number from 1")
        return cls(database, uid)


@dataclass(frozen=True)
class Record:
    """A TOTP secret with its parameters, and what is left of the recovery codes. Times are Unix seconds.

    Args:
        secret: in base32.
        algorithm: as for `Totp`.
        digits: as for `Totp`.
        period_s: as for `Totp`.
        enrolled_at: when it was confirmed, or begun while it is waiting.
        codes: selector -> hash of each recovery code that was not used.
        codes_made_at: when the set was made.
        codes_used_at: when one of the set was last used.
    """

    secret: str = field(repr=False)
    algorithm: Algorithm
    digits: int
    period_s: int
    enrolled_at: float
    codes: dict[str, str] = field(default_factory=dict, repr=False)
    codes_made_at: float | None = None
    codes_used_at: float | None = None


class Found(NamedTuple):
    """A record, and the bytes that it was read from."""

    record: Record
    raw: bytes


class Resealed(NamedTuple):
    """What came of sealing the confirmed records anew.

    Attributes:
        seen: all records.
        old: those of an older key; they are sealed with the primary one now, unless it was a dry run.
        unreadable: those under another key than the primary one that cannot be opened, and are left as they are: whose
            they are, as `shop/7` for the user 7 in the database `shop`.
    """

    seen: int
    old: int
    unreadable: tuple[str, ...]


class Records:
    """Reads and writes the records of a store.

    Args:
        store: where they are.
        key_ring: seals them.
    """

    __slots__ = ("_cipher", "_primary_id", "store")

    def __init__(self, store: Store, key_ring: KeyRing) -> None:
        self.store: Final = store
        self._cipher: Final = FieldCipher(key_ring)
        self._primary_id: Final = key_ring.primary_id

    async def load(self, kind: Kind, account: Account) -> Found | None:
        """The record of a user, if there is one.

        Raises:
            DecryptionError: it was altered, was made for another user, or its key is gone.
            StoreIncompatible: it was made by a newer version.
            StoreUnavailable: the store does not answer.
        """
        raw = await self.store.get(_key(kind, account))
        return None if raw is None else Found(self._opened(raw, kind, account), raw)

    async def put(self, kind: Kind, account: Account, record: Record) -> None:
        """Set the record of a user; a waiting one expires."""
        ttl_s = PENDING_S if kind == "pending" else None
        await self.store.put(_key(kind, account), self._sealed(record, kind, account), ttl_s=ttl_s)

    async def replace(self, found: Found, account: Account, record: Record) -> bool:
        """Put another record in the place of a confirmed one that was found. Returns whether it was still the same."""
        sealed = self._sealed(record, "enrolled", account)
        return await self.store.compare_and_set(_key("enrolled", account), found.raw, sealed, ttl_s=None)

    async def take_pending(self, found: Found, account: Account) -> bool:
        """Remove the waiting record that was found. Returns whether it was still there: only one caller gets it."""
        return await self.store.compare_and_set(_key("pending", account), found.raw, None, ttl_s=None)

    async def reseal(self, *, dry_run: bool = False) -> Resealed:
        """Seal with the primary key what an older key sealed. One that cannot be opened is left, and named.

        Args:
            dry_run: only count.

        Raises:
            StoreUnavailable: the store does not answer. What was sealed anew stays so: begin again.
        """
        seen = old = 0
        unreadable: list[str] = []
        async for key, raw in self.store.scan(_ENROLLED):
            seen += 1
            try:
                if FieldCipher.key_id(raw.decode("ascii", "replace")) != self._primary_id:
                    account = _account(key)
                    found = Found(self._opened(raw, "enrolled", account), raw)
                    old += 1
                    if not dry_run:
                        # Whoever was faster sealed it with the primary key.
                        await self.replace(found, account, found.record)
            except (DecryptionError, StoreIncompatible):
                unreadable.append(_place(key))
        return Resealed(seen, old, tuple(sorted(unreadable)))

    def _sealed(self, record: Record, kind: Kind, account: Account) -> bytes:
        text = json.dumps({"version": _VERSION, **asdict(record)})
        return self._cipher.encrypt(text, context=_context(kind, account)).encode()

    def _opened(self, raw: bytes, kind: Kind, account: Account) -> Record:
        text = self._cipher.decrypt(raw.decode("ascii", "replace"), context=_context(kind, account))
        if not isinstance(text, str):
            raise DecryptionError("the record of the second factor is damaged")
        values = json.loads(text)
        if values.pop("version") != _VERSION:
            raise StoreIncompatible("the second factor was enrolled by a newer version of this package")
        return Record(**values)


async def is_enrolled(store: Store, account: Account) -> bool:
    """Whether a user has a confirmed record, readable or not."""
    return await store.get(_key("enrolled", account)) is not None


async def delete(store: Store, kind: Kind, account: Account) -> bool:
    """Remove a record of a user, readable or not. Returns whether there was one."""
    return await store.delete(_key(kind, account))


def _key(kind: Kind, account: Account) -> bytes:
    return f"mfa/{kind}/{account.database}/{account.uid}".encode()


def _place(key: bytes) -> str:
    """Whose record it is, fit to be shown whatever somebody has put there."""
    return ascii(key.removeprefix(_ENROLLED).decode("utf-8", "replace"))[1:-1]


def _account(key: bytes) -> Account:
    database, _, uid = key.removeprefix(_ENROLLED).decode("utf-8", "replace").rpartition("/")
    if not uid.isdecimal():
        raise DecryptionError("this is no record of a second factor")
    return Account(database, int(uid))


def _context(kind: Kind, account: Account) -> tuple[str, ...]:
    return ("mfa", kind, account.database, str(account.uid))

"""Which sessions an account has: one value for each account, so that they can be listed, limited and ended together.

The index comes before the record. A session is entered, its record is written, and only if the entry still stands is
its token given out; so what is not in the index is nobody's. To end a session its entry is marked, then its record is
deleted, then the entry is forgotten. Whoever dies between two of these steps leaves a record that the next change
deletes, or one that nobody has a token for; both expire.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
from typing import TYPE_CHECKING, Final, NamedTuple

from zenoo_security.accounts import canonical_login
from zenoo_security.errors import InvalidInput, SessionEnded, StoreIncompatible, StoreUnavailable, TooManySessions
from zenoo_security.fields import BlindIndex
from zenoo_security.sessions.stored import record_key

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from zenoo_security.keyring import KeyRing
    from zenoo_security.sessions.policy import SessionPolicy
    from zenoo_security.stores import Store

__all__ = ["Entry", "SessionIndex"]

_VERSION: Final = 1
_TRIES: Final = 100
_SETTLED_S: Final = 60.0
"""After so many seconds an entry without a record is one that has ended, not one that is being written."""

_MAX_DATABASE_CHARS: Final = 255
_DIGEST_BYTES: Final = 32


class Entry(NamedTuple):
    """A session, or a login without its second factor, in the index of its account.

    Attributes:
        id: as `Session.id`.
        digest: of its token, in hexadecimal.
        placed_at: when the entry was made for this token.
        expires_at: as `Session.expires_at`.
        pending: as `Session.pending`.
        ended: whether it has been ended, and its record is still to be deleted.
    """

    id: str
    digest: str
    placed_at: float
    expires_at: float
    pending: bool
    ended: bool = False

    @property
    def key(self) -> bytes:
        """Where its record is."""
        return record_key(bytes.fromhex(self.digest), pending=self.pending)


class SessionIndex:
    """The indexes of all accounts.

    Args:
        store: where they are.
        key_ring: keys their names: the store does not learn a login from them.
        policy: how many sessions an account has.
    """

    def __init__(self, store: Store, key_ring: KeyRing, policy: SessionPolicy) -> None:
        self._store = store
        self._names = BlindIndex(key_ring, normalizer="exact", length=32)
        self._policy = policy

    def key(self, database: str, login: str) -> bytes:
        """Where the index of an account is. Logins that differ in case alone are one account.

        Raises:
            InvalidInput, InputTooLarge: this is no database or no login.
        """
        account = json.dumps([_database(database), canonical_login(login)])
        return b"sessions/" + self._names.compute(account, context=("zenoo_security", "sessions")).encode()

    async def entries(self, key: bytes) -> list[Entry]:
        """All entries of an account. The record of each may have expired, or been deleted since."""
        return _read(await self._store.get(key))

    async def place(self, key: bytes, entry: Entry, *, replaces: bool) -> None:
        """Enter a session, or a new token of one, and make room for it.

        Args:
            key: of the account.
            entry: the session.
            replaces: whether the session is entered already, under its former token.

        Raises:
            SessionEnded: it should have been entered, and is not any more.
            TooManySessions: there is no room, and the policy makes none.
        """

        async def placed(entries: list[Entry]) -> list[Entry]:
            if replaces and entry.id not in {other.id for other in entries}:
                raise SessionEnded
            others = await self._with_room(entries, entry)
            return _replaced(others, entry) if replaces else [*others, entry]

        await self._change(key, placed, now=entry.placed_at)

    async def end(self, key: bytes, ends: Callable[[Entry], bool], *, now: float) -> list[Entry]:
        """End the sessions for which `ends` is true. Returns those that were there."""

        async def marked(entries: list[Entry]) -> list[Entry]:
            return [entry._replace(ended=ends(entry)) for entry in entries]

        return [entry for entry in await self._change(key, marked, now=now) if ends(entry)]

    async def _with_room(self, entries: list[Entry], newcomer: Entry) -> list[Entry]:
        """The entries, with so many of them marked as ended that there is room for one more."""
        others = [entry for entry in entries if entry.pending == newcomer.pending and entry.id != newcomer.id]
        if len(others) < self._policy.most:
            return entries
        there = [entry for entry in others if await self._is_there(entry, newcomer.placed_at)]
        excess = len(there) + 1 - self._policy.most
        if excess > 0 and self._policy.when_full == "refuse" and not newcomer.pending:
            raise TooManySessions
        leave = set(others) - set(there[max(excess, 0) :])
        return [entry._replace(ended=entry in leave) for entry in entries]

    async def _is_there(self, entry: Entry, now: float) -> bool:
        return now < entry.placed_at + _SETTLED_S or await self._store.get(entry.key) is not None

    async def _change(
        self, key: bytes, change: Callable[[list[Entry]], Awaitable[list[Entry]]], *, now: float
    ) -> list[Entry]:
        """Replace the index by what `change` makes of it. Returns the entries whose records were deleted with that."""
        deleted: list[Entry] = []
        for attempt in range(_TRIES):
            raw = await self._store.get(key)
            before = [entry._replace(ended=entry.ended or entry.expires_at <= now) for entry in _read(raw)]
            deleted += await self._delete_ended(before)
            after = await change([entry for entry in before if not entry.ended])
            if after == before or await self._replace(key, raw, after, now):
                return deleted + await self._forget_ended(key, after, now)
            await asyncio.sleep(random.uniform(0, attempt / 1000))  # noqa: S311 - spreads the contenders
        raise StoreUnavailable("the sessions of this account change too fast: try again")

    async def _replace(self, key: bytes, raw: bytes | None, after: Sequence[Entry], now: float) -> bool:
        ttl_s = max((entry.expires_at - now for entry in after), default=None)
        return await self._store.compare_and_set(key, raw, _write(after), ttl_s=ttl_s)

    async def _forget_ended(self, key: bytes, entries: Sequence[Entry], now: float) -> list[Entry]:
        deleted = await self._delete_ended(entries)
        stay = [entry for entry in entries if not entry.ended]
        if len(stay) < len(entries):
            # If the index has changed meanwhile, whoever changes it next forgets them.
            await self._replace(key, _write(entries), stay, now)
        return deleted

    async def _delete_ended(self, entries: Sequence[Entry]) -> list[Entry]:
        return [entry for entry in entries if entry.ended and await self._store.delete(entry.key)]


def _database(name: object) -> str:
    if not isinstance(name, str) or not 0 < len(name) <= _MAX_DATABASE_CHARS:
        raise InvalidInput("the value is not valid", field="database", code="invalid")
    return name


def _replaced(entries: list[Entry], entry: Entry) -> list[Entry]:
    return [entry if other.id == entry.id else other for other in entries]


def _write(entries: Sequence[Entry]) -> bytes | None:
    if not entries:
        return None
    return json.dumps({"v": _VERSION, "sessions": [entry._asdict() for entry in entries]}).encode()


def _read(raw: bytes | None) -> list[Entry]:
    if raw is None:
        return []
    try:
        data = json.loads(raw)
        if data["v"] == _VERSION:
            return [_entry(**entry) for entry in data["sessions"]]
    except (KeyError, TypeError, ValueError, RecursionError):
        pass
    raise StoreIncompatible("the sessions of an account were written by a newer version, or by something else")


def _entry(*, id: str, digest: str, placed_at: float, expires_at: float, pending: bool, ended: bool) -> Entry:  # noqa: A002
    if len(bytes.fromhex(digest)) != _DIGEST_BYTES or not math.isfinite(placed_at) or not math.isfinite(expires_at):
        raise ValueError
    return Entry(str(id), digest, placed_at, expires_at, pending is True, ended is True)

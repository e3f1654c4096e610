"""The sessions of an account: listed, and ended together."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from zenoo_security.clock import SYSTEM_CLOCK, Clock
from zenoo_security.errors import SessionEnded
from zenoo_security.sessions import telling
from zenoo_security.sessions.index import Entry, SessionIndex
from zenoo_security.sessions.policy import DEFAULT_POLICY, SessionPolicy
from zenoo_security.sessions.records import Records, Session
from zenoo_security.sessions.stored import Place, StoredRecords
from zenoo_security.stores.store_time import StoreTime

if TYPE_CHECKING:
    from collections.abc import Callable

    from zenoo_security.keyring import KeyRing
    from zenoo_security.stores import Store

__all__ = ["AccountSessions"]

_SessionList = list[Session]  # within the class, `list` is its method


class AccountSessions:
    """What is known of an account by its index; `Sessions` says what the arguments are."""

    def __init__(
        self, store: Store, key_ring: KeyRing, *, policy: SessionPolicy = DEFAULT_POLICY, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        self._policy: Final = policy
        self._time: Final = StoreTime(store, clock)
        self._records: Final = Records(key_ring)
        self._stored: Final = StoredRecords(store, self._records, policy, self._time)
        self._index: Final = SessionIndex(store, key_ring, policy)

    async def end_by_id(self, database: str, login: str, session_id: str) -> bool:
        """End the session of an account that has this id. Returns whether there was one.

        Raises:
            InvalidInput, InputTooLarge: this is no database or no login.
        """
        return bool(await self._end(database, login, lambda entry: entry.id == session_id))

    async def end_all(self, database: str, login: str, *, keep: str | None = None) -> int:
        """End all sessions and tickets of an account. Returns how many sessions there were.

        Args:
            database: the database.
            login: the login; case does not matter.
            keep: the id of a session that stays.

        Raises:
            InvalidInput, InputTooLarge: this is no database or no login.
        """
        ended = await self._end(database, login, lambda entry: entry.id != keep)
        return sum(not entry.pending for entry in ended)

    async def _end(self, database: str, login: str, ends: Callable[[Entry], bool]) -> list[Entry]:
        ended = await self._index.end(self._index.key(database, login), ends, now=await self._time.now())
        return telling.tell_all_ended(database, ended)

    async def list(self, database: str, login: str, *, uid: int | None = None) -> _SessionList:
        """The sessions of an account, the oldest first.

        Args:
            database: the database.
            login: the login; case does not matter.
            uid: only those of this user. In Odoo `alice` and `Alice` may be two.

        Raises:
            InvalidInput, InputTooLarge: this is no database or no login.
        """
        account, now = self._index.key(database, login), await self._time.now()
        found: _SessionList = []
        for entry in await self._index.entries(account):
            with contextlib.suppress(SessionEnded):
                place = Place(entry.key, bytes.fromhex(entry.digest))
                session = (await self._stored.read(place, now)).record.session
                wanted = not session.pending and uid in (None, session.principal.uid)
                if wanted and self._account(session) == account:
                    found.append(session)
        return found

    def _account(self, session: Session) -> bytes:
        return self._index.key(session.principal.database, session.principal.login)

"""Records where they lie: each under the digest of its token, for as long as it may be used and no longer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from zenoo_security import tokens
from zenoo_security.errors import SessionEnded, StoreUnavailable
from zenoo_security.sessions.cache import SessionCache
from zenoo_security.tokens import token_digest

if TYPE_CHECKING:
    from zenoo_security.sessions.policy import SessionPolicy
    from zenoo_security.sessions.records import Record, Records, Session
    from zenoo_security.stores import Store
    from zenoo_security.stores.store_time import StoreTime

__all__ = ["LEEWAY_S", "Found", "Place", "StoredRecords", "record_key"]

LEEWAY_S: Final = 60.0
"""How far the estimates that two processes have of the store's time may lie apart."""


def record_key(digest: bytes, *, pending: bool) -> bytes:
    """The key of the record that belongs to the token with this digest."""
    return (b"ticket/" if pending else b"session/") + digest


class Place(NamedTuple):
    """Where a record is, and the digest that it is bound to."""

    key: bytes
    digest: bytes

    @classmethod
    def of(cls, token: object) -> Place:
        """The place of a session or of a ticket.

        Raises:
            SessionEnded: it is neither.
        """
        pending = isinstance(token, str) and token.startswith(tokens.TICKET)
        digest = token_digest(token, tokens.TICKET if pending else tokens.SESSION)
        return cls(record_key(digest, pending=pending), digest)


class Found(NamedTuple):
    """A record, and the bytes that the store had for it."""

    raw: bytes
    record: Record


class StoredRecords:
    """The records in a store.

    The store forgets a record when its session has been idle for too long or has reached its end. The same is
    checked here: the time that the store was told began to run when the request reached it, not when it was made.

    Args:
        store: where they are.
        records: seals and opens them.
        policy: how long they last.
        time: the store's time.
    """

    def __init__(self, store: Store, records: Records, policy: SessionPolicy, time: StoreTime) -> None:
        self._store = store
        self._records = records
        self._idle_s = policy.idle_s
        self._touch_s = policy.touch_s
        self._time = time
        self._cache = SessionCache(records)

    async def look_up(self, digest: bytes) -> Session:
        """The session of a token, which is in use by this.

        Raises:
            SessionEnded: there is none, or not any more.
        """
        raw = await self._store.get(record_key(digest, pending=False))
        if raw is None:
            self._cache.forget(digest)
            raise SessionEnded
        session = self._cache.session(digest, raw)
        now = self._time.estimate()
        if -LEEWAY_S <= now - session.seen_at < self._touch_s and now < session.expires_at:
            return session
        return await self._touched(digest, raw)

    async def _touched(self, digest: bytes, raw: bytes) -> Session:
        now = await self._time.sync()
        place = Place(record_key(digest, pending=False), digest)
        record = await self._opened(place, raw, now)
        if now - record.session.seen_at < self._touch_s:
            return record.session
        touched = record._replace(session=replace(record.session, seen_at=now))
        # Where another was faster the session was in use as well, or has ended after this look-up began.
        return (touched if await self.replace(place, raw, touched, now) else record).session

    async def read(self, place: Place, now: float) -> Found:
        """The record at a place.

        Raises:
            SessionEnded: there is none, or not any more.
        """
        raw = await self._store.get(place.key)
        if raw is None:
            raise SessionEnded
        return Found(raw, await self._opened(place, raw, now))

    async def _opened(self, place: Place, raw: bytes, now: float) -> Record:
        record = self._records.open(place.digest, raw)
        if self._left_s(record.session, now) <= 0:
            await self.take(place, raw)
            raise SessionEnded
        return record

    def _left_s(self, session: Session, now: float) -> float:
        """Seconds until a session ends unless it is in use before; none for one that is from the future.

        The clock of a server may be set back. The session would then outlive its end by as much: it ends instead.
        """
        if session.seen_at > now + LEEWAY_S:
            return 0
        idle_at = session.expires_at if session.pending else session.seen_at + self._idle_s
        return min(idle_at, session.expires_at) - now

    async def add(self, place: Place, record: Record, now: float) -> None:
        """Put a record at a new place."""
        left_s = self._left_s(record.session, now)
        if not await self._store.add(place.key, self._records.seal(place.digest, record), ttl_s=left_s):
            raise StoreUnavailable("the store says that a token exists which was made just now")

    async def replace(self, place: Place, raw: bytes, record: Record, now: float) -> bool:
        """Put a record in the place of these bytes, if they are still there. Returns whether they were."""
        sealed = self._records.seal(place.digest, record)
        return await self._store.compare_and_set(place.key, raw, sealed, ttl_s=self._left_s(record.session, now))

    async def take(self, place: Place, raw: bytes) -> bool:
        """Delete these bytes, if they are still there. Returns whether they were: true for one caller alone."""
        return await self._store.compare_and_set(place.key, raw, None, ttl_s=None)

    async def delete(self, place: Place) -> None:
        """Delete whatever is at a place."""
        await self._store.delete(place.key)

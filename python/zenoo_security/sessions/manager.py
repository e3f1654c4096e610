"""Starting, looking up, rotating and ending sessions."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from zenoo_security.clock import SYSTEM_CLOCK, Clock
from zenoo_security.errors import ParameterError, SessionEnded, StoreUnavailable
from zenoo_security.principal import Principal
from zenoo_security.sessions import origin, telling
from zenoo_security.sessions.index import Entry, SessionIndex
from zenoo_security.sessions.policy import DEFAULT_POLICY, SessionPolicy
from zenoo_security.sessions.records import Record, Records, Session, is_same_user, new_id, under_new_token
from zenoo_security.sessions.stored import LEEWAY_S, Place, StoredRecords
from zenoo_security.stores.store_time import StoreTime
from zenoo_security.tokens import SESSION, TICKET, new_token, token_digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from zenoo_security.keyring import KeyRing
    from zenoo_security.stores import Store

__all__ = ["Sessions"]

_TRIES: Final = 20

_SessionList = list[Session]  # within the class, `list` is its method


class Sessions:
    """The sessions of all accounts.

    Every method raises `StoreUnavailable` when the store does not answer, and lets nobody in then. Whatever is wrong
    with a token, and whatever is wrong with what is stored under it, is `SessionEnded`. What changes or lists the
    sessions of an account raises `StoreIncompatible` where a newer version has written their index.

    Args:
        store: where they are.
        key_ring: seals them.
        policy: how long they live and how many there may be.
        clock: carries the store's time on between two questions for it.
    """

    def __init__(
        self, store: Store, key_ring: KeyRing, *, policy: SessionPolicy = DEFAULT_POLICY, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        self._policy: Final = policy
        self._time: Final = StoreTime(store, clock)
        self._records: Final = Records(key_ring)
        self._stored: Final = StoredRecords(store, self._records, policy, self._time)
        self._index: Final = SessionIndex(store, key_ring, policy)

    async def start(
        self,
        principal: Principal,
        credential: str,
        *,
        client_ip: str | None = None,
        label: str | None = None,
        pending: bool = False,
        replaces: str | None = None,
    ) -> str:
        """Begin a session and make its token. Call it when the login has succeeded, never before.

        Args:
            principal: who logged in.
            credential: what Odoo accepts from them, up to 4096 characters; sealed.
            client_ip: the address that they came from.
            label: what they will know the session by; cleaned, and cut after 200 characters.
            pending: make a ticket for a login whose second factor is missing; `rotate` makes a session of it.
            replaces: the token that the browser sent with the login. That session ends, whosever it was: an attacker
                may have planted it (session fixation).

        Raises:
            TooManySessions: the account has as many as it may, and the policy is to refuse one more.
            SessionEnded: all sessions of the account were ended at the same time.
            InvalidInput, InputTooLarge: the credential or the address is none.
            ParameterError: the principal is none.
        """
        if not isinstance(principal, Principal):
            raise ParameterError("a session is that of a Principal")
        secret, address, name = origin.credential(credential), origin.address(client_ip), origin.label(label)
        if replaces is not None:
            await self.end(replaces, reason="replaced")
        now = await self._time.sync()
        lifetime_s = self._policy.ticket_s if pending else self._policy.absolute_s
        session = Session(new_id(), principal, now, now, now, now + lifetime_s, address, name, pending)
        return await self._admit(Record(session, self._records.seal_credential(session.id, secret)), now)

    async def get(self, token: str) -> Session:
        """The session of a token, which is in use by this: one round trip, and two more once in a minute.

        Raises:
            SessionEnded: there is none, or not any more; or it is a login without its second factor.
        """
        return await self._stored.look_up(token_digest(token))

    async def pending(self, ticket: str) -> Session:
        """The login that a ticket stands for. It does not use the ticket up.

        Raises:
            SessionEnded: there is none, or not any more.
        """
        token_digest(ticket, TICKET)
        return (await self._stored.read(Place.of(ticket), await self._time.now())).record.session

    async def credential(self, token: str) -> str:
        """The credential of a session or of a ticket, opened for this call.

        Raises:
            SessionEnded: there is none, or not any more.
        """
        found = await self._stored.read(Place.of(token), await self._time.now())
        return self._records.open_credential(found.record)

    async def rotate(self, token: str, *, principal: Principal | None = None, credential: str | None = None) -> str:
        """Make a new token for a session, or a session of a ticket. The old one is dead at once.

        Of several calls for one token at the same time one gets a new token. A session keeps its id and the moment at
        which it ends; that of a ticket begins now.

        Args:
            token: a session or a ticket.
            principal: the same user, with what changed, such as a further factor or a later login.
            credential: the new one, where it changed.

        Raises:
            SessionEnded: there is none, or not any more, also because another call was faster; or the principal is of
                another account, and then it has ended.
            TooManySessions: as for `start`. The ticket is used up.
        """
        place, now = Place.of(token), await self._time.sync()
        sealed: str | None = None
        for _ in range(_TRIES):
            raw, record = await self._stored.read(place, now)
            session = await self._with_principal(token, record.session, principal)
            if credential is not None:
                sealed = self._records.seal_credential(session.id, origin.credential(credential))
            if await self._stored.take(place, raw):
                session = under_new_token(session, now, self._policy.absolute_s)
                return await self._admit(Record(session, sealed or record.credential), now, record.session)
        raise StoreUnavailable("the session changes too fast: try again")

    async def mark_checked(self, token: str, principal: Principal) -> None:
        """Note that Odoo still knows the user, and their groups. It does not keep the session alive.

        Args:
            token: the session.
            principal: the user as Odoo has them now; of it only the groups are taken.

        Raises:
            SessionEnded: there is none, or not any more; or the principal is of another account, and then it has
                ended.
        """
        token_digest(token)
        place, now = Place.of(token), await self._time.sync()
        for _ in range(_TRIES):
            raw, record = await self._stored.read(place, now)
            known = record.session.principal
            session = await self._with_principal(token, record.session, principal)
            checked = replace(session, principal=replace(known, groups=principal.groups), checked_at=now)
            if await self._stored.replace(place, raw, record._replace(session=checked), now):
                return
        raise StoreUnavailable("the session changes too fast: try again")

    def check_due(self, session: Session) -> bool:
        """Whether it is time to ask Odoo again about the user of a session that was looked up just now."""
        return not -LEEWAY_S <= self._time.estimate() - session.checked_at < self._policy.check_s

    async def end(self, token: str, *, reason: str = "logout") -> None:
        """End a session or a ticket, also when it was rotated meanwhile. What has ended already is no error."""
        with contextlib.suppress(SessionEnded):
            place, now = Place.of(token), await self._time.now()
            try:
                session = (await self._stored.read(place, now)).record.session
            finally:
                await self._stored.delete(place)
            await self._index.end(self._account(session), lambda entry: entry.id == session.id, now=now)
            telling.tell_ended(session, reason)

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

    async def _admit(self, record: Record, now: float, replaced: Session | None = None) -> str:
        """Enter a session into the index, store its record, and give out the token if the entry still stands."""
        session = record.session
        token = new_token(TICKET if session.pending else SESSION)
        place, account = Place.of(token), self._account(session)
        entry = Entry(session.id, place.digest.hex(), now, session.expires_at, session.pending)
        await self._index.place(account, entry, replaces=replaced is not None)
        await self._stored.add(place, record, now)
        if entry in await self._index.entries(account):
            telling.tell_begun(session, replaced)
            return token
        await self._stored.delete(place)
        raise SessionEnded

    async def _with_principal(self, token: str, session: Session, principal: Principal | None) -> Session:
        if principal is None or is_same_user(principal, session.principal):
            return replace(session, principal=principal or session.principal)
        await self.end(token, reason="another_user")
        raise SessionEnded

    def _account(self, session: Session) -> bytes:
        return self._index.key(session.principal.database, session.principal.login)

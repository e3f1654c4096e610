"""From a session token to the one who acts: looked up, asked of Odoo when it is time, listed and ended."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Final

from zenoo_security.accounts import check_database, check_login
from zenoo_security.audit import emit
from zenoo_security.auth.parts import AuthParts
from zenoo_security.auth.pool import SessionClient
from zenoo_security.client import CredentialRefused, RecordMissing
from zenoo_security.errors import ConfigurationError, EnrollmentRequired, SessionEnded
from zenoo_security.principal import acting_as
from zenoo_security.tokens import token_digest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from zenoo_security.client import SecureZenooClient
    from zenoo_security.sessions import Session

__all__ = ["SessionAccess"]

_SECOND_FACTORS: Final = frozenset({"totp", "recovery"})


class SessionAccess(AuthParts):
    """What a session token is good for."""

    async def session(self, token: str, *, enrolling: bool = False) -> Session:
        """The session of a token.

        Odoo is asked when it was not for 45 seconds: a user who was archived, changed the password or the login, or
        lost the group that let them in, has no sessions any more within a minute.

        Args:
            token: what `authenticate` gave.
            enrolling: also take the session of a user who must have a second factor first (`mfa_required`). For the
                pages where they enroll one, and for no others.

        Raises:
            SessionEnded: there is none, or not any more.
            EnrollmentRequired: a second factor is required and this login had none.
            OdooUnavailable: it was time to ask Odoo, and it did not answer. The session stays.
            StoreUnavailable: nothing is known.
        """
        try:
            session = await self._liveness.current(token, await self.sessions.get(token))
        except SessionEnded:
            await self._close_client(token)
            raise
        if self.config.mfa_required and not enrolling and not session.principal.factors & _SECOND_FACTORS:
            raise EnrollmentRequired
        return session

    @asynccontextmanager
    async def acting(self, token: str) -> AsyncIterator[Session]:
        """Act as the user of a session for the length of an `async with` block.

        Raises:
            SessionEnded, EnrollmentRequired, OdooUnavailable, StoreUnavailable: as `session`.
        """
        session = await self.session(token)
        with acting_as(session.principal):
            yield session

    async def client(self, token: str) -> SecureZenooClient:
        """A client that is logged in to Odoo as the user of a session.

        Ask for it in each request. It is one of a pool, is used by this session only, asks before each call whether the
        session still stands, and is closed with it; leaving an `async with` block of it does not close it.

        Raises:
            SessionEnded, EnrollmentRequired, OdooUnavailable, StoreUnavailable: as `session`.
            ConfigurationError: the settings name no Odoo.
        """
        session = await self.session(token)
        return await self._pool.get(token_digest(token), partial(self._open_client, token, session))

    async def logout(self, token: str) -> None:
        """End the session of a token; nothing happens when there is none."""
        await self.sessions.end(token)
        await self._close_client(token)

    async def logout_everywhere(self, username: str, database: str) -> int:
        """End all sessions of a user, and forget their devices. Returns how many sessions there were.

        Raises:
            InvalidInput, InputTooLarge: this is no database or no login.
        """
        check_database(database)
        check_login(username)
        try:
            return await self._shut_out(database, username)
        finally:
            account = self.lockout.account(database, username)
            emit("authn_token_revoked", database=database, account=account, kind="device")

    async def list_sessions(self, token: str) -> list[Session]:
        """The sessions of the user of a session, the oldest first.

        Raises:
            SessionEnded, EnrollmentRequired, OdooUnavailable, StoreUnavailable: as `session`.
        """
        principal = (await self.session(token)).principal
        return await self.sessions.list(principal.database, principal.login, uid=principal.uid)

    async def end_session(self, token: str, session_id: str) -> bool:
        """End a session of the same user, by its id. Returns whether there was one.

        Raises:
            SessionEnded, EnrollmentRequired, OdooUnavailable, StoreUnavailable: as `session`.
        """
        if session_id not in [session.id for session in await self.list_sessions(token)]:
            return False
        principal = (await self.session(token)).principal
        ended = await self.sessions.end_by_id(principal.database, principal.login, session_id)
        await self._pool.retire_sessions({session_id})
        return ended

    async def end_others(self, token: str) -> int:
        """End the other sessions of the user of a session. Returns how many there were.

        Raises:
            SessionEnded, EnrollmentRequired, OdooUnavailable, StoreUnavailable: as `session`.
        """
        session = await self.session(token)
        return await self._end_account(session.principal.database, session.principal.login, keep=session.id)

    async def remember_device(self, token: str) -> str:
        """Make a token for the device of a session, good for 90 days: hand it to `authenticate` with the next login.

        Raises:
            FreshLoginRequired: this session got its token.
            SessionEnded, EnrollmentRequired, OdooUnavailable, StoreUnavailable: as `session`.
        """
        session = await self.session(token)
        principal = session.principal
        device_token = await self._devices.remember(principal.database, principal.login, session_id=session.id)
        emit("authn_token_created", principal=principal, kind="device")
        return device_token

    async def _close_client(self, token: object) -> None:
        try:
            digest = token_digest(token)
        except SessionEnded:
            return
        await self._pool.retire(digest)

    async def _open_client(self, token: str, session: Session) -> SessionClient:
        if self._server is None:
            raise ConfigurationError("a client needs an Odoo: set ZENOO_SECURITY_ODOO_URL to its https:// address")
        principal = session.principal
        client = SessionClient(
            session.id,
            partial(self.session, token),
            encrypted_fields=self._encrypted_fields,
            key_ring=self._key_ring,
            access=self._access,
            **self._server.client_options(),
        )
        try:
            await client.resume(
                principal.database, principal.uid, principal.login, await self.sessions.credential(token)
            )
            # A logout meanwhile found no client to close.
            await self.sessions.get(token)
        except BaseException as error:
            await client.close()
            if isinstance(error, (CredentialRefused, RecordMissing)):
                await self._end_account(principal.database, principal.login)
                raise SessionEnded from None
            raise
        return client

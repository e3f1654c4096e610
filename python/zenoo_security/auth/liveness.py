"""Whether the user of a session is still who they were: asked of Odoo, now and then, with their own credential."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from zenoo_security.auth.flights import Flights
from zenoo_security.errors import AuthenticationError, LoginFailed, SessionEnded
from zenoo_security.tokens import token_digest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from zenoo_security.auth.odoo import Odoo, OdooUser
    from zenoo_security.principal import Principal
    from zenoo_security.sessions import Session, Sessions

__all__ = ["Liveness", "NoGroup"]


class NoGroup(LoginFailed):
    """The user has none of the groups that let one in. For the audit log; whoever asks gets a plain `LoginFailed`."""


class Liveness:
    """Asks Odoo, and ends what it no longer stands behind.

    Args:
        odoo: who is asked.
        sessions: what is ended.
        groups: external ids of the groups of which a user needs one; everybody is let in without it.
        end_account: ends all sessions of an account.
    """

    def __init__(
        self,
        odoo: Odoo,
        sessions: Sessions,
        *,
        groups: Iterable[str] | None,
        end_account: Callable[[str, str], Awaitable[object]],
    ) -> None:
        self._odoo = odoo
        self._sessions = sessions
        self._groups = None if groups is None else frozenset(groups)
        self._end_account = end_account
        self._flights: Flights[Session] = Flights()

    def require_group(self, user: OdooUser) -> None:
        """Refuse a user who has none of the groups that let one in.

        Raises:
            NoGroup: they have none.
        """
        if self._groups is not None and not self._groups & user.groups:
            raise NoGroup

    async def confirm(self, principal: Principal, credential: str) -> OdooUser:
        """Read the user anew.

        Raises:
            AuthenticationError: archived, the password changed, the login changed, or the group is lost.
            OdooUnavailable: nothing is known.
        """
        user = await self._odoo.still_valid(principal, credential)
        if (user.uid, user.login) != (principal.uid, principal.login):
            raise LoginFailed
        self.require_group(user)
        return user

    async def current(self, token: str, session: Session) -> Session:
        """The session, after Odoo was asked if it is time to; once for all who ask for it at the same time.

        Raises:
            SessionEnded: Odoo does not know the user any more; all sessions of the account have ended.
            OdooUnavailable: nothing is known, so the session is not used; it stays.
        """
        if not self._sessions.check_due(session):
            return session
        # By the token: a check under one that was rotated meanwhile says nothing about the new one.
        return await self._flights.join(token_digest(token), lambda: self._check(token, session))

    async def _check(self, token: str, session: Session) -> Session:
        try:
            user = await self.confirm(session.principal, await self._sessions.credential(token))
        except SessionEnded:
            raise
        except AuthenticationError:
            await self._end_account(session.principal.database, session.principal.login)
            raise SessionEnded from None
        await self._sessions.mark_checked(token, replace(session.principal, groups=user.groups))
        return await self._sessions.get(token)

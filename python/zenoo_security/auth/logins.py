"""From a user name and a password to a session: the password first, then the code, one set of counters for both."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from zenoo_security.accounts import canonical_login, check_database, check_login
from zenoo_security.audit import emit, validating
from zenoo_security.auth.attempts import Claim
from zenoo_security.auth.inputs import check_code, check_password
from zenoo_security.auth.parts import AuthParts
from zenoo_security.errors import (
    InvalidInput,
    LoginFailed,
    PasswordMismatch,
    PasswordTooLong,
    SecondFactorRequired,
)
from zenoo_security.principal import Principal
from zenoo_security.sessions import origin

if TYPE_CHECKING:
    from zenoo_security.sessions import Session

__all__ = ["Logins"]


class Logins(AuthParts):
    """Logins, and what proves again who is there."""

    async def authenticate(
        self,
        username: str,
        password: str,
        database: str,
        *,
        totp_token: str | None = None,
        client_ip: str | None = None,
        device_token: str | None = None,
        label: str | None = None,
        replaces: str | None = None,
    ) -> str:
        """Log in, and begin a session. Every refusal is the same `LoginFailed`, after the same time.

        Args:
            username: the login in Odoo, exactly. Failures count for all its spellings together.
            password: the password, or an API key; a user who has TOTP in Odoo needs an API key here.
            database: the database in Odoo; that of `config.odoo_database`, where that is set.
            totp_token: the code of the authenticator app, or a recovery code.
            client_ip: the address of the client, for counters of its own; not that of a proxy.
            device_token: what `remember_device` gave, so that strangers' failures do not lock this device out.
            label: what the user will know the session by, such as the browser's name.
            replaces: the session token that the browser sent with the login; that session ends.

        Returns:
            The token of the session.

        Raises:
            LoginFailed: refused.
            SecondFactorRequired: the password was right and a code is needed: ask for it, and call `complete`.
            InvalidInput, InputTooLarge: an argument cannot be what it should be.
            OdooUnavailable: nothing is known about the password, and nothing was counted.
            HashingBusy: nothing is known about the recovery code, and nothing was counted.
            StoreUnavailable: nothing can be counted, so nobody is let in.
        """
        with validating("login"):
            check_login(username)
            check_password(password)
            self._check_database(database)
            code, name = check_code(totp_token), origin.label(label)
            claim = await self._claim(database, username, client_ip, device_token)
        async with self._attempts.attempt(claim) as proof:
            user = await self._odoo.log_in(database, username, password)
            if canonical_login(user.login) != canonical_login(username):
                # Something behind Odoo folds more than the counters do: each spelling would have guesses of its own.
                raise LoginFailed
            self._liveness.require_group(user)
            principal = Principal(
                database, user.uid, user.login, user.groups, frozenset({"password"}), self._clock.now()
            )
            proof.is_of(principal)
            if await self.mfa.is_enrolled(database, user.uid):
                if code is None:
                    raise SecondFactorRequired(
                        await self.sessions.start(principal, password, client_ip=client_ip, label=name, pending=True)
                    )
                principal = await self._with_code(principal, code)
            proof.is_whole(user.login)
        self._succeeded(principal, client_ip)
        return await self.sessions.start(principal, password, client_ip=client_ip, label=name, replaces=replaces)

    async def complete(
        self,
        ticket: str,
        totp_token: str,
        *,
        client_ip: str | None = None,
        device_token: str | None = None,
        replaces: str | None = None,
    ) -> str:
        """Begin the session of a login that lacked its code. A wrong code leaves the ticket, and counts as a failure.

        Args:
            ticket: of `SecondFactorRequired`; good for one session, within five minutes.
            totp_token: the code, or a recovery code.
            client_ip: as for `authenticate`; that of the login unless given.
            device_token: as for `authenticate`.
            replaces: as for `authenticate`.

        Returns:
            The token of the session.

        Raises:
            SessionEnded: there is no such ticket, or not any more: begin with the password again.
            LoginFailed, InvalidInput, InputTooLarge, OdooUnavailable, StoreUnavailable: as for `authenticate`.
        """
        with validating("login"):
            code = check_code(totp_token)
            session = await self.sessions.pending(ticket)
            known = session.principal
            claim = await self._claim_again(session, client_ip, device_token, "login")
        async with self._attempts.attempt(claim) as proof:
            user = await self._liveness.confirm(known, await self.sessions.credential(ticket))
            principal = await self._with_code(replace(known, groups=user.groups), code or "")
            proof.is_whole(user.login)
        self._succeeded(principal, claim.client_ip)
        if replaces is not None:
            await self.sessions.end(replaces, reason="replaced")
        return await self.sessions.rotate(ticket, principal=principal)

    async def unlock(self, username: str, database: str, *, client_ip: str | None = None) -> None:
        """Forget the failures of an account; for an administrator, who has found out whose they were.

        Args:
            username: the login.
            database: the database in Odoo.
            client_ip: where the user logs in from: what was counted there is forgotten, too. Other networks from which
                the account failed stay slowed down, for an hour at most by default.

        Raises:
            InvalidInput, InputTooLarge: this is no database, no login or no address.
        """
        await self.lockout.unlock(check_database(database), check_login(username), client_ip)

    def hash_password(self, password: str) -> str:
        """Hash a password of your own users with argon2id; Odoo's users have theirs in Odoo. Blocks for 15 ms.

        Raises:
            PasswordTooLong, InvalidInput, HashingBusy: as `PasswordHasher.hash`.
        """
        return self._hasher.hash(password)

    def verify_password(self, password: str, hashed: str) -> bool:
        """Whether a password belongs to a hash. Blocks as long as hashing does.

        Raises:
            InvalidInput, MalformedHash, UnsupportedHash, HashCostExceeded, HashingBusy: as `PasswordHasher.verify`.
        """
        try:
            self._hasher.verify(password, hashed)
        except (PasswordMismatch, PasswordTooLong):
            return False
        return True

    def _check_database(self, database: str) -> None:
        """Refuse others than the one of the settings: a copy of it has the same passwords, and counters of its own."""
        if check_database(database) != (self.config.odoo_database or database):
            raise InvalidInput("the value is not valid", field="database", code="invalid")

    async def _claim(
        self, database: str, login: str, client_ip: str | None, device_token: object, *, purpose: str = "login"
    ) -> Claim:
        device = await self._devices.known(database, login, device_token)
        return Claim(database, login, origin.address(client_ip), device, purpose)

    async def _claim_again(self, session: Session, client_ip: str | None, device_token: object, purpose: str) -> Claim:
        """The claim of who has a session already, from where they logged in unless an address is given."""
        known, address = session.principal, origin.address(client_ip) or session.client_ip
        claim = await self._claim(known.database, known.login, address, device_token, purpose=purpose)
        return replace(claim, principal=known)

    async def _with_code(self, principal: Principal, code: str) -> Principal:
        """The principal, with the factor that the code proves."""
        factor = await self.mfa.verify(principal.database, principal.uid, code)
        return replace(principal, factors=principal.factors | {factor}, authenticated_at=self._clock.now())

    async def _proved_again(
        self, session: Session, *, password: str | None, code: str | None, client_ip: str | None, device_token: object
    ) -> Principal:
        """The principal of a session, after one more proof that it is them."""
        known = session.principal
        enrolled = await self.mfa.is_enrolled(known.database, known.uid)
        if enrolled and code is None:
            # Else a stolen session and the password would be enough to remove the second factor.
            with validating("step_up"):
                raise InvalidInput("a value is required", field="totp_token", code="empty")
        claim = await self._claim_again(session, client_ip, device_token, "step_up")
        async with self._attempts.attempt(claim) as proof:
            if password is not None:
                user = await self._odoo.log_in(known.database, known.login, password)
                if user.uid != known.uid:
                    raise LoginFailed
            if code is not None:
                known = await self._with_code(known, code)
            if password is not None:
                proof.is_whole(known.login)
        self._succeeded(known, claim.client_ip, purpose="step_up")
        return replace(known, authenticated_at=self._clock.now())

    def _succeeded(self, principal: Principal, client_ip: str | None, *, purpose: str = "login") -> None:
        """Tell the audit log before anything is given out: a log that is required can still refuse."""
        emit(
            "authn_login_success",
            principal=principal,
            account=self.lockout.account(principal.database, principal.login),
            client_ip=client_ip,
            purpose=purpose,
            factors=sorted(principal.factors),
        )

"""`SecureAuthManager`: logins to Odoo that hold, and the sessions that come of them."""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import TYPE_CHECKING

from zenoo_security.audit import emit, validating
from zenoo_security.auth.access import SessionAccess
from zenoo_security.auth.inputs import check_code, check_password
from zenoo_security.auth.logins import Logins
from zenoo_security.errors import InvalidInput, OdooRefused, ParameterError

if TYPE_CHECKING:
    from typing_extensions import Self

    from zenoo_security.auth.attempts import Claim
    from zenoo_security.principal import Principal

__all__ = ["SecureAuthManager"]


class SecureAuthManager(Logins, SessionAccess):
    """Logs users in to Odoo with lockout, a second factor and sessions, for one application of any number of processes.

    Args:
        config: the settings; from the environment unless given.
        store: where attempts, sessions and second factors are; that of `config.store_url` unless given. The managers of
            a process share `memory://`, which no other process sees.
        key_ring: seals what is stored; that of the settings unless given.
        odoo: whom to ask about passwords; the Odoo at `config.odoo_url` unless given.
        password_policy: what a new password must be.
        mfa: the second factors; made from the store and the key ring unless given.
        issuer: the name of your service, which authenticator apps show above the code; without `mfa`.
        groups: external ids of Odoo groups of which a user needs one, such as `base.group_user`. Who has none is
            refused, and who loses the last one loses the sessions.
        encrypted_fields: for the clients of `client`.
        access: who may do what, held on every call of these clients.
        max_clients: how many of them stay open.
        clock: for tests.

    Raises:
        ConfigurationError: a setting is wrong or missing: the key ring, the address of Odoo.
        ParameterError: an argument is not of its kind, or `groups` is empty.
        InvalidInput: `issuer` cannot stand in a provisioning URI.
        InsecureTransport: passwords would travel to another machine over plain HTTP.
        KeyRingError: the key ring of the settings is none.
    """

    async def change_password(
        self, token: str, current: str, new: str, *, client_ip: str | None = None, device_token: str | None = None
    ) -> str:
        """Change the user's password in Odoo. Their other sessions end and their devices are forgotten.

        Args:
            token: the session; its token changes.
            current: the password, checked again; a wrong one counts as a failed login.
            new: what it shall be, by the password policy.
            client_ip: as for `authenticate`.
            device_token: as for `authenticate`.

        Returns:
            The new token of the session.

        Raises:
            InvalidInput, InputTooLarge: the policy refuses `new`; its code says why.
            LoginFailed: the current password is wrong, or there were too many attempts.
            OdooRefused: Odoo's own rules refuse `new`.
            SessionEnded, EnrollmentRequired, OdooUnavailable, StoreUnavailable: as `session`.
        """
        session = await self.session(token)
        enrolled = await self.mfa.is_enrolled(session.principal.database, session.principal.uid)
        with validating("password_change"):
            check_password(current, field="current")
            self._check_new_password(session.principal, new, has_mfa=enrolled)
            check_password(new)
        credential = await self.sessions.credential(token)
        claim = await self._claim_again(session, client_ip, device_token, "password_change")
        await self._set_password(session.principal, claim, credential, (current, new), is_whole=not enrolled)
        # One factor of two makes no login fresh: it would be enough to remove the other.
        at = session.principal.authenticated_at if enrolled else self._clock.now()
        principal = replace(session.principal, authenticated_at=at)
        try:
            await self._shut_out(principal.database, principal.login, keep=session.id)
        finally:
            emit("authn_password_change", principal=principal, client_ip=claim.client_ip)
        # An API key is not changed by a new password.
        changed = new if hmac.compare_digest(credential.encode(), current.encode()) else None
        return await self._rotated(token, principal, changed)

    async def step_up(
        self,
        token: str,
        *,
        password: str | None = None,
        totp_token: str | None = None,
        client_ip: str | None = None,
        device_token: str | None = None,
    ) -> str:
        """Prove again who is there, before something that needs a fresh login, or to add the second factor.

        Args:
            token: the session; its token changes.
            password: the password or API key.
            totp_token: a code of the authenticator app, or a recovery code; who has a second factor needs it, with or
                without the password. Who has none needs the password.
            client_ip: as for `authenticate`.
            device_token: as for `authenticate`.

        Returns:
            The new token of the session.

        Raises:
            LoginFailed: it is wrong, or there were too many attempts. The session stays.
            ParameterError: there is neither a password nor a code.
            InvalidInput, InputTooLarge: an argument cannot be what it should be, or the code is missing.
            SessionEnded, OdooUnavailable, StoreUnavailable: as `session`.
        """
        with validating("step_up"):
            code = check_code(totp_token)
            checked = None if password is None else check_password(password)
        if checked is None and code is None:
            raise ParameterError("step_up needs a password or a code")
        session = await self.session(token, enrolling=True)
        principal = await self._proved_again(
            session, password=checked, code=code, client_ip=client_ip, device_token=device_token
        )
        return await self._rotated(token, principal)

    async def aclose(self) -> None:
        """Close the clients, and the connections to the store if the manager made them."""
        await self._pool.aclose()
        if self._own_store:
            await self._store.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()

    def _check_new_password(self, principal: Principal, new: str, *, has_mfa: bool) -> None:
        self.password_policy.check(new, context=(principal.login, principal.database), has_mfa=has_mfa)
        if new != new.strip():
            raise InvalidInput("Odoo cuts spaces off both ends of a password: leave them out", field="password")

    async def _set_password(
        self, principal: Principal, claim: Claim, credential: str, passwords: tuple[str, str], *, is_whole: bool
    ) -> None:
        refusal = None
        async with self._attempts.attempt(claim) as proof:
            try:
                await self._odoo.change_password(principal, credential, *passwords)
            except OdooRefused as error:
                # A rule about the new password, or about who may: it does not say that the current one was right.
                refusal = error
            if is_whole and refusal is None:
                proof.is_whole(principal.login)
        if refusal is not None:
            emit("authn_password_change_fail", principal=principal, client_ip=claim.client_ip, reason="odoo_refused")
            raise refusal

    async def _rotated(self, token: str, principal: Principal, credential: str | None = None) -> str:
        new_token = await self.sessions.rotate(token, principal=principal, credential=credential)
        await self._close_client(token)
        return new_token

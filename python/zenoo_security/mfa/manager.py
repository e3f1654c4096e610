"""MFAManager: the second factor of the users of Odoo, from enrollment to the last recovery code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from zenoo_security.clock import SYSTEM_CLOCK, Clock
from zenoo_security.errors import ConfigurationError
from zenoo_security.mfa.codes import USED_STEPS
from zenoo_security.mfa.records import Records
from zenoo_security.mfa.used import SharedUsedSteps, UsedSteps
from zenoo_security.mfa.users import UserFactors
from zenoo_security.passwords import PasswordHasher

if TYPE_CHECKING:
    from zenoo_security.keyring import KeyRing
    from zenoo_security.otp import Algorithm
    from zenoo_security.stores import Store

__all__ = ["ISSUER", "Authenticator", "MFAManager"]

ISSUER: Final = "Zenoo RPC"
"""The name above the codes where an application says no other; the guide's."""


class Authenticator(Protocol):
    """Logs users in: a `SecureAuthManager`."""

    async def authenticate(self, username: str, password: str, database: str, *, totp_token: str | None = None) -> str:
        """Give a session token, or raise why there is none."""
        ...


class MFAManager(UserFactors):
    """Makes TOTP secrets, draws them as QR codes, accepts each code once; with a store, keeps them for Odoo's users.

    Without a store, all managers of a process share one memory of used codes, and several processes do not. With one,
    a code is good once for all processes that share the store, and users enroll: `enroll`, `confirm`, `verify`.

    Args:
        issuer: what the authenticator app shows above the code, the name of the service.
        algorithm: as for `Totp`.
        digits: as for `Totp`.
        period_s: as for `Totp`, in seconds.
        steps_back: as for `Totp`; the current step and the one before are accepted unless set.
        steps_ahead: as for `Totp`.
        clock: tells the time of codes; the system's unless set.
        used_steps: remembers what was accepted without a store; the memory that the process shares unless set.
        store: keeps second factors and used codes.
        key_ring: seals the second factors; needed with a store.
        hasher: hashes recovery codes.
        auth: logs users in for `authenticate_with_mfa`.

    Raises:
        ConfigurationError: if there is a store and no key ring.
        InvalidInput: if the issuer cannot stand in a provisioning URI.
        ParameterError: if another argument is out of its range.

    >>> from zenoo_security import Totp
    >>> from zenoo_security.clock import FakeClock
    >>> manager = MFAManager("Example", clock=FakeClock(now=59.0))
    >>> secret = manager.generate_secret("alice@example.com")
    >>> token = Totp(secret).code(59)
    >>> manager.verify_totp(secret, token), manager.verify_totp(secret, token)
    (True, False)
    """

    def __init__(
        self,
        issuer: str = ISSUER,
        *,
        algorithm: Algorithm = "SHA1",
        digits: int = 6,
        period_s: int = 30,
        steps_back: int = 1,
        steps_ahead: int = 0,
        clock: Clock = SYSTEM_CLOCK,
        used_steps: UsedSteps = USED_STEPS,
        store: Store | None = None,
        key_ring: KeyRing | None = None,
        hasher: PasswordHasher | None = None,
        auth: Authenticator | None = None,
    ) -> None:
        if store is not None and key_ring is None:
            raise ConfigurationError("second factors are sealed in the store: pass key_ring= with store=")
        super().__init__(
            issuer,
            algorithm=algorithm,
            digits=digits,
            period_s=period_s,
            steps_back=steps_back,
            steps_ahead=steps_ahead,
            clock=clock,
            used_steps=used_steps,
            shared=SharedUsedSteps(store, key_ring) if store is not None and key_ring is not None else None,
        )
        self._records = Records(store, key_ring) if store is not None and key_ring is not None else None
        self._hasher = PasswordHasher() if hasher is None else hasher
        self._auth: Final = auth

    async def authenticate_with_mfa(self, username: str, password: str, totp_token: str, database: str) -> str:
        """Log in with a password and a code, through the `auth` of this manager.

        Returns:
            A session token.

        Raises:
            LoginFailed: refused, for whatever reason.
            ConfigurationError: the manager was made without `auth`.
        """
        if self._auth is None:
            raise ConfigurationError("pass auth=, the SecureAuthManager that logs in and counts the failures")
        return await self._auth.authenticate(username, password, database, totp_token=totp_token)

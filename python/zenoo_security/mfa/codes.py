"""Secrets, QR codes and codes, for who keeps the secrets elsewhere: what the guide knows of a second factor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security import qr
from zenoo_security.errors import ConfigurationError
from zenoo_security.mfa.used import UsedSteps
from zenoo_security.otp import Algorithm, Totp

if TYPE_CHECKING:
    from zenoo_security.clock import Clock
    from zenoo_security.mfa.used import SharedUsedSteps

__all__ = ["USED_STEPS", "TotpCodes"]

USED_STEPS: Final = UsedSteps()
"""The memory of used codes that all managers of a process share."""


class TotpCodes:
    """The half of `MFAManager` that knows no users; the arguments are described there."""

    def __init__(
        self,
        issuer: str,
        *,
        algorithm: Algorithm,
        digits: int,
        period_s: int,
        steps_back: int,
        steps_ahead: int,
        clock: Clock,
        used_steps: UsedSteps,
        shared: SharedUsedSteps | None,
    ) -> None:
        self.issuer_name: Final = issuer
        self._algorithm: Final = algorithm
        self._digits: Final = digits
        self._period_s: Final = period_s
        self._steps_back: Final = steps_back
        self._steps_ahead: Final = steps_ahead
        self._clock: Final = clock
        self._used_steps: Final = used_steps
        self._shared: Final = shared
        self.generate_secret("account")

    def generate_secret(self, username: str) -> str:
        """Make a fresh secret of 160 bits, as base32. Store it encrypted.

        Args:
            username: whose it will be; checked now, so that `generate_qr_code` cannot fail later.

        Raises:
            InvalidInput: if the name cannot stand in a provisioning URI.
            RandomnessError: if the operating system gives no random bytes.
        """
        totp = self._totp(Totp.generate().reveal_secret())
        totp.uri(username, self.issuer_name)
        return totp.reveal_secret()

    def generate_qr_code(self, username: str, secret: str) -> bytes:
        """Draw the QR code that enrols an authenticator app, as PNG. It holds the secret: send it with `qr.NO_STORE`.

        Args:
            username: the account that the app shows.
            secret: what `generate_secret` gave.

        Raises:
            InvalidInput: if the name or the secret is malformed.
        """
        return qr.png(self._totp(secret).uri(username, self.issuer_name))

    def generate_qr_svg(self, username: str, secret: str) -> str:
        """Draw the same code as SVG.

        Args:
            username: the account that the app shows.
            secret: what `generate_secret` gave.

        Raises:
            InvalidInput: if the name or the secret is malformed.
        """
        return qr.svg(self._totp(secret).uri(username, self.issuer_name))

    def verify_totp(self, secret: str, token: str) -> bool:
        """Tell whether a code is right now, and use it up.

        Verify the password first, and count the failures: six digits can be guessed by who may try a million times.

        Args:
            secret: the stored secret.
            token: what the user typed.

        Returns:
            True once for a right code; False for it again, and for any other.

        Raises:
            InvalidInput: if the stored secret is malformed, or `token` is not a str.
            RateLimitExceeded: if the memory of used codes is full.
            ConfigurationError: if the manager has a store, which can only be awaited: see `verify_totp_async`.
        """
        if self._shared is not None:
            raise ConfigurationError("used codes are kept in a store: await verify_totp_async(secret, token)")
        return self._take_here(self._totp(secret), token)

    async def verify_totp_async(self, secret: str, token: str) -> bool:
        """`verify_totp`, once for all processes that share the store; without a store, once in this process.

        Raises:
            InvalidInput, RateLimitExceeded: as in `verify_totp`.
            StoreUnavailable: the store does not answer, so the code counts as used.
        """
        return await self._take(self._totp(secret), token)

    async def _take(self, totp: Totp, token: str) -> bool:
        if self._shared is None:
            return self._take_here(totp, token)
        step = totp.matched_step(token, at=self._clock.now())
        return step is not None and await self._shared.take(totp, step)

    def _take_here(self, totp: Totp, token: str) -> bool:
        at = self._clock.now()
        step = totp.matched_step(token, at=at)
        return step is not None and self._used_steps.take(totp, step, at=at)

    def _totp(
        self, secret: str, *, algorithm: Algorithm | None = None, digits: int | None = None, period_s: int | None = None
    ) -> Totp:
        return Totp(
            secret,
            algorithm=self._algorithm if algorithm is None else algorithm,
            digits=self._digits if digits is None else digits,
            period_s=self._period_s if period_s is None else period_s,
            steps_back=self._steps_back,
            steps_ahead=self._steps_ahead,
        )

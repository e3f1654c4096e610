"""The second factor: secrets, QR codes, and codes that are good for one use."""

from __future__ import annotations

import hmac
import secrets
import threading
from typing import Final

from zenoo_security import qr
from zenoo_security.clock import SYSTEM_CLOCK, Clock
from zenoo_security.errors import ParameterError, RateLimitExceeded
from zenoo_security.otp import Algorithm, Totp

__all__ = ["MFAManager", "UsedSteps"]


class UsedSteps:
    """The last accepted time step of each secret, in the memory of this process.

    It holds no secret: the key of an entry is an HMAC under a random key that dies with the object. When it is full,
    the entries whose codes have expired are forgotten, and from then on no code that old is accepted for anybody, even
    if the clock is set back. Only accepted codes make an entry, so an attacker cannot fill it.

    Args:
        capacity: the most entries; about 200 bytes each.

    Raises:
        ParameterError: if `capacity` is not positive.
    """

    def __init__(self, capacity: int = 100_000) -> None:
        if capacity < 1:
            raise ParameterError("capacity must be at least 1")
        self._capacity = capacity
        self._key: Final = secrets.token_bytes(32)
        self._lock: Final = threading.Lock()
        self._last: Final[dict[bytes, tuple[int, int]]] = {}
        self._forgotten_s = 0

    def take(self, totp: Totp, step: int, *, at: float) -> bool:
        """Mark a step as used, unless it or a later one is used already: one atomic step, whatever threads there are.

        Args:
            totp: whose step it is.
            step: what `Totp.verify` gave.
            at: the time in Unix seconds.

        Returns:
            Whether this call is the first to use the step.

        Raises:
            RateLimitExceeded: if the capacity is used up by codes that have not expired.
        """
        entry = hmac.digest(self._key, f"{totp.period_s} {totp.reveal_secret()}".encode(), "sha256")
        ends_s = (step + 1) * totp.period_s
        with self._lock:
            last, _ = self._last.get(entry, (-1, 0))
            if step <= last or ends_s <= self._forgotten_s:
                return False
            if last < 0 and len(self._last) >= self._capacity:
                self._forget(at - totp.steps_back * totp.period_s)
            self._last[entry] = (step, ends_s)
            return True

    def _forget(self, before_s: float) -> None:
        """Drop the entries whose step ended by then."""
        expired = [entry for entry, (_, ends_s) in self._last.items() if ends_s <= before_s]
        if not expired:
            first_end_s = min(ends_s for _, ends_s in self._last.values())
            raise RateLimitExceeded(retry_after=first_end_s - before_s)
        for entry in expired:
            self._forgotten_s = max(self._forgotten_s, self._last.pop(entry)[1])


_USED_STEPS: Final = UsedSteps()


class MFAManager:
    """Makes TOTP secrets, draws them as QR codes, and accepts each code once.

    All managers of a process share one memory of used codes, so a manager made for each request is as strict as one
    that is kept. Several processes do not share it: there, call `Totp.verify` and store the step that it gives.

    Args:
        issuer: what the authenticator app shows above the code, the name of the service.
        algorithm: as for `Totp`.
        digits: as for `Totp`.
        period_s: as for `Totp`, in seconds.
        steps_back: as for `Totp`; the current step and the one before are accepted unless set.
        steps_ahead: as for `Totp`.
        clock: tells the time; the system's unless set.
        used_steps: remembers what was accepted; the memory that the process shares unless set.

    Raises:
        InvalidInput: if the issuer cannot stand in a provisioning URI.
        ParameterError: if another argument is out of its range.

    >>> from zenoo_security.clock import FakeClock
    >>> manager = MFAManager("Example", clock=FakeClock(now=59.0))
    >>> secret = manager.generate_secret("alice@example.com")
    >>> token = Totp(secret).code(59)
    >>> manager.verify_totp(secret, token), manager.verify_totp(secret, token)
    (True, False)
    """

    def __init__(
        self,
        issuer: str = "Zenoo RPC",
        *,
        algorithm: Algorithm = "SHA1",
        digits: int = 6,
        period_s: int = 30,
        steps_back: int = 1,
        steps_ahead: int = 0,
        clock: Clock = SYSTEM_CLOCK,
        used_steps: UsedSteps = _USED_STEPS,
    ) -> None:
        self.issuer_name: Final = issuer
        self._algorithm: Final = algorithm
        self._digits: Final = digits
        self._period_s: Final = period_s
        self._steps_back: Final = steps_back
        self._steps_ahead: Final = steps_ahead
        self._clock: Final = clock
        self._used_steps: Final = used_steps
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
        """
        totp, at = self._totp(secret), self._clock.now()
        step = totp.matched_step(token, at=at)
        return step is not None and self._used_steps.take(totp, step, at=at)

    def _totp(self, secret: str) -> Totp:
        return Totp(
            secret,
            algorithm=self._algorithm,
            digits=self._digits,
            period_s=self._period_s,
            steps_back=self._steps_back,
            steps_ahead=self._steps_ahead,
        )

"""Time-based one-time passwords (RFC 6238).

`Totp.verify` answers with the time step that the code belongs to. Store that step with the user and pass it back as
`after_step`: RFC 6238, section 5.2, forbids a second use of a code, and only your storage can know of the first.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, InitVar, dataclass, field
from typing import Literal, NoReturn, SupportsIndex, final

from zenoo_security import _native
from zenoo_security.errors import OtpMismatch

__all__ = ["Algorithm", "Totp"]

Algorithm = Literal["SHA1", "SHA256", "SHA512"]
"""The hash of RFC 6238; SHA1 is what most authenticator apps know."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Totp:
    """A TOTP secret with everything that the server and the authenticator app have to agree on.

    The secret lives in native memory, is wiped when the object goes, and is shown by `reveal_secret` and `uri` alone.
    The object cannot be changed, pickled or copied.

    Args:
        secret: base32 of 16 to 128 bytes (RFC 4226, R6); lower case, spaces and padding are tolerated.
        algorithm: the hash under the HMAC. SHA1 is the one that every app knows, and is unbroken there.
        digits: the length of a code, 6 to 8.
        period_s: the length of a time step in seconds; 30 by RFC 6238, section 5.2.
        steps_back: how many past steps are accepted, 0 to 10; RFC 6238 recommends at most one.
        steps_ahead: how many future steps are accepted, 0 to 10; more than 0 serves a clock that is known to be fast.

    Raises:
        InvalidInput: if the secret is not such a text.
        ParameterError: if another argument is out of its range.

    >>> totp = Totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", digits=8)
    >>> totp.code(59)
    '94287082'
    >>> step = totp.verify("94287082", at=59)
    >>> step
    1
    >>> totp.verify("94287082", at=59, after_step=step)
    Traceback (most recent call last):
    zenoo_security.errors.OtpMismatch: the code is wrong, expired or already used
    """

    secret: InitVar[str]
    _: KW_ONLY
    algorithm: Algorithm = "SHA1"
    digits: int = 6
    period_s: int = 30
    steps_back: int = 1
    steps_ahead: int = 0
    _core: _native.Totp = field(init=False, repr=False)

    def __post_init__(self, secret: str) -> None:
        """Parse the secret and check the ranges."""
        core = _native.Totp(secret, self.algorithm, self.digits, self.period_s, self.steps_back, self.steps_ahead)
        object.__setattr__(self, "_core", core)

    def __reduce_ex__(self, _: SupportsIndex) -> NoReturn:
        raise TypeError("a Totp holds a secret: it cannot be pickled or copied")

    @classmethod
    def generate(
        cls,
        *,
        algorithm: Algorithm = "SHA1",
        digits: int = 6,
        period_s: int = 30,
        steps_back: int = 1,
        steps_ahead: int = 0,
    ) -> Totp:
        """Make one with a fresh secret of 160 bits (RFC 4226, R6), from the operating system.

        Args:
            algorithm: as for the class.
            digits: as for the class.
            period_s: as for the class, in seconds.
            steps_back: as for the class.
            steps_ahead: as for the class.

        Raises:
            ParameterError: if an argument is out of its range.
            RandomnessError: if the operating system gives no random bytes.
        """
        return cls(
            _native.otp_secret(),
            algorithm=algorithm,
            digits=digits,
            period_s=period_s,
            steps_back=steps_back,
            steps_ahead=steps_ahead,
        )

    def step_at(self, at: float) -> int:
        """Give the number of the time step at a moment.

        Args:
            at: Unix seconds.

        Raises:
            ParameterError: if `at` is negative or not a number.
        """
        return self._core.step_at(at)

    def code(self, at: float) -> str:
        """Give the code that an authenticator app shows at a moment.

        Args:
            at: Unix seconds.

        Raises:
            ParameterError: if `at` is negative or not a number.
        """
        return self._core.code(self._core.step_at(at))

    def verify(self, code: str, *, at: float, after_step: int | None = None) -> int:
        """Give the time step that a code belongs to, for you to store as the last accepted one.

        All steps of the window are computed and compared in constant time, whatever the code is. Of two steps with the
        same code the later one is given.

        Args:
            code: what the user typed; exactly `digits` ASCII digits.
            at: the time of the server in Unix seconds, never one that the client sent.
            after_step: the last accepted step; a code of this step or an earlier one is refused.

        Raises:
            OtpMismatch: if the code is wrong, outside the window, or used before.
            InvalidInput: if `code` is not a str.
            ParameterError: if `at` or `after_step` is negative or not a number.
        """
        step = self.matched_step(code, at=at, after_step=after_step)
        if step is None:
            raise OtpMismatch("the code is wrong, expired or already used")
        return step

    def matched_step(self, code: str, *, at: float, after_step: int | None = None) -> int | None:
        """Do as `verify`, but give None for a code that is refused; compare with `is None`, for 0 is a step.

        Args:
            code: as for `verify`.
            at: as for `verify`, in Unix seconds.
            after_step: as for `verify`.

        Raises:
            InvalidInput: if `code` is not a str.
            ParameterError: if `at` or `after_step` is negative or not a number.
        """
        return self._core.verify(code, at, after_step)

    def uri(self, account: str, issuer: str) -> str:
        """Give the provisioning URI, which holds the secret, for the QR code that an authenticator app scans.

        Args:
            account: who logs in, a login or an e-mail address; at most 254 bytes.
            issuer: what the app shows above the code, the name of the service; at most 64 bytes.

        Raises:
            InvalidInput: if either is blank, or holds a colon or a control character.
            InputTooLarge: if either is longer.
        """
        return self._core.uri(account, issuer)

    def reveal_secret(self) -> str:
        """Give the secret as base32 without padding, to be stored encrypted."""
        return self._core.reveal_secret()

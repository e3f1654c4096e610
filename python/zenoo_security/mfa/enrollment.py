"""What users see of their second factor: the enrollment that they confirm, and what is enrolled."""

from __future__ import annotations

from dataclasses import dataclass, field

from zenoo_security import qr

__all__ = ["Enrollment", "Factors"]


@dataclass(frozen=True)
class Enrollment:
    """A second factor that waits for its first code. It holds the secret: show it once, with `qr.NO_STORE`.

    Args:
        secret: base32, for those who type it into the authenticator app.
        uri: what the QR code says.
    """

    secret: str = field(repr=False)
    uri: str = field(repr=False)

    def png(self) -> bytes:
        """The QR code as a PNG picture."""
        return qr.png(self.uri)

    def svg(self) -> str:
        """The QR code as an SVG picture."""
        return qr.svg(self.uri)


@dataclass(frozen=True)
class Factors:
    """What a user has enrolled. Times are Unix seconds.

    Args:
        enrolled_at: since when; `None` for a user without a second factor.
        last_used_at: the time step of the last code that was accepted.
        recovery_codes_left: how many were not used.
        recovery_codes_made_at: when the set was made.
        recovery_code_used_at: when one of the set was last used.
    """

    enrolled_at: float | None = None
    last_used_at: float | None = None
    recovery_codes_left: int = 0
    recovery_codes_made_at: float | None = None
    recovery_code_used_at: float | None = None

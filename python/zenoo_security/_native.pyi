"""The native module. Use the modules of the package above it; this file is for type checkers and for readers."""

from typing import Final, final

__all__ = ["Totp", "__version__", "otp_secret", "qr_png", "qr_svg", "qr_text"]

__version__: Final[str]

# --- otp ---

@final
class Totp:
    """A TOTP secret with its parameters (RFC 6238). The secret is wiped when the object goes; it cannot be pickled.

    Args:
        secret: base32 of 16 to 128 bytes; lower case, spaces and padding are tolerated.
        algorithm: `SHA1`, `SHA256` or `SHA512`.
        digits: length of a code, 6 to 8.
        period_s: length of a time step in seconds, at least 1.
        steps_back: steps before the current one that `verify` accepts, 0 to 10.
        steps_ahead: steps after it, 0 to 10.

    Raises:
        InvalidInput: code `otp_secret`, `otp_secret_length`, `not_text` or `not_unicode`.
        InputTooLarge: over 512 characters of secret.
        ParameterError: another argument is out of its range.
    """

    def __new__(
        cls, secret: str, algorithm: str, digits: int, period_s: int, steps_back: int, steps_ahead: int
    ) -> Totp: ...
    def step_at(self, at: float) -> int:
        """The time step at a moment in Unix seconds (RFC 6238, section 4.2, T0 = 0).

        Raises:
            ParameterError: the moment is negative, over 2**53, or not a number.
        """

    def code(self, step: int) -> str:
        """The code of a step, with its leading zeros. For a counter instead of a time step it is HOTP (RFC 4226).

        Raises:
            ParameterError: the step is negative or over 2**64 - 1.
        """

    def verify(self, code: str, at: float, after_step: int | None) -> int | None:
        """The step that a code belongs to, or None: constant time over all steps of the window.

        Args:
            code: what the user typed.
            at: Unix seconds.
            after_step: the last accepted step; it and earlier ones are refused (RFC 6238, section 5.2).

        Raises:
            InvalidInput: code `not_text`: `code` is not a str.
            ParameterError: another argument is out of its range.
        """

    def uri(self, account: str, issuer: str) -> str:
        """The provisioning URI, which holds the secret (Key Uri Format, percent-encoded by RFC 3986).

        Raises:
            InvalidInput: code `otp_label`: blank, or with a colon or a control character.
            InputTooLarge: over 254 bytes of account or 64 of issuer.
        """

    def reveal_secret(self) -> str:
        """The secret as base32 without padding (RFC 4648, section 6)."""

def otp_secret() -> str:
    """A fresh secret of 160 bits (RFC 4226, R6) from the operating system, as base32 without padding.

    Raises:
        RandomnessError: the operating system gives no random bytes.
    """

# --- qr ---

def qr_png(data: str, level: str, scale: int, border: int) -> bytes:
    """A QR code (ISO/IEC 18004) as a PNG picture, 1-bit greyscale. Releases the GIL.

    Args:
        data: what to encode, at most 2,953 bytes at level L.
        level: `L`, `M`, `Q` or `H`.
        scale: pixels a module, 1 to 32.
        border: light modules around the code, 0 to 32.

    Raises:
        InputTooLarge: the data does not fit a code of that level.
        InvalidInput: code `not_text` or `not_unicode`.
        ParameterError: another argument is out of its range.
    """

def qr_svg(data: str, level: str, scale: int, border: int) -> str:
    """A QR code as an SVG picture of one path; arguments and errors as for `qr_png`. Releases the GIL."""

def qr_text(data: str, level: str, border: int, dark_text: bool) -> str:
    """A QR code as lines of half blocks; arguments and errors as for `qr_png`. Releases the GIL.

    Args:
        data: what to encode.
        level: `L`, `M`, `Q` or `H`.
        border: light modules around the code, 0 to 32.
        dark_text: for a terminal with dark text on light.
    """

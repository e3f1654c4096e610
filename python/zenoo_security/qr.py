"""QR codes as PNG, as SVG, and as text for a terminal.

A code for an authenticator app holds the TOTP secret: send `NO_STORE` with the picture and write it nowhere.
"""

from __future__ import annotations

from typing import Final, Literal

from zenoo_security import _native

__all__ = ["NO_STORE", "ErrorLevel", "png", "svg", "terminal"]

ErrorLevel = Literal["L", "M", "Q", "H"]
"""How much of the picture may be unreadable: 7, 15, 25 or 30 percent (ISO/IEC 18004)."""

NO_STORE: Final = {"Cache-Control": "no-store, max-age=0"}
"""The response header that keeps a picture with a secret out of caches (RFC 9111, section 5.2.2.5)."""


def png(data: str, *, scale: int = 8, border: int = 4, level: ErrorLevel = "M") -> bytes:
    r"""Draw a QR code as a PNG picture, 1-bit greyscale.

    Args:
        data: what to encode; at most 2,953 bytes at level L, 2,331 at M, 1,663 at Q, 1,273 at H (ISO/IEC 18004).
        scale: pixels a module, 1 to 32.
        border: light modules around the code, 0 to 32; readers expect the 4 of ISO/IEC 18004.
        level: how much damage can be repaired: L 7 %, M 15 %, Q 25 %, H 30 %.

    Raises:
        InputTooLarge: if the data does not fit.
        InvalidInput: if the data is not text.
        ParameterError: if another argument is out of its range.

    >>> png("https://example.com")[:8]
    b'\x89PNG\r\n\x1a\n'
    """
    return _native.qr_png(data, level, scale, border)


def svg(data: str, *, scale: int = 8, border: int = 4, level: ErrorLevel = "M") -> str:
    """Draw a QR code as an SVG picture of one path, without style or script, so that a strict CSP lets it pass.

    Args:
        data: as for `png`.
        scale: CSS pixels a module, 1 to 32, unless the page sets another size.
        border: as for `png`.
        level: as for `png`.

    Raises:
        InputTooLarge: if the data does not fit.
        InvalidInput: if the data is not text.
        ParameterError: if another argument is out of its range.
    """
    return _native.qr_svg(data, level, scale, border)


def terminal(data: str, *, border: int = 4, level: ErrorLevel = "L", dark_text: bool = False) -> str:
    """Draw a QR code as lines of half blocks.

    Args:
        data: as for `png`.
        border: as for `png`.
        level: as for `png`; L makes the smallest drawing.
        dark_text: for a terminal with dark text on light; otherwise light text on dark is assumed.

    Raises:
        InputTooLarge: if the data does not fit.
        InvalidInput: if the data is not text.
        ParameterError: if another argument is out of its range.
    """
    return _native.qr_text(data, level, border, dark_text)

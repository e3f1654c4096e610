"""QR codes beside qrcode: the same version, and the same modules for the same mask."""

from __future__ import annotations

from typing import Any

import pytest

from zenoo_security import qr

qrcode: Any = pytest.importorskip("qrcode", reason="a peer of the benchmarks only")


def modules(data: str, level: Any) -> list[list[bool]]:
    """Our matrix, read from the terminal drawing."""
    rows: list[list[bool]] = []
    for line in qr.terminal(data, border=0, level=level, dark_text=True).splitlines():
        rows.extend([block in half for block in line] for half in ("▀█", "▄█"))
    return rows[: len(rows[0])]


@pytest.mark.parametrize("level", ["L", "M", "Q", "H"])
@pytest.mark.parametrize("size", [1, 17, 40, 110, 250, 600])
def test_the_modules_are_those_of_qrcode_with_one_of_the_eight_masks(size: int, level: str) -> None:
    data = ("otpauth://totp/a?secret=x&" * 30)[:size]
    correction = getattr(qrcode.constants, f"ERROR_CORRECT_{level}")
    theirs = []
    for mask in range(8):
        code = qrcode.QRCode(error_correction=correction, mask_pattern=mask)
        code.add_data(qrcode.util.QRData(data, mode=qrcode.util.MODE_8BIT_BYTE))
        code.make(fit=True)
        theirs.append([[bool(module) for module in row] for row in code.modules])
    assert modules(data, level) in theirs

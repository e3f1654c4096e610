"""One-time passwords beside pyotp, QR codes beside qrcode and segno."""

from __future__ import annotations

import io
from importlib.metadata import version

import pyotp
import qrcode
import segno
import zxingcpp
from harness import Row
from PIL import Image

from zenoo_security import Totp, qr
from zenoo_security.errors import OtpMismatch

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
AT = 1_700_000_000
WRONG = "000000"
SCALE = 10
BORDER = 4

PYOTP = f"pyotp {version('pyotp')}"
QRCODE = f"qrcode[pil] {version('qrcode')}"
SEGNO = f"segno {version('segno')}"


def verify_rows() -> list[Row]:
    """Three candidate steps, none of which fits: nobody can stop early. pyotp gives False, we None or an exception."""
    ours = Totp(SECRET, steps_back=1, steps_ahead=1)
    theirs = pyotp.TOTP(SECRET)

    def pyotp_verify() -> bool:
        return theirs.verify(WRONG, for_time=AT, valid_window=1)

    def refuse() -> None:
        try:
            ours.verify(WRONG, at=AT)
        except OtpMismatch:
            return
        raise AssertionError("a wrong code was accepted")

    def check() -> None:
        refuse()
        assert ours.matched_step(WRONG, at=AT) is None
        assert not pyotp_verify()
        for moment in (AT - 30, AT, AT + 30):
            code = theirs.at(moment)
            assert ours.verify(code, at=AT) == moment // 30
            assert theirs.verify(code, for_time=AT, valid_window=1)

    return [
        Row(
            name="TOTP verify, wrong code, window 1",
            ours=lambda: ours.matched_step(WRONG, at=AT),
            peers={PYOTP: pyotp_verify},
            times_as_fast={PYOTP: 30},
            check=check,
        ),
        Row(name="TOTP verify, wrong code, window 1, as an exception", ours=refuse, peers={PYOTP: pyotp_verify}),
    ]


def png_row() -> Row:
    """The provisioning URI at error level M, 10 pixels a module."""
    uri = Totp(SECRET).uri("alice@example.com", "Zenoo RPC")

    def ours() -> bytes:
        return qr.png(uri, scale=SCALE, border=BORDER, level="M")

    def with_qrcode() -> bytes:
        code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=SCALE, border=BORDER)
        code.add_data(uri)
        code.make(fit=True)
        picture = io.BytesIO()
        code.make_image(fill_color="black", back_color="white").save(picture, format="PNG")
        return picture.getvalue()

    def with_segno() -> bytes:
        picture = io.BytesIO()
        segno.make_qr(uri, error="m", boost_error=False).save(picture, kind="png", scale=SCALE, border=BORDER)
        return picture.getvalue()

    def check() -> None:
        for draw in (ours, with_qrcode, with_segno):
            picture = Image.open(io.BytesIO(draw()))
            found = zxingcpp.read_barcodes(picture.convert("L"))
            assert [code.text for code in found] == [uri]

    return Row(
        name="QR code as PNG",
        ours=ours,
        peers={QRCODE: with_qrcode, SEGNO: with_segno},
        times_as_fast={QRCODE: 10, SEGNO: 12},
        check=check,
    )


def rows() -> list[Row]:
    """The rows of this family."""
    return [*verify_rows(), png_row()]

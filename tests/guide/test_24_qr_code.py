"""Defect 24: the guide's QR codes are PNG only, can be cached, and hold names that were never checked."""

from __future__ import annotations

import io
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import zxingcpp
from PIL import Image

from mfa_users import NOW, PRINCIPAL, manager_with
from zenoo_security import KeyRing, MFAManager, qr
from zenoo_security.clock import FakeClock
from zenoo_security.errors import InvalidInput
from zenoo_security.stores.memory import MemoryStore


def test_every_part_of_the_uri_is_encoded_and_comes_back() -> None:
    manager = MFAManager("Söhne & Co?")
    secret = manager.generate_secret("o'brien+test@example.com")
    picture = Image.open(io.BytesIO(manager.generate_qr_code("o'brien+test@example.com", secret)))
    (code,) = zxingcpp.read_barcodes(picture)
    uri = urlsplit(code.text)
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert unquote(uri.path) == "/Söhne & Co?:o'brien+test@example.com"
    assert parse_qs(uri.query, strict_parsing=True) == {
        "secret": [secret],
        "issuer": ["Söhne & Co?"],
        "algorithm": ["SHA1"],
        "digits": ["6"],
        "period": ["30"],
    }
    assert " " not in code.text
    assert "+" not in code.text


@pytest.mark.parametrize(("issuer", "username"), [("", "alice"), ("A:B", "alice"), ("A", ""), ("A", "a:b")])
def test_a_name_that_would_be_read_as_another_is_refused(issuer: str, username: str) -> None:
    with pytest.raises(InvalidInput):
        MFAManager(issuer).generate_secret(username)


def test_there_is_svg_and_a_header_against_caches() -> None:
    manager = MFAManager()
    assert manager.generate_qr_svg("alice", manager.generate_secret("alice")).startswith("<svg ")
    assert "no-store" in qr.NO_STORE["Cache-Control"]


async def test_an_enrollment_draws_both_and_shows_its_secret_nowhere_else() -> None:
    clock = FakeClock(now=NOW)
    enrollment = await manager_with(MemoryStore(clock=clock), KeyRing.generate(), clock).enroll(PRINCIPAL)
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(enrollment.png())))
    assert parse_qs(urlsplit(code.text).query)["secret"] == [enrollment.secret]
    assert enrollment.svg().startswith("<svg ")
    assert enrollment.secret not in repr(enrollment)

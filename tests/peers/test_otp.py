"""TOTP beside pyotp: what one makes the other accepts, and they agree on what is wrong."""

from __future__ import annotations

import hashlib
from typing import Any

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security import Totp
from zenoo_security.errors import SecurityError

HASHES = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256, "SHA512": hashlib.sha512}
NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters=":"), min_size=1, max_size=16).filter(
    lambda name: name.strip()
)


def pyotp_of(totp: Totp) -> pyotp.TOTP:
    return pyotp.TOTP(totp.reveal_secret(), digits=totp.digits, digest=HASHES[totp.algorithm], interval=totp.period_s)


@st.composite
def totps(draw: st.DrawFn) -> Totp:
    # pyotp takes periods up to 120 seconds.
    return Totp.generate(
        algorithm=draw(st.sampled_from(["SHA1", "SHA256", "SHA512"])),
        digits=draw(st.integers(6, 8)),
        period_s=draw(st.integers(1, 120)),
        steps_ahead=1,
    )


@given(totps(), st.integers(0, 253402300799))
def test_both_give_the_same_code(totp: Totp, at: int) -> None:
    assert totp.code(at) == pyotp_of(totp).at(at)


@given(totps(), st.integers(1000, 10**10), st.integers(-3, 3))
def test_both_accept_and_refuse_the_same_codes(totp: Totp, at: int, offset: int) -> None:
    theirs = pyotp_of(totp)
    code = theirs.at(at + offset * totp.period_s)
    accepted = theirs.verify(code, for_time=at, valid_window=1)
    assert (totp.matched_step(code, at=at) is not None) is accepted


@given(st.integers(26, 200).filter(lambda length: length % 8 in {0, 2, 4, 5, 7}))
def test_secrets_of_pyotp_are_read_with_their_leftover_bits(length: int) -> None:
    secret = pyotp.random_base32(length=max(length, 32))[:length]
    assert Totp(secret).code(59) == pyotp.TOTP(secret).at(59)


@given(totps(), NAMES, NAMES)
def test_pyotp_reads_our_uri(totp: Totp, account: str, issuer: str) -> None:
    theirs: Any = pyotp.parse_uri(totp.uri(account, issuer))
    assert (theirs.name, theirs.issuer, theirs.secret) == (account, issuer, totp.reveal_secret())
    assert (theirs.digits, theirs.interval, theirs.digest) == (totp.digits, totp.period_s, HASHES[totp.algorithm])


@pytest.mark.parametrize("text", ["0" * 32, "A" * 33, "=" * 32, "Ä" * 32])
def test_both_refuse_what_is_not_base32(text: str) -> None:
    with pytest.raises(Exception):  # noqa: B017  # binascii.Error, ValueError or another
        pyotp.TOTP(text).at(0)
    with pytest.raises(SecurityError):
        Totp(text)

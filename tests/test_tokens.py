"""Tokens: what they are made of, and that each has one text and one kind."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zenoo_security.errors import ParameterError, SessionEnded
from zenoo_security.tokens import DEVICE, SESSION, TICKET, new_token, token_digest

KINDS = (SESSION, TICKET, DEVICE)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.mark.asvs("v5.0.0-11.2.3", "v5.0.0-7.2.3", "v5.0.0-11.5.1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_token_is_its_prefix_and_32_random_bytes(kind: Any) -> None:
    seen = {new_token(kind) for _ in range(1000)}
    assert len(seen) == 1000
    for token in seen:
        assert re.fullmatch(f"{kind}[A-Za-z0-9_-]{{43}}", token)
        assert len(base64.urlsafe_b64decode(token[4:] + "=")) == 32


@pytest.mark.asvs("v5.0.0-11.4.3")
def test_the_digest_is_the_sha_256_of_the_whole_text() -> None:
    token = "zst_" + "A" * 43
    assert token_digest(token) == hashlib.sha256(token.encode()).digest()


@given(st.binary(min_size=32, max_size=32), st.sampled_from(KINDS))
def test_32_bytes_have_one_text_that_is_accepted(raw: bytes, kind: Any) -> None:
    """Of the four texts that a lax decoder takes for the same bytes three are none."""
    token = kind + base64.urlsafe_b64encode(raw).decode().rstrip("=")
    token_digest(token, kind)
    first = ALPHABET.index(token[-1])
    for last in range(first + 1, first + 4):
        with pytest.raises(SessionEnded):
            token_digest(token[:-1] + ALPHABET[last], kind)


@pytest.mark.asvs("v5.0.0-9.2.2")
@pytest.mark.parametrize("sent_as", KINDS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_token_of_one_kind_is_none_of_another(kind: Any, sent_as: Any) -> None:
    if kind != sent_as:
        with pytest.raises(SessionEnded):
            token_digest(new_token(kind), sent_as)


@given(st.text() | st.binary() | st.integers() | st.none() | st.lists(st.text()))
@example("zst_" + "A" * 42)
@example("zst_" + "A" * 44)
@example("zst_" + "A" * 43 + "\n")
@example("zst_" + "A" * 42 + "=")
@example("zst_" + "A" * 42 + "\u0661")
@example("zst_" + "A" * 42 + "+")
@example(" zst_" + "A" * 43)
@example("ZST_" + "A" * 43)
@example(("zst_" + "A" * 43).encode())
@example("zst_" + "\ud800" * 43)
@example("zst_" + "A" * 42 + "\0")
def test_whatever_else_is_sent_is_no_session(sent: Any) -> None:
    with pytest.raises(SessionEnded):
        token_digest(sent)


@pytest.mark.parametrize("start", ["", "zst_", "zst_" + "A" * 43])
def test_ten_megabytes_are_refused_like_anything_else(start: str) -> None:
    with pytest.raises(SessionEnded):
        token_digest(start + "A" * 10_000_000)


@pytest.mark.parametrize("kind", ["", "zxx_", "zst", None, ["zst_"]])
def test_a_kind_that_does_not_exist_is_a_mistake_of_the_programmer(kind: Any) -> None:
    with pytest.raises(ParameterError):
        new_token(kind)
    with pytest.raises(ParameterError):
        token_digest("zst_" + "A" * 43, kind)

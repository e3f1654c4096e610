"""A mask shows what its style says and no more, whatever the value is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security import FieldCipher, KeyRing
from zenoo_security.errors import PolicyError
from zenoo_security.fields import Undecryptable
from zenoo_security.policy import mask
from zenoo_security.policy.masks import HIDDEN, STYLES


@pytest.mark.asvs("v5.0.0-14.2.6")
@pytest.mark.parametrize(
    ("style", "value", "shown"),
    [
        ("all", "a secret", "****"),
        ("all", "", "****"),
        ("last4", "4111 1111 1111 1234", "****1234"),
        ("last4", "+49 30 901820", "****1820"),
        ("last4", "DE89 3704 0044 0532 0130 00", "****3000"),
        ("last4", "12345678", "****5678"),
        ("last4", "1234567", "****"),
        ("last4", "1234", "****"),
        ("last4", "    1234    ", "****"),
        ("last4", "-.-.-.-.1234", "****"),
        ("last4", "", "****"),
        ("last4", "abcd\n12\x1b34", "****1234"),
        ("email", "alice@example.com", "a***@example.com"),
        ("email", "ab@example.com", "a***@example.com"),
        ("email", "a@example.com", "***@example.com"),
        ("email", "alice@example.com, bob@example.com", "****"),
        ("email", "alice", "****"),
        ("email", "alice@localhost", "****"),
        ("email", "", "****"),
    ],
)
def test_known_answers(style, value, shown):
    assert mask(style, value) == shown


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "value",
    [None, False, True, 0, 1234567890123456, 1.5, b"12345678", [7, "Azure Interior"], [1, 2], {}, ("12345678",)],
    ids=str,
)
def test_what_is_no_text_is_hidden(style, value):
    assert mask(style, value) == HIDDEN


@pytest.mark.parametrize("style", STYLES)
def test_marks_and_other_texts_that_are_more_than_texts_are_hidden(style):
    class Text(str):
        __slots__ = ()

    assert mask(style, Text("12345678")) == HIDDEN
    cipher = FieldCipher(KeyRing.generate())
    [row] = cipher.decrypt_records([{"phone": "zs1.AAAA"}], {"phone": ("res.partner", "phone")}, on_error="mark")
    assert isinstance(row["phone"], Undecryptable)
    assert mask(style, row["phone"]) == HIDDEN


@pytest.mark.parametrize("style", ["most", "", None, 4, ["all"]], ids=str)
def test_an_unknown_style_is_an_error(style):
    with pytest.raises(PolicyError, match="the styles are all, email, last4"):
        mask(style, "12345678")


@given(st.text())
def test_never_more_than_half_of_the_letters_and_digits(value):
    told = [character for character in value if character.isalnum()]
    shown = mask("last4", value).removeprefix(HIDDEN)
    assert not shown or (list(shown) == told[-4:] and 2 * len(shown) <= len(told))


@given(st.from_regex(r"[a-z0-9.]{1,12}@[a-z]{1,8}\.(?:com|org)", fullmatch=True))
def test_an_address_shows_its_first_character_and_its_domain(value):
    local, _, domain = value.partition("@")
    assert mask("email", value) in {f"{local[0]}***@{domain}" if len(local) > 1 else f"***@{domain}", HIDDEN}

"""`FieldCipher.rewrap`: the same value under the primary key, without the value in Python."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from zenoo_security import FieldCipher, KeyRing
from zenoo_security.errors import ParameterError
from zenoo_security.fields import Undecryptable

CONTEXT = ("res.partner", "email")
OLD = KeyRing.generate()
NEW = OLD.rotate()
BEFORE, CIPHER = FieldCipher(OLD), FieldCipher(NEW)


@pytest.mark.parametrize(
    "value",
    ["anna@example.com", "", b"\0\xff", 7, -(2**70), 0.1, True, None, dt.date(2026, 1, 2), Decimal("1.50")],
)
def test_the_value_is_the_same_under_the_new_key(value):
    """The type is kept too, and the token differs each time."""
    token = BEFORE.encrypt(value, context=CONTEXT)
    first, second = (CIPHER.rewrap(token, context=CONTEXT) for _ in range(2))
    assert {FieldCipher.key_id(first), FieldCipher.key_id(second)} == {NEW.primary_id} != {FieldCipher.key_id(token)}
    assert first != second
    opened = CIPHER.decrypt(first, context=CONTEXT)
    assert (opened, type(opened)) == (value, type(value))


def test_the_padding_is_that_of_the_cipher():
    """Whoever declares a padding gets it with the next rotation."""
    padded = FieldCipher(NEW, padding=64)
    tokens = {len(padded.rewrap(BEFORE.encrypt("x" * n, context=CONTEXT), context=CONTEXT)) for n in range(30)}
    assert len(tokens) == 1


def test_what_does_not_open_is_marked():
    """Another context, another ring, an altered token, and what is none."""
    token = BEFORE.encrypt("a", context=CONTEXT)
    altered = token[:-1] + ("A" if token[-1] != "A" else "Q")
    marks = [
        CIPHER.rewrap(token, context=("res.partner", "vat")),
        FieldCipher(KeyRing.generate()).rewrap(token, context=CONTEXT),
        CIPHER.rewrap(altered, context=CONTEXT),
        CIPHER.rewrap("plain", context=CONTEXT),
    ]
    assert all(isinstance(mark, Undecryptable) for mark in marks)
    assert marks[3].reason == "plaintext"


def test_a_wrong_context_is_refused():
    """A mistake of a program, as for `encrypt`."""
    with pytest.raises(ParameterError):
        CIPHER.rewrap(BEFORE.encrypt("a", context=CONTEXT), context=("res.partner", ""))


def test_many_are_what_each_would_be():
    """Also where there is no new token: the primary key, another context, an altered token, no token."""
    tokens = BEFORE.encrypt_many([f"value {number}" for number in range(3000)], context=CONTEXT)
    inner = BEFORE.encrypt_many(["zs1.value"], context=CONTEXT)
    others = [CIPHER.encrypt("new", context=CONTEXT), BEFORE.encrypt("a", context=("other",)), "plain", "", False, None]
    new = CIPHER.rewrap_many([*tokens, *others, tokens[0][:-1], *inner], context=CONTEXT)
    assert CIPHER.decrypt_many(new[:3000], context=CONTEXT) == [f"value {number}" for number in range(3000)]
    assert {FieldCipher.key_id(token) for token in new[:3000]} == {NEW.primary_id}
    assert new[3000:-1] == [None] * 7
    assert CIPHER.decrypt(new[-1], context=CONTEXT) == "zs1.value"
    assert len(set(new)) == 3002
    assert CIPHER.rewrap_many([], context=CONTEXT) == []


def test_many_are_padded_as_the_cipher_pads():
    """As one is."""
    padded = FieldCipher(NEW, padding=64)
    texts = ["x" * length for length in range(30)]
    tokens = padded.rewrap_many(BEFORE.encrypt_many(texts, context=CONTEXT), context=CONTEXT)
    assert len({len(token) for token in tokens}) == 1

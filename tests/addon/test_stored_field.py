"""What the column of an encrypted field holds, without an Odoo."""

from __future__ import annotations

import re

import pytest

from zenoo_security import BlindIndex, FieldCipher, KeyRing
from zenoo_security.addon.stored_field import NO_KEY, StoredField, Unreadable, key_pattern, unreadable_values
from zenoo_security.errors import InvalidInput

CONTEXT = ("res.partner", "email")


@pytest.fixture
def ring():
    return KeyRing.generate()


@pytest.fixture
def field(ring):
    return StoredField(ring, *CONTEXT, index="email")


def test_tokens_and_indexes_are_those_of_the_client(field, ring):
    assert FieldCipher(ring).decrypt(field.seal("anna@example.com"), context=CONTEXT) == "anna@example.com"
    assert field.open([FieldCipher(ring).encrypt("anna@example.com", context=CONTEXT)]) == ["anna@example.com"]
    index = BlindIndex(ring, normalizer="email").compute("anna@example.com", context=CONTEXT)
    assert field.index(["Anna@example.com"]) == [index]


@pytest.mark.asvs("11.3.2")
def test_what_does_not_open_is_a_mark_with_its_reason(field, ring):
    tokens = {
        "unknown_key": FieldCipher(KeyRing.generate().rotate()).encrypt("x", context=CONTEXT),
        "altered": FieldCipher(ring).encrypt("x", context=("res.partner", "phone")),
        "plaintext": "anna@example.com",
        "type": FieldCipher(ring).encrypt(17, context=CONTEXT),
    }
    opened = field.open([*tokens.values(), None, field.seal("ok"), ""])
    assert [mark.reason for mark in opened[:4]] == list(tokens)
    assert opened[4:] == [None, "ok", None]
    assert not any(opened[:4])
    assert all(isinstance(mark, str) and mark == "" for mark in opened[:4])
    assert "anna" not in repr(opened[2])


def test_without_keys_what_is_there_is_a_mark(field):
    none, mark = unreadable_values([None, field.seal("x")])
    assert none is None
    assert isinstance(mark, Unreadable)
    assert mark.reason == NO_KEY


def test_a_token_is_no_value(field):
    with pytest.raises(InvalidInput):
        field.seal(field.seal("x"))


def test_a_search_passes_over_what_has_no_index(field):
    assert field.searched(["no address", "anna@example.com"]) == field.index(["anna@example.com"])
    with pytest.raises(InvalidInput):
        field.index(["no address"])


def test_without_an_index_nothing_is_found(ring):
    assert StoredField(ring, *CONTEXT).searched(["anna@example.com"]) == []


def test_a_pattern_is_for_the_tokens_of_one_key(ring):
    rings = [ring]
    for _ in range(6):
        rings.append(rings[-1].rotate())
    for own in rings:
        tokens = [FieldCipher(own).encrypt("x", context=CONTEXT) for _ in range(50)]
        for other in rings:
            matches = [bool(re.match(key_pattern(other.primary_id), token)) for token in tokens]
            assert set(matches) == {own.primary_id == other.primary_id}


def test_rewrapped_tokens_are_of_the_primary_key(ring, field):
    newer = ring.rotate()
    tokens = [field.seal("anna"), "plaintext"]
    rewrapped = StoredField(newer, *CONTEXT).rewrap(tokens)
    assert FieldCipher.key_id(rewrapped[0]) == newer.primary_id
    assert rewrapped[1] is None
    assert StoredField(newer, *CONTEXT).open(rewrapped[:1]) == ["anna"]

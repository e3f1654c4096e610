"""Every single change of a token is refused: each bit of its bytes, and each character of its text."""

from __future__ import annotations

import base64
import json
import random
from datetime import date, datetime, timezone
from decimal import Decimal

import pytest

from conftest import load_vectors
from peers.page import PEER
from zenoo_security import FieldCipher, KeyRing
from zenoo_security.fields import Undecryptable
from zenoo_security.fields.context import context_of

DOCUMENT = load_vectors("fields")["key_ring"]
CIPHER = FieldCipher(KeyRing.from_json(json.dumps(DOCUMENT)))
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
SHARES, TOKENS_A_SHARE = 8, 125


def value_of(seed):
    """A value of one of the types, not longer than a name or an address."""
    text = "".join(seed.choices("abcdefghijklmnopqrstuvwxyz@. äß", k=seed.randrange(1, 25)))
    moment = datetime.fromtimestamp(seed.randrange(2**31), timezone.utc)
    number = seed.randrange(-(2**40), 2**40)
    others = [number, number / 100, Decimal(number) / 100, moment, date(2026, 11, 24), True, None, text.encode()]
    return seed.choice([text, text, text, *others])


def tokens(share):
    """An eighth of the thousand tokens with their contexts and values, always the same; PyNaCl makes them."""
    seed = random.Random(share)
    for number in range(TOKENS_A_SHARE):
        context = context_of("res.partner", "email", ("database", "record"), database="shop", record=number)
        value, pad_to = value_of(seed), seed.choice([None, None, 16, 32])
        yield PEER.encrypt(DOCUMENT, value, context, seed.randbytes(24), pad_to), context, value


def with_one_bit_flipped(token):
    raw = base64.urlsafe_b64decode(token[4:] + "=" * (-len(token[4:]) % 4))
    number, bits = int.from_bytes(raw, "big"), len(raw) * 8
    flipped = ((number ^ (1 << bit)).to_bytes(len(raw), "big") for bit in range(bits))
    return [token[:4] + base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in flipped]


def with_one_character_replaced(token):
    """By the two that stand beside it in the alphabet, or in ASCII for those of the prefix."""
    changed = []
    for position, character in enumerate(token):
        place = ALPHABET.index(character) if position > 3 else None
        neighbors = (
            [chr(ord(character) - 1), chr(ord(character) + 1)]
            if place is None
            else [ALPHABET[place - 1], ALPHABET[(place + 1) % 64]]
        )
        changed += [token[:position] + neighbor + token[position + 1 :] for neighbor in neighbors]
    return changed


def opened(changed, context):
    """Those of the changed tokens that open."""
    values = CIPHER.decrypt_many(changed, context=context, on_error="mark")
    return [token for token, value in zip(changed, values, strict=True) if not isinstance(value, Undecryptable)]


@pytest.mark.asvs("v5.0.0-11.3.2", "v5.0.0-11.3.3")
@pytest.mark.parametrize("share", range(SHARES))
def test_every_flipped_bit_is_refused(share):
    """All bits of 1,000 tokens in all: key id, nonce, ciphertext and tag. Unchanged, each opens to its value."""
    tried = 0
    for token, context, value in tokens(share):
        assert CIPHER.decrypt(token, context=context) == value
        flipped = with_one_bit_flipped(token)
        assert token not in flipped
        assert opened(flipped, context) == []
        tried += len(set(flipped))
    assert tried >= TOKENS_A_SHARE * 8 * 45


@pytest.mark.asvs("v5.0.0-11.3.2", "v5.0.0-11.3.3")
@pytest.mark.parametrize("share", range(SHARES))
def test_every_replaced_character_is_refused(share):
    """All characters of the same 1,000 tokens, the prefix and the unused bits of the last one included."""
    for token, context, _ in tokens(share):
        replaced = with_one_character_replaced(token)
        assert len(set(replaced)) == 2 * len(token)
        assert opened(replaced, context) == []


def test_what_is_counted_as_refused_is_not_everything():
    """The helper above finds the one token that opens among many that do not."""
    token, context, _ = next(tokens(0))
    flipped = with_one_bit_flipped(token)
    assert opened([*flipped, token, *flipped], context) == [token]

"""Defect 16: the guide's token was encrypted personal data, 328 characters, dated in the clear, and forgeable by its key."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest

from zenoo_security import FieldCipher, KeyRing, Principal
from zenoo_security.errors import SessionEnded
from zenoo_security.sessions import Sessions
from zenoo_security.stores.memory import MemoryStore

ALICE = Principal("shop", 7, "alice", authenticated_at=1_700_000_000.0)


async def test_a_token_is_random_short_and_says_nothing():
    """Nobody reads a name or a time from it, with or without a key."""
    sessions = Sessions(MemoryStore(), KeyRing.generate())
    tokens = [await sessions.start(ALICE, "secret") for _ in range(10)]
    raw = [base64.urlsafe_b64decode(token[4:] + "=") for token in tokens]
    assert {len(token) for token in tokens} == {47}
    assert {len(each) for each in raw} == {32}
    # Of two texts with the same user and the same second nearly half of the bits differ.
    differing = (int.from_bytes(raw[0], "big") ^ int.from_bytes(raw[1], "big")).bit_count()
    assert 64 < differing < 192


async def test_the_store_holds_the_hash_alone():
    """Who reads the store cannot log in with it."""
    store = MemoryStore()
    sessions = Sessions(store, KeyRing.generate())
    token = await sessions.start(ALICE, "secret")
    stored = {key: value async for key, value in store.scan(b"")}
    assert b"session/" + hashlib.sha256(token.encode()).digest() in stored
    assert not any(token[4:].encode() in key + value for key, value in stored.items())


async def test_the_key_makes_no_token():
    """Whoever has the key ring, but cannot write to the store, cannot make a session of it."""
    ring = KeyRing.generate()
    sessions = Sessions(MemoryStore(), ring)
    forged = FieldCipher(ring).encrypt(json.dumps({"username": "alice"}), context=("zenoo_security", "session"))
    for text in (forged, "zst_" + re.sub("[^A-Za-z0-9_-]", "", forged)[:43]):
        with pytest.raises(SessionEnded):
            await sessions.get(text)

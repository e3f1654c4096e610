"""PyNaCl, with the code of docs/formats.md and nothing else, reads what we write and writes what we read."""

from __future__ import annotations

import hmac
import json
import os
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import load_vectors
from peers.page import PEER
from zenoo_security import BlindIndex, FieldCipher, KeyRing
from zenoo_security.errors import KeyRingError
from zenoo_security.fields.context import context_of
from zenoo_security.fields.values import plain_value

CONTEXT = ["res.partner", "größe"]
BINDINGS = ("database", "company", "record")
KEY_RING = KeyRing.generate().rotate()
RING = json.loads(KEY_RING.to_json())


HKDF, HMAC, XCHACHA, CONTEXTS = (load_vectors(name) for name in ("hkdf", "hmac", "xchacha", "context"))

VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.binary(max_size=500),
    st.integers(-(2**300), 2**300),
    st.floats(allow_nan=False),
    st.booleans(),
    st.none(),
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.just(timezone(timedelta(hours=-3, minutes=-30)))),
    st.decimals(allow_nan=False),
)


@given(value=VALUES, pad=st.none() | st.integers(2, 100))
def test_pynacl_and_we_read_each_other(value, pad):
    """Both directions, all types, padded and not."""
    cipher = FieldCipher(KEY_RING, padding=pad)
    ours = cipher.encrypt(value, context=CONTEXT)
    theirs = PEER.encrypt(RING, value, CONTEXT, os.urandom(24), pad)
    assert PEER.decrypt(RING, ours, CONTEXT) == value
    assert cipher.decrypt(theirs, context=CONTEXT) == value
    assert len(ours) == len(theirs)


@pytest.mark.parametrize("length", [0, 1, 24, 63, 64, 190, 191, 192, 193, 255, 256, 257, 1000, 100_000])
def test_lengths_around_the_blocks_agree(length):
    """Texts around the block sizes of ChaCha20 and of our short path."""
    cipher, value = FieldCipher(KEY_RING), os.urandom(length)
    assert PEER.decrypt(RING, cipher.encrypt(value, context=CONTEXT), CONTEXT) == value
    assert cipher.decrypt(PEER.encrypt(RING, value, CONTEXT, os.urandom(24)), context=CONTEXT) == value


BOUND = st.fixed_dictionaries(
    {},
    optional={"database": st.text("aäß-_1", min_size=1), "company": st.integers(0), "record": st.integers(1)},
)


@given(value=VALUES, pad=st.none() | st.integers(2, 100), bound=BOUND)
def test_values_with_bindings_are_read_both_ways(value, pad, bound):
    """The context of the page is that of the client for every choice of bindings; its tokens and indexes agree."""
    context = context_of("res.partner", "x_value", [name for name in BINDINGS if name in bound], **bound)
    theirs = PEER.context_of("res.partner", "x_value", **bound)
    assert list(context) == theirs
    cipher = FieldCipher(KEY_RING, padding=pad)
    assert PEER.decrypt(RING, cipher.encrypt(value, context=context), theirs) == value
    assert cipher.decrypt(PEER.encrypt(RING, value, theirs, os.urandom(24), pad), context=context) == value
    assert BlindIndex(KEY_RING).compute(value, context=context) == PEER.blind_index(RING, value, theirs)


@pytest.mark.parametrize(
    ("odoo_type", "given", "stored"),
    [
        ("char", "O'Brien & Söhne", "O'Brien & Söhne"),
        ("text", "two\nlines", "two\nlines"),
        ("selection", "draft", "draft"),
        ("html", "<p>hello</p>", "<p>hello</p>"),
        ("integer", "-17", -17),
        ("float", 15, 15.0),
        ("monetary", 19.9, 19.9),
        ("boolean", True, True),
        ("date", date(2026, 11, 24), "2026-11-24"),
        ("datetime", datetime(2026, 11, 24, 13, 5), "2026-11-24 13:05:00"),  # noqa: DTZ001
    ],
)
def test_every_odoo_type_is_what_the_page_says(odoo_type, given, stored):
    """What the client and the jobs encrypt for a value of each type, PyNaCl reads, and its index is the one of the page."""
    value, context = plain_value(odoo_type, given), context_of("res.partner", "x_value")
    opened = PEER.decrypt(RING, FieldCipher(KEY_RING).encrypt(value, context=context), context)
    assert (type(opened), opened) == (type(stored), stored)
    assert BlindIndex(KEY_RING).compute(value, context=context) == PEER.blind_index(RING, stored, context)
    zero = {"integer": 0, "float": 0.0, "monetary": 0.0, "boolean": False}.get(odoo_type, "")
    assert {plain_value(odoo_type, empty) for empty in (None, False, zero)} == {None}


@given(rows=st.lists(VALUES, max_size=20), bound=BOUND)
def test_batches_are_read_both_ways(rows, bound):
    """What many values are encrypted to at once, PyNaCl reads one by one, and the other way round."""
    context, cipher = PEER.context_of("res.partner", "x_value", **bound), FieldCipher(KEY_RING)
    ours = cipher.encrypt_many(rows, context=context)
    assert [PEER.decrypt(RING, token, context) for token in ours] == rows
    theirs = [{"x": PEER.encrypt(RING, value, context, os.urandom(24))} for value in rows]
    assert [row["x"] for row in cipher.decrypt_records(theirs, {"x": context})] == rows


@given(text=st.text(st.characters(exclude_categories=["Cs", "Cn"])), length=st.integers(8, 32))
def test_indexes_agree(text, length):
    """Hmac of the standard library computes the same index."""
    for normalizer in ("exact", "casefold"):
        ours = BlindIndex(KEY_RING, normalizer=normalizer, length=length).compute(text, context=CONTEXT)
        assert ours == PEER.blind_index(RING, text, CONTEXT, normalizer, length)


@pytest.mark.parametrize(
    "value",
    [0, -1, 2**70, b"x", None, True, date(2026, 1, 1), datetime(2026, 1, 1, 1), Decimal("1.50")],  # noqa: DTZ001
)
def test_indexes_of_other_types_agree(value):
    """The exact index of every type is the HMAC of its documented plaintext."""
    assert BlindIndex(KEY_RING).compute(value, context=CONTEXT) == PEER.blind_index(RING, value, CONTEXT)


def test_digits_and_addresses_agree():
    """The other two normalizers, on what they are for."""
    phone, address = "+49 (30) 12\u066134", " Änna@EXAMPLE.com\n"
    digits, email = BlindIndex(KEY_RING, normalizer="digits"), BlindIndex(KEY_RING, normalizer="email")
    assert digits.compute(phone, context=CONTEXT) == PEER.blind_index(RING, phone, CONTEXT, "digits")
    assert email.compute(address, context=CONTEXT) == PEER.blind_index(RING, address, CONTEXT, "email")


@pytest.mark.parametrize("case", CONTEXTS["valid"], ids=lambda case: "-".join([case["field"], *case["bind"]]))
def test_the_page_has_the_known_contexts_tokens_and_indexes(case):
    """What the package is tested with is what PyNaCl and hmac give for it."""
    ring, bound = CONTEXTS["key_ring"], {name: case[name] for name in case["bind"]}
    context = PEER.context_of(case["model"], case["field"], **bound)
    assert (context, PEER.parts(context).hex()) == (case["context"], case["encoding"])
    assert PEER.encrypt(ring, case["value"], context, bytes.fromhex(case["nonce"]), case["padding"]) == case["token"]
    assert PEER.blind_index(ring, case["value"], case["index_context"], case["normalizer"]) == case["index"]


@pytest.mark.parametrize("kdf", ["argon2id", "pbkdf2-sha256"])
def test_passphrase_rings_agree_with_argon2_cffi_and_hashlib(kdf):
    """The two keys of a passphrase ring are the documented derivation."""
    import hashlib

    from argon2.low_level import Type, hash_secret_raw

    passphrase, salt = "correct horse battery stäple", bytes(range(16))
    if kdf == "argon2id":
        master = hash_secret_raw(passphrase.encode(), salt, 3, 65_536, 4, 32, Type.ID)
    else:
        master = hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, 600_000)
    ring = json.loads(KeyRing.from_passphrase(passphrase, salt, kdf=kdf).to_json())
    root, index = (PEER.subkey(master, ["zenoo-security/passphrase", use], []) for use in ("root", "index"))
    assert (ring["keys"][0]["key"], ring["index_key"]) == (PEER.b64encode(root), PEER.b64encode(index))


@pytest.mark.parametrize("case", HKDF["subkeys"], ids=lambda case: "/".join(case["purpose"]))
def test_the_subkey_of_the_page_has_the_known_answers(case):
    """What the native module is tested with in Rust is what the page derives."""
    subkey = PEER.subkey(bytes.fromhex(case["root"]), case["purpose"], case["context"])
    assert subkey.hex() == case["subkey"]


@pytest.mark.parametrize("case", HKDF["rfc5869"], ids=lambda case: case["case"])
def test_hkdf_of_a_peer_has_the_answers_of_the_rfc(case):
    """RFC 5869, appendix A: pyca/cryptography reads the vectors that the native module is tested with."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf import hkdf

    ikm, salt, info = (bytes.fromhex(case[name]) for name in ("ikm", "salt", "info"))
    assert hkdf.HKDF(hashes.SHA256(), case["length"], salt, info).derive(ikm).hex() == case["okm"]


@pytest.mark.parametrize("case", HMAC["valid"], ids=lambda case: case["section"])
def test_hmac_of_the_page_has_the_answers_of_the_rfc(case):
    """RFC 4231: the standard library, with which the page computes indexes, reads the same vectors."""
    key, message = bytes.fromhex(case["key"]), bytes.fromhex(case["message"])
    assert hmac.digest(key, message, "sha256").hex() == case["hmac"]


@pytest.mark.parametrize("case", XCHACHA["aead"], ids=lambda case: case["section"])
def test_xchacha_of_the_page_has_the_answers_of_the_draft(case):
    """The cipher of PyNaCl, with which the page reads our values, has the known answer of the draft."""
    key, nonce, aad, plaintext = (bytes.fromhex(case[name]) for name in ("key", "nonce", "aad", "plaintext"))
    sealed = PEER.xchacha_encrypt(plaintext, aad, nonce, key)
    assert sealed.hex() == case["ciphertext"] + case["tag"]
    assert PEER.xchacha_decrypt(sealed, aad, nonce, key) == plaintext


@given(kek=st.binary(min_size=32, max_size=32), rotations=st.integers(0, 5))
def test_pynacl_and_we_open_each_others_wrapped_rings(kek, rotations):
    """Both directions, and another key-encryption key opens neither."""
    ring = KeyRing.generate()
    for _ in range(rotations):
        ring = ring.rotate()
    document = json.loads(ring.to_json())
    assert PEER.unwrap_ring(ring.wrap(kek), kek) == document
    theirs = PEER.wrap_ring(document, kek, os.urandom(24))
    assert KeyRing.unwrap(theirs, kek).to_json() == ring.to_json()
    other = bytes([kek[0] ^ 1]) + kek[1:]
    with pytest.raises(ValueError, match="another key-encryption key"):
        PEER.unwrap_ring(ring.wrap(kek), other)
    with pytest.raises(KeyRingError, match="another key-encryption key"):
        KeyRing.unwrap(theirs, other)


@pytest.mark.parametrize("case", load_vectors("keyring")["valid"], ids=lambda case: case["kek_id"])
def test_pynacl_opens_the_frozen_rings(case):
    """The vectors, and the code of the page writes the first of them again."""
    kek, wrapped = bytes.fromhex(case["kek"]), case["wrapped"]
    assert PEER.unwrap_ring(json.dumps(wrapped), kek) == case["key_ring"]
    if len(case["key_ring"]["keys"]) == 1:
        assert json.loads(PEER.wrap_ring(case["key_ring"], kek, PEER.b64decode(wrapped["nonce"]))) == wrapped

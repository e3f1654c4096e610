"""Wrapped key rings and the key-encryption key: nothing opens but what was wrapped, under what it was wrapped."""

from __future__ import annotations

import base64
import copy
import json
import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import load_vectors
from keyring.leaks import holds, secrets_of
from zenoo_security import KeyRing, keyring
from zenoo_security.errors import KeyRingError, ParameterError
from zenoo_security.keyring import EnvelopeProvider, FileProvider, KeyEncryptionKey, KeyProvider

KEK = KeyEncryptionKey.generate()
RING = KeyRing.generate().rotate()
WRAPPED = RING.wrap(KEK.reveal())


def reason(text, kek=KEK):
    with pytest.raises(KeyRingError) as raised:
        KeyRing.unwrap(text, kek.reveal())
    assert not holds(raised.value, secrets_of(RING))
    return str(raised.value)


@pytest.mark.parametrize("case", load_vectors("keyring")["valid"], ids=lambda case: case["kek_id"])
def test_frozen_rings_open(case):
    """What PyNaCl wrapped by the page of the formats opens, as text and as bytes."""
    kek = bytes.fromhex(case["kek"])
    assert KeyRing.kek_id(kek) == KeyEncryptionKey(kek).id == case["kek_id"]
    for text in (json.dumps(case["wrapped"]), json.dumps(case["wrapped"]).encode()):
        assert json.loads(KeyRing.unwrap(text, kek).to_json()) == case["key_ring"]


@pytest.mark.asvs("v5.0.0-11.3.2", "v5.0.0-11.3.3")
def test_every_flipped_bit_is_refused():
    """One bit anywhere in the document: it does not open, and no message has a key."""
    text = WRAPPED.encode()
    reasons = set()
    for bit in range(len(text) * 8):
        flipped = bytearray(text)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(KeyRingError) as raised:
            KeyRing.unwrap(bytes(flipped), KEK.reveal())
        reasons.add(str(raised.value))
    assert len(reasons) == 4, reasons
    assert not re.search(r"[A-Za-z0-9_-]{20}", " ".join(reasons))


def test_whatever_was_altered_the_reason_is_one():
    """Nonce, ciphertext, tag, their lengths, a part of another wrapping: the same words."""
    document, other = json.loads(WRAPPED), json.loads(RING.wrap(KEK.reveal()))
    changes = [
        {"nonce": other["nonce"]},
        {"nonce": document["nonce"][:-4]},
        {"nonce": ""},
        {"sealed": other["sealed"]},
        {"sealed": document["sealed"][4:]},
        {"sealed": document["sealed"][:-4]},
        {"sealed": document["sealed"] + "AAAA"},
        {"sealed": document["sealed"] + "="},
        {"sealed": ""},
        {"sealed": "é"},
        {"sealed": None},
        {"sealed": 5},
        {"more": "x"},
    ]
    reasons = {reason(json.dumps(document | change)) for change in changes}
    reasons |= {reason(WRAPPED[:end]) for end in range(60, len(WRAPPED.rstrip()))}
    assert reasons == {"the wrapped key ring is damaged or was altered: take it from a backup"}


def test_the_wrong_key_is_found_before_anything_is_decrypted():
    """Another KEK is named as such, also when the rest is damaged; a KEK id that was changed does not help."""
    other = KeyEncryptionKey.generate()
    assert "another key-encryption key" in reason(WRAPPED, other)
    assert "another key-encryption key" in reason(json.dumps(json.loads(WRAPPED) | {"sealed": "!"}), other)
    assert "altered" in reason(WRAPPED.replace(KEK.id, other.id), other)


def test_another_version_or_document_is_not_taken_for_a_wrapped_ring():
    """A plain ring says that it is one; everything else is no wrapped ring."""
    document = json.loads(WRAPPED)
    assert "not wrapped" in reason(RING.to_json())
    for text in (
        "",
        "{}",
        "[]",
        "x" * 2_000_000,
        json.dumps(document | {"version": 2}),
        WRAPPED.replace("wrapped", "rapped"),
    ):
        assert reason(text) == "this is not a wrapped key ring of version 1"
    with pytest.raises(KeyRingError, match="is wrapped"):
        KeyRing.from_json(WRAPPED)


@given(kek=st.binary(min_size=32, max_size=32), rotations=st.integers(0, 20))
def test_what_is_wrapped_opens(kek, rotations):
    """Any ring under any KEK; two wrappings of one ring have nothing in common but what they say of themselves."""
    ring = KeyRing.generate()
    for _ in range(rotations):
        ring = ring.rotate()
    text, again = ring.wrap(kek), ring.wrap(kek)
    assert KeyRing.unwrap(text, kek).to_json() == ring.to_json()
    assert {key for key, value in json.loads(text).items() if json.loads(again)[key] == value} == {
        "format",
        "version",
        "kek_id",
    }
    assert not any(secret in text for secret in secrets_of(ring))


@given(st.binary() | st.text())
def test_no_input_is_more_than_an_error(text):
    """Whatever is given, a KeyRingError comes out."""
    with pytest.raises(KeyRingError):
        KeyRing.unwrap(text, KEK.reveal())


@pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
def test_a_kek_has_32_bytes(length):
    """Another length is a mistake of the programmer, wherever it is given."""
    for use in (KeyEncryptionKey, RING.wrap, KeyRing.kek_id, lambda kek: KeyRing.unwrap(WRAPPED, kek)):
        with pytest.raises(ParameterError, match="32 bytes"):
            use(bytes(length))


@pytest.mark.asvs("v5.0.0-13.3.1")
def test_a_kek_shows_its_id_alone():
    """`repr` and `str` have no byte of it; it is neither copied nor pickled, and two are not the same."""
    assert repr(KEK) == f"<KeyEncryptionKey {KEK.id}>"
    for leak in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            leak(KEK)
    with pytest.raises(AttributeError):
        KEK.note = "x"
    assert KeyEncryptionKey.generate().id != KEK.id
    assert base64.urlsafe_b64encode(KEK.reveal())[:8].decode() not in f"{KEK!r}{KEK}"


@pytest.mark.asvs("v5.0.0-13.3.1")
def test_a_saved_kek_is_private_and_loads(tmp_path):
    """43 characters and a line break, mode 0600, never replaced unasked."""
    path = tmp_path / "kek"
    KEK.save(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert re.fullmatch(rb"[A-Za-z0-9_-]{43}\n", path.read_bytes())
    assert KeyEncryptionKey.from_file(path).reveal() == KEK.reveal()
    with pytest.raises(KeyRingError, match="overwrite=True"):
        KeyEncryptionKey.generate().save(path)
    path.chmod(0o640)
    with pytest.raises(KeyRingError, match="chmod 600"):
        KeyEncryptionKey.from_file(path)


@pytest.mark.parametrize(
    "content", [b"", b"x", b"A" * 42, b"A" * 44, b"A" * 42 + b"+", b"\xff" * 43, b"A" * 43 + b"=="]
)
def test_a_file_that_holds_no_kek_is_refused(tmp_path, content):
    """Another length or alphabet; the message names the file and repeats nothing of it."""
    path = tmp_path / "kek"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyRingError, match="a key-encryption key is 32 random bytes") as raised:
        KeyEncryptionKey.from_file(path)
    assert not content or not holds(
        raised.value, [repr(content), content.decode(errors="replace")] if len(content) > 1 else ["\0"]
    )


def test_the_providers_of_files(tmp_path):
    """A plain file and a wrapped one, each read by its own provider and by no other; the file has no key in it."""
    plain, wrapped = tmp_path / "plain", tmp_path / "wrapped"
    keyring.save(RING, plain)
    keyring.save(RING, wrapped, kek=KEK)
    assert not any(secret in wrapped.read_text() for secret in secrets_of(RING))
    for provider in (FileProvider(plain), EnvelopeProvider(wrapped, KEK)):
        assert isinstance(provider, KeyProvider)
        assert provider.load().to_json() == RING.to_json()
    with pytest.raises(KeyRingError, match=r"plain: .*not wrapped") as raised:
        EnvelopeProvider(plain, KEK).load()
    assert not holds(raised.value, secrets_of(RING))
    with pytest.raises(KeyRingError, match=r"wrapped: .*is wrapped"):
        FileProvider(wrapped).load()
    with pytest.raises(KeyRingError, match="another key-encryption key"):
        EnvelopeProvider(wrapped, KeyEncryptionKey.generate()).load()


def test_a_new_kek_is_a_new_wrapping(tmp_path):
    """Rotating the KEK changes the file and no key of the ring."""
    path, new = tmp_path / "ring", KeyEncryptionKey.generate()
    keyring.save(RING, path, kek=KEK)
    keyring.update(path, lambda ring: ring, kek=KEK, new_kek=new)
    assert keyring.load(path, kek=new).to_json() == RING.to_json()
    with pytest.raises(KeyRingError, match="another key-encryption key"):
        keyring.load(path, kek=KEK)


def test_a_plain_ring_becomes_a_wrapped_one(tmp_path):
    """And a ring that is wrapped is not written in the clear by a change."""
    path = tmp_path / "ring"
    keyring.save(RING, path)
    keyring.update(path, lambda ring: ring, new_kek=KEK)
    changed = keyring.update(path, KeyRing.rotate, kek=KEK)
    assert not any(secret in path.read_text() for secret in secrets_of(changed))

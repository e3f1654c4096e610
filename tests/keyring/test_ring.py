"""Key rings: states, the JSON document and passphrases."""

from __future__ import annotations

import copy
import os
import pickle
import re

import pytest

from keyring.leaks import secrets_of
from zenoo_security import KeyRing, keyring
from zenoo_security.errors import InvalidInput, KeyRingError, ParameterError

SALT = bytes(range(16))


@pytest.mark.asvs("v5.0.0-11.2.2")
def test_rotation_promotes_a_fresh_key_and_keeps_the_old_one():
    """A rotated ring encrypts with a new key and still decrypts with the old one; the first ring is unchanged."""
    old = KeyRing.generate(created="2026-01-01")
    new = old.rotate(created="2026-11-24")
    assert (old.states, new.states) == ({1: "primary"}, {1: "decrypt-only", 2: "primary"})
    assert (old.primary_id, new.primary_id) == (1, 2)
    assert secrets_of(new)[0] == secrets_of(old)[0]
    assert secrets_of(new)[-1] == secrets_of(old)[-1]


def test_a_key_is_added_before_it_is_promoted():
    """`add` gives a key that only decrypts, so that every process can know it before one of them uses it."""
    ring = KeyRing.generate().add()
    assert ring.states == {1: "primary", 2: "decrypt-only"}
    assert ring.promote(2).states == {1: "decrypt-only", 2: "primary"}


def test_every_key_knows_its_day():
    """`created` is a date for each id, in the order of the document."""
    ring = KeyRing.generate(created="2024-02-29").rotate(created="2026-11-24")
    assert list(ring.created.items()) == [(1, "2024-02-29"), (2, "2026-11-24")]
    assert ring.retire(1).created == ring.created


def test_a_retired_key_stays_retired_and_its_id_taken():
    """A retired key cannot be promoted, and its id is not given to another key."""
    ring = KeyRing.generate().rotate().retire(1)
    assert ring.rotate().states == {1: "retired", 2: "decrypt-only", 3: "primary"}
    for change in (
        lambda: ring.promote(1),
        lambda: ring.retire(2),
        lambda: ring.retire(9),
        lambda: ring.promote(9),
        lambda: ring.promote(-1),
        lambda: ring.retire(2**40),
    ):
        with pytest.raises(KeyRingError):
            change()


@pytest.mark.asvs("v5.0.0-13.3.1")
def test_no_secret_is_shown_and_none_can_be_copied_out():
    """`repr` and `str` hold no key, and a ring can be neither pickled nor copied nor given attributes."""
    ring = KeyRing.generate().rotate()
    assert repr(ring) == "<KeyRing 1: decrypt-only, 2: primary>"
    assert not any(secret in f"{ring!r}{ring}" for secret in secrets_of(ring))
    for leak in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            leak(ring)
    with pytest.raises(AttributeError):
        ring.note = "x"


def test_generated_rings_differ():
    """Two generated rings share no key."""
    assert not set(secrets_of(KeyRing.generate())) & set(secrets_of(KeyRing.generate()))


def test_the_document_comes_back():
    """`from_json` of `to_json` is the same ring."""
    ring = KeyRing.generate().rotate().rotate().retire(1)
    assert KeyRing.from_json(ring.to_json()).to_json() == ring.to_json()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "not json",
        "{}",
        "\ud800",
        "[" * 100_000,
        "x" * 10_000_000,
        '{"format": "zenoo-security key ring"}',
    ],
    ids=["empty", "half", "list", "null", "text", "object", "surrogate", "deep", "huge", "incomplete"],
)
def test_what_is_no_key_ring_is_refused(text):
    """Anything that is not the documented form is a KeyRingError."""
    with pytest.raises(KeyRingError):
        KeyRing.from_json(text)


def test_every_prefix_of_a_document_is_refused_without_showing_it():
    """A half-written file never loads, and the error shows nothing of the keys in it."""
    text = KeyRing.generate().to_json().rstrip()
    for end in range(len(text)):
        with pytest.raises(KeyRingError) as error:
            KeyRing.from_json(text[:end])
        assert not re.search(r"[A-Za-z0-9_-]{20}", str(error.value))


def test_a_wrong_date_is_refused():
    """`created` is a date."""
    with pytest.raises(ParameterError):
        KeyRing.generate(created="yesterday")


@pytest.mark.asvs("v5.0.0-11.4.4")
def test_a_passphrase_always_gives_the_same_ring():
    """Passphrase and salt decide the keys; either one changed changes all of them."""
    cheap = {"memory_kib": 19_456, "passes": 2, "lanes": 1}
    one = secrets_of(keyring.from_passphrase("correct horse battery", SALT, **cheap))
    assert one == secrets_of(keyring.from_passphrase("correct horse battery", SALT, **cheap))
    assert not set(one) & set(secrets_of(keyring.from_passphrase("correct horse batterz", SALT, **cheap)))
    assert not set(one) & set(secrets_of(keyring.from_passphrase("correct horse battery", SALT[::-1], **cheap)))


@pytest.mark.asvs("v5.0.0-11.4.4")
@pytest.mark.parametrize(
    ("passphrase", "salt", "options"),
    [
        ("", SALT, {}),
        ("x", SALT, {}),
        ("fourteen chars", SALT, {}),
        ("a" * 40, SALT, {}),
        ("abc" * 2000, SALT, {}),
        ("correct horse battery", b"", {}),
        ("correct horse battery", SALT[1:], {}),
        ("correct horse battery", SALT, {"memory_kib": 1024}),
        ("correct horse battery", SALT, {"memory_kib": 2**32 - 1}),
        ("correct horse battery", SALT, {"passes": 1}),
        ("correct horse battery", SALT, {"lanes": 0}),
        ("correct horse battery", SALT, {"lanes": 200}),
        ("correct horse battery", SALT, {"kdf": "pbkdf2-sha256", "rounds": 100_000}),
        ("correct horse battery", SALT, {"kdf": "md5"}),
        ("correct horse battery", SALT, {"memory_kib": -1}),
        ("correct horse battery", SALT, {"passes": 2**40}),
        ("correct horse battery", SALT, {"kdf": "pbkdf2-sha256", "rounds": "many"}),
    ],
)
def test_weak_passphrases_and_costs_are_refused(passphrase, salt, options):
    """Nothing weak or absurd gets as far as any work."""
    with pytest.raises(ParameterError):
        keyring.from_passphrase(passphrase, salt, **options)


@pytest.mark.parametrize("passphrase", [None, b"correct horse battery", "correct horse battery\ud800"])
def test_what_is_no_text_is_no_passphrase(passphrase):
    """InvalidInput, and not a UnicodeEncodeError with the passphrase in it."""
    with pytest.raises(InvalidInput) as error:
        keyring.from_passphrase(passphrase, SALT)
    assert error.value.__cause__ is error.value.__context__ is None


def test_a_passphrase_ring_works_after_a_fork():
    """argon2id with several lanes runs in a child although the parent has run it before."""
    options = {"memory_kib": 19_456, "passes": 2, "lanes": 4}
    keyring.from_passphrase("correct horse battery", SALT, **options)
    child = os.fork()
    if child == 0:
        keyring.from_passphrase("correct horse battery", SALT, **options)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0

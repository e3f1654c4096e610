"""Key rings: states, the JSON document, files, the environment and passphrases."""

from __future__ import annotations

import copy
import json
import os
import pickle
import re
import traceback

import pytest

from zenoo_security import KeyRing, keyring
from zenoo_security.errors import InvalidInput, KeyRingError, ParameterError

SALT = bytes(range(16))


def secrets_of(ring):
    document = json.loads(ring.to_json())
    return [key["key"] for key in document["keys"]] + [document["index_key"]]


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


@pytest.mark.asvs("v5.0.0-13.3.1")
def test_a_saved_ring_is_private_and_loads(tmp_path):
    """`save` writes mode 0600 whatever the umask, leaves nothing else behind, and `load` reads it."""
    ring, path = KeyRing.generate(), tmp_path / "keys.json"
    before = os.umask(0)
    try:
        keyring.save(ring, path)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["keys.json"]
    assert keyring.load(path).to_json() == ring.to_json()


def test_save_replaces_only_when_asked(tmp_path):
    """An existing file, and what a link points to, stay as they are unless overwrite=True."""
    first, second, path = KeyRing.generate(), KeyRing.generate(), tmp_path / "keys.json"
    keyring.save(first, path)
    with pytest.raises(KeyRingError, match="overwrite=True"):
        keyring.save(second, path)
    assert keyring.load(path).to_json() == first.to_json()
    keyring.save(second, path, overwrite=True)
    assert keyring.load(path).to_json() == second.to_json()
    assert [entry.name for entry in tmp_path.iterdir()] == ["keys.json"]


def test_save_into_a_missing_directory_is_a_key_ring_error(tmp_path):
    """A directory that does not exist is a typed error."""
    with pytest.raises(KeyRingError, match="cannot be written"):
        keyring.save(KeyRing.generate(), tmp_path / "missing" / "keys.json")


@pytest.mark.parametrize("mode", [0o601, 0o604, 0o610, 0o640, 0o644, 0o660, 0o666, 0o700 | 0o077])
def test_a_file_that_others_can_reach_is_refused(tmp_path, mode):
    """A mode wider than 0600 for group or others is refused, with the command that mends it."""
    path = tmp_path / "keys.json"
    keyring.save(KeyRing.generate(), path)
    path.chmod(mode)
    with pytest.raises(KeyRingError, match="chmod 600"):
        keyring.load(path)


def test_what_is_no_regular_file_of_ours_is_refused(tmp_path):
    """A missing file, a directory, a FIFO, binary data and a huge file are KeyRingErrors that say so."""
    path = tmp_path / "keys.json"
    with pytest.raises(KeyRingError, match="no such file"):
        keyring.load(path)
    with pytest.raises(KeyRingError, match="not a regular file"):
        keyring.load(tmp_path)
    os.mkfifo(tmp_path / "fifo", 0o600)
    with pytest.raises(KeyRingError, match="not a regular file"):
        keyring.load(tmp_path / "fifo")
    keyring.save(KeyRing.generate(), path)
    for content, text in ((b"\xff\xfe", "UTF-8"), (b"", "half written"), (b"x" * 2_000_000, "1024 KiB")):
        path.write_bytes(content)
        with pytest.raises(KeyRingError, match=text):
            keyring.load(path)
    with pytest.raises(KeyRingError):
        keyring.load("nul\0byte")


def test_a_link_is_followed_and_what_it_points_to_is_checked(tmp_path):
    """Secrets of containers are mounted behind a link; owner and mode of the file itself decide."""
    ring, path, link = KeyRing.generate(), tmp_path / "keys.json", tmp_path / "link"
    keyring.save(ring, path)
    link.symlink_to(path)
    assert keyring.load(link).to_json() == ring.to_json()
    path.chmod(0o640)
    with pytest.raises(KeyRingError, match="chmod 600"):
        keyring.load(link)
    (tmp_path / "broken").symlink_to(tmp_path / "missing")
    with pytest.raises(KeyRingError, match="no such file"):
        keyring.load(tmp_path / "broken")


@pytest.mark.parametrize("path", ["", "/", "nul\0byte", "\ud800"])
def test_what_is_no_path_is_a_key_ring_error(path):
    """Neither `load` nor `save` lets a bare ValueError out."""
    with pytest.raises(KeyRingError):
        keyring.load(path)
    with pytest.raises(KeyRingError):
        keyring.save(KeyRing.generate(), path)


@pytest.mark.asvs("v5.0.0-13.3.1")
def test_an_exception_carries_no_key(tmp_path, monkeypatch):
    """Neither the variables of its frames, nor those of what was raised before it, hold the document."""
    text = KeyRing.generate().to_json()
    secret = json.loads(text)["index_key"]
    path = tmp_path / "keys.json"
    keyring.save(KeyRing.generate(), path)
    path.write_bytes(text.encode()[:-10] + b"\xff")
    monkeypatch.setenv(keyring.VARIABLE, text[:-10] + "}")
    monkeypatch.delenv(keyring.FILE_VARIABLE, raising=False)
    for load in (lambda: keyring.load(path), keyring.from_environment):
        with pytest.raises(KeyRingError) as caught:
            load()
        error = caught.value
        while error is not None:
            frames = [
                frame for frame, _ in traceback.walk_tb(error.__traceback__) if "python" in frame.f_code.co_filename
            ]
            assert not any(secret in repr(value) for frame in frames for value in frame.f_locals.values())
            assert not any(secret in repr(value) for value in (*error.args, getattr(error, "object", None)))
            error = error.__context__


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_refused(tmp_path):
    """A ring that another user owns could be replaced by that user."""
    path = tmp_path / "keys.json"
    keyring.save(KeyRing.generate(), path)
    os.chown(path, 12345, -1)
    with pytest.raises(KeyRingError, match="belongs to another user"):
        keyring.load(path)


def test_the_environment_names_a_file_or_holds_the_ring(tmp_path):
    """One of the two variables is enough; none or both are refused."""
    ring, path = KeyRing.generate(), tmp_path / "keys.json"
    keyring.save(ring, path)
    by_path, by_text = {keyring.FILE_VARIABLE: str(path)}, {keyring.VARIABLE: ring.to_json()}
    for environ in (by_path, by_text):
        assert keyring.from_environment(environ).to_json() == ring.to_json()
    for environ in ({}, by_path | by_text, {keyring.VARIABLE: "{"}):
        with pytest.raises(KeyRingError, match="ZENOO_SECURITY_KEY_RING"):
            keyring.from_environment(environ)


def test_the_environment_of_the_process_is_the_default(monkeypatch):
    """Without an argument, `os.environ` is read."""
    ring = KeyRing.generate()
    monkeypatch.setenv(keyring.VARIABLE, ring.to_json())
    assert keyring.from_environment().to_json() == ring.to_json()


@pytest.mark.asvs("v5.0.0-11.4.4")
def test_a_passphrase_always_gives_the_same_ring():
    """Passphrase and salt decide the keys; either one changed changes all of them."""
    cheap = {"memory_kib": 19_456, "passes": 2, "lanes": 1}
    one = secrets_of(keyring.from_passphrase("correct horse battery", SALT, **cheap))
    assert one == secrets_of(keyring.from_passphrase("correct horse battery", SALT, **cheap))
    assert not set(one) & set(secrets_of(keyring.from_passphrase("correct horse batterz", SALT, **cheap)))
    assert not set(one) & set(secrets_of(keyring.from_passphrase("correct horse battery", SALT[::-1], **cheap)))


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

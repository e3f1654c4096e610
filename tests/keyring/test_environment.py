"""The key ring of the environment: one source, read in the way of its kind."""

from __future__ import annotations

import base64
import itertools
import json
import shlex

import pytest

from keyring.leaks import holds, secrets_of
from zenoo_security import DataEncryption, KeyRing, keyring
from zenoo_security.errors import KeyRingError
from zenoo_security.keyring import KeyEncryptionKey

SALT = base64.urlsafe_b64encode(bytes(range(16))).decode()
PASSPHRASE = "correct horse battery"
KEK = KeyEncryptionKey.generate()
KEK_TEXT = base64.urlsafe_b64encode(KEK.reveal()).decode()
RING = KeyRing.generate()


@pytest.fixture
def secret_file(tmp_path):
    """Write a file of mode 0600; give its path."""
    numbers = itertools.count()

    def write(content):
        path = tmp_path / f"secret-{next(numbers)}"
        path.write_text(content)
        path.chmod(0o600)
        return str(path)

    return write


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


@pytest.mark.parametrize("wrapped", [False, True])
def test_every_place_takes_a_plain_and_a_wrapped_ring(secret_file, wrapped):
    """File, variable and command; the key-encryption key from its variable or its file."""
    text = RING.wrap(KEK.reveal()) if wrapped else RING.to_json()
    path = secret_file(text)
    keks = [{keyring.KEK_VARIABLE: KEK_TEXT}, {f"{keyring.KEK_VARIABLE}_FILE": secret_file(f"{KEK_TEXT}\n")}]
    for source in (
        {keyring.FILE_VARIABLE: path},
        {keyring.VARIABLE: text},
        {keyring.COMMAND_VARIABLE: f"cat {shlex.quote(path)}"},
    ):
        assert keyring.is_configured(source)
        for kek in keks:
            if wrapped:
                assert keyring.from_environment(source | kek).to_json() == RING.to_json()
            else:
                with pytest.raises(KeyRingError, match="not wrapped") as raised:
                    keyring.from_environment(source | kek)
                assert (
                    next(iter(source)) in str(raised.value) or path in str(raised.value) or "cat" in str(raised.value)
                )
        if not wrapped:
            assert keyring.from_environment(source).to_json() == RING.to_json()
        else:
            with pytest.raises(KeyRingError, match="is wrapped"):
                keyring.from_environment(source)


def test_a_passphrase_and_its_salt_give_the_ring_of_from_passphrase(secret_file):
    """With or without `=` at the end of the salt, and the passphrase from a file too."""
    ring = keyring.from_passphrase(PASSPHRASE, bytes(range(16)))
    for passphrase in (
        {keyring.PASSPHRASE_VARIABLE: PASSPHRASE},
        {f"{keyring.PASSPHRASE_VARIABLE}_FILE": secret_file(f"{PASSPHRASE}\n")},
    ):
        for salt in (SALT, SALT.rstrip("=")):
            read = keyring.from_environment(passphrase | {keyring.SALT_VARIABLE: salt})
            assert secrets_of(read) == secrets_of(ring)


SOURCES = {
    keyring.VARIABLE: RING.to_json(),
    keyring.FILE_VARIABLE: "/etc/ring.json",
    keyring.COMMAND_VARIABLE: "cat ring.json",
    keyring.PASSPHRASE_VARIABLE: PASSPHRASE,
    f"{keyring.PASSPHRASE_VARIABLE}_FILE": "/etc/passphrase",
}


@pytest.mark.parametrize("names", [*itertools.combinations(SOURCES, 2), tuple(SOURCES)], ids=str)
def test_two_sources_are_refused(names):
    """Which of them counts would be a guess; the message names all that are set, and an empty one is not."""
    environ = {name: SOURCES[name] for name in names}
    with pytest.raises(KeyRingError, match="keep one") as raised:
        keyring.from_environment(environ)
    assert all(name in str(raised.value) for name in names)
    assert keyring.from_environment({**dict.fromkeys(SOURCES, ""), keyring.VARIABLE: RING.to_json()}).primary_id == 1


@pytest.mark.parametrize(
    ("environ", "complaint"),
    [
        ({}, "no key ring: set ZENOO_SECURITY_KEY_RING_FILE"),
        ({keyring.KEK_VARIABLE: KEK_TEXT}, "no key ring"),
        ({keyring.FILE_VARIABLE: "/etc/ring.json", keyring.SALT_VARIABLE: SALT}, "SALT is set, but no passphrase"),
        ({keyring.PASSPHRASE_VARIABLE: PASSPHRASE}, "SALT: a salt is"),
        ({keyring.PASSPHRASE_VARIABLE: PASSPHRASE, keyring.SALT_VARIABLE: "x"}, "SALT: a salt is"),
        ({keyring.PASSPHRASE_VARIABLE: PASSPHRASE, keyring.SALT_VARIABLE: "é" * 22}, "SALT: a salt is"),
        ({keyring.PASSPHRASE_VARIABLE: PASSPHRASE, keyring.SALT_VARIABLE: SALT[:8]}, "PASSPHRASE: .*salt"),
        ({keyring.PASSPHRASE_VARIABLE: "sesame", keyring.SALT_VARIABLE: SALT}, "PASSPHRASE: .*15 characters"),
        ({keyring.PASSPHRASE_VARIABLE: "sesame\ud800" * 9, keyring.SALT_VARIABLE: SALT}, "PASSPHRASE: "),
        (
            {keyring.PASSPHRASE_VARIABLE: PASSPHRASE, keyring.SALT_VARIABLE: SALT, keyring.KEK_VARIABLE: KEK_TEXT},
            "KEK is for a wrapped key ring",
        ),
        ({keyring.COMMAND_VARIABLE: "cat 'ring.json"}, "not closed"),
        ({keyring.COMMAND_VARIABLE: "/nonexistent/program"}, "cannot be started"),
        ({keyring.COMMAND_VARIABLE: "''"}, "COMMAND"),
        ({keyring.COMMAND_VARIABLE: " "}, "COMMAND"),
        ({keyring.FILE_VARIABLE: "/nonexistent/ring.json"}, "/nonexistent/ring.json: no such file"),
        ({keyring.VARIABLE: RING.wrap(KEK.reveal()), keyring.KEK_VARIABLE: "sesame"}, "KEK: a key-encryption key is"),
        ({keyring.VARIABLE: "{}", keyring.KEK_VARIABLE: KEK_TEXT}, "KEY_RING: this is not a wrapped key ring"),
        (
            {keyring.VARIABLE: "{}", keyring.KEK_VARIABLE: KEK_TEXT, f"{keyring.KEK_VARIABLE}_FILE": "/etc/kek"},
            "both set",
        ),
        ({keyring.VARIABLE: "{}", f"{keyring.KEK_VARIABLE}_FILE": "/nonexistent/kek"}, "KEK_FILE: no such file"),
    ],
)
def test_what_does_not_go_together_is_refused(environ, complaint):
    """Everything is a KeyRingError that names the variable and repeats no value."""
    with pytest.raises(KeyRingError, match=complaint) as raised:
        keyring.from_environment(environ)
    assert not any(secret in str(raised.value) for secret in ("sesame", PASSPHRASE, KEK_TEXT))


def test_the_classes_that_need_a_ring_take_any_kind(secret_file, monkeypatch):
    """DataEncryption opens a wrapped ring, as it reads what `from_environment` reads."""
    monkeypatch.setenv(keyring.FILE_VARIABLE, secret_file(RING.wrap(KEK.reveal())))
    monkeypatch.setenv(keyring.KEK_VARIABLE, KEK_TEXT)
    token = DataEncryption().encrypt_sensitive_data("anna@example.com")
    assert DataEncryption(RING).decrypt_sensitive_data(token) == "anna@example.com"


@pytest.mark.asvs("v5.0.0-13.3.1")
@pytest.mark.parametrize(
    "environ",
    [
        {keyring.VARIABLE: RING.to_json()[:-10] + "}"},
        {keyring.VARIABLE: RING.to_json(), keyring.KEK_VARIABLE: KEK_TEXT},
        {keyring.VARIABLE: RING.to_json(), keyring.KEK_VARIABLE: KEK_TEXT[:-3]},
        {keyring.VARIABLE: RING.to_json(), keyring.FILE_VARIABLE: "/etc/ring.json"},
        {keyring.PASSPHRASE_VARIABLE: KEK_TEXT, keyring.SALT_VARIABLE: "x"},
        {keyring.PASSPHRASE_VARIABLE: KEK_TEXT[:10], keyring.SALT_VARIABLE: SALT},
        {keyring.VARIABLE: RING.to_json(), keyring.KEK_VARIABLE: KEK_TEXT, f"{keyring.KEK_VARIABLE}_FILE": "/etc/kek"},
    ],
)
def test_an_exception_carries_no_key(environ, monkeypatch):
    """Neither the variables of its frames, nor those of what was raised before it, hold a key or a passphrase."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(KeyRingError) as raised:
        keyring.from_environment()
    assert not holds(raised.value, [*secrets_of(RING), KEK_TEXT[:10], repr(KEK.reveal())])


@pytest.mark.asvs("v5.0.0-13.3.1")
def test_an_exception_about_a_file_carries_no_key(tmp_path):
    """A ring in bytes that are no UTF-8, and a document with a digit too many."""
    path = tmp_path / "keys.json"
    for content in (
        RING.to_json().encode()[:-10] + b"\xff",
        json.dumps(json.loads(RING.to_json()) | {"version": 11}).encode(),
    ):
        path.write_bytes(content)
        path.chmod(0o600)
        with pytest.raises(KeyRingError) as raised:
            keyring.load(path)
        assert not holds(raised.value, secrets_of(RING))

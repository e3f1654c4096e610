"""What the guide encrypted with Fernet is recognized and opened, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import sys

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security.errors import ConfigurationError, DecryptionError, MissingExtra
from zenoo_security.fernet import FernetReader, is_fernet

KEY = Fernet.generate_key().decode()
PASSWORD, SALT = "the guide's password", "the guide's salt"
DERIVED = base64.urlsafe_b64encode(hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), SALT.encode(), 100_000))
OURS, OUR_SALT = "ZENOO_SECURITY_ENCRYPTION_KEY", "ZENOO_SECURITY_ENCRYPTION_SALT"
VARIABLES = ("ENCRYPTION_KEY", "ENCRYPTION_PASSWORD", "ENCRYPTION_SALT", OURS, OUR_SALT, f"{OURS}_FILE")


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    return monkeypatch


def sealed(text, key=KEY, *, twice=False):
    token = Fernet(key).encrypt(text.encode())
    return (base64.urlsafe_b64encode(token) if twice else token).decode()


@given(st.text(st.characters(exclude_categories=["Cs"])), st.booleans())
def test_a_value_is_recognized_and_opened_whether_it_was_encoded_once_or_twice(text, twice):
    value = sealed(text, twice=twice)
    assert is_fernet(value)
    assert FernetReader(key=KEY).open(value) == text


def test_the_keys_come_from_the_environment(environment):
    raw, derived = sealed("raw"), sealed("derived", DERIVED, twice=True)
    environment.setenv("ENCRYPTION_KEY", KEY)
    assert FernetReader().open(raw) == "raw"
    environment.setenv("ENCRYPTION_PASSWORD", PASSWORD)
    environment.setenv("ENCRYPTION_SALT", SALT)
    reader = FernetReader()
    assert (reader.open(raw), reader.open(derived)) == ("raw", "derived")


@pytest.mark.parametrize(("given", "key"), [(KEY, KEY), (PASSWORD, DERIVED)], ids=["key", "password"])
def test_the_names_of_the_settings_are_read_and_come_first(environment, given, key):
    """`SecurityConfig` warns of the guide's names and says to set these."""
    environment.setenv("ENCRYPTION_KEY", Fernet.generate_key().decode())
    environment.setenv("ENCRYPTION_PASSWORD", "another")
    environment.setenv(OURS, given)
    environment.setenv(OUR_SALT, SALT)
    assert FernetReader().open(sealed("text", key)) == "text"


def test_the_guides_password_may_be_in_a_file_that_nobody_else_can_read(environment, tmp_path):
    file = tmp_path / "password"
    file.touch(mode=0o600)
    file.write_text(f"{PASSWORD}\n")
    environment.setenv(f"{OURS}_FILE", str(file))
    environment.setenv("ENCRYPTION_SALT", SALT)
    assert FernetReader().open(sealed("text", DERIVED)) == "text"
    file.chmod(0o644)
    with pytest.raises(ConfigurationError, match=f"{OURS}_FILE: mode 0644"):
        FernetReader().open(sealed("text", DERIVED))


@pytest.mark.asvs("v5.0.0-11.3.5")
def test_what_does_not_open_is_refused_alike_and_not_shown():
    value = sealed("secret")
    damaged = value[:-9] + "AAAAAAAA="
    readers = [FernetReader(), FernetReader(key="no key"), FernetReader(key=KEY), FernetReader(password=PASSWORD)]
    for reader, text in [(readers[0], value), (readers[1], value), (readers[3], value), (readers[2], damaged)]:
        with pytest.raises(DecryptionError, match=r"^the value cannot be decrypted$"):
            reader.open(text)
    for text in (value[:60], value[:-1], sealed("x", twice=True)[:-30]):
        assert is_fernet(text), "cut off by a column that is too short"
        with pytest.raises(DecryptionError):
            readers[2].open(text)


@pytest.mark.parametrize("text", ["", "gAAAAA", "gAAAAA is a word" * 9, "zs1.gAAAAA", None, 5, "Z0FBQUFB", "é" * 99])
def test_other_text_is_no_fernet_value(text):
    assert not is_fernet(text)


def test_what_looks_like_a_value_of_the_guide_needs_no_package_where_there_is_no_key(environment):
    """Anybody who may write a field could otherwise stop every job that meets it."""
    value = sealed("x")
    environment.setitem(sys.modules, "cryptography.fernet", None)
    with pytest.raises(DecryptionError):
        FernetReader().open(value)
    with pytest.raises(MissingExtra):
        FernetReader(key=KEY).open(value)

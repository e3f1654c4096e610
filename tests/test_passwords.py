"""`zenoo_security.passwords`: known answers, refusals, and what must not leak."""

from __future__ import annotations

import dataclasses
import gc
import threading
import traceback

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import load_vectors
from zenoo_security import PasswordHasher
from zenoo_security.errors import (
    HashCostExceeded,
    InvalidInput,
    MalformedHash,
    ParameterError,
    PasswordMismatch,
    PasswordTooLong,
    SecurityError,
    UnsupportedHash,
)
from zenoo_security.hashing import HashingBudget
from zenoo_security.passwords import (
    OWASP_12_MIB,
    OWASP_19_MIB,
    OWASP_46_MIB,
    RFC_9106_64_MIB,
    Profile,
    password_scheme,
)

VECTORS = load_vectors("passwords")
ERRORS = {"malformed": MalformedHash, "unsupported": UnsupportedHash, "cost": HashCostExceeded}
CHEAP = PasswordHasher(Profile(memory_kib=32, passes=1, lanes=1), danger_weak=True)
ODOO = next(v["hash"] for v in VECTORS["valid"] if v["hash"].startswith("$pbkdf2-sha512$"))


def given_password(vector: dict[str, str]) -> str | bytes:
    return vector["password"] if "password" in vector else bytes.fromhex(vector["password_hex"])


@pytest.mark.parametrize("vector", VECTORS["valid"], ids=lambda vector: vector["hash"][:32])
@pytest.mark.asvs("v5.0.0-11.2.1")
def test_published_hashes_verify(vector):
    """Every hash of the reference implementation, passlib and jBCrypt belongs to its password, and to no other."""
    CHEAP.verify(given_password(vector), vector["hash"])
    with pytest.raises(PasswordMismatch):
        CHEAP.verify("another password", vector["hash"])


@pytest.mark.parametrize("vector", VECTORS["mismatch"], ids=lambda vector: vector["hash"][:32])
def test_other_passwords_do_not(vector):
    """A password that is not the hash's is a mismatch, whatever it has in common with the right one."""
    with pytest.raises(PasswordMismatch):
        CHEAP.verify(given_password(vector), vector["hash"])


@pytest.mark.asvs("v5.0.0-15.2.2")
@pytest.mark.parametrize("vector", VECTORS["invalid"], ids=lambda vector: vector["why"])
def test_bad_hashes_are_refused(vector):
    """A damaged, unknown or absurdly costly hash has its own error, which repeats nothing of it."""
    with pytest.raises(ERRORS[vector["error"]]) as raised:
        CHEAP.verify("password", vector["hash"])
    assert vector["hash"][8:] not in str(raised.value) or len(vector["hash"]) < 9
    with pytest.raises(ERRORS[vector["error"]]):
        CHEAP.needs_rehash(vector["hash"])


@pytest.mark.asvs("v5.0.0-11.4.2")
def test_the_default_is_argon2id_at_owasp_cost():
    """A new hash is a PHC string with the costs of OWASP's table, a salt of 16 bytes and a tag of 32."""
    stored = PasswordHasher().hash("password")
    prefix, salt, tag = stored.rsplit("$", 2)
    assert prefix == "$argon2id$v=19$m=19456,t=2,p=1"
    assert (len(salt), len(tag), len(stored)) == (22, 43, 97)
    PasswordHasher().verify("password", stored)


@pytest.mark.parametrize("profile", [OWASP_12_MIB, OWASP_19_MIB, OWASP_46_MIB, RFC_9106_64_MIB])
@pytest.mark.asvs("v5.0.0-11.4.2")
def test_every_profile_round_trips(profile):
    """A hash of every named profile verifies, and does not need a rehash under its own profile."""
    hasher = PasswordHasher(profile)
    stored = hasher.hash("password")
    assert hasher.verify_and_upgrade("password", stored) is None
    assert f"m={profile.memory_kib},t={profile.passes},p={profile.lanes}$" in stored


@pytest.mark.parametrize("weak", [Profile(47103, 1), Profile(19455, 2), Profile(12287, 3), Profile(12287, 9)])
@pytest.mark.asvs("v5.0.0-11.4.2")
def test_a_weak_profile_is_refused(weak):
    """Costs under OWASP's table are refused unless the caller says that it is dangerous."""
    with pytest.raises(ParameterError, match="too weak"):
        PasswordHasher(weak)
    assert PasswordHasher(weak, danger_weak=True).profile is weak


@pytest.mark.parametrize(
    "costs",
    [(0, 1, 1), (8, 0, 1), (8, 1, 0), (7, 1, 1), (-1, 1, 1), (2**32, 1, 1), (2**70, 1, 1), (65536, 65, 1), (1.5, 1, 1)],
)
def test_costs_out_of_range_are_refused(costs):
    """A cost that argon2 does not know, or that nobody can afford, is a parameter error."""
    with pytest.raises(ParameterError):
        PasswordHasher(Profile(*costs), danger_weak=True)


def test_a_profile_over_the_budget_is_refused():
    """A hasher whose hashes could never run is refused when it is made."""
    with pytest.raises(ParameterError, match="budget of 32 MiB"):
        PasswordHasher(RFC_9106_64_MIB, budget=HashingBudget(mib=32))


def test_a_stored_hash_over_the_budget_is_refused():
    """A stored hash that asks for more memory than the whole budget is refused at once, before any is taken."""
    hasher = PasswordHasher(CHEAP.profile, budget=HashingBudget(mib=32), danger_weak=True)
    with pytest.raises(HashCostExceeded):
        hasher.verify("password", "$argon2id$v=19$m=32772,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8")


@pytest.mark.asvs("v5.0.0-11.4.2")
def test_old_hashes_are_upgraded_when_they_are_verified():
    """A hash from Odoo comes back as argon2id of the same password; the new one then stays."""
    hasher = PasswordHasher()
    assert hasher.needs_rehash(ODOO)
    upgraded = hasher.verify_and_upgrade("password", ODOO)
    assert upgraded is not None
    assert password_scheme(upgraded) == "argon2id"
    assert hasher.verify_and_upgrade("password", upgraded) is None
    assert PasswordHasher(OWASP_46_MIB).needs_rehash(upgraded)
    with pytest.raises(PasswordMismatch):
        hasher.verify_and_upgrade("Password", ODOO)


@pytest.mark.parametrize(
    ("stored", "scheme"),
    [
        ("$argon2id$", "argon2id"),
        ("$argon2i$", "argon2i"),
        ("$argon2d$", "argon2d"),
        ("$2a$", "bcrypt"),
        ("$2b$", "bcrypt"),
        ("$2y$", "bcrypt"),
        ("$pbkdf2-sha256$", "pbkdf2_sha256"),
        ("$pbkdf2-sha512$", "pbkdf2_sha512"),
    ],
)
def test_the_prefix_names_the_scheme(stored, scheme):
    """The scheme is known by the prefix alone."""
    assert password_scheme(stored) == scheme


@pytest.mark.parametrize("stored", [None, False, 0, b"$argon2id$", "$argon2id$\ud800", ["$2b$"]])
def test_what_is_no_text_is_no_hash(stored):
    """Odoo gives `False` for a user without a password: that is a damaged hash, never a match."""
    for refuse in (
        lambda: CHEAP.verify("", stored),
        lambda: CHEAP.needs_rehash(stored),
        lambda: password_scheme(stored),
    ):
        with pytest.raises((MalformedHash, UnsupportedHash)):
            refuse()


@pytest.mark.parametrize(("password", "code"), [(None, "type"), (12345, "type"), ("se\ud800cret", "encoding")])
def test_what_is_no_password_is_refused(password, code):
    """A password that is not text or bytes, or has no UTF-8, is refused; the error shows nothing of it."""
    stored = CHEAP.hash("password")
    for refuse in (CHEAP.hash, CHEAP.dummy_verify, lambda given: CHEAP.verify(given, stored)):
        with pytest.raises(InvalidInput) as raised:
            refuse(password)
        assert code in str(raised.value) or raised.value.code == code
        assert raised.value.__cause__ is None
        assert raised.value.__context__ is None


@pytest.mark.asvs("v5.0.0-6.2.8", "v5.0.0-6.2.9")
def test_passwords_are_taken_exactly_as_given():
    """No trimming, no change of case, no Unicode normalization, no end at a NUL; text is its UTF-8 bytes."""
    passwords = ["pass", "pass ", " pass", "Pass", "pass\0", "pass\0word", "\u00e9", "e\u0301", "", "\u1ec7" * 100]
    for password in passwords:
        stored = CHEAP.hash(password)
        CHEAP.verify(password.encode(), stored)
        for other in passwords:
            if other != password:
                with pytest.raises(PasswordMismatch):
                    CHEAP.verify(other, stored)


@pytest.mark.asvs("v5.0.0-6.2.8", "v5.0.0-6.2.9")
def test_long_passwords_are_refused_and_never_cut():
    """4096 bytes are taken in full, one more is refused; the limit counts bytes of UTF-8; 10 MB are refused at once."""
    stored = CHEAP.hash("x" * 4096)
    CHEAP.verify("x" * 4096, stored)
    with pytest.raises(PasswordMismatch):
        CHEAP.verify("x" * 4095, stored)
    for password in ("x" * 4097, "\u00e9" * 2049, "x" * 10_000_000):
        for refuse in (CHEAP.hash, CHEAP.dummy_verify, lambda given: CHEAP.verify(given, stored)):
            with pytest.raises(PasswordTooLong):
                refuse(password)


@pytest.mark.asvs("v5.0.0-6.2.8")
def test_bcrypt_takes_72_bytes_and_refuses_more():
    """A password that an old library would have cut is refused for a bcrypt hash."""
    stored = "$2a$04$R1lJ2gkNaoPGdafE.H.16.nVyh2niHsGJhayOHLMiXlI45o8/DU.6"
    CHEAP.verify("0" * 72, stored)
    with pytest.raises(PasswordTooLong):
        CHEAP.verify("0" * 73, stored)


def test_swapped_arguments_are_refused():
    """No password is taken for a hash."""
    with pytest.raises(UnsupportedHash):
        CHEAP.verify(CHEAP.hash("password"), "password")


def test_a_user_that_does_not_exist_costs_a_real_verification():
    """The dummy hash has the costs of the profile, matches nothing, and differs from hasher to hasher."""
    hasher = PasswordHasher(OWASP_12_MIB)
    with pytest.raises(PasswordMismatch):
        hasher.dummy_verify("password")
    dummy = hasher._unmatchable
    assert not hasher.needs_rehash(dummy)
    assert dummy != PasswordHasher(OWASP_12_MIB)._unmatchable


def test_a_hasher_is_immutable_and_comparable():
    """Two hashers of one profile are equal, and none can be changed."""
    assert PasswordHasher() == PasswordHasher()
    assert PasswordHasher() != PasswordHasher(OWASP_12_MIB)
    with pytest.raises(dataclasses.FrozenInstanceError):
        PasswordHasher().profile = OWASP_12_MIB  # type: ignore[misc]


@pytest.mark.asvs("v5.0.0-16.2.5")
def test_neither_password_nor_hash_shows():
    """No error, traceback or `repr` repeats the password or the stored hash."""
    secret = "a very secret password"
    stored = CHEAP.hash("another one")
    attempts = [
        lambda: CHEAP.verify(secret, stored),
        lambda: CHEAP.verify(secret, stored + "!"),
        lambda: CHEAP.verify(secret, secret),
        lambda: CHEAP.verify(secret + "\ud800", stored),
        lambda: CHEAP.hash(secret * 1000),
        lambda: CHEAP.dummy_verify(secret),
    ]
    for attempt in attempts:
        with pytest.raises(SecurityError) as raised:
            attempt()
        shown = "".join(traceback.format_exception(raised.value)) + repr(raised.value)
        assert secret not in shown
        assert stored[-20:] not in shown
    assert "$" not in repr(CHEAP)


@pytest.mark.asvs("v5.0.0-15.4.1")
def test_hashing_leaves_the_interpreter_to_other_threads():
    """Another thread goes on while a password is being hashed: it is seen to run before the hash is done."""
    hasher = PasswordHasher(Profile(memory_kib=65536, passes=3))
    hashed, ran_meanwhile = threading.Event(), threading.Event()

    def other() -> None:
        while not hashed.is_set():
            ran_meanwhile.set()

    gc.collect()
    thread = threading.Thread(target=other)
    thread.start()
    ran_meanwhile.wait()
    ran_meanwhile.clear()
    hasher.hash("password")
    seen = ran_meanwhile.is_set()
    hashed.set()
    thread.join()
    assert seen


@settings(max_examples=50)
@given(password=st.text(st.characters(exclude_categories=["Cs"]), max_size=40), other=st.binary(max_size=40))
def test_round_trip(password, other):
    """Any text verifies against its own hash; any other bytes do not."""
    stored = CHEAP.hash(password)
    CHEAP.verify(password, stored)
    if other != password.encode():
        with pytest.raises(PasswordMismatch):
            CHEAP.verify(other, stored)


@settings(max_examples=300)
@given(
    prefix=st.sampled_from(["", "$", "$argon2id$v=19$m=32,t=1,p=1$", "$2b$04$", "$pbkdf2-sha512$1$"]), rest=st.text()
)
def test_any_text_is_verified_or_refused(prefix, rest):
    """Whatever stands in the database, nothing but our own exceptions comes out, and no match."""
    with pytest.raises(SecurityError):
        CHEAP.verify("password", prefix + rest)

"""What `_crypt_context()` returns, beside the context that Odoo itself makes."""

from __future__ import annotations

import threading

import pytest
from passlib.context import CryptContext

from zenoo_security import PasswordHasher
from zenoo_security.addon.passwords import ExactPassword, OdooPasswords
from zenoo_security.errors import HashingBusy, ParameterError
from zenoo_security.hashing import HashingBudget
from zenoo_security.testing.database import hash_as_odoo

OLD = hash_as_odoo("old secret", rounds=1000)


@pytest.fixture(scope="module")
def odoo():
    return CryptContext(["pbkdf2_sha512", "plaintext"], deprecated=["auto"], pbkdf2_sha512__rounds=1000)


@pytest.fixture(scope="module")
def context(odoo):
    return OdooPasswords(odoo)


def run_at_once(call):
    """Of eight at once, how many were told that the server is busy."""
    raised = []

    def run():
        try:
            call()
        except HashingBusy as error:
            raised.append(error)

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(raised)


def test_new_hashes_are_argon2id(context):
    stored = context.hash("secret")
    assert stored.startswith("$argon2id$")
    assert context.verify_and_update("secret", stored) == (True, None)
    assert context.verify_and_update("Secret", stored) == (False, None)


def test_odoos_hash_is_verified_and_replaced(context):
    valid, replacement = context.verify_and_update("old secret", OLD)
    assert valid
    assert context.verify("old secret", replacement)
    assert replacement.startswith("$argon2id$")
    assert context.verify_and_update("another", OLD) == (False, None)


def test_password_in_the_clear_is_verified_and_replaced(context):
    """As Odoo does: an administrator who has forgotten the password sets one by SQL."""
    valid, replacement = context.verify_and_update("emergency", "emergency")
    assert valid
    assert replacement.startswith("$argon2id$")
    assert context.identify("emergency") == "plaintext"
    assert context.identify(replacement) != "plaintext"
    assert not context.verify("another", "emergency")


@pytest.mark.parametrize(
    "stored", ["$argon2id$v=19$m=1$damaged", "$unknown$abc$def", "$argon2id$a\n$b", "$pbkdf2-sha512$0$a$b"]
)
def test_what_looks_like_a_hash_is_never_a_password(context, stored):
    """Odoo's own context takes a hash of a scheme that it does not know for a password in the clear."""
    assert not context.verify(stored, stored)
    assert not context.verify("", stored)


def test_no_password_matches_nothing(context):
    """A user who has none yet."""
    for password in ("x", ""):
        assert context.verify_and_update(password, "") == (False, None)


@pytest.mark.parametrize("password", ["x" * 5000, "\ud800"])
def test_impossible_passwords_are_wrong(context, password):
    assert not context.verify(password, context.hash("x"))


def test_way_back_makes_hashes_that_odoo_verifies(context, odoo):
    way_back = OdooPasswords(odoo, "pbkdf2_sha512")
    valid, replacement = way_back.verify_and_update("secret", context.hash("secret"))
    assert valid
    assert odoo.verify("secret", replacement)
    assert way_back.verify_and_update("secret", replacement) == (True, None)
    assert odoo.verify("new", way_back.hash("new"))


def test_full_server_is_no_wrong_password(odoo):
    """Nothing was looked at: it must not be told or counted as a wrong one."""
    busy = HashingBudget(mib=19, wait_s=0)
    context = OdooPasswords(odoo, hasher=PasswordHasher(budget=busy))
    stored = PasswordHasher().hash("secret")
    assert run_at_once(lambda: context.verify("secret", stored))


def test_unknown_scheme_is_refused(odoo):
    with pytest.raises(ParameterError, match="argon2id, pbkdf2_sha512"):
        OdooPasswords(odoo, "md5_crypt")


@pytest.mark.asvs("6.2.8")
def test_exact_password_keeps_its_spaces(context):
    typed = ExactPassword("  two words ")
    assert typed.strip() == "  two words "
    assert context.verify("  two words ", context.hash(typed.strip()))


@pytest.mark.asvs("6.3.8")
def test_nothing_is_verified_with_the_same_work(context, odoo):
    """It ends as if nothing had happened, or says that the server is full."""
    context.verify_nothing()
    full = OdooPasswords(odoo, hasher=PasswordHasher(budget=HashingBudget(mib=19, wait_s=0)))
    assert run_at_once(full.verify_nothing)

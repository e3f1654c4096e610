"""Notes of failed logins: how many are looked at, and whose they are."""

from __future__ import annotations

import pytest

from zenoo_security import KeyRing
from zenoo_security.addon.failed_logins import FailedLogins
from zenoo_security.stores.memory import MemoryStore
from zenoo_security.stores.waiting import result_of

MOST = 1000


@pytest.fixture(scope="module")
def ring():
    return KeyRing.generate()


@pytest.fixture
def store():
    return MemoryStore()


def notes(store, ring, database="prod"):
    return FailedLogins(store, ring, database, keep_s=60)


@pytest.mark.asvs("2.4.1")
def test_of_the_failures_of_an_account_a_thousand_are_looked_at(store, ring):
    """From as many networks: a guesser with many addresses does not keep the page from being shown."""
    failed = notes(store, ring)
    for number in range(MOST + 5):
        result_of(failed.note("anna", f"10.0.{number // 250}.{number % 250}"))
    found, networks = result_of(failed.of({"anna": "Anna"}))
    assert len(found) == len(set(found)) == len(networks) == MOST
    assert {(account, meaning) for account, meaning, _ in found} == {("anna", "Anna")}
    assert networks == sorted(networks)


@pytest.mark.asvs("2.4.1")
def test_networks_of_logins_that_nobody_has_are_not_looked_at_without_end(store, ring):
    """What strangers typed is no account; those of users are found among them."""
    failed = notes(store, ring)
    for number in range(MOST + 5):
        result_of(failed.note(f"guess {number}", f"10.0.{number // 250}.{number % 250}"))
    result_of(failed.note("anna", None))
    found, networks = result_of(failed.of({"anna": "Anna"}))
    assert found == [("anna", "Anna", None)]
    assert len(networks) == MOST


def test_notes_of_another_database_and_other_keys_are_passed_over(store, ring):
    result_of(notes(store, ring, "other").note("anna", "192.0.2.1"))
    result_of(notes(store, KeyRing.generate()).note("anna", "192.0.2.2"))
    result_of(notes(store, ring).note("anna", "192.0.2.3"))
    found, networks = result_of(notes(store, ring).of({"anna": "Anna"}))
    assert found == [("anna", "Anna", "192.0.2.3")]
    assert "192.0.2.2" not in networks

"""Whose login clears the failures of an account."""

from __future__ import annotations

import json

import pytest

from conftest import load_vectors
from scripted_odoo import DATABASE, LOGIN, PASSWORD
from zenoo_security import KeyRing
from zenoo_security.auth.spellings import Spellings
from zenoo_security.errors import StoreUnavailable
from zenoo_security.stores.memory import MemoryStore

KEYS = KeyRing.generate()


async def test_only_spellings_of_one_login_in_one_database_belong_together():
    spellings = Spellings(MemoryStore(), KEYS)
    for database, login in (("demo", "ann"), ("demo", "bob"), ("other", "Ann"), ("demo", "ann")):
        assert await spellings.is_only_one(database, login)
    for login in ("Ann", "ann"):
        assert not await spellings.is_only_one("demo", login)


async def test_a_login_is_noted_as_odoo_has_it_in_its_database(auth, monkeypatch):
    noted = []

    async def note(_self, *account):
        noted.append(account)
        return True

    monkeypatch.setattr(Spellings, "is_only_one", note)
    await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    assert noted == [(DATABASE, LOGIN)]


async def test_an_account_that_changes_too_fast_is_refused(monkeypatch):
    async def lost(*_arguments, **_options):
        return False

    store = MemoryStore()
    monkeypatch.setattr(store, "compare_and_set", lost)
    with pytest.raises(StoreUnavailable, match=r"^the logins of this account change too fast: try again$"):
        await Spellings(store, KEYS).is_only_one("demo", "ann")


async def test_what_is_stored_is_found_by_other_versions_for_a_year_after_the_last_login(store, clock):
    """A name that changes would forget whose login clears the failures; an answer that is frozen shows it."""
    spellings = Spellings(store, KeyRing.from_json(json.dumps(load_vectors("context")["key_ring"])))
    for login in ("Ann", "ann", "aNN"):
        await spellings.is_only_one("demo", login)
    account, spelling = (
        b"zi1.9r8eactefwCdRehysBSN489tLwS6lJuZ33K5k4fjf8c",
        b"zi1.K1hsnoyUrP7mJMmbMEk-wV14hwdS3Z7ErDqDNVVn8LQ",
    )
    kept = (b"spellings/" + account, spelling + b"\n" + account)
    clock.advance(366 * 86_400 - 1)
    assert [entry async for entry in store.scan(b"")] == [kept]
    clock.advance(1)
    assert [entry async for entry in store.scan(b"")] == []

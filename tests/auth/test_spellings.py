"""Whose login clears the failures of an account."""

from __future__ import annotations

import pytest

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

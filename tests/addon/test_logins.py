"""The counter of an Odoo database, for code that cannot await."""

from __future__ import annotations

import math
import secrets

import pytest

from zenoo_security.addon.logins import Locked, Logins
from zenoo_security.clock import FakeClock
from zenoo_security.errors import HashingBusy, InvalidInput, LoginFailed
from zenoo_security.lockout import LockoutPolicy
from zenoo_security.stores.memory import MemoryStore
from zenoo_security.stores.waiting import result_of

HOME, ELSEWHERE = "198.51.100.1", "203.0.113.5"


class Refused(Exception):
    """What Odoo raises."""


@pytest.fixture
def clock():
    return FakeClock(now=1_700_000_000)


@pytest.fixture
def logins(clock):
    return Logins(MemoryStore(clock=clock), "prod", secrets.token_hex(16), LockoutPolicy())


def fail(logins, login="anna", address=ELSEWHERE, **options):
    with pytest.raises(Refused), logins.attempt(login, address, **options):
        raise Refused


def succeed(logins, login="anna", address=HOME, *, is_whole=True):
    with logins.attempt(login, address) as proof:
        proof.is_whole = is_whole


@pytest.mark.parametrize("address", [ELSEWHERE, "2001:db8::1", "::ffff:203.0.113.5", None])
def test_after_five_failures_nothing_is_run(logins, address):
    for _ in range(5):
        fail(logins, address=address)
    with pytest.raises(LoginFailed), logins.attempt(" ANNA", address):
        pytest.fail("it was run")


def test_success_forgets_failures(logins):
    for _ in range(20):
        fail(logins)
        succeed(logins, address=ELSEWHERE)


def test_success_that_is_not_whole_forgets_nothing(logins):
    """Who knows the password must not clear the count between two guesses of the code."""
    for _ in range(4):
        fail(logins)
        succeed(logins, is_whole=False)
    fail(logins)
    with pytest.raises(LoginFailed):
        succeed(logins)


def test_outage_is_no_failure(logins):
    for _ in range(20):
        with pytest.raises(HashingBusy), logins.attempt("anna", HOME, outages=(HashingBusy,)):
            raise HashingBusy


def test_known_network_has_a_counter_of_its_own(logins):
    """Strangers do not keep the owner out, and the owner's network has no more than its own five."""
    succeed(logins)
    for _ in range(5):
        fail(logins)
    succeed(logins)
    with pytest.raises(LoginFailed):
        succeed(logins, address="198.51.100.2")
    for _ in range(5):
        fail(logins, address=HOME)
    with pytest.raises(LoginFailed):
        succeed(logins)


def test_known_network_waits_for_what_is_under_way(logins, monkeypatch):
    """A program that logs in six times at once has the right password; strangers are refused at once."""
    succeed(logins)
    for address in (HOME, ELSEWHERE):
        under_way = [logins.attempt("anna", address) for _ in range(5)]
        for attempt in under_way:
            attempt.__enter__()
        finish = iter(under_way)
        pauses = []

        def pause(pause_s, pauses=pauses, finish=finish):
            pauses.append(pause_s)
            if pause_s:
                next(finish).__exit__(None, None, None)

        monkeypatch.setattr("zenoo_security.addon.logins.time.sleep", pause)
        if address == HOME:
            succeed(logins)
            assert len(pauses) == 2
        else:
            with pytest.raises(LoginFailed):
                succeed(logins, address=ELSEWHERE)
            assert pauses == [0.0]


def test_network_of_another_account_is_not_known(logins):
    succeed(logins, login="eve", address=ELSEWHERE)
    for _ in range(5):
        fail(logins)
    with pytest.raises(LoginFailed):
        succeed(logins, address=ELSEWHERE)


def test_account_stops_but_for_those_who_never_do(logins, clock):
    for login in ("anna", "root"):
        for _ in range(100):
            fail(logins, login=login, never_stopped=lambda: ["Root "])
            clock.advance(3600)
    with pytest.raises(LoginFailed):
        succeed(logins)
    succeed(logins, login="root")


@pytest.mark.parametrize("address", [HOME, ELSEWHERE])
def test_administrator_unlocks(logins, clock, address):
    """Wherever the failures came from, known or not, and as often as there are new ones."""
    succeed(logins)
    for _ in range(2):
        for _ in range(5):
            fail(logins, address=address)
        with pytest.raises(LoginFailed):
            succeed(logins, address=address)
        logins.unlock(" Anna")
        succeed(logins, address=address)
    for _ in range(100):
        fail(logins)
        clock.advance(3600)
    logins.unlock("anna")
    succeed(logins, address=ELSEWHERE)


@pytest.mark.parametrize("address", ["203.0.113.5:4321", "unknown"])
def test_what_is_no_address_is_refused(logins, address):
    with pytest.raises(InvalidInput), logins.attempt("anna", address):
        pytest.fail("it was run")


@pytest.mark.parametrize("login", ["", None, ["anna"], "a\0b", "a" * 2000])
def test_what_is_no_login_is_refused(logins, login):
    with pytest.raises(LoginFailed), logins.attempt(login, HOME):
        pytest.fail("it was run")


def test_short_secret_is_refused():
    with pytest.raises((InvalidInput, ValueError)):
        Logins(MemoryStore(), "prod", "", LockoutPolicy())


def test_who_has_to_wait_is_listed(logins):
    """By the logins of users, with the network; nobody who has failed less often or whose login is nobody's."""
    for _ in range(5):
        fail(logins)
        fail(logins, login="a password by mistake")
    for address in ("2001:db8::1", "2001:db8::2", None):
        fail(logins, login="Bert", address=address)
    assert logins.locked(["Anna", "Bert", "", "carl"]) == [Locked("Anna", ELSEWHERE, 300.0)]
    for _ in range(2):
        fail(logins, login="bert", address="2001:db8::1")
    found = {(locked.network, locked.retry_after_s) for locked in logins.locked(["Bert"])}
    assert found == {("2001:db8::/64", 30.0), (None, 30.0)}


def test_list_goes_by_the_counter_that_counts(logins, clock):
    """Of a known network by its own; a row goes when the wait is over or the account is unlocked."""
    succeed(logins)
    for _ in range(5):
        fail(logins)
    assert [locked.network for locked in logins.locked(["anna"])] == [ELSEWHERE]
    for _ in range(5):
        fail(logins, address=HOME)
    assert {locked.network for locked in logins.locked(["anna"])} == {HOME, ELSEWHERE}
    clock.advance(300)
    assert logins.locked(["anna"]) == []
    fail(logins)
    assert len(logins.locked(["anna"])) == 1
    logins.unlock("anna")
    assert logins.locked(["anna"]) == []


def test_list_has_networks_that_wait_whatever_the_account(logins):
    for number in range(100):
        fail(logins, login=f"user {number}")
    assert logins.locked([]) == [Locked(None, ELSEWHERE, 30.0)]
    logins.unlock_network(ELSEWHERE)
    assert logins.locked([]) == []


def test_account_that_has_stopped_stays_in_the_list(logins, clock):
    """As long as somebody tries it, however long ago it stopped."""
    for _ in range(100):
        fail(logins)
        clock.advance(3600)
    assert [locked.retry_after_s for locked in logins.locked(["anna"])] == [math.inf]
    clock.advance(40 * 86_400)
    assert logins.locked(["anna"]) == []
    with pytest.raises(LoginFailed):
        succeed(logins)
    assert [(locked.network, locked.retry_after_s) for locked in logins.locked(["anna"])] == [(HOME, math.inf)]


def test_store_holds_no_login_and_no_address(clock):
    """Digests, and addresses under a key that is in Odoo's database; what another database wrote is left alone."""
    store = MemoryStore(clock=clock)
    one, other = (Logins(store, "prod", secrets.token_hex(16), LockoutPolicy()) for _ in range(2))
    fail(one)

    async def look():
        return [key + value async for key, value in store.scan(b"")]

    held = result_of(look())
    assert held
    assert not any(text in entry for entry in held for text in (b"anna", ELSEWHERE.encode()))
    assert other.locked(["anna"]) == []

"""Lockout: who is slowed down, by whom, for how long, and who is not."""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
import json
import math
import re

import pytest

from attempt_store import AttemptStore
from zenoo_security.audit import AuditLog, configured
from zenoo_security.errors import AuditUnavailable, InvalidInput, ParameterError, StoreUnavailable
from zenoo_security.keyring import KeyRing
from zenoo_security.lockout import Lockout, LockoutPolicy
from zenoo_security.lockout.attempt import Settlements

DATABASE, LOGIN = "prod", "victim@example.com"
HOME, STRANGER = "198.51.100.7", "203.0.113.9"
DEVICE = bytes(range(32))
RING = KeyRing.generate()
DAY_S = 86_400


@pytest.fixture
def store():
    return AttemptStore()


@pytest.fixture
def lockout(store):
    return Lockout(store, key_ring=RING)


async def fail(lockout, client_ip=None, login=LOGIN, device=None):
    """One wrong password. Whether it was looked at."""
    attempt = await lockout.reserve(DATABASE, login, client_ip, device=device)
    if attempt is None:
        return False
    await attempt.failed()
    return True


async def fail_until_stopped(lockout, store, **where):
    """As many wrong passwords as there are, each as soon as it is allowed. How many, and how long they took."""
    guesses, started = 0, store.clock.monotonic()
    while not (status := await lockout.status(DATABASE, LOGIN, where.get("client_ip"))).stopped:
        store.clock.advance(status.retry_after_s)
        guesses += await fail(lockout, **where)
    return guesses, store.clock.monotonic() - started


@pytest.mark.asvs("v5.0.0-6.3.1")
@pytest.mark.parametrize("client_ip", [None, STRANGER])
async def test_the_guides_settings(store, lockout, client_ip):
    """After five failures locked for 300 s; who failed again is locked for twice as long, up to an hour."""
    assert [await fail(lockout, client_ip) for _ in range(6)] == [True] * 5 + [False]
    for delay_s in (300, 600, 1200, 2400, 3600, 3600):
        store.clock.advance(delay_s - 1)
        assert not await fail(lockout, client_ip)
        store.clock.advance(1)
        assert await fail(lockout, client_ip)
        assert not await fail(lockout, client_ip)


async def test_for_others_an_account_is_locked_for_30_seconds_at_first(store, lockout):
    """One stranger who failed five times keeps the owner waiting for 30 s, not for five minutes."""
    assert [await fail(lockout, STRANGER) for _ in range(5)] == [True] * 5
    store.clock.advance(29.9)
    assert await lockout.reserve(DATABASE, LOGIN, HOME) is None
    store.clock.advance(0.1)
    assert await lockout.reserve(DATABASE, LOGIN, STRANGER) is None
    assert await lockout.reserve(DATABASE, LOGIN, HOME)


async def test_many_sources_are_slowed_down_together(store, lockout):
    """With an address for each guess: five, and then 30 s, 60 s and so on, up to an hour."""
    sources = iter(f"192.0.2.{number}" for number in range(256))
    assert [await fail(lockout, next(sources)) for _ in range(6)] == [True] * 5 + [False]
    for delay_s in (30, 60, 120, 240, 480, 960, 1920, 3600, 3600):
        store.clock.advance(delay_s - 1)
        assert not await fail(lockout, next(sources))
        store.clock.advance(1)
        assert await fail(lockout, next(sources))


@pytest.mark.asvs("v5.0.0-6.3.1")
@pytest.mark.parametrize("pause", [False, True])
@pytest.mark.parametrize("where", [{}, {"client_ip": STRANGER}, {"device": DEVICE}])
async def test_of_two_hundred_at_once_five_are_looked_at(pause, where):
    """All reserve before the first is settled."""
    lockout = Lockout(AttemptStore(pause=pause), key_ring=RING)
    attempts = await asyncio.gather(*[lockout.reserve(DATABASE, LOGIN, **where) for _ in range(200)])
    assert sum(attempt is not None for attempt in attempts) == 5


async def test_of_two_hundred_sources_at_once_five_are_looked_at(lockout):
    """An address for each of them does not help."""
    sources = [f"192.0.2.{number}" for number in range(200)]
    attempts = await asyncio.gather(*[lockout.reserve(DATABASE, LOGIN, source) for source in sources])
    assert sum(attempt is not None for attempt in attempts) == 5


@pytest.mark.asvs("v5.0.0-6.1.1")
@pytest.mark.parametrize("client_ip", [None, STRANGER])
async def test_after_a_hundred_failures_nothing_is_looked_at_until_somebody_unlocks(store, lockout, client_ip):
    """Exactly a hundred, which take nearly four days; then no waiting helps, and an administrator does."""
    assert await fail_until_stopped(lockout, store, client_ip=client_ip) == (100, 92.25 * 3600)
    store.clock.advance(3650 * DAY_S)
    assert not await fail(lockout, client_ip)
    assert await lockout.reserve(DATABASE, LOGIN, HOME) is None
    await lockout.unlock(DATABASE, LOGIN)
    assert await lockout.reserve(DATABASE, LOGIN, HOME)


@pytest.mark.parametrize(("sources", "first_day", "hours"), [(1, 31, 92.25), (200, 34, 89.06)])
async def test_the_figures_of_the_guide(store, lockout, sources, first_day, hours):
    """A hundred guesses, whatever the number of networks, in more than three and a half days."""
    guesses = []
    while True:
        client_ip = f"10.0.0.{len(guesses) % sources}"
        status = await lockout.status(DATABASE, LOGIN, client_ip)
        if status.stopped:
            break
        store.clock.advance(status.retry_after_s)
        assert await fail(lockout, client_ip)
        guesses.append(store.clock.monotonic())
    assert len(guesses) == 100
    assert sum(guess < DAY_S for guess in guesses) == first_day
    assert guesses[-1] / 3600 == pytest.approx(hours, abs=0.01)


async def test_success_forgets_the_failures_of_the_account(lockout):
    """Four typing errors and the right password, twenty times over."""
    for _ in range(20):
        assert [await fail(lockout, HOME) for _ in range(4)] == [True] * 4
        attempt = await lockout.reserve(DATABASE, LOGIN, HOME)
        await attempt.succeeded()


async def test_an_attacker_does_not_clear_a_network_by_logging_in_to_an_account_of_their_own(lockout, store):
    """Ninety-nine failures elsewhere, a success, and the hundredth failure slows the network down."""
    for number in range(99):
        assert await fail(lockout, STRANGER, login=f"victim {number}")
    attempt = await lockout.reserve(DATABASE, "attacker", STRANGER)
    await attempt.succeeded()
    assert await fail(lockout, STRANGER, login="victim 99")
    assert await lockout.reserve(DATABASE, "attacker", STRANGER) is None
    store.clock.advance(30)
    assert await lockout.reserve(DATABASE, "attacker", STRANGER)


async def test_a_network_is_slowed_down_alone_and_never_stopped(store, lockout):
    """A spray from one network keeps nobody else out; its delay stays at 15 minutes, and an hour of rest ends it."""
    for number in range(100):
        assert await fail(lockout, STRANGER, login=f"user {number}")
    for delay_s in (30, 60, 120, 240, 480, 900, 900, 900):
        assert not await fail(lockout, STRANGER, login=f"one more {store.clock.now()}")
        await (await lockout.reserve(DATABASE, "somebody else", HOME)).succeeded()
        store.clock.advance(delay_s)
        assert await fail(lockout, STRANGER, login=f"one more {store.clock.now()}")
    store.clock.advance(3600)
    assert all([await fail(lockout, STRANGER, login=f"next day {number}") for number in range(100)])


async def test_an_ipv6_client_is_counted_by_its_64(lockout):
    """New addresses of one's own network are no new clients; the neighbor's network is."""
    addresses = iter(f"2001:db8::{number:x}" for number in range(1, 10))
    for _ in range(5):
        assert await fail(lockout, next(addresses))
    assert (await lockout.status(DATABASE, LOGIN, next(addresses))).retry_after_s == 300
    assert (await lockout.status(DATABASE, LOGIN, "2001:db8:0:1::1")).retry_after_s == 30


async def test_an_office_that_logs_in_at_nine_is_let_in(lockout):
    """Five hundred right passwords from one address, one after the other, and ninety at once."""
    for number in range(500):
        attempt = await lockout.reserve(DATABASE, f"user {number}", HOME)
        await attempt.succeeded()
    attempts = [await lockout.reserve(DATABASE, f"user {number}", HOME) for number in range(90)]
    assert all(attempts)


class TestDevice:
    """A device that is known for the account."""

    async def test_is_not_locked_out_by_strangers(self, store, lockout):
        """The owner's device gets in while a stranger holds the account, stopped for good as it is."""
        assert (await fail_until_stopped(lockout, store, client_ip=STRANGER))[0] == 100
        attempt = await lockout.reserve(DATABASE, LOGIN, HOME, device=DEVICE)
        await attempt.succeeded()
        assert await lockout.reserve(DATABASE, LOGIN, HOME) is None

    async def test_does_not_clear_what_strangers_have_failed(self, lockout):
        """The owner's daily login does not hand the guesser five more guesses."""
        for _ in range(4):
            assert await fail(lockout, STRANGER)
        attempt = await lockout.reserve(DATABASE, LOGIN, HOME, device=DEVICE)
        await attempt.succeeded()
        assert [await fail(lockout, STRANGER) for _ in range(2)] == [True, False]

    async def test_slows_down_by_itself_and_alone(self, store, lockout):
        """Five failures on it lock it for 300 s, and nobody else."""
        assert [await fail(lockout, HOME, device=DEVICE) for _ in range(6)] == [True] * 5 + [False]
        assert await lockout.reserve(DATABASE, LOGIN, HOME)
        store.clock.advance(300)
        attempt = await lockout.reserve(DATABASE, LOGIN, HOME, device=DEVICE)
        await attempt.succeeded()
        assert [await fail(lockout, HOME, device=DEVICE) for _ in range(5)] == [True] * 5

    async def test_is_no_longer_known_after_ten_failures(self, store, lockout):
        """Whoever stole it has ten guesses on it, and then those of a stranger, together with all other strangers."""
        for delay_s in (0, 0, 0, 0, 0, 300, 600, 1200, 2400, 3600):
            store.clock.advance(delay_s)
            assert await fail(lockout, STRANGER, device=DEVICE)
        assert [await fail(lockout, STRANGER, device=DEVICE) for _ in range(6)] == [True] * 5 + [False]
        assert not await fail(lockout, STRANGER)

    async def test_counts_for_its_account_alone(self, lockout):
        """The same token on another account is another counter."""
        for _ in range(5):
            assert await fail(lockout, HOME, device=DEVICE)
        assert await fail(lockout, HOME, login="somebody else", device=DEVICE)

    async def test_can_be_unlocked(self, lockout):
        for _ in range(5):
            assert await fail(lockout, HOME, device=DEVICE)
        await lockout.unlock(DATABASE, LOGIN, device=DEVICE)
        assert await fail(lockout, HOME, device=DEVICE)


class TestSettling:
    """What came of an attempt."""

    @pytest.mark.parametrize("where", [{}, {"client_ip": STRANGER}, {"client_ip": STRANGER, "device": DEVICE}])
    async def test_an_attempt_that_is_given_back_leaves_nothing(self, store, lockout, where):
        """An Odoo that is down for a thousand logins costs nobody an attempt, and no memory."""
        for _ in range(1000):
            attempt = await lockout.reserve(DATABASE, LOGIN, **where)
            await attempt.give_back()
        assert len(store.table) == 0
        assert [await fail(lockout, **where) for _ in range(6)] == [True] * 5 + [False]

    async def test_giving_back_the_fifth_unlocks(self, lockout):
        """The lock that a reservation brought is gone with it."""
        for _ in range(4):
            assert await fail(lockout, STRANGER)
        attempt = await lockout.reserve(DATABASE, LOGIN, STRANGER)
        assert not await fail(lockout, STRANGER)
        await attempt.give_back()
        assert [await fail(lockout, STRANGER) for _ in range(2)] == [True, False]

    async def test_an_attempt_is_settled_once(self, lockout):
        """Whoever settles twice has a mistake, and changes nothing."""
        attempt = await lockout.reserve(DATABASE, LOGIN, STRANGER)
        await attempt.failed()
        for settle in (attempt.failed, attempt.succeeded, attempt.give_back):
            with pytest.raises(ParameterError, match=r"^an attempt is settled once$"):
                await settle()

    async def test_what_is_being_settled_is_held_and_then_let_go(self, store):
        """The event loop alone would not keep it alive when whoever waits for it is cancelled."""
        settlements, go = Settlements(store), asyncio.Event()
        waiting = asyncio.ensure_future(settlements.finish(go.wait()))
        await asyncio.sleep(0)
        assert [task.done() for task in settlements._running] == [False]
        go.set()
        await waiting
        await asyncio.sleep(0)
        assert settlements._running == set()

    async def test_a_block_that_just_ends_has_failed(self, lockout):
        for _ in range(5):
            async with await lockout.reserve(DATABASE, LOGIN, STRANGER):
                pass
        assert await lockout.reserve(DATABASE, LOGIN, STRANGER) is None

    @pytest.mark.parametrize("error", [ZeroDivisionError, asyncio.CancelledError, KeyboardInterrupt])
    async def test_a_block_that_breaks_has_failed(self, store, error):
        """Whatever breaks it comes through, and the hundredth stops."""
        lockout = Lockout(store, key_ring=RING, policy=LockoutPolicy(max_failed_attempts=3, stop=3))
        for _ in range(3):
            with pytest.raises(error):
                async with await lockout.reserve(DATABASE, LOGIN, STRANGER):
                    raise error
        assert (await lockout.status(DATABASE, LOGIN)).stopped

    async def test_a_block_that_settled_is_left_alone(self, store, lockout):
        async with await lockout.reserve(DATABASE, LOGIN, STRANGER) as attempt:
            await attempt.give_back()
        assert len(store.table) == 0

    @pytest.mark.parametrize("cancels", [1, 2, 3])
    async def test_a_cancelled_login_counts_as_failed(self, cancels):
        """Who hangs up while the password is looked at, or while the failure is written, does not save the failure."""
        store = AttemptStore(pause=True)
        lockout = Lockout(store, key_ring=RING, policy=LockoutPolicy(max_failed_attempts=1, stop=1))

        async def login():
            async with await lockout.reserve(DATABASE, LOGIN, STRANGER):
                await asyncio.sleep(3600)

        task = asyncio.create_task(login())
        await asyncio.sleep(0.01)
        for _ in range(cancels):
            task.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0.01)
        assert (await lockout.status(DATABASE, LOGIN)).stopped

    async def test_a_login_that_never_ends_is_a_delay_and_no_stop(self, store, lockout):
        """A process that was killed in the middle of a hundred logins has locked nobody for good."""
        for _ in range(100):
            store.clock.advance((await lockout.status(DATABASE, LOGIN, STRANGER)).retry_after_s)
            assert await lockout.reserve(DATABASE, LOGIN, STRANGER)
        store.clock.advance(3600)
        attempt = await lockout.reserve(DATABASE, LOGIN, STRANGER)
        await attempt.succeeded()


class TestStoreDown:
    """Nothing is assumed of a store that does not answer."""

    async def test_nothing_is_reserved(self, store, lockout):
        store.down = True
        for where in ({}, {"device": DEVICE}):
            with pytest.raises(StoreUnavailable):
                await lockout.reserve(DATABASE, LOGIN, STRANGER, **where)

    @pytest.mark.parametrize("settle", ["succeeded", "failed", "give_back"])
    async def test_settling_says_so_and_the_attempt_stands(self, store, lockout, settle):
        """Five attempts that could not be settled are five attempts."""
        for _ in range(5):
            attempt = await lockout.reserve(DATABASE, LOGIN, STRANGER)
            store.down = True
            with pytest.raises(StoreUnavailable):
                await getattr(attempt, settle)()
            store.down = False
        assert await lockout.reserve(DATABASE, LOGIN, STRANGER) is None

    async def test_what_broke_the_block_is_what_comes_out_of_it(self, store, lockout):
        """The store's error would hide it; without another it is raised."""

        async def login(error):
            store.down = False
            async with await lockout.reserve(DATABASE, LOGIN, STRANGER):
                store.down = True
                if error:
                    raise error

        with pytest.raises(ZeroDivisionError):
            await login(ZeroDivisionError())
        with pytest.raises(StoreUnavailable):
            await login(None)


class TestAdministrator:
    """Looks and lifts."""

    async def test_status_tells_what_an_attempt_would_be_told(self, store, lockout):
        """By account and address, to the second; and when waiting does not help."""
        assert await lockout.status(DATABASE, LOGIN, STRANGER) == await lockout.status(DATABASE, LOGIN)
        assert not (await lockout.status(DATABASE, LOGIN, STRANGER)).locked
        for _ in range(5):
            await fail(lockout, STRANGER)
        here = await lockout.status(DATABASE, LOGIN, STRANGER)
        assert (here.locked, here.stopped, here.retry_after_s) == (True, False, 300.0)
        assert (await lockout.status(DATABASE, LOGIN, HOME)).retry_after_s == 30.0
        store.clock.advance(300)
        assert not (await lockout.status(DATABASE, LOGIN, STRANGER)).locked

    async def test_status_of_a_known_device_is_that_of_its_own_counter(self, store, lockout):
        """Strangers do not lock it; its own failures do, and after ten it is a stranger."""
        for _ in range(5):
            await fail(lockout, HOME)
        assert (await lockout.status(DATABASE, LOGIN, HOME)).locked
        assert not (await lockout.status(DATABASE, LOGIN, HOME, device=DEVICE)).locked
        for number in range(10):
            status = await lockout.status(DATABASE, LOGIN, HOME, device=DEVICE)
            assert status.locked is (number >= 5)
            store.clock.advance(status.retry_after_s)
            assert await fail(lockout, HOME, device=DEVICE)
        assert not (await lockout.status(DATABASE, LOGIN, HOME, device=DEVICE)).stopped

    async def test_status_of_a_network_is_that_of_all_accounts(self, lockout):
        for number in range(100):
            assert not (await lockout.network_status(STRANGER)).locked
            assert await fail(lockout, STRANGER, login=f"user {number}")
        assert (await lockout.network_status(STRANGER)).retry_after_s == 30.0
        assert not (await lockout.network_status(HOME)).locked

    async def test_status_counts_nothing(self, lockout):
        """However often somebody looks, five attempts are there, and no lock grows or ends."""
        for _ in range(100):
            await lockout.status(DATABASE, LOGIN, STRANGER)
        assert [await fail(lockout, STRANGER) for _ in range(6)] == [True] * 5 + [False]
        for _ in range(100):
            assert (await lockout.status(DATABASE, LOGIN, STRANGER)).retry_after_s == 300.0

    async def test_status_that_takes_long_gives_back_what_it_took(self, lockout, monkeypatch):
        """Where the question is over before the answer came, nothing is left counted."""
        monkeypatch.setattr("zenoo_security.lockout.lockout._QUESTION", LockoutPolicy(max_failed_attempts=9).source)
        for _ in range(20):
            assert not (await lockout.status(DATABASE, LOGIN, STRANGER)).locked
        assert [await fail(lockout, STRANGER) for _ in range(6)] == [True] * 5 + [False]

    async def test_unlock_lifts_the_account_and_the_source_and_network_that_are_named(self, lockout):
        """Without an address the source stays slowed down; with it everything is lifted."""
        for number in range(95):
            await fail(lockout, STRANGER, login=f"user {number}")
        for _ in range(5):
            assert await fail(lockout, STRANGER)
        await lockout.unlock(DATABASE, LOGIN)
        assert not (await lockout.status(DATABASE, LOGIN, HOME)).locked
        assert (await lockout.status(DATABASE, LOGIN, STRANGER)).retry_after_s == 300
        await lockout.unlock(DATABASE, " VICTIM@example.com", STRANGER)
        assert not (await lockout.status(DATABASE, LOGIN, STRANGER)).locked

    async def test_unlock_of_a_device_lifts_the_account_too(self, lockout):
        for device in (None, DEVICE):
            while await fail(lockout, STRANGER, device=device):
                pass
        await lockout.unlock(DATABASE, LOGIN, STRANGER, device=DEVICE)
        for device in (None, DEVICE):
            assert not (await lockout.status(DATABASE, LOGIN, STRANGER, device=device)).locked

    async def test_unlock_is_told_with_the_account_or_the_network(self, lockout):
        told = []
        with configured(AuditLog(told.append)):
            await lockout.unlock(DATABASE, LOGIN, STRANGER)
            await lockout.unlock_network(STRANGER)
        account, network = (json.loads(entry.line) for entry in told)
        names = ("event.action", "source.address", "event.reason")
        assert [account.get(name) for name in names] == ["authn_login_unlock", STRANGER, None]
        assert [network.get(name) for name in names] == ["authn_login_unlock", STRANGER, "network"]
        assert account["odoo.database"] == DATABASE
        assert account["user.hash"] == lockout.account(DATABASE, LOGIN)

    async def test_where_the_log_is_required_and_fails_nothing_is_unlocked(self, lockout):
        def broken(entry):
            raise OSError

        while await fail(lockout, STRANGER):
            pass
        with configured(AuditLog(broken, required=True)):
            for unlocking in (lockout.unlock(DATABASE, LOGIN, STRANGER), lockout.unlock_network(STRANGER)):
                with pytest.raises(AuditUnavailable):
                    await unlocking
        assert (await lockout.status(DATABASE, LOGIN, STRANGER)).retry_after_s == 300.0

    async def test_an_unlock_that_the_store_may_not_have_done_is_told_as_unknown(self, lockout, monkeypatch):
        async def down(*_):
            raise StoreUnavailable("down")

        monkeypatch.setattr(lockout._store, "settle", down)
        told = []
        with configured(AuditLog(told.append)):
            for unlocking in (lockout.unlock(DATABASE, LOGIN), lockout.unlock_network(STRANGER)):
                with pytest.raises(StoreUnavailable):
                    await unlocking
        lines = [json.loads(entry.line) for entry in told]
        assert [(line["event.outcome"], line.get("event.reason")) for line in lines] == [
            ("success", None),
            ("unknown", "store_unavailable"),
            ("success", "network"),
            ("unknown", "store_unavailable"),
        ]

    async def test_an_account_is_told_by_sixteen_bytes_that_all_its_spellings_have(self, lockout):
        account = lockout.account(DATABASE, LOGIN)
        assert len(bytes.fromhex(account)) == 16
        assert account == lockout.account(DATABASE, LOGIN.upper())
        assert account != lockout.account(DATABASE, "bob")
        assert account != lockout.account("test", LOGIN)

    async def test_unlock_network_lifts_it_for_all_accounts(self, lockout):
        for number in range(100):
            assert await fail(lockout, STRANGER, login=f"user {number}")
        assert not await fail(lockout, STRANGER, login="one more")
        await lockout.unlock_network(STRANGER)
        assert await fail(lockout, STRANGER, login="one more")

    async def test_what_was_never_locked_can_be_unlocked(self, lockout):
        await lockout.unlock(DATABASE, LOGIN, HOME, device=DEVICE)
        await lockout.unlock_network(HOME)


class TestBounds:
    """Whatever comes from outside."""

    @pytest.mark.asvs("v5.0.0-6.1.1")
    async def test_a_flood_of_made_up_names_leaves_the_victims_lock(self):
        """A botnet that tries 50,000 names in a table of 3,000 counters neither frees the victim nor locks others out."""
        store = AttemptStore(3000)
        lockout = Lockout(store, key_ring=RING)
        for _ in range(5):
            assert await fail(lockout, STRANGER)
        for number in range(50_000):
            attempt = await lockout.reserve(DATABASE, f"made up {number}", f"10.{number >> 8 & 255}.{number & 255}.1")
            await attempt.give_back() if number % 2 else await attempt.failed()
        assert len(store.table) <= 3000
        assert not await fail(lockout, STRANGER)
        assert await lockout.reserve(DATABASE, "owner of another account", HOME)

    @pytest.mark.parametrize("login", [None, b"anna", "", " ", "a\0b", "\ud800", "x" * 10_000_000])
    async def test_what_is_no_login_is_refused_and_counted_nowhere(self, store, lockout, login):
        for call in (lockout.reserve, lockout.status, lockout.unlock):
            with pytest.raises(InvalidInput) as error:
                await call(DATABASE, login, STRANGER)
            assert error.value.field == "username"
        assert len(store.table) <= 1

    @pytest.mark.parametrize("client_ip", ["", "unknown", "1.2.3.4:80", b"::1"])
    async def test_what_is_no_address_is_refused(self, lockout, client_ip):
        """A proxy that is set up wrongly does not turn all clients into one, or into nobody."""
        with pytest.raises(InvalidInput) as error:
            await lockout.reserve(DATABASE, LOGIN, client_ip)
        assert error.value.field == "client_ip"

    async def test_databases_are_apart(self, lockout):
        for _ in range(5):
            assert await fail(lockout)
        assert await lockout.reserve("other", LOGIN)

    @pytest.mark.parametrize("jump_s", [DAY_S, -DAY_S])
    async def test_a_calendar_that_jumps_changes_nothing(self, store, lockout, jump_s):
        for _ in range(5):
            assert await fail(lockout)
        store.clock.set_now(store.clock.now() + jump_s)
        assert (await lockout.status(DATABASE, LOGIN)).retry_after_s == 300

    async def test_processes_with_one_key_ring_and_one_store_count_together(self, store):
        one, other = Lockout(store, key_ring=RING), Lockout(store, key_ring=RING.rotate())
        for _ in range(5):
            assert await fail(one)
        assert not await fail(other)


class TestPolicy:
    """Numbers that hold, or are refused."""

    @pytest.mark.parametrize(
        "change",
        [
            {"max_failed_attempts": 0},
            {"max_failed_attempts": 101},
            {"max_failed_attempts": 5, "stop": 4},
            {"lockout_duration": 29},
            {"lockout_duration": 86_401},
            {"lockout_duration": math.nan},
            {"longest_s": 29},
            {"longest_s": math.inf},
            {"stop": 101},
            {"device_stop": 0},
            {"network_attempts": 0},
            {"network_attempts": 901},
            {"keep_s": 3600},
            {"keep_s": math.inf},
            {"max_failed_attempts": 5.5},
            {"max_failed_attempts": "5"},
            {"max_failed_attempts": True},
            {"network_attempts": 90.5},
            {"stop": 50.5},
            {"device_stop": 2.5},
            {"longest_s": "60"},
        ],
    )
    def test_numbers_out_of_range_are_refused(self, change):
        """NIST's hundred is a ceiling, and no delay is under its 30 s."""
        with pytest.raises(ParameterError):
            LockoutPolicy(**change)

    @pytest.mark.parametrize(
        ("name", "lowest", "highest"),
        [
            ("max_failed_attempts", 1, 100),
            ("lockout_duration", 30, DAY_S),
            ("longest_s", 30, DAY_S),
            ("stop", 5, 100),
            ("device_stop", 1, 100),
            ("network_attempts", 1, 900),
            ("keep_s", DAY_S, 366 * DAY_S),
        ],
    )
    def test_the_ends_of_each_range_are_allowed_and_the_error_names_them(self, name, lowest, highest):
        for number in (lowest, highest):
            assert getattr(LockoutPolicy(**{name: number}), name) == number
        for number in (lowest - 1, highest + 1):
            with pytest.raises(ParameterError, match=rf"^{name} is {lowest:g} to {re.escape(f'{highest:g}')}$"):
                LockoutPolicy(**{name: number})

    @pytest.mark.parametrize("attempts", [1, 3, 100])
    @pytest.mark.parametrize("duration_s", [30, 300, 86_400])
    def test_whatever_the_settings_delays_grow(self, attempts, duration_s):
        """Free attempts first, then the duration, doubled to an hour or to the duration if that is longer."""
        policy = LockoutPolicy(max_failed_attempts=attempts, lockout_duration=duration_s)
        for backoff, first_s in ((policy.source, duration_s), (policy.account, 30)):
            free, delays_s = backoff.delays_s[: attempts - 1], backoff.delays_s[attempts - 1 :]
            assert set(free) <= {0.0}
            assert delays_s[0] == first_s
            assert delays_s[-1] == max(3600, duration_s)
            assert all(later <= 2 * sooner for sooner, later in itertools.pairwise(delays_s))
            assert list(delays_s) == sorted(delays_s)

    def test_a_policy_cannot_be_changed(self):
        with pytest.raises(dataclasses.FrozenInstanceError):
            LockoutPolicy().stop = 1000

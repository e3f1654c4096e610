"""`zenoo-security lockout`: who has to wait, who is let in again, and who hears of it."""

from __future__ import annotations

import asyncio
import json
import os
import pwd
import re

import pytest

from command_line import run
from zenoo_security import KeyRing, keyring
from zenoo_security.lockout import Lockout, LockoutPolicy
from zenoo_security.stores import open_store

USER = pwd.getpwuid(os.getuid()).pw_name
POLICY = LockoutPolicy(max_failed_attempts=3, lockout_duration=600)
HERE, ELSEWHERE = "203.0.113.9", "198.51.100.7"


@pytest.fixture
def ring(tmp_path):
    ring = KeyRing.generate()
    keyring.save(ring, tmp_path / "keys.json")
    return ring


@pytest.fixture
def settings(ring, tmp_path):
    return {
        "STORE_URL": f"sqlite:///{tmp_path}/store.db",
        "KEY_RING_FILE": f"{tmp_path}/keys.json",
        "ODOO_DATABASE": "shop",
        "AUDIT_FILE": f"{tmp_path}/audit.jsonl",
        "MAX_FAILED_ATTEMPTS": "3",
        "LOCKOUT_DURATION": "600",
    }


@pytest.fixture
def fail(ring, settings):
    """A function that has an account fail as often from one address as its policy lets it."""

    def fail(login="ann", address=HERE, *, policy=POLICY, url=settings["STORE_URL"]):
        async def tries():
            store = open_store(url)
            lockout = Lockout(store, key_ring=ring, policy=policy)
            while attempt := await lockout.reserve("shop", login, address):
                await attempt.failed()
            await store.aclose()

        asyncio.run(tries())

    return fail


@pytest.fixture
def lockout(settings):
    def lockout(*arguments, **others):
        return run("lockout", *arguments, settings={**settings, **others})

    return lockout


def waits(lockout, *arguments):
    """The seconds that a login is told to wait; 0 when it has not to."""
    ended = lockout("status", *arguments, "--format", "json")
    told = json.loads(ended.output)
    assert ended.code == told["locked"]
    return told["retry_after_s"]


def test_who_has_failed_has_to_wait_until_somebody_unlocks(fail, lockout):
    assert lockout("status", "ann") == (0, "not locked\n", "")
    fail()
    assert 0 < waits(lockout, "ann") <= 30
    assert 30 < waits(lockout, " ANN", "--client-ip", HERE) <= 600
    ended = lockout("status", "ann", "--client-ip", HERE)
    assert (ended.code, re.fullmatch(r"locked for \d+ s\n", ended.output) is not None) == (1, True)
    unlocked = lockout("unlock", "Ann")
    assert (unlocked.code, unlocked.errors) == (0, "")
    assert re.fullmatch(r"the failures of the account are forgotten; it was locked for \d+ s\n", unlocked.output)
    assert waits(lockout, "ann") == 0
    assert waits(lockout, "ann", "--client-ip", HERE) > 30
    assert lockout("unlock", "ann", "--client-ip", HERE).code == 0
    assert waits(lockout, "ann", "--client-ip", HERE) == 0


def test_who_mistypes_a_login_sees_that_it_was_not_locked(fail, lockout):
    fail()
    assert lockout("unlock", "anne") == (0, "the failures of the account are forgotten; it was not locked\n", "")


def test_an_account_that_has_stopped_is_let_in_again(fail, lockout):
    fail(policy=LockoutPolicy(max_failed_attempts=1, stop=1))
    assert json.loads(lockout("status", "ann", "--format", "json").output) == {
        "locked": True,
        "stopped": True,
        "retry_after_s": None,
    }
    assert lockout("status", "ann") == (1, "locked until somebody unlocks it\n", "")
    assert lockout("unlock", "ann", "--client-ip", HERE).code == 0
    assert lockout("status", "ann", "--client-ip", HERE).code == 0


def test_a_network_is_let_in_again_and_its_accounts_wait(fail, lockout):
    policy = LockoutPolicy(max_failed_attempts=3, network_attempts=4)
    fail("ann", policy=policy)
    fail("bob", policy=policy)
    assert waits(lockout, "cat", "--client-ip", HERE) > 0
    assert waits(lockout, "cat", "--client-ip", ELSEWHERE) == 0
    assert lockout("unlock-network", HERE) == (0, "the failures of the network are forgotten\n", "")
    assert waits(lockout, "cat", "--client-ip", HERE) == 0
    assert waits(lockout, "ann", "--client-ip", HERE) > 0


def test_the_audit_log_says_who_unlocked_and_no_login(fail, lockout, tmp_path):
    fail()
    lockout("status", "ann")
    lockout("unlock", "ann", "--client-ip", HERE)
    lockout("unlock-network", HERE)
    text = (tmp_path / "audit.jsonl").read_text()
    lines = map(json.loads, text.splitlines())
    told = [line for line in lines if line["event.action"] == "authn_login_unlock"]
    assert [line["details"] for line in told] == [{"by": USER}] * 2
    assert [line.get("odoo.database") for line in told] == ["shop", None]
    assert '"ann"' not in text


def test_it_asks_every_store(fail, lockout, store_url):
    fail(url=store_url)
    assert lockout("status", "ann", STORE_URL=store_url).code == 1
    assert lockout("unlock", "ann", STORE_URL=store_url).code == 0
    assert lockout("status", "ann", STORE_URL=store_url).code == 0


def test_a_known_device_has_a_count_that_is_neither_seen_nor_forgotten(ring, settings, lockout):
    async def on_the_device(work):
        store = open_store(settings["STORE_URL"])
        done = await work(Lockout(store, key_ring=ring, policy=POLICY))
        await store.aclose()
        return done

    async def tries(counters):
        while attempt := await counters.reserve("shop", "ann", HERE, device=b"d" * 16):
            await attempt.failed()

    asyncio.run(on_the_device(tries))
    assert waits(lockout, "ann", "--client-ip", HERE) == 0
    assert lockout("unlock", "ann", "--client-ip", HERE).code == 0
    assert asyncio.run(on_the_device(lambda counters: counters.status("shop", "ann", HERE, device=b"d" * 16))).locked


def test_another_database_has_other_accounts(fail, lockout):
    fail()
    assert lockout("status", "ann", "--database", "other").code == 0
    assert lockout("status", "ann", "--database", "shop", ODOO_DATABASE="other").code == 1


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        ("ODOO_DATABASE", "give --database, or set ZENOO_SECURITY_ODOO_DATABASE"),
        ("STORE_URL", "give --store, or set ZENOO_SECURITY_STORE_URL"),
        ("KEY_RING_FILE", "no key ring: set ZENOO_SECURITY_KEY_RING_FILE"),
    ],
)
@pytest.mark.parametrize("command", ["status", "unlock"])
def test_a_setting_that_is_missing_is_named(settings, command, missing, says):
    del settings[missing]
    ended = run("lockout", command, "ann", settings=settings)
    assert (ended.code, ended.output, says in ended.errors) == (1, "", True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["status", " "], "username"),
        (["unlock", "x" * 1025], "username"),
        (["unlock", "ann", "--client-ip", "nowhere"], "client_ip"),
        (["unlock", "ann", "--database", "x" * 64], "database"),
        (["unlock-network", "nowhere"], "client_ip"),
    ],
    ids=["nobody", "login", "address", "database", "network"],
)
def test_what_can_be_no_login_and_no_address_ends_with_a_line(lockout, arguments, says):
    ended = lockout(*arguments)
    assert (ended.code, ended.output) == (1, "")
    assert ended.errors.startswith("error: ")
    assert ended.errors.count("\n") == 1
    assert says in ended.errors

"""`zenoo-security mfa reset`: whose second factor goes, with which questions, and who hears of it."""

from __future__ import annotations

import asyncio
import json
import os
import pwd

import pytest

from command_line import run
from mfa_users import PRINCIPAL, enrolled, manager_with
from zenoo_security import KeyRing
from zenoo_security.clock import FakeClock
from zenoo_security.stores import open_store

USER = pwd.getpwuid(os.getuid()).pw_name
CLOCK = FakeClock(now=PRINCIPAL.authenticated_at)


def fill(url):
    """The second factors of the users 7 and 9 in the database `shop`."""

    async def enroll():
        store = open_store(url)
        await enrolled(manager_with(store, KeyRing.generate(), CLOCK), CLOCK)
        await store.put(b"mfa/enrolled/shop/9", b"under a key that is gone", ttl_s=None)
        await store.aclose()

    asyncio.run(enroll())


@pytest.fixture
def url(tmp_path):
    """A store with second factors in it."""
    url = f"sqlite:///{tmp_path}/store.db"
    fill(url)
    return url


@pytest.fixture
def settings(url, tmp_path):
    """No key ring: who has lost it as well must not be locked out for good."""
    return {"STORE_URL": url, "ODOO_DATABASE": "shop", "AUDIT_FILE": f"{tmp_path}/audit.jsonl"}


def kept(url):
    """The ids of the users of `shop` who have a second factor."""

    async def look():
        store = open_store(url)
        keys = [key async for key, _ in store.scan(b"mfa/enrolled/shop/")]
        await store.aclose()
        return sorted(int(key.rpartition(b"/")[2]) for key in keys)

    return asyncio.run(look())


def reset(*arguments, settings, **how):
    return run("mfa", "reset", *arguments, settings=settings, **how)


def test_the_factor_of_one_user_goes_and_the_audit_log_says_by_whom(url, settings, tmp_path):
    assert reset("7", "--yes", settings=settings) == (0, "the second factor of user 7 in shop is removed\n", "")
    assert kept(url) == [9]
    lines = map(json.loads, (tmp_path / "audit.jsonl").read_text().splitlines())
    [told] = [line for line in lines if line["event.action"] == "authn_factor_removed"]
    assert (told["odoo.database"], told["odoo.ids"], told["event.reason"]) == ("shop", [7], "reset")
    assert told["details"] == {"factor": "totp", "by": USER}
    assert reset("7", "--yes", settings=settings) == (1, "user 7 in shop has no second factor\n", "")


def test_it_goes_from_every_store(store_url):
    fill(store_url)
    settings = {"STORE_URL": store_url, "ODOO_DATABASE": "shop"}
    assert (reset("7", "--yes", settings=settings).code, kept(store_url)) == (0, [9])


def test_one_that_no_key_opens_goes_as_well(url, settings):
    assert reset("9", "-y", settings=settings).code == 0
    assert kept(url) == [7]


def test_a_dry_run_removes_nothing(url, settings):
    tried = reset("7", "--dry-run", settings=settings)
    assert tried == (0, "the second factor of user 7 in shop would be removed\n", "")
    assert reset("8", "--dry-run", settings=settings).code == 1
    assert kept(url) == [7, 9]


@pytest.mark.parametrize(("typed", "left"), [("y\n", [9]), ("n\n", [7, 9])])
def test_on_a_terminal_it_is_asked_for(url, settings, typed, left):
    ended = reset("7", settings=settings, typed=typed)
    assert ended.errors.startswith("Remove the second factor of user 7 in shop? [y/N]:")
    assert (ended.code == 0, kept(url)) == (left == [9], left)


def test_where_nobody_can_be_asked_nothing_is_removed(url, settings):
    ended = reset("7", settings=settings)
    assert (ended.code, ended.output) == (1, "")
    assert ended.errors == "error: nobody can be asked here: give --yes, or --dry-run to see what would be done\n"
    assert kept(url) == [7, 9]


def test_programs_get_a_document(url, settings):
    def answered(*arguments):
        ended = reset(*arguments, "--yes", "--format", "json", settings=settings)
        return ended.code, json.loads(ended.output)

    assert answered("7", "--dry-run") == (0, {"removed": True, "dry_run": True})
    assert answered("7") == (0, {"removed": True, "dry_run": False})
    assert answered("7") == (1, {"removed": False, "dry_run": False})


def test_the_options_count_before_the_environment(url, settings):
    elsewhere = {**settings, "ODOO_DATABASE": "other"}
    assert reset("7", "--yes", settings=elsewhere).code == 1
    assert reset("7", "--yes", "--database", "shop", settings={**elsewhere, "STORE_URL": "memory://"}).code == 1
    assert reset("7", "--yes", "--database", "shop", "--store", url, settings=elsewhere).code == 0


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        ("ODOO_DATABASE", "give --database, or set ZENOO_SECURITY_ODOO_DATABASE"),
        ("STORE_URL", "give --store, or set ZENOO_SECURITY_STORE_URL"),
    ],
)
def test_a_setting_that_is_missing_is_named(settings, missing, says):
    del settings[missing]
    ended = reset("7", "--yes", settings=settings)
    assert (ended.code, ended.output, says in ended.errors) == (1, "", True)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["7", "--database", "x" * 64], 1, "a database has a name of 1 to 63 bytes"),
        (["2147483648"], 1, "uid is the id of a user in Odoo"),
        (["0"], 2, "ID"),
        (["alice"], 2, "ID"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_what_is_no_user_ends_with_a_line(settings, arguments, code, says):
    ended = reset(*arguments, "--yes", settings=settings)
    assert (ended.code, ended.output, says in ended.errors) == (code, "", True)

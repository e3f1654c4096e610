"""Logins and sessions on a real Odoo 19."""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from zenoo_security import KeyRing, SecureAuthManager, SecurityConfig
from zenoo_security.client import AccessRefused
from zenoo_security.clock import FakeClock
from zenoo_security.errors import InvalidInput, LoginFailed, OdooUnavailable, SessionEnded
from zenoo_security.stores.memory import MemoryStore
from zenoo_security.testing.database import OdooUser, hash_as_odoo

pytestmark = pytest.mark.odoo

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "login.md"
NEW = "eleven green boats at noon"


@dataclass
class Setting:
    """A manager, the clock of its sessions, and the database that it logs in to."""

    auth: SecureAuthManager
    clock: FakeClock
    database: str

    async def log_in(self, user: OdooUser, **options) -> str:
        return await self.auth.authenticate(user.login, user.password, self.database, **options)

    async def refuses(self, user: OdooUser, password: str | None = None) -> bool:
        try:
            await self.auth.authenticate(user.login, password or user.password, self.database)
        except LoginFailed:
            return True
        return False

    async def has_ended(self, token: str) -> bool:
        try:
            await self.auth.session(token)
        except SessionEnded:
            return True
        return False


@pytest.fixture
def setting(odoo_database):
    """Make a setting; nothing is left of one when the test is over."""

    def make(**options):
        clock = FakeClock(1_800_000_000.0)
        config = SecurityConfig(odoo_url=odoo_database.url, refusal_duration_ms=500)
        auth = SecureAuthManager(
            config, store=MemoryStore(clock=clock), key_ring=KeyRing.generate(), clock=clock, **options
        )
        return Setting(auth, clock, odoo_database.name)

    return make


@pytest.fixture
async def here(setting):
    here = setting()
    yield here
    await here.auth.aclose()


@pytest.fixture
def give_api_key(odoo_database):
    def give(user: OdooUser, *, scope: str = "rpc", days: int = 1) -> str:
        key = os.urandom(20).hex()
        odoo_database.sql(
            "INSERT INTO res_users_apikeys (name, user_id, scope, expiration_date, key, index) "
            "VALUES ('test', %s, %s, now() + %s * interval '1 day', %s, %s)",
            [user.uid, scope, days, hash_as_odoo(key, rounds=6000), key[:8]],
        )
        return key

    return give


def failures(odoo_server, login: str) -> int:
    """How many wrong passwords of a login Odoo has seen."""
    return odoo_server.log_path.read_text().count(f"Login failed for login:{login} ")


# --- who is let in ---


async def test_the_principal_is_the_user_as_odoo_has_them(here, odoo_user):
    """Internal and portal users alike, with the groups that their groups imply."""
    manager = odoo_user(["base.group_user", "base.group_partner_manager"])
    for user, groups in (
        (manager, {"base.group_user", "base.group_partner_manager", "base.group_no_one"}),
        (odoo_user(["base.group_portal"]), {"base.group_portal"}),
    ):
        principal = (await here.auth.session(await here.log_in(user))).principal
        assert (principal.database, principal.uid, principal.login) == (here.database, user.uid, user.login)
        assert principal.groups == groups


async def test_refused_are_a_wrong_password_an_unknown_user_and_an_archived_one(here, odoo_user, odoo_database):
    user = odoo_user()
    assert await here.refuses(user, "wrong")
    assert await here.refuses(OdooUser(0, "nobody at all", "x"))
    odoo_database.call("res.users", "write", [user.uid], {"active": False})
    assert await here.refuses(user)


async def test_a_database_that_is_not_there_is_no_failed_attempt(here, odoo_user):
    user = odoo_user()
    for _ in range(7):
        with pytest.raises(OdooUnavailable):
            await here.auth.authenticate(user.login, user.password, "no_such_database")
    for name in ("../../x", "postgresql://127.0.0.1/x", "dbname=x"):
        with pytest.raises(InvalidInput):
            await here.auth.authenticate(user.login, user.password, name)


async def test_what_would_make_odoo_fail_never_reaches_it(here, odoo_user, odoo_server):
    """Odoo answers a NUL, and a password over passlib's bound, with an error, for users that it has only."""
    user = odoo_user()
    for password in ("a\0b", "x" * 4097, "ä" * 2049, "\ud800"):
        with pytest.raises(InvalidInput):
            await here.auth.authenticate(user.login, password, here.database)
    assert await here.refuses(user, "x" * 4096)
    assert failures(odoo_server, user.login) == 1


@pytest.mark.asvs("v5.0.0-6.3.4")
async def test_a_user_with_totp_in_odoo_needs_an_api_key(here, odoo_user, odoo_database, give_api_key):
    user = odoo_user()
    key = give_api_key(user)
    odoo_database.sql("UPDATE res_users SET totp_secret = 'JBSWY3DPEHPK3PXP' WHERE id = %s", [user.uid])
    assert odoo_database.call("res.users", "read", [user.uid], ["totp_enabled"])[0]["totp_enabled"]
    assert await here.refuses(user)
    token = await here.auth.authenticate(user.login, key, here.database)
    client = await here.auth.client(token)
    assert (await client.read("res.users", [user.uid], ["login"]))[0]["login"] == user.login
    here.clock.advance(46)
    assert not await here.has_ended(token)


@pytest.mark.asvs("v5.0.0-7.4.2", "v5.0.0-13.2.1")
async def test_a_key_that_expired_is_of_another_scope_or_of_somebody_else_opens_nothing(
    here, odoo_user, odoo_database, give_api_key
):
    """And a key that is removed in Odoo, or expires, ends its session within a minute, although Odoo itself goes on."""
    user = odoo_user()
    for key in (give_api_key(user, days=-1), give_api_key(user, scope="other"), give_api_key(odoo_user())):
        assert await here.refuses(user, key)
    for end in (
        "DELETE FROM res_users_apikeys",
        "UPDATE res_users_apikeys SET expiration_date = now() - interval '1s'",
    ):
        token = await here.auth.authenticate(user.login, give_api_key(user), here.database)
        here.clock.advance(46)
        assert not await here.has_ended(token)
        odoo_database.sql(f"{end} WHERE user_id = %s", [user.uid])
        here.clock.advance(46)
        assert await here.has_ended(token)


async def test_only_members_of_a_group_are_let_in_and_losing_it_ends_their_sessions(setting, odoo_user, odoo_database):
    here = setting(groups=["base.group_partner_manager"])
    member, other = odoo_user(["base.group_user", "base.group_partner_manager"]), odoo_user()
    assert await here.refuses(other)
    token = await here.log_in(member)
    here.clock.advance(46)
    assert not await here.has_ended(token)
    odoo_database.call(
        "res.users", "write", [member.uid], {"group_ids": [(6, 0, [odoo_database.resolve("base.group_user")])]}
    )
    here.clock.advance(46)
    assert await here.has_ended(token)


# --- how often ---


@pytest.mark.asvs("v5.0.0-6.3.1")
async def test_of_two_hundred_wrong_passwords_at_once_five_reach_odoo(here, odoo_user, odoo_server):
    user = odoo_user()
    guesses = [here.auth.authenticate(user.login, f"guess {n}", here.database) for n in range(200)]
    answers = await asyncio.gather(*guesses, return_exceptions=True)
    assert {type(answer) for answer in answers} == {LoginFailed}
    assert 1 <= failures(odoo_server, user.login) <= 5
    assert await here.refuses(user)
    here.clock.advance(301)
    assert not await here.refuses(user)


def test_behind_us_nothing_stops_a_guesser(odoo_user, odoo_database, odoo_server):
    """Odoo's own cooldown, after five failures, is not for `/jsonrpc`."""
    user = odoo_user()
    for guess in range(14):
        assert odoo_database.login(user.login, f"guess {guess}") is None
    assert odoo_database.login(user.login, user.password) == user.uid
    assert failures(odoo_server, user.login) == 14


# --- for how long ---


@pytest.mark.asvs("v5.0.0-7.4.2")
@pytest.mark.parametrize("values", [{"active": False}, {"password": "set by an administrator"}, {"login": "renamed"}])
async def test_what_changes_in_odoo_ends_the_sessions_within_a_minute(here, odoo_user, odoo_database, values):
    user = odoo_user()
    tokens = [await here.log_in(user) for _ in range(2)]
    here.clock.advance(40)
    odoo_database.call("res.users", "write", [user.uid], values)
    here.clock.advance(19)
    assert [await here.has_ended(token) for token in tokens] == [True, True]
    assert await here.auth.sessions.list(here.database, user.login) == []


async def test_a_session_whose_user_is_deleted_ends(here, odoo_user, odoo_database):
    user = odoo_database.create_user()
    token = await here.log_in(user)
    odoo_database.call("res.users", "unlink", [user.uid])
    here.clock.advance(46)
    assert await here.has_ended(token)


# --- as whom ---


async def test_a_client_has_the_rights_of_the_user_of_its_session(here, odoo_user, odoo_server):
    internal, portal = odoo_user(), odoo_user(["base.group_portal"])
    clients = [await here.auth.client(await here.log_in(user)) for user in (internal, portal)]
    assert await clients[0].search_count("res.partner", []) > 1
    with pytest.raises(AccessRefused):
        await clients[1].create("res.partner", {"name": "x"})
    seen = odoo_server.log_path.read_text().count(f"Login successful for login:{internal.login} ")
    assert seen == 1


# --- a new password ---


async def test_a_new_password_is_that_of_odoo_from_then_on(here, odoo_user, odoo_database):
    user = odoo_user()
    token, other = await here.log_in(user), await here.log_in(user)
    with pytest.raises(LoginFailed):
        await here.auth.change_password(token, "wrong", NEW)
    after = await here.auth.change_password(token, user.password, NEW)
    assert (odoo_database.login(user.login, NEW), odoo_database.login(user.login, user.password)) == (user.uid, None)
    here.clock.advance(46)
    assert [await here.has_ended(each) for each in (after, token, other)] == [False, True, True]
    client = await here.auth.client(after)
    assert (await client.read("res.users", [user.uid], ["login"]))[0]["login"] == user.login


async def test_a_portal_user_changes_the_password_too(here, odoo_user, odoo_database):
    user = odoo_user(["base.group_portal"])
    await here.auth.change_password(await here.log_in(user), user.password, NEW)
    assert odoo_database.login(user.login, NEW) == user.uid


async def test_a_step_up_asks_odoo_for_the_password(here, odoo_user):
    user = odoo_user()
    token = await here.log_in(user)
    with pytest.raises(LoginFailed):
        await here.auth.step_up(token, password="wrong")
    after = await here.auth.step_up(token, password=user.password)
    assert [await here.has_ended(each) for each in (token, after)] == [True, False]


async def test_a_user_whose_login_differs_by_case_alone_clears_no_failures(here, odoo_user):
    """Odoo lets two such users be, and a stranger who signs up choose to be one."""
    victim = odoo_user(login="anna@example.com")
    twin = odoo_user(login="Anna@Example.com")
    await here.log_in(victim)
    device = await here.auth.remember_device(await here.log_in(twin))
    for _ in range(4):
        assert await here.refuses(victim, "wrong")
    await here.log_in(twin)
    assert await here.refuses(victim, "wrong")
    assert await here.refuses(victim)
    with pytest.raises(LoginFailed):
        await here.log_in(victim, device_token=device)


# --- the page on logins ---


async def test_the_example_of_the_page_on_logins_does_what_it_says(odoo_database, odoo_user, monkeypatch):
    [code, *_] = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    monkeypatch.setenv("ZENOO_SECURITY_ODOO_URL", odoo_database.url)
    monkeypatch.setenv("ZENOO_SECURITY_KEY_RING", KeyRing.generate().to_json())
    example: dict[str, Any] = {}
    exec(code, example)
    user = odoo_user()
    kind, token = await example["log_in"](user.login, user.password, odoo_database.name, "203.0.113.9")
    assert kind == "session"
    assert (await example["my_name"](token))[0]["name"] == user.login
    await example["auth"].logout(token)
    await example["auth"].aclose()

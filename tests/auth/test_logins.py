"""Logins: who is let in, who is not, and that nobody can tell why."""

from __future__ import annotations

import asyncio

import pytest

from scripted_odoo import DATABASE, GROUPS, LOGIN, PASSWORD, ScriptedOdoo
from zenoo_security import SecureAuthManager, SecurityConfig
from zenoo_security.errors import (
    ConfigurationError,
    InputTooLarge,
    InsecureTransport,
    InvalidInput,
    LoginFailed,
    OdooUnavailable,
    ParameterError,
    SecondFactorRequired,
    SessionEnded,
    StoreUnavailable,
)
from zenoo_security.keyring import KeyRing


async def fail(auth, times=1, *, login=LOGIN, password="wrong", **options):
    """Fail to log in so many times, one after the other."""
    for _ in range(times):
        with pytest.raises(LoginFailed):
            await auth.authenticate(login, password, DATABASE, **options)


# --- the password ---


async def test_a_login_gives_a_session_that_knows_who_logged_in(auth, store):
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE, client_ip="203.0.113.9", label="Firefox")
    session = await auth.session(token)
    principal = session.principal
    assert (principal.database, principal.uid, principal.login, principal.groups) == (DATABASE, 7, LOGIN, GROUPS)
    assert principal.factors == {"password"}
    assert principal.authenticated_at == await store.now()
    assert (session.client_ip, session.label) == ("203.0.113.9", "Firefox")


@pytest.mark.asvs("v5.0.0-6.3.8")
async def test_every_refusal_is_the_same_error(auth, odoo):
    """Unknown user, wrong password, archived user, locked account: one type, one text, no reason behind it."""
    odoo.users[1].active = False
    seen = set()
    for login in ("nobody", LOGIN, "bob", *[LOGIN] * 6):
        with pytest.raises(LoginFailed) as raised:
            await auth.authenticate(login, "wrong", DATABASE)
        assert raised.value.__cause__ is None
        assert raised.value.__context__ is None or raised.value.__suppress_context__
        seen.add((type(raised.value), str(raised.value), repr(vars(raised.value))))
    assert len(seen) == 1


@pytest.mark.asvs("v5.0.0-6.3.1")
async def test_the_right_password_does_not_open_a_locked_account(auth, odoo, clock):
    await fail(auth, 5)
    await fail(auth, password=PASSWORD)
    assert odoo.count("log_in") == 5
    clock.advance(301)
    assert await auth.authenticate(LOGIN, PASSWORD, DATABASE)


@pytest.mark.asvs("v5.0.0-6.3.1")
async def test_of_two_hundred_guesses_at_once_five_reach_odoo(make_auth):
    odoo = ScriptedOdoo(hash_s=0.02)
    auth = make_auth(odoo=odoo)
    guesses = [auth.authenticate(LOGIN, f"guess {n}", DATABASE) for n in range(200)]
    answers = await asyncio.gather(*guesses, return_exceptions=True)
    assert all(isinstance(answer, LoginFailed) for answer in answers)
    assert 1 <= odoo.count("log_in") <= 5


async def test_a_success_clears_the_failures_before_it(auth):
    for _ in range(3):
        await fail(auth, 4)
        await auth.authenticate(LOGIN, PASSWORD, DATABASE)


async def test_an_administrator_unlocks_an_account(auth):
    await fail(auth, 5)
    await auth.unlock(LOGIN.upper(), DATABASE)
    assert await auth.authenticate(LOGIN, PASSWORD, DATABASE)


async def test_an_administrator_unlocks_an_account_where_its_user_is(auth):
    """Their own failures were counted for the address as well, which the account alone does not forget."""
    await fail(auth, 5, client_ip="203.0.113.9")
    await auth.unlock(LOGIN, DATABASE)
    await fail(auth, password=PASSWORD, client_ip="203.0.113.9")
    await auth.unlock(LOGIN, DATABASE, client_ip="203.0.113.9")
    assert await auth.authenticate(LOGIN, PASSWORD, DATABASE, client_ip="203.0.113.9")
    with pytest.raises(InvalidInput):
        await auth.unlock(LOGIN, DATABASE, client_ip="the office")


async def test_all_spellings_of_a_login_share_their_failures(auth, odoo):
    for login in (LOGIN, LOGIN.upper(), f" {LOGIN}", f"{LOGIN}\t", LOGIN.title()):
        await fail(auth, login=login)
    await fail(auth, password=PASSWORD)
    assert [login for _, login in odoo.asked] == [LOGIN, LOGIN.upper(), f" {LOGIN}", f"{LOGIN}\t", LOGIN.title()]


async def test_an_odoo_that_is_down_is_no_failed_attempt(auth, odoo):
    odoo.down = True
    for _ in range(20):
        with pytest.raises(OdooUnavailable):
            await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    odoo.down = False
    assert await auth.authenticate(LOGIN, PASSWORD, DATABASE)


async def test_an_odoo_that_fails_otherwise_counts_and_tells_nothing(auth, odoo, caplog, monkeypatch):
    """A module that raises what it likes for a wrong password must not make guessing free."""
    from zenoo_security.client import OdooFailed

    async def fails(*_):
        odoo.asked.append(("log_in", ""))
        raise OdooFailed("Odoo failed", odoo_type="builtins.KeyError")

    monkeypatch.setattr(odoo, "log_in", fails)
    await fail(auth, 10)
    assert odoo.count("log_in") == 5
    assert "Odoo failed at a login, which counts as refused: builtins.KeyError" in caplog.messages


async def test_without_its_store_nobody_is_let_in(make_auth, store, odoo, monkeypatch):
    async def down(*_, **__):
        raise StoreUnavailable("down")

    auth = make_auth()
    monkeypatch.setattr(store, "reserve", down)
    with pytest.raises(StoreUnavailable):
        await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    assert odoo.asked == []


async def test_an_attempt_that_is_cut_off_stays_counted(make_auth, odoo, clock):
    auth = make_auth(odoo=ScriptedOdoo(hash_s=60))
    for _ in range(5):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(auth.authenticate(LOGIN, PASSWORD, DATABASE), 0.02)
    await fail(make_auth(), password=PASSWORD)
    assert odoo.asked == []
    clock.advance(301)
    assert await make_auth().authenticate(LOGIN, PASSWORD, DATABASE)


@pytest.mark.parametrize(
    "mistake",
    [
        {"groups": "base.group_user"},
        {"groups": []},
        {"groups": ["sales"]},
        {"store": "memory://"},
        {"max_clients": 0},
    ],
)
def test_an_argument_of_another_kind_is_refused_at_the_start(make_auth, mistake):
    """Not at the first login, as a wrong password of everybody's."""
    with pytest.raises(ParameterError, match=next(iter(mistake))):
        make_auth(**mistake)


def test_the_url_of_odoo_is_a_setting():
    with pytest.raises(ParameterError, match="odoo_url="):
        SecureAuthManager("https://odoo.example.com")


async def test_who_has_none_of_the_groups_is_not_let_in(make_auth, odoo):
    auth = make_auth(groups=["sales_team.group_sale_salesman", "base.group_system"])
    await fail(auth, password=PASSWORD)
    odoo.ann.groups |= {"base.group_system"}
    assert await auth.authenticate(LOGIN, PASSWORD, DATABASE)


async def test_a_user_with_totp_in_odoo_logs_in_with_an_api_key(auth, odoo):
    odoo.ann.totp, odoo.ann.api_keys = True, {"key-of-ann"}
    await fail(auth, password=PASSWORD)
    assert await auth.authenticate(LOGIN, "key-of-ann", DATABASE)


async def test_a_device_that_is_known_is_not_locked_out_by_strangers(auth):
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    device = await auth.remember_device(token)
    await fail(auth, 5)
    await fail(auth, password=PASSWORD)
    assert await auth.authenticate(LOGIN, PASSWORD, DATABASE, device_token=device)
    await fail(auth, login="bob", password=PASSWORD, device_token=device)


@pytest.mark.asvs("v5.0.0-7.2.4")
async def test_a_login_ends_the_session_that_the_browser_had(auth):
    planted = await auth.authenticate("bob", "six more words of bob", DATABASE)
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE, replaces=planted)
    assert token != planted
    with pytest.raises(SessionEnded):
        await auth.session(planted)


# --- the code ---


@pytest.mark.asvs("v5.0.0-6.3.3", "v5.0.0-2.3.1")
async def test_a_code_completes_the_login_of_who_has_a_second_factor(auth, enroll, clock):
    totp = await enroll(auth, await auth.authenticate(LOGIN, PASSWORD, DATABASE), clock)
    with pytest.raises(SecondFactorRequired) as raised:
        await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    assert raised.value.ticket not in str(raised.value)
    with pytest.raises(SessionEnded):
        await auth.session(raised.value.ticket)
    clock.advance(120)
    token = await auth.complete(raised.value.ticket, totp.code(clock.now()))
    principal = (await auth.session(token)).principal
    assert principal.factors == {"password", "totp"}
    assert principal.authenticated_at == clock.now()


async def test_password_and_code_may_come_together(auth, enroll, clock):
    totp = await enroll(auth, await auth.authenticate(LOGIN, PASSWORD, DATABASE), clock)
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE, totp_token=totp.code(clock.now()))
    assert (await auth.session(token)).principal.factors == {"password", "totp"}


@pytest.mark.asvs("v5.0.0-2.3.1", "v5.0.0-6.6.2")
async def test_a_ticket_is_good_for_one_session(auth, enroll, clock):
    totp = await enroll(auth, await auth.authenticate(LOGIN, PASSWORD, DATABASE), clock)
    ticket = await ticket_of(auth)
    await auth.complete(ticket, totp.code(clock.now()))
    clock.advance(30)
    with pytest.raises(SessionEnded):
        await auth.complete(ticket, totp.code(clock.now()))


@pytest.mark.asvs("v5.0.0-6.6.2")
async def test_a_ticket_expires(auth, enroll, clock):
    totp = await enroll(auth, await auth.authenticate(LOGIN, PASSWORD, DATABASE), clock)
    ticket = await ticket_of(auth)
    clock.advance(301)
    with pytest.raises(SessionEnded):
        await auth.complete(ticket, totp.code(clock.now()))


@pytest.mark.asvs("v5.0.0-6.6.3")
async def test_a_wrong_code_counts_like_a_wrong_password(auth, enroll, clock):
    totp = await enroll(auth, await auth.authenticate(LOGIN, PASSWORD, DATABASE), clock)
    ticket = await ticket_of(auth)
    await fail(auth, 2)
    await fail(auth, password=PASSWORD, totp_token="12345678")
    for _ in range(2):
        with pytest.raises(LoginFailed):
            await auth.complete(ticket, "12345678")
    with pytest.raises(LoginFailed):
        await auth.complete(ticket, totp.code(clock.now()))
    await fail(auth, password=PASSWORD, totp_token=totp.code(clock.now()))


async def test_a_password_without_its_code_clears_no_failures(auth, enroll, clock):
    """Who knows the password must not get new attempts at the code by it."""
    await enroll(auth, await auth.authenticate(LOGIN, PASSWORD, DATABASE), clock)
    for _ in range(5):
        await fail(auth, password=PASSWORD, totp_token="12345678")
        if _ < 4:
            await ticket_of(auth)
    await fail(auth, password=PASSWORD)


@pytest.mark.asvs("v5.0.0-2.3.1")
async def test_a_user_who_was_archived_meanwhile_gets_no_session_for_the_ticket(auth, odoo, enroll, clock):
    totp = await enroll(auth, await auth.authenticate(LOGIN, PASSWORD, DATABASE), clock)
    ticket = await ticket_of(auth)
    odoo.ann.active = False
    with pytest.raises(LoginFailed):
        await auth.complete(ticket, totp.code(clock.now()))


async def test_a_login_in_two_steps_has_the_groups_of_the_second(auth, odoo, enroll, clock):
    totp = await enroll(auth, await auth.authenticate(LOGIN, PASSWORD, DATABASE), clock)
    ticket = await ticket_of(auth)
    odoo.ann.groups = frozenset({"base.group_portal"})
    token = await auth.complete(ticket, totp.code(clock.now()))
    assert (await auth.session(token)).principal.groups == {"base.group_portal"}


async def test_a_ticket_survives_an_odoo_that_is_down(auth, odoo, enroll, clock):
    totp = await enroll(auth, await auth.authenticate(LOGIN, PASSWORD, DATABASE), clock)
    ticket = await ticket_of(auth)
    odoo.down = True
    with pytest.raises(OdooUnavailable):
        await auth.complete(ticket, totp.code(clock.now()))
    odoo.down = False
    assert await auth.complete(ticket, totp.code(clock.now()))


async def ticket_of(auth):
    with pytest.raises(SecondFactorRequired) as raised:
        await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    return raised.value.ticket


# --- what comes from outside ---

_BAD_TEXTS = [("", "empty"), (7, "type"), (None, "type"), (b"x", "type"), ("a\0b", "control"), ("\ud800", "encoding")]


@pytest.mark.parametrize(("value", "code"), [*_BAD_TEXTS, ("x" * 10_000_000, "too_long"), ("ä" * 3000, "too_long")])
@pytest.mark.parametrize("field", ["username", "password"])
async def test_what_is_no_name_and_no_password_is_refused_before_anything_is_done(auth, odoo, field, value, code):
    given = {"username": LOGIN, "password": PASSWORD, field: value}
    with pytest.raises(InvalidInput) as raised:
        await auth.authenticate(given["username"], given["password"], DATABASE)
    assert (raised.value.field, raised.value.code) == (field, code)
    assert isinstance(raised.value, InputTooLarge) == (code == "too_long")
    assert odoo.asked == []


@pytest.mark.parametrize(
    "database", ["", None, 7, "a\0b", "x" * 64, "../etc", "postgresql://evil/x", "dbname=x", "-x", "a b", "\ud800"]
)
async def test_what_is_no_database_never_reaches_odoo(auth, odoo, database):
    with pytest.raises(InvalidInput) as raised:
        await auth.authenticate(LOGIN, PASSWORD, database)
    assert raised.value.field == "database"
    assert odoo.asked == []


@pytest.mark.parametrize("code", [7, b"123456", "\ud800", "1" * 10_000_000])
async def test_what_is_no_code_is_refused_before_anything_is_done(auth, odoo, code):
    with pytest.raises(InvalidInput):
        await auth.authenticate(LOGIN, PASSWORD, DATABASE, totp_token=code)
    assert odoo.asked == []


@pytest.mark.parametrize("option", [{"client_ip": "nonsense"}, {"client_ip": 7}, {"label": 7}])
async def test_what_is_no_address_and_no_label_is_refused_before_anything_is_done(auth, odoo, option):
    with pytest.raises(InvalidInput):
        await auth.authenticate(LOGIN, PASSWORD, DATABASE, **option)
    assert odoo.asked == []


@pytest.mark.parametrize("token", [None, 7, "", "x", "zst_", b"zdt_", "zdt_" + "A" * 43, "x" * 10_000_000])
async def test_a_device_token_that_is_none_changes_nothing(auth, token):
    assert await auth.authenticate(LOGIN, PASSWORD, DATABASE, device_token=token)


@pytest.mark.asvs("v5.0.0-2.3.1", "v5.0.0-6.6.2")
@pytest.mark.parametrize("ticket", [None, 7, "", "ztk_x", "zst_" + "A" * 43, "x" * 10_000_000])
async def test_what_is_no_ticket_completes_nothing(auth, ticket):
    with pytest.raises(SessionEnded):
        await auth.complete(ticket, "123456")


async def test_what_is_no_address_leaves_the_ticket(auth, enroll, clock):
    totp = await enroll(auth, await auth.authenticate(LOGIN, PASSWORD, DATABASE), clock)
    ticket = await ticket_of(auth)
    for client_ip in ("", [], "nonsense"):
        with pytest.raises(InvalidInput):
            await auth.complete(ticket, totp.code(clock.now()), client_ip=client_ip)
    assert await auth.complete(ticket, totp.code(clock.now()), client_ip="203.0.113.9")


# --- settings ---


async def test_managers_that_are_made_for_each_request_share_their_memory(odoo):
    """The guide makes a manager in each request; its counters and sessions must not be new ones each time."""
    ring = KeyRing.generate()

    def fresh():
        return SecureAuthManager(SecurityConfig(refusal_duration_ms=100), key_ring=ring, odoo=odoo)

    token = await fresh().authenticate(LOGIN, PASSWORD, DATABASE)
    assert (await fresh().session(token)).principal.uid == 7
    for _ in range(5):
        await fail(fresh(), login="somebody")
    await fail(fresh(), login="somebody")
    assert [login for _, login in odoo.asked].count("somebody") == 5
    await fresh().aclose()
    assert await fresh().session(token)


def test_what_a_login_needs_is_asked_for_at_the_start(monkeypatch):
    """No key ring, a broken one, no Odoo, and plain http to another machine: errors before the first login."""
    monkeypatch.delenv("ZENOO_SECURITY_KEY_RING", raising=False)
    ring = KeyRing.generate()
    with pytest.raises(ConfigurationError, match="key ring"):
        SecureAuthManager()
    with pytest.raises(ConfigurationError, match="ODOO_URL"):
        SecureAuthManager(SecurityConfig(key_ring=ring.to_json()))
    with pytest.raises(InsecureTransport):
        SecureAuthManager(SecurityConfig(key_ring=ring.to_json(), odoo_url="http://odoo.example.com"))
    with pytest.raises(ConfigurationError, match="ODOO_CA_FILE"):
        SecureAuthManager(
            SecurityConfig(key_ring=ring.to_json(), odoo_url="https://odoo.example.com", odoo_ca_file="/missing")
        )


# --- the guide's helpers ---


def test_a_password_is_hashed_and_verified(auth):
    hashed = auth.hash_password(PASSWORD)
    assert hashed.startswith("$argon2id$")
    assert auth.verify_password(PASSWORD, hashed) is True
    assert auth.verify_password("wrong", hashed) is False
    assert auth.verify_password("x" * 5000, hashed) is False

"""Ways around the counters: a twin of the account, devices, a session that was stolen, one factor in place of two."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from scripted_odoo import DATABASE, LOGIN, PASSWORD, User
from zenoo_security.client import AccessRefused, ValidationRefused
from zenoo_security.errors import (
    FreshLoginRequired,
    HashingBusy,
    InvalidInput,
    LoginFailed,
    OdooRefused,
    SecondFactorRequired,
    SessionEnded,
)

TWIN, TWIN_PASSWORD = "Ann@Example.com", "seven words that mallory chose"
NEW = "eleven green boats at noon"


@pytest.fixture
def twin(odoo):
    """Odoo keeps logins apart by case, so a sign-up page lets a stranger have a victim's in capitals."""
    user = User(66, TWIN, TWIN_PASSWORD)
    odoo.users.append(user)
    return user


async def guesses(auth, times, **options):
    for _ in range(times):
        with pytest.raises(LoginFailed):
            await auth.authenticate(LOGIN, "wrong", DATABASE, **options)


def reached(odoo):
    return sum(asked == ("log_in", LOGIN) for asked in odoo.asked)


@pytest.mark.asvs("v5.0.0-6.3.1")
async def test_a_twin_that_logs_in_does_not_clear_the_failures_of_the_other(auth, odoo, twin):
    await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    for _ in range(4):
        await guesses(auth, 2)
        try:
            await auth.authenticate(TWIN, TWIN_PASSWORD, DATABASE)
        except LoginFailed:
            break
    await guesses(auth, 5)
    assert reached(odoo) == 1 + 5


@pytest.mark.asvs("v5.0.0-6.3.1")
@pytest.mark.parametrize("has_device", [False, True], ids=["", "device"])
async def test_a_twin_that_comes_after_a_year_does_not_clear_the_failures_either(auth, odoo, twin, clock, has_device):
    """The victim logs in all the time, and is remembered for as long as that."""
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    device = await auth.remember_device(token) if has_device else None
    for _ in range(6):
        clock.advance(60 * 86_400)
        token = await auth.authenticate(LOGIN, PASSWORD, DATABASE, device_token=device)
        device = await auth.remember_device(token) if has_device else None
    before = reached(odoo)
    clock.advance(10 * 86_400)
    await guesses(auth, 4)
    await auth.authenticate(TWIN, TWIN_PASSWORD, DATABASE)
    await guesses(auth, 3)
    assert reached(odoo) == before + 5


async def test_a_twin_has_no_device_of_the_other(auth, odoo, twin):
    devices = []
    for _ in range(3):
        token = await auth.authenticate(TWIN, TWIN_PASSWORD, DATABASE)
        devices.append(await auth.remember_device(token))
    for device in devices:
        await guesses(auth, 5, device_token=device)
    assert reached(odoo) == 5


async def test_a_twin_sees_and_ends_no_session_of_the_other(auth, twin):
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    strangers = await auth.authenticate(TWIN, TWIN_PASSWORD, DATABASE)
    [theirs] = await auth.list_sessions(strangers)
    assert theirs.principal.uid == twin.uid
    assert await auth.end_session(strangers, (await auth.session(token)).id) is False
    assert await auth.session(token)


async def test_a_stranger_does_not_keep_the_owner_of_a_device_from_proving_again_who_they_are(auth, odoo):
    """Whoever is under attack wants to change the password now."""
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    device = await auth.remember_device(token)
    await guesses(auth, 5, client_ip="203.0.113.9")
    with pytest.raises(LoginFailed):
        await auth.step_up(token, password=PASSWORD)
    with pytest.raises(LoginFailed):
        await auth.change_password(token, PASSWORD, NEW)
    token = await auth.step_up(token, password=PASSWORD, device_token=device)
    assert await auth.change_password(token, PASSWORD, NEW, device_token=device)
    assert odoo.ann.password == NEW


@pytest.mark.parametrize(
    "prove",
    [
        lambda auth, token, device: auth.step_up(token, password="wrong", device_token=device),
        lambda auth, token, device: auth.change_password(token, "wrong", NEW, device_token=device),
    ],
    ids=["step_up", "change_password"],
)
async def test_a_device_has_few_guesses_in_whatever_form(auth, odoo, prove):
    """Those of the login, of step_up and of change_password are counted together."""
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    device = await auth.remember_device(token)
    await guesses(auth, 3, device_token=device)
    for _ in range(4):
        with pytest.raises(LoginFailed):
            await prove(auth, token, device)
    looked_at = odoo.count("log_in") + odoo.count("change_password")
    assert looked_at == 1 + 5


async def test_each_login_gives_one_device_so_a_stolen_session_gives_few_guesses(auth, odoo):
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    device = await auth.remember_device(token)
    with pytest.raises(FreshLoginRequired):
        await auth.remember_device(token)
    with pytest.raises(FreshLoginRequired):
        await auth.remember_device(await auth.step_up(token, password=PASSWORD))
    await guesses(auth, 6, device_token=device)
    assert reached(odoo) == 1 + 1 + 5


async def test_a_spelling_that_is_counted_apart_is_not_let_in(auth, odoo, monkeypatch):
    """A directory behind Odoo may fold accents; the counters do not, so each spelling would have guesses of its own."""
    log_in = odoo.log_in
    monkeypatch.setattr(odoo, "log_in", lambda database, _login, credential: log_in(database, LOGIN, credential))
    with pytest.raises(LoginFailed):
        await auth.authenticate("änn@example.com", PASSWORD, DATABASE)
    assert await auth.authenticate(LOGIN.upper(), PASSWORD, DATABASE)


# --- one factor is not two ---


@pytest.fixture
async def session(auth, enroll, clock):
    """A session of a user with a second factor, and the factor."""
    totp = await enroll(auth, await auth.authenticate(LOGIN, PASSWORD, DATABASE), clock)
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE, totp_token=totp.code(clock.now()))
    clock.advance(3600 / 3)
    return token, totp


@pytest.mark.asvs("v5.0.0-7.5.1")
async def test_a_password_alone_does_not_make_a_login_of_two_factors_fresh(auth, session, odoo):
    token, _ = session
    with pytest.raises(InvalidInput) as raised:
        await auth.step_up(token, password=PASSWORD)
    assert (raised.value.field, raised.value.code) == ("totp_token", "empty")
    assert await auth.session(token)


@pytest.mark.asvs("v5.0.0-7.5.1")
async def test_a_new_password_does_not_make_a_login_of_two_factors_fresh(auth, session):
    token = await auth.change_password(session[0], PASSWORD, NEW)
    with pytest.raises(FreshLoginRequired):
        await auth.mfa.disable((await auth.session(token)).principal)


async def test_a_code_alone_does_not_clear_wrong_passwords(auth, session, clock):
    token, totp = session
    for _ in range(2):
        for _ in range(2):
            with pytest.raises(LoginFailed):
                await auth.change_password(token, "wrong", NEW)
        token = await auth.step_up(token, totp_token=totp.code(clock.now()))
        clock.advance(30)
    with pytest.raises(LoginFailed):
        await auth.change_password(token, "wrong", NEW)
    with pytest.raises(LoginFailed):
        await auth.change_password(token, PASSWORD, NEW)


async def test_password_and_code_together_clear_the_failures(auth, session, clock):
    token, totp = session
    await guesses(auth, 4)
    await auth.step_up(token, password=PASSWORD, totp_token=totp.code(clock.now()))
    await guesses(auth, 4)
    clock.advance(30)
    assert await auth.authenticate(LOGIN, PASSWORD, DATABASE, totp_token=totp.code(clock.now()))


async def test_a_new_password_does_not_clear_wrong_codes(auth, session, odoo):
    token, _ = session
    with pytest.raises(SecondFactorRequired) as raised:
        await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    for _ in range(4):
        with pytest.raises(LoginFailed):
            await auth.complete(raised.value.ticket, "12345678")
    await auth.change_password(token, PASSWORD, NEW)
    with pytest.raises(SecondFactorRequired) as raised:
        await auth.authenticate(LOGIN, NEW, DATABASE)
    with pytest.raises(LoginFailed):
        await auth.complete(raised.value.ticket, "12345678")
    with pytest.raises(LoginFailed):
        await auth.authenticate(LOGIN, NEW, DATABASE)


async def test_a_new_password_clears_the_failures_before_it(auth):
    """Who has no second factor has proved all that they can."""
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    await guesses(auth, 4)
    await auth.change_password(token, PASSWORD, NEW)
    await guesses(auth, 4)
    assert await auth.authenticate(LOGIN, NEW, DATABASE)


async def test_a_code_that_completes_a_login_clears_the_failures_before_it(auth, session, clock):
    await guesses(auth, 4)
    with pytest.raises(SecondFactorRequired) as raised:
        await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    await auth.complete(raised.value.ticket, session[1].code(clock.now()))
    await guesses(auth, 4)
    with pytest.raises(SecondFactorRequired):
        await auth.authenticate(LOGIN, PASSWORD, DATABASE)


async def test_a_stranger_does_not_keep_the_owner_of_a_device_from_their_code(auth, session, clock):
    token, totp = session
    device = await auth.remember_device(token)
    with pytest.raises(SecondFactorRequired) as raised:
        await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    await guesses(auth, 5)
    with pytest.raises(LoginFailed):
        await auth.complete(raised.value.ticket, totp.code(clock.now()))
    assert await auth.complete(raised.value.ticket, totp.code(clock.now()), device_token=device)


@pytest.mark.parametrize("refusal", [AccessRefused, ValidationRefused])
async def test_a_password_change_that_odoo_refuses_clears_no_failures(auth, odoo, monkeypatch, refusal):
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE)

    async def refuses(*_):
        raise refusal("a rule")

    monkeypatch.setattr(odoo, "change_password", refuses)
    await guesses(auth, 4)
    with pytest.raises(OdooRefused):
        await auth.change_password(token, "whatever it is", NEW)
    await guesses(auth, 2)
    assert reached(odoo) == 1 + 5


# --- what is seen of a refusal ---


async def test_a_refusal_hangs_on_no_other_exception(auth, odoo, session):
    """An error tracker that follows `__context__` would tell a wrong code from a wrong password."""
    for login, password, code in (("nobody", "x", None), (LOGIN, "x", None), (LOGIN, PASSWORD, "12345678")):
        with pytest.raises(LoginFailed) as raised:
            await auth.authenticate(login, password, DATABASE, totp_token=code)
        assert raised.value.__context__ is None


async def test_a_check_with_an_old_token_does_not_end_the_session_under_its_new_one(auth, odoo, clock, monkeypatch):
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    clock.advance(46)
    old = asyncio.create_task(auth.session(token))
    await asyncio.sleep(0)
    new = await auth.sessions.rotate(token)
    assert (await auth.session(new)).principal.login == LOGIN
    with pytest.raises(SessionEnded):
        await old


# --- other ways ---


async def test_a_copy_of_the_database_gives_no_guesses_when_the_settings_name_one(make_auth, odoo):
    auth = make_auth(odoo_database=DATABASE)
    with pytest.raises(InvalidInput) as raised:
        await auth.authenticate(LOGIN, PASSWORD, "demo_copy")
    told = (raised.value.message, raised.value.field, raised.value.code)
    assert told == ("the value is not valid", "database", "invalid")
    assert odoo.asked == []
    assert await auth.authenticate(LOGIN, PASSWORD, DATABASE)


async def test_a_recovery_code_that_nobody_looked_at_is_no_failure(auth, session, monkeypatch):
    async def busy(*_):
        raise HashingBusy("busy")

    monkeypatch.setattr(auth.mfa, "verify", busy)
    for _ in range(10):
        with pytest.raises(HashingBusy):
            await auth.authenticate(LOGIN, PASSWORD, DATABASE, totp_token="7KX2MQ-04HNRD-WZ5T8B")


class Slow:
    """A store that lets others run before and after each operation, so that a task can be cut off there."""

    def __init__(self, store):
        self._store = store

    def __getattr__(self, name):
        operation = getattr(self._store, name)

        async def slow(*args, **options):
            await asyncio.sleep(0)
            result = await operation(*args, **options)
            await asyncio.sleep(0)
            return result

        return slow


async def cut_off(call, after):
    """Cancel a call when it has been suspended so many times. Returns whether it was still running."""
    task = asyncio.ensure_future(call)
    for _ in range(after):
        await asyncio.sleep(0)
    task.cancel()
    with suppress(LoginFailed):
        await asyncio.wait([task])
    for _ in range(20):
        await asyncio.sleep(0)
    return task.cancelled()


@pytest.mark.asvs("v5.0.0-6.3.1")
@pytest.mark.parametrize("after", range(30))
async def test_a_guess_that_is_cut_off_anywhere_is_counted_if_odoo_saw_it(make_auth, store, odoo, after):
    auth = make_auth(store=Slow(store))
    for _ in range(8):
        await cut_off(auth.authenticate(LOGIN, "wrong", DATABASE), after)
    assert reached(odoo) <= 5


@pytest.mark.parametrize("after", range(4, 34))
async def test_a_code_that_is_cut_off_anywhere_is_counted_if_it_was_looked_at(
    make_auth, store, session, after, monkeypatch
):
    auth, looked_at = make_auth(store=Slow(store)), []
    verify = auth.mfa.verify

    async def counted(*code):
        looked_at.append(code)
        return await verify(*code)

    monkeypatch.setattr(auth.mfa, "verify", counted)
    with pytest.raises(SecondFactorRequired) as raised:
        await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    for _ in range(8):
        await cut_off(auth.complete(raised.value.ticket, "12345678"), after)
    assert len(looked_at) <= 5

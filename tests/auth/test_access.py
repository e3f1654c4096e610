"""Sessions: what a token is good for, and how soon it is good for nothing."""

from __future__ import annotations

import asyncio

import pytest

from scripted_odoo import DATABASE, GROUPS, LOGIN, PASSWORD
from zenoo_security import get_current_user
from zenoo_security.errors import (
    EnrollmentRequired,
    InvalidInput,
    LoginFailed,
    NoPrincipal,
    OdooRefused,
    OdooUnavailable,
    ParameterError,
    SecondFactorRequired,
    SessionEnded,
    StoreUnavailable,
)
from zenoo_security.guards import require_fresh_auth

NEW = "eleven green boats at noon"


@pytest.fixture
async def token(auth):
    return await auth.authenticate(LOGIN, PASSWORD, DATABASE)


async def is_ended(auth, token):
    try:
        await auth.session(token)
    except SessionEnded:
        return True
    return False


# --- Odoo stands behind it, or it ends ---


async def test_odoo_is_asked_when_it_was_not_for_45_seconds(auth, odoo, clock, token):
    clock.advance(44)
    await auth.session(token)
    assert odoo.count("still_valid") == 0
    clock.advance(2)
    for _ in range(3):
        await auth.session(token)
    assert odoo.count("still_valid") == 1


@pytest.mark.asvs("v5.0.0-7.4.2", "v5.0.0-7.4.3")
@pytest.mark.parametrize("change", ["active", "password", "login", "groups"])
async def test_a_user_who_is_not_the_same_any_more_loses_all_sessions(make_auth, odoo, clock, change):
    auth = make_auth(groups=GROUPS)
    tokens = [await auth.authenticate(LOGIN, PASSWORD, DATABASE) for _ in range(3)]
    other = await auth.authenticate("bob", "six more words of bob", DATABASE)
    new = {"active": False, "password": "another", "login": "ann@example.org", "groups": frozenset()}
    setattr(odoo.ann, change, new[change])
    clock.advance(46)
    with pytest.raises(SessionEnded):
        await auth.session(tokens[1])
    assert await auth.sessions.list(DATABASE, LOGIN) == []
    assert not await is_ended(auth, other)


async def test_groups_that_change_are_those_of_the_session_soon(auth, odoo, clock, token):
    odoo.ann.groups = frozenset({"base.group_user", "base.group_system"})
    clock.advance(46)
    assert (await auth.session(token)).principal.groups == odoo.ann.groups


async def test_while_odoo_is_down_a_session_is_not_used_but_stays(auth, odoo, clock, token):
    odoo.down = True
    await auth.session(token)
    clock.advance(46)
    for _ in range(2):
        with pytest.raises(OdooUnavailable):
            await auth.session(token)
    odoo.down = False
    assert not await is_ended(auth, token)


async def test_a_hundred_requests_ask_odoo_once(auth, odoo, clock, token):
    clock.advance(46)
    sessions = await asyncio.gather(*[auth.session(token) for _ in range(100)])
    assert odoo.count("still_valid") == 1
    assert len({session.id for session in sessions}) == 1


async def test_who_stops_waiting_leaves_the_others_their_answer(auth, odoo, clock, token):
    clock.advance(46)
    odoo.was_asked.clear()
    asked = [asyncio.ensure_future(auth.session(token)) for _ in range(3)]
    await odoo.was_asked.wait()
    asked[0].cancel()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert answers[1].id == answers[2].id


@pytest.mark.parametrize(
    "token", [None, 7, "", "zst_", "zst_" + "A" * 42 + "B", b"zst_", "ztk_" + "A" * 43, "x" * 10_000_000]
)
async def test_what_is_no_token_is_no_session(auth, token):
    for call in (auth.session, auth.client, auth.list_sessions, auth.end_others, auth.remember_device):
        with pytest.raises(SessionEnded):
            await call(token)
    await auth.logout(token)


@pytest.mark.parametrize("session_id", [None, 7, [], "", "x" * 10_000_000, "\ud800"])
async def test_what_is_no_id_ends_no_session(auth, token, session_id):
    assert await auth.end_session(token, session_id) is False
    assert not await is_ended(auth, token)


@pytest.mark.parametrize("client_ip", ["", [], "nonsense", 7, "1" * 10_000_000])
async def test_what_is_no_address_is_not_taken_for_the_one_of_the_session(auth, odoo, token, client_ip):
    del odoo.asked[:]
    with pytest.raises(InvalidInput):
        await auth.step_up(token, password=PASSWORD, client_ip=client_ip)
    with pytest.raises(InvalidInput):
        await auth.change_password(token, PASSWORD, NEW, client_ip=client_ip)
    assert odoo.asked == []
    assert not await is_ended(auth, token)


# --- acting ---


async def test_a_block_acts_as_the_user_of_the_session(auth, token):
    async with auth.acting(token) as session:
        assert get_current_user() == session.principal.login == LOGIN
    with pytest.raises(NoPrincipal):
        get_current_user()


async def test_a_session_is_fresh_for_who_has_just_logged_in(auth, token, clock):
    @require_fresh_auth(minutes=5, clock=clock)
    def delicate():
        return "done"

    async with auth.acting(token):
        assert delicate() == "done"


# --- ending ---


@pytest.mark.asvs("v5.0.0-7.4.1")
async def test_after_logout_the_token_is_good_for_nothing(auth, token):
    other = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    await auth.logout(token)
    await auth.logout(token)
    assert await is_ended(auth, token)
    assert not await is_ended(auth, other)


async def test_logging_out_everywhere_ends_all_sessions_and_forgets_the_devices(auth, token):
    tokens = [token, await auth.authenticate(LOGIN, PASSWORD, DATABASE)]
    device = await auth.remember_device(token)
    assert await auth.logout_everywhere(LOGIN.upper(), DATABASE) == 2
    assert all([await is_ended(auth, token) for token in tokens])
    for _ in range(6):
        with pytest.raises(LoginFailed):
            await auth.authenticate(LOGIN, "wrong", DATABASE)
    with pytest.raises(LoginFailed):
        await auth.authenticate(LOGIN, PASSWORD, DATABASE, device_token=device)


@pytest.mark.parametrize("end", ["logout_everywhere", "change_password"])
@pytest.mark.parametrize("failing", ["devices", "sessions"])
async def test_an_outage_in_the_middle_leaves_as_little_as_it_can(auth, odoo, monkeypatch, end, failing):
    """An API key outlives a new password, so the next question to Odoo would not end these sessions."""
    odoo.ann.api_keys = {"key-of-ann"}
    token, other = [await auth.authenticate(LOGIN, "key-of-ann", DATABASE) for _ in range(2)]
    device = await auth.remember_device(token)

    async def fails(*_, **__):
        raise StoreUnavailable("down")

    calls = {
        "logout_everywhere": lambda: auth.logout_everywhere(LOGIN, DATABASE),
        "change_password": lambda: auth.change_password(token, PASSWORD, NEW),
    }
    with monkeypatch.context() as patch:
        patch.setattr(*((auth._devices, "forget") if failing == "devices" else (auth.sessions, "end_all")), fails)
        with pytest.raises(StoreUnavailable):
            await calls[end]()
    assert await is_ended(auth, other) is (failing == "devices")
    assert (await auth._devices.known(DATABASE, LOGIN, device) is None) is (failing == "sessions")


async def test_of_two_outages_none_is_hidden(auth, token, monkeypatch):
    for part, name in ((auth.sessions, "end_all"), (auth._devices, "forget")):

        async def fails(*_, name=name, **__):
            raise StoreUnavailable(name) from None

        monkeypatch.setattr(part, name, fails)
    with pytest.raises(StoreUnavailable, match="forget") as raised:
        await auth.logout_everywhere(LOGIN, DATABASE)
    assert str(raised.value.__cause__) == "end_all"


@pytest.mark.asvs("v5.0.0-7.5.2")
async def test_a_user_sees_and_ends_their_own_sessions_only(auth, token):
    second = await auth.authenticate(LOGIN, PASSWORD, DATABASE, label="phone")
    bob = await auth.authenticate("bob", "six more words of bob", DATABASE)
    listed = await auth.list_sessions(token)
    assert [session.label for session in listed] == [None, "phone"]
    assert await auth.end_session(token, listed[1].id) is True
    assert await auth.end_session(token, listed[1].id) is False
    assert await auth.end_session(token, (await auth.session(bob)).id) is False
    assert [await is_ended(auth, each) for each in (token, second, bob)] == [False, True, False]


@pytest.mark.asvs("v5.0.0-7.4.3")
async def test_ending_the_others_keeps_this_one(auth, token):
    others = [await auth.authenticate(LOGIN, PASSWORD, DATABASE) for _ in range(3)]
    assert await auth.end_others(token) == 3
    assert [await is_ended(auth, each) for each in (token, *others)] == [False, True, True, True]


# --- a new password ---


@pytest.mark.asvs("v5.0.0-6.2.2", "v5.0.0-6.2.3", "v5.0.0-7.4.3")
async def test_a_new_password_rotates_this_session_and_ends_the_others(auth, odoo, token, clock):
    other = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    before = await auth.session(token)
    clock.advance(20)
    after = await auth.change_password(token, PASSWORD, NEW)
    assert [await is_ended(auth, each) for each in (token, other, after)] == [True, True, False]
    clock.advance(46)
    session = await auth.session(after)
    assert session.id == before.id
    assert session.principal.authenticated_at == before.principal.authenticated_at + 20
    assert odoo.ann.password == NEW
    with pytest.raises(LoginFailed):
        await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    assert await auth.authenticate(LOGIN, NEW, DATABASE)


@pytest.mark.asvs("v5.0.0-6.3.1", "v5.0.0-6.3.4")
async def test_the_current_password_is_guessed_as_rarely_as_at_the_login(auth, odoo, token):
    for _ in range(7):
        with pytest.raises(LoginFailed):
            await auth.change_password(token, "wrong", NEW)
    assert odoo.count("change_password") == 5
    with pytest.raises(LoginFailed):
        await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    assert not await is_ended(auth, token)


@pytest.mark.asvs("v5.0.0-6.2.1", "v5.0.0-6.2.4")
@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("short", "password_too_short"),
        ("ann@example.com!", "password_context"),
        ("passwordpassword", "password_common"),
        (f" {NEW}", "invalid"),
        ("x" * 10_000_000, "password_too_long"),
        (7, "type"),
    ],
)
async def test_a_new_password_that_the_policy_refuses_changes_nothing(auth, odoo, token, new, code):
    with pytest.raises(InvalidInput) as raised:
        await auth.change_password(token, PASSWORD, new)
    assert (raised.value.code, raised.value.field) == (code, "password")
    assert odoo.count("change_password") == 0
    assert not await is_ended(auth, token)


async def test_a_new_password_with_a_space_at_its_end_is_refused_with_what_to_do(auth, token):
    with pytest.raises(InvalidInput) as raised:
        await auth.change_password(token, PASSWORD, f"{NEW} ")
    assert raised.value.message == "Odoo cuts spaces off both ends of a password: leave them out"


async def test_a_new_password_may_be_shorter_beside_a_second_factor(auth, odoo, token, enroll, clock):
    short = "vex jolt myrr"
    with pytest.raises(InvalidInput):
        await auth.change_password(token, PASSWORD, short)
    await enroll(auth, token, clock)
    await auth.change_password(token, PASSWORD, short)
    assert odoo.ann.password == short


async def test_a_rule_of_odoo_about_the_new_password_is_no_failed_attempt(auth, odoo, token, monkeypatch):
    async def refuses(*_):
        raise OdooRefused("Odoo refused it", odoo_type="odoo.exceptions.UserError")

    monkeypatch.setattr(odoo, "change_password", refuses)
    for _ in range(10):
        with pytest.raises(OdooRefused):
            await auth.change_password(token, PASSWORD, NEW)
    assert not await is_ended(auth, token)


async def test_an_api_key_outlives_a_new_password(auth, odoo, clock):
    odoo.ann.api_keys = {"key-of-ann"}
    token = await auth.authenticate(LOGIN, "key-of-ann", DATABASE)
    after = await auth.change_password(token, PASSWORD, NEW)
    clock.advance(46)
    assert not await is_ended(auth, after)
    assert await auth.sessions.credential(after) == "key-of-ann"


# --- proving it again ---


@pytest.mark.asvs("v5.0.0-7.2.4", "v5.0.0-7.5.3")
async def test_a_step_up_makes_the_login_fresh_and_the_token_new(auth, token, clock):
    clock.advance(40)
    after = await auth.step_up(token, password=PASSWORD)
    assert await is_ended(auth, token)
    assert (await auth.session(after)).principal.authenticated_at == clock.now()


async def test_a_step_up_with_a_code_adds_the_factor(auth, token, enroll, clock):
    totp = await enroll(auth, token, clock)
    after = await auth.step_up(token, totp_token=totp.code(clock.now()))
    assert (await auth.session(after)).principal.factors == {"password", "totp"}


async def test_a_step_up_that_fails_leaves_the_session_and_counts(auth, odoo, token):
    for _ in range(7):
        with pytest.raises(LoginFailed):
            await auth.step_up(token, password="wrong")
    assert odoo.count("log_in") == 1 + 5
    assert not await is_ended(auth, token)
    with pytest.raises(ParameterError, match=r"^step_up needs a password or a code$"):
        await auth.step_up(token)
    with pytest.raises(InvalidInput):
        await auth.step_up(token, password="")


async def test_of_two_factors_the_password_alone_is_no_step_up(auth, enroll, clock, token):
    await enroll(auth, token, clock)
    with pytest.raises(InvalidInput) as refused:
        await auth.step_up(token, password=PASSWORD)
    told = (refused.value.message, refused.value.field, refused.value.code)
    assert told == ("a value is required", "totp_token", "empty")


async def test_another_users_password_is_no_step_up(auth, odoo, token):
    odoo.users[1].login, odoo.ann.login = LOGIN, "moved"
    with pytest.raises(LoginFailed):
        await auth.step_up(token, password="six more words of bob")


# --- a second factor that is required ---


@pytest.mark.asvs("v5.0.0-6.3.3")
async def test_without_its_required_second_factor_a_session_is_good_for_enrolling_one(make_auth, enroll, clock):
    auth = make_auth(mfa_required=True)
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    for call in (auth.session, auth.client, auth.list_sessions, auth.end_others, auth.remember_device):
        with pytest.raises(EnrollmentRequired):
            await call(token)
    with pytest.raises(EnrollmentRequired):
        await auth.change_password(token, PASSWORD, NEW)
    totp = await enroll(auth, token, clock)
    with pytest.raises(EnrollmentRequired):
        await auth.session(token)
    after = await auth.step_up(token, totp_token=totp.code(clock.now()))
    assert not await is_ended(auth, after)
    with pytest.raises(SecondFactorRequired):
        await auth.authenticate(LOGIN, PASSWORD, DATABASE)


@pytest.mark.asvs("v5.0.0-6.3.3", "v5.0.0-6.4.4")
async def test_a_store_that_lost_the_second_factors_lets_nobody_in_without_one(make_auth, enroll, clock):
    auth = make_auth(mfa_required=True)
    await enroll(auth, await auth.authenticate(LOGIN, PASSWORD, DATABASE), clock)
    await auth.mfa.reset(DATABASE, 7)
    with pytest.raises(EnrollmentRequired):
        await auth.session(await auth.authenticate(LOGIN, PASSWORD, DATABASE))


@pytest.mark.asvs("v5.0.0-6.3.4")
async def test_the_guides_login_with_a_code_goes_through_the_same_manager(auth, token, enroll, clock):
    totp = await enroll(auth, token, clock)
    after = await auth.mfa.authenticate_with_mfa(LOGIN, PASSWORD, totp.code(clock.now()), DATABASE)
    assert (await auth.session(after)).principal.factors == {"password", "totp"}
    for _ in range(6):
        with pytest.raises(LoginFailed):
            await auth.mfa.authenticate_with_mfa(LOGIN, "wrong", "12345678", DATABASE)
    with pytest.raises(LoginFailed):
        await auth.authenticate(LOGIN, PASSWORD, DATABASE)


# --- clocks ---


@pytest.mark.parametrize("jump", [86_400, -86_400])
async def test_a_calendar_that_jumps_a_day_neither_ends_nor_prolongs_anything(auth, token, clock, jump):
    for _ in range(5):
        with pytest.raises(LoginFailed):
            await auth.authenticate("bob", "wrong", DATABASE)
    clock.set_now(clock.now() + jump)
    assert not await is_ended(auth, token)
    with pytest.raises(LoginFailed):
        await auth.authenticate("bob", "six more words of bob", DATABASE)
    clock.advance(1801)
    assert await is_ended(auth, token)

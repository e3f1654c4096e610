"""What the audit log hears of logins, sessions and second factors."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

import pytest

from scripted_odoo import DATABASE, LOGIN, PASSWORD
from zenoo_security.audit import AuditLog, Entry, configured, emit
from zenoo_security.errors import (
    AuditUnavailable,
    DecryptionError,
    FreshLoginRequired,
    HashingBusy,
    InvalidInput,
    LoginFailed,
    NoPrincipal,
    OdooError,
    OdooRefused,
    OdooUnavailable,
    OtpMismatch,
    SecondFactorRequired,
    SessionEnded,
    StoreUnavailable,
)
from zenoo_security.guards import check_fresh_auth
from zenoo_security.principal import Principal, acting_as


@pytest.fixture
def heard():
    entries: list[Entry] = []
    with configured(AuditLog(entries.append)):
        yield entries


def told(entries: list[Entry]) -> list[tuple[str, str | None]]:
    """Events and reasons."""
    fields = [json.loads(entry.line) for entry in entries]
    return [(each["event.action"], each.get("event.reason")) for each in fields]


def last(entries: list[Entry]) -> dict[str, Any]:
    return json.loads(entries[-1].line)


@pytest.mark.asvs("v5.0.0-16.3.1")
async def test_a_login_and_a_logout_are_told_with_user_factors_and_network(auth, heard):
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE, client_ip="2001:db8::9")
    success = json.loads(heard[0].line)
    assert (success["user.id"], success["user.name"], success["odoo.database"]) == (7, LOGIN, DATABASE)
    assert success["source.address"] == "2001:db8::/64"
    assert success["details"] == {"purpose": "login", "factors": ["password"]}
    await auth.logout(token)
    assert told(heard) == [("authn_login_success", None), ("session_created", None), ("session_expired", "logout")]


@pytest.mark.asvs("v5.0.0-16.3.1", "v5.0.0-16.2.5")
async def test_what_was_typed_as_a_login_is_not_told_and_failures_of_one_account_belong_together(auth, heard):
    typed = "tulip lamp seven river!"  # The password, in the wrong field.
    for login in (typed, typed.upper(), LOGIN):
        with pytest.raises(LoginFailed):
            await auth.authenticate(login, "wrong", DATABASE, client_ip="192.0.2.1")
    assert told(heard) == [("authn_login_fail", "credential")] * 3
    lines = b"".join(entry.line for entry in heard)
    assert typed.encode() not in lines
    assert LOGIN.encode() not in lines
    first, second, third = (json.loads(entry.line)["user.hash"] for entry in heard)
    assert first == second != third
    await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    assert json.loads(heard[3].line)["user.hash"] == third


@pytest.mark.asvs("v5.0.0-16.3.1", "v5.0.0-16.2.5")
async def test_a_failure_is_told_with_account_network_and_what_was_to_be_proved(auth, heard):
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    account = json.loads(heard[0].line)["user.hash"]
    with pytest.raises(LoginFailed):
        await auth.authenticate(LOGIN, "wrong", DATABASE, client_ip="2001:db8::9")
    failed = last(heard)
    assert (failed["user.hash"], failed["odoo.database"]) == (account, DATABASE)
    assert (failed["source.address"], failed["details"]) == ("2001:db8::/64", {"purpose": "login"})
    with pytest.raises(LoginFailed):
        await auth.change_password(token, "wrong", "eleven green boats at noon")
    assert last(heard)["details"] == {"purpose": "password_change"}


async def test_devices_that_are_forgotten_are_told_with_their_account(auth, heard):
    await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    await auth.logout_everywhere(LOGIN, DATABASE)
    assert told(heard)[-1] == ("authn_token_revoked", None)
    assert last(heard)["user.hash"] == json.loads(heard[0].line)["user.hash"]


async def test_an_odoo_that_fails_at_a_login_is_told_from_a_wrong_password(auth, odoo, heard, monkeypatch):
    async def fails(*_arguments: object) -> None:
        raise OdooError("Odoo failed", odoo_type="builtins.KeyError")

    monkeypatch.setattr(odoo, "log_in", fails)
    with pytest.raises(LoginFailed):
        await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    assert told(heard) == [("authn_login_fail", "odoo_error")]


@pytest.mark.asvs("v5.0.0-16.3.1", "v5.0.0-16.3.3")
async def test_attempts_after_too_many_failures_and_an_unlock_are_told(auth, heard):
    for _ in range(8):
        with pytest.raises(LoginFailed):
            await auth.authenticate(LOGIN, "wrong", DATABASE)
    assert ("authn_login_fail_max", "locked") in told(heard)
    await auth.unlock(LOGIN, DATABASE)
    assert told(heard)[-1] == ("authn_login_unlock", None)


async def test_a_login_in_two_steps_ends_the_session_before_it_and_keeps_what_the_first_step_said(
    auth, heard, enroll, clock
):
    planted = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    totp = await enroll(auth, planted, clock)
    with pytest.raises(SecondFactorRequired) as raised:
        await auth.authenticate(LOGIN, PASSWORD, DATABASE, client_ip="203.0.113.9", label="Firefox")
    del heard[:]
    token = await auth.complete(raised.value.ticket, totp.code(clock.now()), replaces=planted)
    assert ("session_expired", "replaced") in told(heard)
    session = await auth.session(token)
    assert (session.client_ip, session.label) == ("203.0.113.9", "Firefox")


@pytest.mark.asvs("v5.0.0-16.3.1", "v5.0.0-6.4.4")
async def test_second_factors_are_told_from_their_enrollment_to_their_removal(auth, heard, enroll, clock):
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    principal = (await auth.session(token)).principal
    await auth.mfa.enroll(principal)
    with pytest.raises(OtpMismatch):
        await auth.mfa.confirm(principal, "000000")
    totp = await enroll(auth, token, clock)
    del heard[:]
    with pytest.raises(SecondFactorRequired) as raised:
        await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    with pytest.raises(LoginFailed):
        await auth.complete(raised.value.ticket, "000000")
    await auth.complete(raised.value.ticket, totp.code(clock.now()))
    assert told(heard) == [
        ("authn_login_pending", "second_factor_required"),
        ("authn_login_fail", "code"),
        ("authn_login_success", None),
        ("session_created", None),
    ]
    assert json.loads(heard[2].line)["details"]["factors"] == ["password", "totp"]
    await auth.mfa.regenerate_recovery_codes(principal)
    await auth.mfa.disable(principal)
    assert told(heard)[-2:] == [("authn_recovery_codes_created", None), ("authn_factor_removed", "user")]


@pytest.mark.asvs("v5.0.0-16.3.1")
async def test_a_step_up_a_new_password_and_a_device_are_told(auth, heard):
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    del heard[:]
    await auth.remember_device(token)
    token = await auth.step_up(token, password=PASSWORD)
    with pytest.raises(LoginFailed):
        await auth.change_password(token, "wrong", "eleven green boats at noon")
    token = await auth.change_password(token, PASSWORD, "eleven green boats at noon")
    await auth.logout_everywhere(LOGIN, DATABASE)
    names = [name for name, _ in told(heard)]
    assert names[:4] == ["authn_token_created", "authn_login_success", "session_renewed", "authn_login_fail"]
    assert {"authn_password_change", "authn_token_revoked", "session_expired"} <= set(names)
    assert b"boats" not in b"".join(entry.line for entry in heard)


@pytest.mark.asvs("v5.0.0-16.3.1")
async def test_a_user_without_the_group_is_refused_like_others_and_told_apart_in_the_log(make_auth, heard):
    auth = make_auth(groups=["base.group_system"])
    with pytest.raises(LoginFailed) as refused:
        await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    assert type(refused.value) is LoginFailed
    assert told(heard) == [("authn_login_fail", "group")]


@pytest.mark.asvs("v5.0.0-16.3.3", "v5.0.0-16.2.5")
@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [({"username": ""}, "username", "empty"), ({"password": "hunter\0"}, "password", "control"),
     ({"database": "dbname=a"}, "database", "invalid"), ({"totp_token": "7" * 200}, "totp_token", "too_long")],
)  # fmt: skip
async def test_a_login_that_cannot_be_one_is_told_without_what_was_sent(auth, heard, changed, field, code):
    sent = {"username": LOGIN, "password": PASSWORD, "database": DATABASE, **changed}
    with pytest.raises(InvalidInput):
        await auth.authenticate(**sent)
    assert told(heard) == [("input_validation_fail", None)]
    assert last(heard)["details"] == {"what": "login", "fields": [field], "codes": [code]}


@pytest.mark.asvs("v5.0.0-16.3.3", "v5.0.0-16.2.5")
async def test_a_new_password_that_is_refused_is_told_without_it(auth, heard):
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    with pytest.raises(InvalidInput):
        await auth.change_password(token, PASSWORD, "Zq1")
    assert told(heard)[-1] == ("input_validation_fail", None)
    assert last(heard)["details"]["what"] == "password_change"
    assert b"Zq1" not in heard[-1].line


async def unavailable(*_arguments: object, **_keywords: object) -> None:
    raise StoreUnavailable("down")


@pytest.mark.asvs("v5.0.0-16.3.4")
async def test_an_odoo_or_a_store_that_is_down_is_told(auth, odoo, heard, monkeypatch):
    odoo.down = True
    with pytest.raises(OdooUnavailable):
        await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    assert told(heard) == [("authn_login_error", "odoo_unavailable")]
    assert last(heard)["event.outcome"] == "unknown"
    odoo.down = False
    monkeypatch.setattr(auth.lockout, "reserve", unavailable)
    with pytest.raises(StoreUnavailable):
        await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    assert told(heard)[-1] == ("authn_login_error", "store_unavailable")


@pytest.mark.asvs("v5.0.0-16.3.2")
def test_a_call_without_a_fresh_login_is_told(heard):
    with pytest.raises(NoPrincipal):
        check_fresh_auth()
    with acting_as(Principal("shop", 7, "alice")), pytest.raises(FreshLoginRequired):
        check_fresh_auth()
    assert told(heard) == [("authz_fail", "no_principal"), ("authz_fail", "login_too_old")]


async def test_nobody_is_let_in_when_a_required_log_fails(auth):
    def fails(_entry: Entry) -> None:
        raise OSError

    with configured(AuditLog(fails, required=True)):
        with pytest.raises(AuditUnavailable):
            await auth.authenticate(LOGIN, PASSWORD, DATABASE)
        with pytest.raises(AuditUnavailable):
            emit("x")
    assert not await auth.sessions.list(DATABASE, LOGIN)


@pytest.mark.asvs("v5.0.0-16.3.4")
@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (DecryptionError("x"), "undecryptable"),
        (RuntimeError(), "unexpected"),
        (asyncio.CancelledError(), "cancelled"),
        (HashingBusy(), "busy"),
        (OdooUnavailable("x"), "odoo_unavailable"),
        (StoreUnavailable("x"), "store_unavailable"),
    ],
)
async def test_whatever_ends_a_login_without_an_answer_is_told(auth, heard, monkeypatch, error, reason):
    """A guess whose client is gone counts, and is in the log."""

    async def ends(*_arguments: object) -> None:
        raise error

    monkeypatch.setattr(auth.mfa, "is_enrolled", ends)
    with pytest.raises(type(error)):
        await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    assert told(heard) == [("authn_login_error", reason)]


@pytest.mark.asvs("v5.0.0-16.3.3")
async def test_a_code_that_is_found_to_be_none_late_is_told_with_what_it_was_for(auth, session, heard, monkeypatch):
    async def refuses(*_arguments: object) -> None:
        raise InvalidInput("x", field="totp_token", code="type")

    monkeypatch.setattr(auth.mfa, "verify", refuses)
    with pytest.raises(InvalidInput):
        await auth.step_up(session[0], totp_token="123456")
    assert told(heard)[-1] == ("input_validation_fail", None)
    assert last(heard)["details"]["what"] == "step_up"


@pytest.mark.asvs("v5.0.0-16.3.2")
async def test_a_second_factor_that_is_not_changed_for_want_of_a_fresh_login_is_told(auth, heard):
    with pytest.raises(FreshLoginRequired):
        await auth.mfa.disable(Principal(DATABASE, 7, LOGIN))
    assert (told(heard), last(heard)["user.id"]) == ([("authz_fail", "login_too_old")], 7)


async def test_a_log_that_fails_keeps_no_session_alive(auth):
    """Neither at a logout nor after a new password; what was done stays done, and the call says that it is not logged."""

    def fails(_entry: Entry) -> None:
        raise OSError

    token, other = [await auth.authenticate(LOGIN, PASSWORD, DATABASE) for _ in range(2)]
    with configured(AuditLog(fails, required=True)), pytest.raises(AuditUnavailable):
        await auth.change_password(token, PASSWORD, "eleven green boats at noon")
    with pytest.raises(SessionEnded):
        await auth.sessions.get(other)
    with configured(AuditLog(fails, required=True)), pytest.raises(AuditUnavailable):
        await auth.logout_everywhere(LOGIN, DATABASE)
    with pytest.raises(SessionEnded):
        await auth.sessions.get(token)


NEW = "eleven green boats at noon"
HERE, THERE = "203.0.113.9", "2001:db8::9"


@pytest.fixture
async def session(auth, enroll, clock):
    """A session of a user with a second factor, from `HERE`, and the factor."""
    totp = await enroll(auth, await auth.authenticate(LOGIN, PASSWORD, DATABASE), clock)
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE, totp_token=totp.code(clock.now()), client_ip=HERE)
    clock.advance(30)
    return token, totp


@pytest.mark.asvs("v5.0.0-16.3.3")
@pytest.mark.parametrize(
    ("call", "what", "field", "code"),
    [
        (lambda auth, token: auth.complete(token, "7" * 200), "login", "totp_token", "too_long"),
        (lambda auth, token: auth.step_up(token, totp_token="7" * 200), "step_up", "totp_token", "too_long"),
        (lambda auth, token: auth.step_up(token, password=""), "step_up", "password", "empty"),
        (lambda auth, token: auth.step_up(token, password=PASSWORD), "step_up", "totp_token", "empty"),
        (lambda auth, token: auth.change_password(token, "", NEW), "password_change", "current", "empty"),
        (
            lambda auth, token: auth.change_password(token, PASSWORD, f"{NEW} "),
            "password_change",
            "password",
            "invalid",
        ),
    ],
)
async def test_what_cannot_prove_anything_is_told_with_what_it_was_for(
    auth, session, heard, *, call, what, field, code
):
    del heard[:]
    with pytest.raises(InvalidInput):
        await call(auth, session[0])
    assert told(heard) == [("input_validation_fail", None)]
    assert last(heard)["details"] == {"what": what, "fields": [field], "codes": [code]}


@pytest.mark.asvs("v5.0.0-16.3.1")
@pytest.mark.parametrize(("client_ip", "network"), [(None, HERE), (THERE, "2001:db8::/64")])
async def test_what_proves_it_again_is_told_with_its_purpose_and_where_it_came_from(
    auth, session, heard, clock, *, client_ip, network
):
    """From where the session was begun unless another address is given; a failure with whose session it was."""
    token, totp = session
    del heard[:]
    with pytest.raises(LoginFailed):
        await auth.step_up(token, totp_token="12345678", client_ip=client_ip)
    failed = last(heard)
    assert (failed["event.action"], failed["event.reason"]) == ("authn_login_fail", "code")
    assert (failed["user.id"], failed["source.address"]) == (7, network)
    assert failed["details"] == {"purpose": "step_up"}
    del heard[:]
    await auth.step_up(token, totp_token=totp.code(clock.now()), client_ip=client_ip)
    success = json.loads(heard[0].line)
    assert (success["event.action"], success["user.id"], success["user.hash"]) == (
        "authn_login_success",
        7,
        failed["user.hash"],
    )
    assert success["source.address"] == network
    assert success["details"] == {"purpose": "step_up", "factors": ["password", "totp"]}


@pytest.mark.asvs("v5.0.0-16.3.1")
@pytest.mark.parametrize(("client_ip", "network"), [(None, HERE), (THERE, "2001:db8::/64")])
async def test_a_code_that_completes_a_login_is_told_with_where_it_came_from(
    auth, session, heard, clock, *, client_ip, network
):
    with pytest.raises(SecondFactorRequired) as raised:
        await auth.authenticate(LOGIN, PASSWORD, DATABASE, client_ip=HERE)
    for code, event in (("12345678", "authn_login_fail"), (session[1].code(clock.now()), "authn_login_success")):
        del heard[:]
        with suppress(LoginFailed):
            await auth.complete(raised.value.ticket, code, client_ip=client_ip)
        entry = json.loads(heard[0].line)
        assert (entry["event.action"], entry["user.id"], entry["source.address"]) == (event, 7, network)
        assert entry["details"]["purpose"] == "login"


@pytest.mark.asvs("v5.0.0-16.3.1")
async def test_a_new_password_and_one_that_odoo_refuses_are_told_with_user_and_network(auth, heard, odoo, monkeypatch):
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE, client_ip=HERE)
    token = await auth.change_password(token, PASSWORD, NEW)
    changed = next(
        each for each in map(json.loads, (entry.line for entry in heard)) if "password" in each["event.action"]
    )
    assert (changed["event.action"], changed["user.id"]) == ("authn_password_change", 7)
    assert changed["source.address"] == HERE

    async def refuses(*_arguments: object) -> None:
        raise OdooRefused("a rule")

    monkeypatch.setattr(odoo, "change_password", refuses)
    with pytest.raises(OdooRefused):
        await auth.change_password(token, NEW, PASSWORD, client_ip=THERE)
    assert told(heard)[-1] == ("authn_password_change_fail", "odoo_refused")
    assert (last(heard)["user.id"], last(heard)["source.address"]) == (7, "2001:db8::/64")


@pytest.mark.asvs("v5.0.0-16.3.1")
async def test_a_device_is_told_with_its_user_or_account(auth, heard):
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    await auth.remember_device(token)
    assert (last(heard)["user.id"], last(heard)["details"]) == (7, {"kind": "device"})
    await auth.logout_everywhere(LOGIN, DATABASE)
    assert (last(heard)["odoo.database"], last(heard)["details"]) == (DATABASE, {"kind": "device"})


@pytest.mark.asvs("v5.0.0-16.3.1")
@pytest.mark.parametrize("code", [None, "12345678"])
async def test_after_the_right_password_the_user_is_named(auth, session, heard, code):
    del heard[:]
    with pytest.raises((LoginFailed, SecondFactorRequired)):
        await auth.authenticate(LOGIN, PASSWORD, DATABASE, totp_token=code, client_ip=HERE)
    assert (last(heard)["user.id"], last(heard)["source.address"]) == (7, HERE)

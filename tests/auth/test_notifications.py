"""What users are told of their accounts."""

from __future__ import annotations

import asyncio
import threading

import pytest

from scripted_odoo import DATABASE, LOGIN, PASSWORD
from zenoo_security.audit import AuditLog, Entry, Notification, NotifySink, configured, emit
from zenoo_security.errors import LoginFailed, ParameterError, SecondFactorRequired
from zenoo_security.principal import Principal, acting_as

NEW = "eleven green boats at noon"
ADDRESS = "2001:db8::9"
ALICE = Principal(DATABASE, 7, LOGIN)


@pytest.fixture
def sent(clock):
    """What was sent so far, which waits until all of it is."""
    notifications: list[Notification] = []
    sink = NotifySink(notifications.append)

    def so_far() -> list[Notification]:
        sink.close()
        taken, notifications[:] = list(notifications), []
        return taken

    with configured(AuditLog(sink, clock=clock)):
        yield so_far


def events(notifications: list[Notification]) -> list[str]:
    assert {(each.database, each.uid) for each in notifications} <= {(DATABASE, 7)}
    return [each.event for each in notifications]


@pytest.mark.asvs("v5.0.0-6.3.5")
async def test_a_user_is_told_of_a_wrong_code_after_the_right_password(auth, sent, enroll, clock):
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    await enroll(auth, token, clock)
    sent()
    with pytest.raises(LoginFailed):
        await auth.authenticate(LOGIN, PASSWORD, DATABASE, totp_token="000000", client_ip=ADDRESS)
    [told] = sent()
    assert told[:2] == ("authn_login_fail", "code")
    assert "knows your password" in told.text
    assert told[3:] == (clock.now(), DATABASE, 7, LOGIN, "2001:db8::/64")
    with pytest.raises(SecondFactorRequired) as raised:
        await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    assert sent() == []
    with pytest.raises(LoginFailed):
        await auth.complete(raised.value.ticket, "000000")
    assert events(sent()) == ["authn_login_fail"]


@pytest.mark.asvs("v5.0.0-6.3.5")
async def test_a_user_is_told_of_guesses_in_a_session_of_theirs_and_not_flooded(auth, sent):
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    for _ in range(20):
        with pytest.raises(LoginFailed):
            await auth.step_up(token, password="wrong")
    assert events(sent()) == ["authn_login_fail"] * 5


async def test_nobody_is_told_of_wrong_passwords_and_of_logins(auth, sent):
    with pytest.raises(LoginFailed):
        await auth.authenticate(LOGIN, "wrong", DATABASE)
    await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    assert sent() == []


@pytest.mark.asvs("v5.0.0-6.3.7")
async def test_a_user_is_told_of_factors_codes_devices_and_passwords(auth, sent, enroll, clock):
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    await auth.remember_device(token)
    await auth.change_password(token, PASSWORD, NEW)
    token = await auth.authenticate(LOGIN, NEW, DATABASE)
    assert events(sent()) == ["authn_token_created", "authn_password_change"]
    principal = (await auth.session(token)).principal
    await enroll(auth, token, clock)
    codes = await auth.mfa.regenerate_recovery_codes(principal)
    assert events(sent()) == ["authn_factor_enrolled", "authn_recovery_codes_created"]
    await auth.authenticate(LOGIN, NEW, DATABASE, totp_token=codes[0])
    assert events(sent()) == ["authn_recovery_code_used"]
    await auth.mfa.disable(principal)
    assert events(sent()) == ["authn_factor_removed"]


@pytest.mark.asvs("v5.0.0-6.3.7")
async def test_whose_factor_an_administrator_removes_is_told_and_not_the_administrator(auth, sent, enroll, clock):
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    await enroll(auth, token, clock)
    sent()
    with acting_as(Principal(DATABASE, 2, "admin")):
        await auth.mfa.reset(DATABASE, 7)
    [told] = sent()
    assert (told.event, told.reason, told.uid, told.login) == ("authn_factor_removed", "reset", 7, None)


async def test_a_session_goes_on_while_somebody_is_told(auth):
    begun, answered = threading.Event(), threading.Event()

    def send(_notification: Notification) -> None:
        begun.set()
        assert answered.wait(20)

    with configured(AuditLog(NotifySink(send))):
        token = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
        await auth.remember_device(token)
        assert await asyncio.to_thread(begun.wait, 20)
        await auth.session(token)
        answered.set()


def test_a_mail_that_cannot_be_sent_is_told_to_the_other_sinks():
    def send(_notification: Notification) -> None:
        raise OSError

    heard: list[Entry] = []
    with configured(AuditLog(heard.append, NotifySink(send))):
        emit("authn_token_created", principal=ALICE, kind="device")
    assert [entry.event for entry in heard] == ["authn_token_created", "sys_monitor_disabled"]


@pytest.mark.parametrize("send", [None, asyncio.sleep, Notification], ids=["nothing", "async", "class"])
def test_what_sends_is_a_function(send):
    with pytest.raises(ParameterError, match="a function of a Notification"):
        NotifySink(send)

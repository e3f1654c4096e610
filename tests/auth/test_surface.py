"""What there is, and what there is not: no way in beside the login, no hints, and limits that are those of the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripted_odoo import DATABASE, LOGIN, PASSWORD
from zenoo_security import MFAManager, SecureAuthManager, SecurityConfig
from zenoo_security.errors import InvalidInput, ParameterError, SecondFactorRequired
from zenoo_security.sessions import SessionPolicy

SESSIONS_PAGE = Path(__file__).parents[2] / "docs" / "guide" / "sessions.md"
NEW = "eleven green boats at noon"

LETS_IN = {"authenticate", "complete"}
NEEDS_A_SESSION = {
    "acting",
    "change_password",
    "client",
    "end_others",
    "end_session",
    "list_sessions",
    "logout",
    "remember_device",
    "session",
    "step_up",
}
FOR_THE_APPLICATION = {"aclose", "hash_password", "logout_everywhere", "unlock", "verify_password"}


@pytest.mark.asvs("v5.0.0-6.3.4", "v5.0.0-6.4.2")
def test_there_is_no_way_in_beside_the_login_and_no_question_or_hint():
    """Whoever adds a method says here whom it lets in."""
    methods = {name for name in dir(SecureAuthManager) if not name.startswith("_")}
    assert methods == LETS_IN | NEEDS_A_SESSION | FOR_THE_APPLICATION


@pytest.mark.asvs("v5.0.0-6.4.3")
async def test_a_new_password_does_not_get_around_the_second_factor(auth, enroll, clock):
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    totp = await enroll(auth, token, clock)
    await auth.change_password(token, PASSWORD, NEW)
    with pytest.raises(SecondFactorRequired) as raised:
        await auth.authenticate(LOGIN, NEW, DATABASE)
    assert await auth.complete(raised.value.ticket, totp.code(clock.now()))


@pytest.mark.asvs("v5.0.0-7.1.1", document="docs/guide/sessions.md")
def test_the_lifetimes_of_the_page_are_those_of_the_settings():
    policy, config, text = SessionPolicy(), SecurityConfig(), SESSIONS_PAGE.read_text(encoding="utf-8")
    minutes, hours = re.search(
        r"^\| no request for a time \| (\d+) minutes .*\n.* \| (\d+) hours ", text, re.MULTILINE
    ).groups()
    assert (policy.idle_s, policy.absolute_s) == (int(minutes) * 60, int(hours) * 3600)
    assert (config.session_idle_timeout, config.session_timeout) == (policy.idle_s, policy.absolute_s)


async def test_authenticator_apps_show_the_issuer(make_auth):
    auth = make_auth(issuer="Shop")
    principal = (await auth.session(await auth.authenticate(LOGIN, PASSWORD, DATABASE))).principal
    assert "issuer=Shop" in (await auth.mfa.enroll(principal)).uri


@pytest.mark.parametrize(
    ("options", "error"),
    [({"issuer": ""}, InvalidInput), ({"issuer": "Shop", "mfa": MFAManager("Other")}, ParameterError)],
)
def test_an_issuer_that_would_not_be_shown_is_refused(make_auth, options, error):
    with pytest.raises(error):
        make_auth(**options)

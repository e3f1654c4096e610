"""Defect 20: the guide looked at the code first and counted nothing: 500 guesses without a password, and no lockout."""

from __future__ import annotations

import time

import pytest

from scripted_odoo import DATABASE, LOGIN, PASSWORD
from zenoo_security import Totp
from zenoo_security.errors import LoginFailed


@pytest.mark.asvs("v5.0.0-6.6.3")
async def test_a_code_is_not_looked_at_without_the_password_and_five_guesses_lock(auth, odoo):
    principal = (await auth.session(await auth.authenticate(LOGIN, PASSWORD, DATABASE))).principal
    totp = Totp((await auth.mfa.enroll(principal)).secret)
    now = time.time()
    await auth.mfa.confirm(principal, totp.code(now - 30))
    code = totp.code(now)
    with pytest.raises(LoginFailed):
        await auth.authenticate(LOGIN, "wrong", DATABASE, totp_token=code)
    # It was not used up, and clears the failure.
    assert await auth.authenticate(LOGIN, PASSWORD, DATABASE, totp_token=code)
    del odoo.asked[:]
    for _ in range(8):
        with pytest.raises(LoginFailed):
            await auth.authenticate(LOGIN, PASSWORD, DATABASE, totp_token="12345678")
    assert odoo.count("log_in") == 5

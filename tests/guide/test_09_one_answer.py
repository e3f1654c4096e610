"""Defect 9: the guide said "account locked" and "MFA not configured for user": each told which accounts there are."""

from __future__ import annotations

import time

import pytest

from scripted_odoo import DATABASE, LOGIN, PASSWORD
from zenoo_security.errors import LoginFailed


@pytest.mark.asvs("v5.0.0-6.3.8")
async def test_the_answer_and_its_time_are_the_same_for_who_exists_and_who_does_not(auth):
    seen = set()
    for login, password in [("nobody", "wrong"), *[(LOGIN, "wrong")] * 5, (LOGIN, PASSWORD)]:
        started = time.monotonic()
        with pytest.raises(LoginFailed) as raised:
            await auth.authenticate(login, password, DATABASE)
        assert time.monotonic() - started >= 0.099
        seen.add(str(raised.value))
    assert len(seen) == 1

"""Defect 21: the guide logs in through a new auth manager at each call: no failure is counted, and the session is lost."""

from __future__ import annotations

import inspect

import pytest

from zenoo_security import MFAManager
from zenoo_security.errors import ConfigurationError, LoginFailed


class CountingAuth:
    """Refuses every password, and locks after five."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, str, str | None]] = []

    async def authenticate(self, username: str, password: str, database: str, *, totp_token: str | None = None) -> str:
        self.calls.append((username, password, database, totp_token))
        raise LoginFailed


async def test_every_login_goes_through_the_auth_manager_that_was_given() -> None:
    auth = CountingAuth()
    mfa = MFAManager(auth=auth)
    for _ in range(12):
        with pytest.raises(LoginFailed):
            await mfa.authenticate_with_mfa("alice", "wrong", "123456", "shop")
    assert auth.calls == [("alice", "wrong", "shop", "123456")] * 12


async def test_without_one_nobody_is_logged_in_and_the_error_says_what_to_pass() -> None:
    with pytest.raises(ConfigurationError, match="auth="):
        await MFAManager().authenticate_with_mfa("alice", "wrong", "123456", "shop")


def test_the_positional_order_is_that_of_the_guide() -> None:
    names = list(inspect.signature(MFAManager.authenticate_with_mfa).parameters)
    assert names == ["self", "username", "password", "totp_token", "database"]

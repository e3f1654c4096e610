"""Defect 20, the half of the second factor: the guide looks at the code first, and lets anybody try any number of them."""

from __future__ import annotations

import pytest

from mfa_users import NOW, PRINCIPAL, code_of, enrolled, manager_with
from zenoo_security import KeyRing, MFAManager
from zenoo_security.clock import FakeClock
from zenoo_security.errors import LoginFailed, OtpMismatch, RateLimitExceeded
from zenoo_security.stores.memory import MemoryStore


class PasswordFirst:
    """An auth manager that knows one password, and has the code looked at only then."""

    def __init__(self) -> None:
        self.mfa: MFAManager | None = None

    async def authenticate(self, username: str, password: str, database: str, *, totp_token: str | None = None) -> str:
        if password != "right" or self.mfa is None or totp_token is None:
            raise LoginFailed
        await self.mfa.verify(database, 7, totp_token)
        return "zst_token"


async def test_a_right_code_with_a_wrong_password_is_not_used_up_and_not_told_from_a_wrong_one() -> None:
    auth, clock = PasswordFirst(), FakeClock(now=NOW)
    mfa = auth.mfa = manager_with(MemoryStore(clock=clock), KeyRing.generate(), clock, auth=auth)
    secret, _ = await enrolled(mfa, clock)
    clock.advance(30)
    code = code_of(secret, clock)
    texts = set()
    for token in (code, "000000"):
        with pytest.raises(LoginFailed) as caught:
            await mfa.authenticate_with_mfa("alice", "wrong", token, "shop")
        texts.add(str(caught.value))
    assert len(texts) == 1
    assert await mfa.authenticate_with_mfa("alice", "right", code, "shop") == "zst_token"


@pytest.mark.asvs("v5.0.0-6.3.1")
async def test_of_500_guesses_at_an_enrollment_five_are_looked_at() -> None:
    clock = FakeClock(now=NOW)
    mfa = manager_with(MemoryStore(clock=clock), KeyRing.generate(), clock)
    await mfa.enroll(PRINCIPAL)
    outcomes = []
    for _ in range(500):
        try:
            await mfa.confirm(PRINCIPAL, "12345")
        except (OtpMismatch, RateLimitExceeded) as error:
            outcomes.append(type(error))
    assert (outcomes.count(OtpMismatch), outcomes.count(RateLimitExceeded)) == (5, 495)

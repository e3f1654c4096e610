"""Refusals that take the same time, whatever the reason: measured, as an attacker would."""

from __future__ import annotations

import asyncio
import statistics
import time

import pytest

from scripted_odoo import DATABASE, LOGIN, PASSWORD, ScriptedOdoo, User
from zenoo_security import Totp
from zenoo_security.auth.refusals import Refusals
from zenoo_security.clock import SYSTEM_CLOCK
from zenoo_security.errors import InvalidInput, LoginFailed, SecondFactorRequired
from zenoo_security.stores.memory import MemoryStore

TRIES, AT_ONCE = 200, 5


@pytest.mark.parametrize(
    ("spent_s", "rest_s"), [(0.0, 1.0), (0.25, 0.75), (0.75, 0.25), (1.0, 1.0), (1.25, 0.75), (7.5, 0.5)]
)
def test_an_answer_comes_after_the_time_or_a_multiple_of_it(spent_s, rest_s):
    assert Refusals(1.0).rest_s(spent_s) == rest_s


async def test_what_a_refusal_took_is_taken_off_its_wait(clock, monkeypatch):
    waits = []

    async def sleep(seconds):
        waits.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    clock.advance(5.375)

    async def refused():
        async with Refusals(1.0, clock=clock).alike():
            clock.advance(0.25)
            raise LoginFailed

    with pytest.raises(LoginFailed):
        await refused()
    assert waits == [0.75]


@pytest.mark.parametrize("error", [InvalidInput("x"), SecondFactorRequired("ticket"), ZeroDivisionError()])
async def test_what_is_no_refusal_is_not_held_back(error):
    with pytest.raises(type(error)):
        async with Refusals(3600).alike():
            raise error


async def refusal_s(auth, login, password, **options):
    """Seconds until a login is refused."""
    started = time.perf_counter()
    with pytest.raises(LoginFailed):
        await auth.authenticate(login, password, DATABASE, **options)
    return time.perf_counter() - started


@pytest.mark.asvs("v5.0.0-6.3.8")
async def test_nobody_can_tell_the_reasons_apart_by_the_time(make_auth):
    """The medians of 200 tries of each kind differ by less than 5 %, while Odoo's own times differ thirtyfold.

    A fifth of Odoo's times, and a fifth of the default for the answer.
    """
    odoo = ScriptedOdoo(hash_s=0.06, look_up_s=0.002)
    victims = [User(100 + n, f"victim {n}", PASSWORD) for n in range(TRIES)]
    odoo.users += victims
    clock = SYSTEM_CLOCK
    settings = {"max_failed_attempts": 100, "refusal_duration_ms": 200}
    auth = make_auth(odoo=odoo, store=MemoryStore(clock=clock), clock=clock, **settings)
    token = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    principal = (await auth.session(token)).principal
    totp = Totp((await auth.mfa.enroll(principal)).secret)
    await auth.mfa.confirm(principal, totp.code(clock.now()))
    await asyncio.gather(*[refusal_s(auth, "bob", "wrong") for _ in range(100)])
    reached = odoo.count("log_in")

    kinds = {"unknown": [], "wrong password": [], "locked": [], "wrong code": []}
    for batch in range(0, TRIES, AT_ONCE):
        asked = {
            "unknown": [(f"nobody {n}", "wrong", {}) for n in range(batch, batch + AT_ONCE)],
            "wrong password": [(victim.login, "wrong", {}) for victim in victims[batch : batch + AT_ONCE]],
            "locked": [("bob", "six more words of bob", {})] * AT_ONCE,
            "wrong code": [(LOGIN, PASSWORD, {"totp_token": "12345678"})] * AT_ONCE,
        }
        tries = [(kind, refusal_s(auth, *who[:2], **who[2])) for kind, all_of_it in asked.items() for who in all_of_it]
        for (kind, _), seconds in zip(tries, await asyncio.gather(*[each for _, each in tries]), strict=True):
            kinds[kind].append(seconds)
        await auth.unlock(LOGIN, DATABASE)
    assert odoo.count("log_in") - reached == 3 * TRIES
    medians = {kind: statistics.median(seconds) for kind, seconds in kinds.items()}
    assert max(medians.values()) < 1.05 * min(medians.values()), medians

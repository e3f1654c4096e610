"""Whole logins: the counters, Odoo, the code and the session together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from faults.world import ATTEMPTS, is_alive
from scripted_odoo import DATABASE, PASSWORD
from zenoo_security.errors import LoginFailed, SecondFactorRequired, SessionEnded

if TYPE_CHECKING:
    from faults.world import Run, World


async def a_login_succeeds(run: Run) -> None:
    """Whoever has the password is let in, also after one that was not answered; nobody else has a session."""
    outcome = await run.faulted(
        lambda shaky: shaky.auth.authenticate(run.ann.login, PASSWORD, DATABASE, client_ip=run.ip)
    )
    if outcome.is_answer:
        assert (await run.steady.auth.session(outcome.value)).principal.uid == run.ann.uid
    token = await run.steady.auth.authenticate(run.ann.login, PASSWORD, DATABASE, client_ip=run.ip)
    run.secrets.append(token)
    assert (await run.steady.auth.session(token)).principal.uid == run.ann.uid
    assert len(await run.steady.sessions.list(DATABASE, run.ann.login)) - 1 in run.once


async def passwords_are_guessed(run: Run) -> None:
    """Odoo is asked about no more of them than the limit, each answer that is missing costs one, and none gives a session."""

    async def guess(world: World) -> str:
        return await world.auth.authenticate(run.ann.login, "wrong", DATABASE, client_ip=run.ip)

    for _ in range(2):
        assert not (await run.faulted(guess, LoginFailed)).is_result
    for _ in range(ATTEMPTS):
        with pytest.raises(LoginFailed):
            await guess(run.steady)
    assert ATTEMPTS - run.unanswered <= run.asked <= ATTEMPTS
    assert await run.steady.sessions.list(DATABASE, run.ann.login) == []


async def a_code_is_guessed(run: Run) -> None:
    """With the password known, no more codes are looked at than the limit, and none gives a session."""
    await run.enrolled()

    async def guess(world: World) -> str:
        return await world.auth.authenticate(run.ann.login, PASSWORD, DATABASE, totp_token="000000", client_ip=run.ip)

    for _ in range(2):
        assert not (await run.faulted(guess, LoginFailed)).is_result
    for _ in range(ATTEMPTS):
        with pytest.raises(LoginFailed):
            await guess(run.steady)
    assert ATTEMPTS - run.unanswered <= run.asked <= ATTEMPTS
    assert await run.steady.sessions.list(DATABASE, run.ann.login) == []


async def a_login_with_a_code_succeeds_once(run: Run) -> None:
    """A code that was used for a login without an answer is used."""
    totp, _ = await run.enrolled()
    code = totp.code(run.steady.clock.now())

    async def log_in(world: World) -> str:
        return await world.auth.authenticate(run.ann.login, PASSWORD, DATABASE, totp_token=code, client_ip=run.ip)

    outcomes = [await run.faulted(log_in, LoginFailed) for _ in range(2)]
    assert sum(outcome.is_result for outcome in outcomes) in run.once
    run.steady.clock.advance(30)
    code = totp.code(run.steady.clock.now())
    token = await log_in(run.steady)
    run.secrets.append(token)
    assert (await run.steady.auth.session(token)).principal.factors == {"password", "totp"}


async def a_login_is_completed_once(run: Run) -> None:
    """Two codes make no two sessions of one ticket."""
    totp, codes = await run.enrolled()
    begun = await run.faulted(
        lambda shaky: shaky.auth.authenticate(run.ann.login, PASSWORD, DATABASE, client_ip=run.ip), SecondFactorRequired
    )
    assert not begun.is_result
    if begun.is_answer:
        ticket = begun.value.ticket
        run.secrets.append(ticket)
        outcomes = [
            await run.faulted(lambda shaky, code=code: shaky.auth.complete(ticket, code), LoginFailed, SessionEnded)
            for code in (totp.code(run.steady.clock.now()), codes[0])
        ]
        assert sum(outcome.is_result for outcome in outcomes) in run.once


async def a_user_logs_out(run: Run) -> None:
    """The session stands until then, and is dead when that was answered."""
    token = await run.steady.auth.authenticate(run.ann.login, PASSWORD, DATABASE)
    before = await run.faulted(lambda shaky: shaky.auth.session(token))
    assert not before.is_answer or before.value.principal.uid == run.ann.uid
    assert await is_alive(run.steady, token)
    outcome = await run.faulted(lambda shaky: shaky.auth.logout(token))
    assert not (outcome.is_answer and await is_alive(run.steady, token))


async def a_user_logs_out_everywhere(run: Run) -> None:
    """All sessions are dead when that was answered."""
    tokens = [await run.steady.auth.authenticate(run.ann.login, PASSWORD, DATABASE) for _ in range(2)]
    outcome = await run.faulted(lambda shaky: shaky.auth.logout_everywhere(run.ann.login, DATABASE))
    assert not outcome.is_answer or not [token for token in tokens if await is_alive(run.steady, token)]


async def a_user_proves_again_who_they_are(run: Run) -> None:
    """The session goes on under one token; under none only where that token was in an answer that is missing."""
    token = await run.steady.auth.authenticate(run.ann.login, PASSWORD, DATABASE)
    run.secrets.append(token)
    outcome = await run.faulted(lambda shaky: shaky.auth.step_up(token, password=PASSWORD))
    alive = [each for each in (token, outcome.value) if isinstance(each, str) and await is_alive(run.steady, each)]
    assert len(alive) in run.once
    assert not outcome.is_answer or alive == [outcome.value]
    assert len(await run.steady.sessions.list(DATABASE, run.ann.login)) in run.once

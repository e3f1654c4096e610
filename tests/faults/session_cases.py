"""Sessions: begun, looked up, rotated, ended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from faults.world import is_alive
from scripted_odoo import DATABASE, PASSWORD
from zenoo_security.errors import SessionEnded

if TYPE_CHECKING:
    from faults.world import Run


async def a_session_begins(run: Run) -> None:
    """It stands when there is a token, and what is left of one without a token ends with the others."""
    outcome = await run.faulted(lambda shaky: shaky.sessions.start(run.ann, PASSWORD, client_ip=run.ip))
    if outcome.is_answer:
        assert await is_alive(run.steady, outcome.value)
        assert await run.steady.sessions.credential(outcome.value) == PASSWORD
    await run.steady.sessions.end_all(DATABASE, run.ann.login)
    assert await run.steady.sessions.list(DATABASE, run.ann.login) == []
    assert not outcome.is_answer or not await is_alive(run.steady, outcome.value)


async def a_session_is_looked_up(run: Run) -> None:
    """One that stands is never said to have ended, and one that has ended never to stand."""
    token = await run.steady.sessions.start(run.ann, PASSWORD)
    for _ in range(2):
        outcome = await run.faulted(lambda shaky: shaky.sessions.get(token))
        assert not outcome.is_answer or outcome.value.principal == run.ann
    assert await is_alive(run.steady, token)
    await run.steady.sessions.end(token)
    outcome = await run.faulted(lambda shaky: shaky.sessions.get(token), SessionEnded)
    assert not outcome.is_result


async def a_session_is_checked(run: Run) -> None:
    """What Odoo said of the user is noted, and the session stands in any case."""
    token = await run.steady.sessions.start(run.ann, PASSWORD)
    told = replace(run.ann, groups=frozenset({"base.group_portal"}))
    outcome = await run.faulted(lambda shaky: shaky.sessions.mark_checked(token, told))
    noted = (await run.steady.sessions.get(token)).principal
    assert noted in ([told] if outcome.is_answer else [run.ann, told])


async def a_token_is_rotated(run: Run) -> None:
    """The old one is dead once there is a new one, and two calls never give two."""
    token = await run.steady.sessions.start(run.ann, PASSWORD)
    outcomes = [await run.faulted(lambda shaky: shaky.sessions.rotate(token), SessionEnded) for _ in range(2)]
    new = [outcome.value for outcome in outcomes if outcome.is_result]
    assert len(new) in run.once
    assert len(await run.steady.sessions.list(DATABASE, run.ann.login)) in run.once
    if new:
        assert await is_alive(run.steady, new[0])
        assert not await is_alive(run.steady, token)


async def a_ticket_is_good_once(run: Run) -> None:
    """A login that lacked its code becomes one session."""
    ticket = await run.steady.sessions.start(run.ann, PASSWORD, pending=True)
    outcomes = [await run.faulted(lambda shaky: shaky.sessions.rotate(ticket), SessionEnded) for _ in range(2)]
    assert sum(outcome.is_result for outcome in outcomes) in run.once
    assert len(await run.steady.sessions.list(DATABASE, run.ann.login)) in run.once


async def a_session_ends(run: Run) -> None:
    """It is dead when that was answered, and another call makes it so when it was not."""
    token = await run.steady.sessions.start(run.ann, PASSWORD)
    outcome = await run.faulted(lambda shaky: shaky.sessions.end(token))
    if not outcome.is_answer:
        await run.steady.sessions.end(token)
    assert not await is_alive(run.steady, token)
    assert await run.steady.sessions.list(DATABASE, run.ann.login) == []


async def all_sessions_end(run: Run) -> None:
    """All of them, tickets too."""
    tokens = [await run.steady.sessions.start(run.ann, PASSWORD) for _ in range(2)]
    ticket = await run.steady.sessions.start(run.ann, PASSWORD, pending=True)
    outcome = await run.faulted(lambda shaky: shaky.sessions.end_all(DATABASE, run.ann.login))
    if not outcome.is_answer:
        await run.steady.sessions.end_all(DATABASE, run.ann.login)
    assert not [token for token in tokens if await is_alive(run.steady, token)]
    outcome = await run.faulted(lambda shaky: shaky.sessions.rotate(ticket), SessionEnded)
    assert not outcome.is_result


async def a_session_ends_while_it_is_rotated(run: Run) -> None:
    """Whoever ends all sessions ends the one that a rotation without an answer left behind."""
    token = await run.steady.sessions.start(run.ann, PASSWORD)
    outcome = await run.faulted(lambda shaky: shaky.sessions.rotate(token))
    await run.steady.sessions.end_all(DATABASE, run.ann.login)
    assert not await is_alive(run.steady, token)
    assert not outcome.is_result or not await is_alive(run.steady, outcome.value)
    assert await run.steady.sessions.list(DATABASE, run.ann.login) == []

"""The sessions of one account: listed, limited and ended together."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from sessions.watched import ALICE, BOB, NOW
from zenoo_security.errors import InputTooLarge, InvalidInput, SessionEnded, StoreIncompatible, TooManySessions
from zenoo_security.sessions import SessionPolicy, Sessions
from zenoo_security.sessions.index import Entry

SECRET = "secret"


@pytest.fixture
def three(store, key_ring, clock) -> Sessions:
    return Sessions(store, key_ring, policy=SessionPolicy(most=3), clock=clock)


async def live(sessions: Sessions, tokens: list[str]) -> list[bool]:
    """Which of the tokens let somebody in."""
    results = await asyncio.gather(*map(sessions.get, tokens), return_exceptions=True)
    return [not isinstance(result, SessionEnded) for result in results]


@pytest.mark.asvs("v5.0.0-7.5.2")
async def test_a_user_sees_their_sessions_and_nobody_elses(sessions, clock) -> None:
    tokens = []
    for number in range(3):
        tokens.append(await sessions.start(ALICE, SECRET, label=f"browser {number}"))
        clock.advance(1)
    await sessions.start(BOB, SECRET)
    await sessions.start(replace(ALICE, database="test"), SECRET)
    listed = await sessions.list("shop", "alice")
    assert listed == [await sessions.get(token) for token in tokens]
    assert [session.label for session in listed] == ["browser 0", "browser 1", "browser 2"]


@pytest.mark.asvs("v5.0.0-7.5.2")
async def test_a_session_is_ended_by_its_id_which_is_no_way_in(sessions) -> None:
    first, second = [await sessions.start(ALICE, SECRET) for _ in range(2)]
    session = await sessions.get(first)
    with pytest.raises(SessionEnded):
        await sessions.get(session.id)
    assert await sessions.end_by_id("shop", "alice", session.id) is True
    assert await live(sessions, [first, second]) == [False, True]
    assert await sessions.end_by_id("shop", "alice", session.id) is False


async def test_an_id_ends_nothing_in_another_account(sessions) -> None:
    token = await sessions.start(ALICE, SECRET)
    session = await sessions.get(token)
    assert await sessions.end_by_id("shop", "bob", session.id) is False
    assert await sessions.end_by_id("test", "alice", session.id) is False
    for wrong in ("", session.id[:-1], token, None):
        assert await sessions.end_by_id("shop", "alice", wrong) is False
    await sessions.get(token)


async def test_an_id_still_ends_the_session_after_its_token_changed(sessions) -> None:
    token = await sessions.start(ALICE, SECRET)
    session = await sessions.get(token)
    new = await sessions.rotate(token)
    assert await sessions.end_by_id("shop", "alice", session.id)
    assert await live(sessions, [token, new]) == [False, False]


@pytest.mark.asvs("v5.0.0-7.4.3", "v5.0.0-7.4.5")
async def test_all_sessions_of_an_account_end_or_all_but_one(sessions) -> None:
    tokens = [await sessions.start(ALICE, SECRET) for _ in range(4)]
    bobs = await sessions.start(BOB, SECRET)
    ticket = await sessions.start(ALICE, SECRET, pending=True)
    keep = (await sessions.get(tokens[1])).id
    assert await sessions.end_all("shop", "alice", keep=keep) == 3
    assert await live(sessions, tokens) == [False, True, False, False]
    with pytest.raises(SessionEnded):
        await sessions.rotate(ticket)
    assert await sessions.end_all("shop", "alice") == 1
    assert await sessions.end_all("shop", "alice") == 0
    assert await live(sessions, [*tokens, bobs]) == [False] * 4 + [True]


async def test_an_account_is_the_same_however_its_login_is_written(sessions) -> None:
    token = await sessions.start(replace(ALICE, login="Zoë@Example.com"), SECRET)
    for written in ("zoë@example.com", " ZOE\u0308@EXAMPLE.COM "):
        assert len(await sessions.list("shop", written)) == 1
    assert await sessions.end_all("shop", "ZOË@EXAMPLE.COM") == 1
    with pytest.raises(SessionEnded):
        await sessions.get(token)


async def test_two_users_whose_logins_differ_in_case_can_be_told_apart(sessions) -> None:
    await sessions.start(ALICE, SECRET)
    await sessions.start(replace(ALICE, uid=99, login="Alice"), SECRET)
    assert len(await sessions.list("shop", "alice")) == 2
    assert [session.principal.uid for session in await sessions.list("shop", "alice", uid=99)] == [99]


@pytest.mark.asvs("v5.0.0-7.1.2")
class TestLimit:
    async def test_one_more_session_ends_the_oldest(self, three) -> None:
        tokens = [await three.start(ALICE, SECRET) for _ in range(5)]
        assert await live(three, tokens) == [False, False, True, True, True]

    async def test_a_rotated_session_keeps_its_age_and_ends_nobody(self, three) -> None:
        tokens = [await three.start(ALICE, SECRET) for _ in range(3)]
        tokens[0] = await three.rotate(tokens[0])
        assert await live(three, tokens) == [True, True, True]
        await three.start(ALICE, SECRET)
        assert await live(three, tokens) == [False, True, True]

    async def test_sessions_that_ended_make_room_first(self, three, clock) -> None:
        tokens = [await three.start(ALICE, SECRET) for _ in range(3)]
        for _ in range(31):
            clock.advance(60)
            await three.get(tokens[0])
        await three.start(ALICE, SECRET)
        await three.start(ALICE, SECRET)
        assert await live(three, tokens) == [True, False, False]
        assert len(await three.list("shop", "alice")) == 3

    async def test_accounts_do_not_share_it(self, three) -> None:
        tokens = [await three.start(replace(ALICE, login=f"user {n}"), SECRET) for n in range(9)]
        assert all(await live(three, tokens))

    async def test_tickets_end_no_session_and_have_a_limit_of_their_own(self, three) -> None:
        tokens = [await three.start(ALICE, SECRET) for _ in range(3)]
        tickets = [await three.start(ALICE, SECRET, pending=True) for _ in range(4)]
        assert all(await live(three, tokens))
        with pytest.raises(SessionEnded):
            await three.pending(tickets[0])
        tokens.append(await three.rotate(tickets[3]))
        assert await live(three, tokens) == [False, True, True, True]

    async def test_it_may_refuse_the_newcomer_instead(self, store, key_ring, clock) -> None:
        policy = SessionPolicy(most=2, when_full="refuse")
        sessions = Sessions(store, key_ring, policy=policy, clock=clock)
        tokens = [await sessions.start(ALICE, SECRET) for _ in range(2)]
        with pytest.raises(TooManySessions):
            await sessions.start(ALICE, SECRET)
        ticket = await sessions.start(ALICE, SECRET, pending=True)
        with pytest.raises(TooManySessions):
            await sessions.rotate(ticket)
        tokens[0] = await sessions.rotate(tokens[0])
        assert await live(sessions, tokens) == [True, True]
        await sessions.end(tokens[0])
        await sessions.start(ALICE, SECRET)

    async def test_fifty_logins_at_once_leave_as_many_as_are_allowed(self, three) -> None:
        tokens = await asyncio.gather(*(three.start(ALICE, SECRET) for _ in range(50)), return_exceptions=True)
        started = [token for token in tokens if isinstance(token, str)]
        assert sum(await live(three, started)) == 3
        assert all(isinstance(token, (str, SessionEnded)) for token in tokens)


class TestIndex:
    async def test_it_expires_with_the_last_session(self, sessions, store, clock) -> None:
        await sessions.start(ALICE, SECRET)
        clock.advance(43_199)
        assert len(await store.keys(b"sessions/")) == 1
        clock.advance(1)
        assert await store.keys() == set()

    async def test_it_goes_with_the_last_session(self, sessions, store) -> None:
        await sessions.end(await sessions.start(ALICE, SECRET))
        await sessions.end_all("shop", "alice")
        assert await store.keys() == set()

    async def test_it_forgets_who_reached_their_end(self, sessions, store, clock) -> None:
        for _ in range(3):
            await sessions.start(ALICE, SECRET)
            clock.advance(40_000)
        (index,) = [value async for _, value in store.inner.scan(b"sessions/")]
        assert len(json.loads(index)["sessions"]) == 2

    async def test_a_new_token_for_a_session_that_it_does_not_know_is_refused(self, sessions) -> None:
        entry = Entry("id", "00" * 32, NOW, NOW + 60, pending=False)
        with pytest.raises(SessionEnded):
            await sessions._index.place(b"sessions/x", entry, replaces=True)

    async def test_it_does_not_grow_with_sessions_that_are_gone(self, sessions, store, clock) -> None:
        for _ in range(100):
            await sessions.start(ALICE, SECRET)
            clock.advance(2000)
        (index,) = [value async for _, value in store.inner.scan(b"sessions/")]
        assert len(json.loads(index)["sessions"]) <= 11

    @pytest.mark.parametrize(
        "index",
        [
            b"",
            b"\xff",
            b"[]",
            b"{}",
            b'{"v": 2, "sessions": []}',
            b'{"v": 1, "sessions": [{}]}',
            b'{"v": 1, "sessions": 5}',
            b"[" * 100_000,
b'{"v": 1, "sessions": [{"id": "x", "digest": "00", "placed_at": 1, "expires_at": 2, "pending": false, "ended": false}]}',
        ],
    )  # fmt: skip
    async def test_one_that_is_not_ours_is_refused_and_not_overwritten(self, sessions, store, index: Any) -> None:
        token = await sessions.start(ALICE, SECRET)
        (key,) = await store.keys(b"sessions/")
        await store.inner.put(key, index, ttl_s=60)
        calls = (lambda: sessions.start(ALICE, SECRET), lambda: sessions.end_all("shop", "alice"))
        for call in (*calls, lambda: sessions.list("shop", "alice")):
            with pytest.raises(StoreIncompatible):
                await call()
        assert await store.inner.get(key) == index
        assert (await sessions.get(token)).principal == ALICE

    async def test_one_that_names_the_sessions_of_another_shows_them_to_nobody(self, sessions, store) -> None:
        await sessions.start(ALICE, SECRET)
        (alices,) = await store.keys(b"sessions/")
        await sessions.start(BOB, SECRET)
        (bobs,) = await store.keys(b"sessions/") - {alices}
        await store.inner.put(alices, await store.inner.get(bobs), ttl_s=60)
        assert await sessions.list("shop", "alice") == []

    async def test_a_clock_that_went_ahead_and_back_hides_no_session_from_its_end(self, sessions, store, clock) -> None:
        token = await sessions.start(ALICE, SECRET)
        store.calendar_s = 86_400
        clock.advance(1)
        later = await sessions.start(ALICE, SECRET)
        store.calendar_s = 0
        await sessions.end_all("shop", "alice")
        assert await live(sessions, [token, later]) == [False, False]


@pytest.mark.parametrize("database", ["", None, 7, "x" * 256, "x" * 10_000_000])
async def test_what_is_no_database_is_refused(sessions, store, database: Any) -> None:
    for call in (sessions.list, sessions.end_all):
        with pytest.raises(InvalidInput) as caught:
            await call(database, "alice")
        assert caught.value.field == "database"
    assert store.calls == []


@pytest.mark.parametrize("login", ["", " ", None, "a\0b", "\ud800", "x" * 10_000_000])
async def test_what_is_no_login_is_refused(sessions, store, login: Any) -> None:
    for call in (sessions.list, sessions.end_all):
        with pytest.raises((InvalidInput, InputTooLarge)) as caught:
            await call("shop", login)
        assert caught.value.field == "username"
    assert store.calls == []


async def test_hostile_but_possible_names_are_accounts_like_any_other(sessions, clock) -> None:
    for name in ("\ud800", "a\0b", '"], "', "shop\n", "x" * 255):
        principal = replace(ALICE, database=name)
        session = await sessions.get(await sessions.start(principal, SECRET))
        assert await sessions.list(name, "alice") == [session]
        assert session.created_at == NOW

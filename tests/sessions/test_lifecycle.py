"""A session from its beginning to its end."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from sessions.watched import ALICE, BOB, NOW
from zenoo_security.errors import InputTooLarge, InvalidInput, ParameterError, SessionEnded, StoreUnavailable
from zenoo_security.sessions import Session, SessionPolicy, Sessions
from zenoo_security.tokens import new_token

SECRET = "correct horse battery staple"


async def test_a_session_says_who_logged_in_when_and_from_where(sessions) -> None:
    token = await sessions.start(ALICE, SECRET, client_ip="2001:DB8::0:1", label="Firefox on\n\u202eLinux")
    session = await sessions.get(token)
    assert session == Session(
        id=session.id,
        principal=ALICE,
        created_at=NOW,
        seen_at=NOW,
        checked_at=NOW,
        expires_at=NOW + 43_200,
        client_ip="2001:db8::1",
        label="Firefox on Linux",
        pending=False,
    )


@pytest.mark.asvs("v5.0.0-7.2.1", "v5.0.0-7.2.2")
async def test_a_token_that_nobody_made_lets_nobody_in(sessions) -> None:
    await sessions.start(ALICE, SECRET)
    for call in (sessions.get, sessions.credential, sessions.rotate, sessions.pending):
        with pytest.raises(SessionEnded):
            await call(new_token())


@pytest.mark.parametrize(
    "sent", [None, "", 7, b"zst_" + b"A" * 43, "zst_" + "A" * 42 + "B", "x" * 10_000_000, ["zst_"]]
)
async def test_what_is_no_token_never_reaches_the_store(sessions, store, sent: Any) -> None:
    calls = (sessions.get, sessions.credential, sessions.rotate, sessions.pending)
    for call in (*calls, lambda token: sessions.mark_checked(token, ALICE)):
        with pytest.raises(SessionEnded):
            await call(sent)
    await sessions.end(sent)
    assert store.calls == []


async def test_a_look_up_is_one_round_trip(sessions, store, clock) -> None:
    token = await sessions.start(ALICE, SECRET)
    store.calls.clear()
    clock.advance(59)
    await sessions.get(token)
    assert [name for name, _ in store.calls] == ["get"]


@pytest.mark.asvs("v5.0.0-7.2.3")
async def test_the_store_learns_neither_token_nor_login_nor_credential(sessions, store) -> None:
    token = await sessions.start(ALICE, SECRET)
    stored = b"".join([key + value async for key, value in store.inner.scan(b"")])
    for text in (token, token[4:], "alice", SECRET, "base.group_user"):
        assert text.encode() not in stored
    assert await store.keys(b"session/") == {b"session/" + hashlib.sha256(token.encode()).digest()}


async def test_the_credential_comes_back_as_it_was(sessions) -> None:
    for credential in (SECRET, "zs1.looks like one of ours", "\ud800 \0 '\"", "ß" * 4096):
        assert await sessions.credential(await sessions.start(ALICE, credential)) == credential


@pytest.mark.parametrize("credential", ["", None, b"secret", 5])
async def test_what_can_be_no_credential_is_refused(sessions, store, credential: Any) -> None:
    with pytest.raises(InvalidInput):
        await sessions.start(ALICE, credential)
    assert store.calls == []


async def test_what_is_too_long_or_no_address_is_refused(sessions, store) -> None:
    with pytest.raises(InputTooLarge):
        await sessions.start(ALICE, "x" * 10_000_000)
    for client_ip in ("", "localhost", "1.2.3.4.5", "1" * 10_000_000, 7):
        with pytest.raises(InvalidInput):
            await sessions.start(ALICE, SECRET, client_ip=client_ip)
    with pytest.raises(InvalidInput):
        await sessions.start(ALICE, SECRET, label=7)
    with pytest.raises(ParameterError):
        await sessions.start(None, SECRET)
    assert store.calls == []


@pytest.mark.parametrize(
    ("given", "noted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::1"),
        ("fe80::1%<script>alert(1)</script>", "fe80::1"),
    ],
)
async def test_an_address_is_noted_in_one_form(sessions, given, noted) -> None:
    """What stands behind the % is whatever a client wrote, where an application passes on a header."""
    token = await sessions.start(ALICE, SECRET, client_ip=given)
    assert (await sessions.get(token)).client_ip == noted


async def test_a_label_is_cut(sessions) -> None:
    token = await sessions.start(ALICE, SECRET, label="x" * 10_000_000)
    assert (await sessions.get(token)).label == "x" * 200


async def test_nothing_secret_is_in_what_is_shown(sessions, caplog) -> None:
    token = await sessions.start(ALICE, SECRET)
    shown = repr(await sessions.get(token)) + repr(sessions) + str(await sessions.list("shop", "alice"))
    await sessions.end(token)
    with pytest.raises(SessionEnded) as caught:
        await sessions.get(token)
    for text in (SECRET, token, token[4:], hashlib.sha256(token.encode()).hexdigest()):
        assert text not in shown + caplog.text + str(caught.value)


@pytest.mark.asvs("v5.0.0-7.2.4")
class TestRotation:
    async def test_the_old_token_is_dead_at_once_and_the_session_goes_on(self, sessions, clock) -> None:
        old = await sessions.start(ALICE, SECRET)
        before = await sessions.get(old)
        clock.advance(100)
        new = await sessions.rotate(old)
        after = await sessions.get(new)
        for call in (sessions.get, sessions.credential, sessions.rotate):
            with pytest.raises(SessionEnded):
                await call(old)
        assert after == replace(before, seen_at=NOW + 100)
        assert await sessions.credential(new) == SECRET
        assert await sessions.list("shop", "alice") == [after]

    async def test_a_step_up_brings_the_new_factor_and_the_new_credential(self, sessions) -> None:
        stronger = replace(ALICE, factors=frozenset({"password", "totp"}), authenticated_at=NOW)
        token = await sessions.rotate(await sessions.start(ALICE, "old"), principal=stronger, credential="new")
        assert (await sessions.get(token)).principal == stronger
        assert await sessions.credential(token) == "new"

    @pytest.mark.parametrize("other", [BOB, replace(ALICE, database="test"), replace(ALICE, uid=9)])
    async def test_a_session_never_becomes_that_of_another(self, sessions, other) -> None:
        token = await sessions.start(ALICE, SECRET)
        with pytest.raises(SessionEnded):
            await sessions.rotate(token, principal=other)
        with pytest.raises(SessionEnded):
            await sessions.get(token)
        assert await sessions.list("shop", "alice") == []

    async def test_what_the_browser_sent_before_the_login_ends_with_it(self, sessions) -> None:
        """Session fixation: the attacker's own session, planted in the victim's browser."""
        planted = await sessions.start(BOB, SECRET)
        token = await sessions.start(ALICE, SECRET, replaces=planted)
        with pytest.raises(SessionEnded):
            await sessions.get(planted)
        assert (await sessions.get(token)).principal == ALICE

    async def test_nonsense_that_the_browser_sent_does_not_hinder_the_login(self, sessions) -> None:
        for sent in ("", "zst_", "x" * 10_000_000, new_token()):
            assert await sessions.get(await sessions.start(ALICE, SECRET, replaces=sent))


class TestTicket:
    async def test_a_login_without_its_second_factor_is_no_session(self, sessions) -> None:
        ticket = await sessions.start(ALICE, SECRET, pending=True)
        assert ticket.startswith("ztk_")
        for call in (sessions.get, lambda sent: sessions.mark_checked(sent, ALICE)):
            with pytest.raises(SessionEnded):
                await call(ticket)
        assert (await sessions.pending(ticket)).pending
        assert await sessions.credential(ticket) == SECRET
        assert await sessions.list("shop", "alice") == []

    async def test_a_ticket_that_calls_itself_a_session_is_none(self, sessions) -> None:
        ticket = await sessions.start(ALICE, SECRET, pending=True)
        with pytest.raises(SessionEnded):
            await sessions.get("zst_" + ticket[4:])

    async def test_it_becomes_a_session_once(self, sessions, clock) -> None:
        ticket = await sessions.start(ALICE, SECRET, pending=True, client_ip="192.0.2.1")
        clock.advance(100)
        both = replace(ALICE, factors=frozenset({"password", "totp"}))
        token = await sessions.rotate(ticket, principal=both)
        session = await sessions.get(token)
        assert (session.principal, session.client_ip, session.pending) == (both, "192.0.2.1", False)
        assert (session.created_at, session.expires_at) == (NOW + 100, NOW + 100 + 43_200)
        for call in (sessions.rotate, sessions.pending, sessions.credential):
            with pytest.raises(SessionEnded):
                await call(ticket)

    async def test_it_is_good_for_five_minutes_however_often_it_is_looked_at(self, sessions, clock) -> None:
        ticket = await sessions.start(ALICE, SECRET, pending=True)
        for _ in range(299):
            clock.advance(1)
            await sessions.pending(ticket)
        clock.advance(1)
        with pytest.raises(SessionEnded):
            await sessions.pending(ticket)
        with pytest.raises(SessionEnded):
            await sessions.rotate(ticket)


@pytest.mark.asvs("v5.0.0-7.4.1")
class TestEnd:
    async def test_logging_out_ends_the_session_in_the_store(self, sessions, store) -> None:
        token = await sessions.start(ALICE, SECRET)
        await sessions.end(token)
        with pytest.raises(SessionEnded):
            await sessions.get(token)
        assert await store.keys(b"session/") == set()

    async def test_logging_out_twice_is_no_error(self, sessions) -> None:
        token = await sessions.start(ALICE, SECRET)
        await sessions.end(token)
        await sessions.end(token)

    async def test_another_session_of_the_account_goes_on(self, sessions) -> None:
        first, second = [await sessions.start(ALICE, SECRET) for _ in range(2)]
        await sessions.end(first)
        assert await sessions.list("shop", "alice") == [await sessions.get(second)]


class TestCheck:
    async def test_odoo_is_asked_again_after_45_seconds(self, sessions, clock) -> None:
        token = await sessions.start(ALICE, SECRET)
        assert not sessions.check_due(await sessions.get(token))
        clock.advance(44)
        assert not sessions.check_due(await sessions.get(token))
        clock.advance(1)
        assert sessions.check_due(await sessions.get(token))
        await sessions.mark_checked(token, ALICE)
        session = await sessions.get(token)
        assert (session.checked_at, sessions.check_due(session)) == (NOW + 45, False)

    async def test_it_is_due_where_the_time_is_not_known_or_runs_backwards(
        self, sessions, store, key_ring, clock
    ) -> None:
        session = await sessions.get(await sessions.start(ALICE, SECRET))
        assert Sessions(store, key_ring, clock=clock).check_due(session)
        assert sessions.check_due(replace(session, checked_at=NOW + 3600))

    async def test_of_the_answer_only_the_groups_are_taken(self, sessions) -> None:
        token = await sessions.start(ALICE, SECRET)
        answer = replace(
            ALICE, groups=frozenset({"base.group_system"}), factors=frozenset({"magic"}), authenticated_at=9.0
        )
        await sessions.mark_checked(token, answer)
        assert (await sessions.get(token)).principal == replace(ALICE, groups=answer.groups)

    async def test_a_user_who_is_another_now_has_no_session(self, sessions) -> None:
        token = await sessions.start(ALICE, SECRET)
        with pytest.raises(SessionEnded):
            await sessions.mark_checked(token, replace(ALICE, login="malice"))
        with pytest.raises(SessionEnded):
            await sessions.get(token)

    async def test_checking_does_not_keep_a_session_alive(self, sessions, clock) -> None:
        token = await sessions.start(ALICE, SECRET)
        for _ in range(29):
            clock.advance(60)
            await sessions.mark_checked(token, ALICE)
        clock.advance(60)
        with pytest.raises(SessionEnded):
            await sessions.mark_checked(token, ALICE)


async def test_a_store_that_does_not_answer_lets_nobody_in(sessions, store, monkeypatch) -> None:
    token = await sessions.start(ALICE, SECRET)

    async def down(*_: object, **__: object) -> None:
        raise StoreUnavailable("down")

    for name in ("get", "compare_and_set", "delete", "add", "now"):
        monkeypatch.setattr(store.inner, name, down)
    calls = (sessions.get, sessions.rotate, sessions.end, sessions.credential)
    for call in (*calls, lambda _: sessions.start(ALICE, SECRET), lambda _: sessions.end_all("shop", "alice")):
        with pytest.raises(StoreUnavailable):
            await call(token)


@pytest.mark.parametrize(
    "wrong",
    [
        {"idle_s": 0},
        {"idle_s": 3601},
        {"idle_s": float("nan")},
        {"idle_s": "60"},
        {"idle_s": True},
        {"absolute_s": 1799},
        {"absolute_s": 86_401},
        {"check_s": 61},
        {"ticket_s": 601},
        {"most": 0},
        {"most": 1.5},
        {"most": 1001},
        {"when_full": "panic"},
    ],
)
def test_a_policy_out_of_its_range_is_refused(wrong: Any) -> None:
    with pytest.raises(ParameterError):
        SessionPolicy(**wrong)

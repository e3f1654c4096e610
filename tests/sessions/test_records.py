"""What is stored for a session opens in its own place, whole, under a key that is there; or the session has ended."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.watched import ALICE, BOB, NOW, Watched, outcome, run
from zenoo_security import BlindIndex, FieldCipher, KeyRing
from zenoo_security.clock import FakeClock
from zenoo_security.errors import SessionEnded
from zenoo_security.principal import Principal
from zenoo_security.sessions import Session, Sessions
from zenoo_security.sessions.records import Record, Records
from zenoo_security.tokens import new_token, token_digest

SECRET = "secret"
DIGEST = bytes(range(32))
RING = KeyRing.generate()
RECORDS = Records(RING)


def key_of(token: str) -> bytes:
    return b"session/" + token_digest(token)


async def is_refused(sessions: Sessions, token: str, caplog) -> None:
    """Whoever shows the token is sent away, and a warning without anything secret says that something is wrong."""
    caplog.clear()
    for call in (sessions.get, sessions.credential, sessions.rotate):
        with pytest.raises(SessionEnded):
            await call(token)
    assert {record.levelno for record in caplog.records} == {logging.WARNING}
    for text in (token, token[4:], "alice", SECRET, token_digest(token).hex()):
        assert text not in caplog.text


async def test_a_record_that_was_copied_to_another_token_lets_nobody_in(sessions, store, caplog) -> None:
    alices, bobs = await sessions.start(ALICE, SECRET), await sessions.start(BOB, SECRET)
    await sessions.get(bobs)
    await store.inner.put(key_of(bobs), await store.inner.get(key_of(alices)), ttl_s=60)
    await is_refused(sessions, bobs, caplog)
    planted = new_token()
    await store.inner.put(key_of(planted), await store.inner.get(key_of(alices)), ttl_s=60)
    await is_refused(sessions, planted, caplog)
    assert (await sessions.get(alices)).principal == ALICE


async def test_a_record_under_another_key_ring_lets_nobody_in(store, clock, sessions, caplog) -> None:
    token = await Sessions(store, KeyRing.generate(), clock=clock).start(ALICE, SECRET)
    await is_refused(sessions, token, caplog)


async def test_a_record_under_a_key_that_was_retired_lets_nobody_in(store, clock, caplog) -> None:
    ring = KeyRing.generate()
    token = await Sessions(store, ring, clock=clock).start(ALICE, SECRET)
    rotated = ring.add().promote(2)
    assert (await Sessions(store, rotated, clock=clock).get(token)).principal == ALICE
    retired = Sessions(store, rotated.retire(1), clock=clock)
    await is_refused(retired, token, caplog)
    assert await retired.get(await retired.start(ALICE, SECRET))


async def test_logging_out_deletes_a_record_that_cannot_be_read(sessions, store) -> None:
    token = await sessions.start(ALICE, SECRET)
    await store.inner.put(key_of(token), b"forged", ttl_s=None)
    await sessions.end(token)
    assert await store.keys(b"session/") == set()


@given(st.data())
def test_a_record_with_any_change_is_none(data) -> None:
    """A flipped bit, a piece, or two pieces of different records."""
    clock = FakeClock()
    store, key_ring = Watched(clock), RING
    sessions = Sessions(store, key_ring, clock=clock)
    token, other = run(sessions.start(ALICE, SECRET)), run(sessions.start(BOB, SECRET))
    raw, foreign = run(store.inner.get(key_of(token))), run(store.inner.get(key_of(other)))
    at = data.draw(st.integers(0, len(raw) - 1))
    bit = data.draw(st.integers(0, 7))
    flipped = raw[:at] + bytes([raw[at] ^ 1 << bit]) + raw[at + 1 :]
    forged = data.draw(st.sampled_from([flipped, raw[:at], raw[:at] + foreign[at:], raw + raw, raw + b"\0"]))
    run(store.inner.put(key_of(token), forged, ttl_s=60))
    assert outcome(sessions.get(token)) is SessionEnded or forged == raw


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_no_record(raw) -> None:
    with pytest.raises(SessionEnded):
        RECORDS.open(DIGEST, raw)


@pytest.mark.asvs("v5.0.0-1.5.2")
@pytest.mark.parametrize("change", [{"v": 2}, {"v": None}, {"surplus": 1}, {"groups": 5}])
def test_a_record_of_another_version_is_none(change) -> None:
    """A newer version wrote it, with the same keys."""
    context = ("zenoo_security", "session", DIGEST.hex())
    cipher = FieldCipher(RING)
    session = Session("id", ALICE, 1.0, 1.0, 1.0, 2.0)
    data = json.loads(str(cipher.decrypt(RECORDS.seal(DIGEST, Record(session, "")).decode(), context=context)))
    with pytest.raises(SessionEnded):
        RECORDS.open(DIGEST, cipher.encrypt(json.dumps({**data, **change}), context=context).encode())
    for name in data:
        less = {key: value for key, value in data.items() if key != name}
        if name not in {"client_ip", "label", "pending"}:
            with pytest.raises(SessionEnded):
                RECORDS.open(DIGEST, cipher.encrypt(json.dumps(less), context=context).encode())


@pytest.mark.asvs("v5.0.0-1.5.2")
@pytest.mark.parametrize("text", ["[]", "5", "null", '"x"', "", "{"])
def test_a_sealed_text_that_is_no_record_is_none(text) -> None:
    sealed = FieldCipher(RING).encrypt(text, context=("zenoo_security", "session", DIGEST.hex()))
    with pytest.raises(SessionEnded):
        RECORDS.open(DIGEST, sealed.encode())


@given(
    st.builds(
        Session,
        st.text(max_size=30),
        st.builds(
            Principal,
            st.text(min_size=1),
            st.integers(1),
            st.text(min_size=1),
            st.frozensets(st.text(), max_size=5),
            st.frozensets(st.text(), max_size=3),
            st.none() | st.floats(allow_nan=False),
        ),
        *[st.floats(0, 1e11)] * 4,
        st.none() | st.text(),
        st.none() | st.text(),
        st.booleans(),
    )
)
def test_a_record_comes_back_as_it_was(session) -> None:
    record = Record(session, "sealed")
    assert RECORDS.open(DIGEST, RECORDS.seal(DIGEST, record)) == record


def test_a_credential_opens_in_its_own_session_only(caplog) -> None:
    session = Session("one", ALICE, 1.0, 1.0, 1.0, 2.0)
    sealed = RECORDS.seal_credential("one", SECRET)
    assert RECORDS.open_credential(Record(session, sealed)) == SECRET
    for record in (Record(replace(session, id="two"), sealed), Record(session, "forged")):
        with pytest.raises(SessionEnded):
            RECORDS.open_credential(record)
    assert SECRET not in caplog.text


async def test_the_store_holds_what_the_formats_say(sessions, store, key_ring) -> None:
    """Read back by docs/formats.md, without any code of sessions."""
    token = await sessions.start(replace(ALICE, login=" Alice"), SECRET, client_ip="192.0.2.1", label="Firefox")
    digest = hashlib.sha256(token.encode()).digest()
    cipher = FieldCipher(key_ring)
    raw = await store.inner.get(b"session/" + digest)
    record = json.loads(cipher.decrypt(raw.decode(), context=("zenoo_security", "session", digest.hex())))
    session_id = record["id"]
    sealed = record.pop("credential")
    assert json.loads(cipher.decrypt(sealed, context=("zenoo_security", "session credential", session_id))) == SECRET
    assert record == {
        "v": 1,
        "id": session_id,
        "created_at": NOW,
        "seen_at": NOW,
        "checked_at": NOW,
        "expires_at": NOW + 43_200,
        "client_ip": "192.0.2.1",
        "label": "Firefox",
        "pending": False,
        "database": "shop",
        "uid": 7,
        "login": " Alice",
        "groups": ["base.group_user"],
        "factors": ["password"],
        "authenticated_at": NOW,
    }
    names = BlindIndex(key_ring, normalizer="exact", length=32)
    account = names.compute('["shop", "alice"]', context=("zenoo_security", "sessions"))
    entry = {"id": session_id, "digest": digest.hex(), "placed_at": NOW, "expires_at": NOW + 43_200}
    expected = {"v": 1, "sessions": [{**entry, "pending": False, "ended": False}]}
    assert json.loads(await store.inner.get(b"sessions/" + account.encode())) == expected
    ticket = await sessions.start(ALICE, SECRET, pending=True)
    assert await store.keys(b"ticket/") == {b"ticket/" + hashlib.sha256(ticket.encode()).digest()}


async def test_what_is_remembered_is_asked_for_by_the_bytes_of_the_store(sessions, store, caplog) -> None:
    """A look-up that was right a moment ago does not cover for a record that was changed since."""
    token = await sessions.start(ALICE, SECRET)
    await sessions.get(token)
    raw = await store.inner.get(key_of(token))
    await store.inner.put(key_of(token), raw[:-1] + bytes([raw[-1] ^ 1]), ttl_s=60)
    await is_refused(sessions, token, caplog)
    await store.inner.put(key_of(token), raw, ttl_s=60)
    assert (await sessions.get(token)).principal == ALICE


async def test_the_memory_of_records_is_bounded_and_forgets_what_ended(sessions) -> None:
    known = sessions._stored._cache._known
    tokens = [await sessions.start(replace(ALICE, login=f"user {number}"), SECRET) for number in range(2100)]
    for token in tokens:
        await sessions.get(token)
    assert len(known) == 2048
    await sessions.end(tokens[-1])
    with pytest.raises(SessionEnded):
        await sessions.get(tokens[-1])
    assert token_digest(tokens[-1]) not in known


async def test_what_is_remembered_holds_no_token_and_no_credential(sessions) -> None:
    token = await sessions.start(ALICE, "a credential")
    await sessions.get(token)
    await sessions.credential(token)
    held = repr(sessions._stored._cache._known)
    assert token not in held
    assert token[4:] not in held
    assert "a credential" not in held

"""When sessions end by themselves."""

from __future__ import annotations

import pytest

from sessions.watched import ALICE, NOW
from zenoo_security.errors import SessionEnded
from zenoo_security.sessions import SessionPolicy, Sessions

DAY = 86_400


@pytest.fixture
def another(store, key_ring, clock) -> Sessions:
    """A process that has not asked the store for its time yet."""
    return Sessions(store, key_ring, clock=clock)


async def use_until_it_ends(sessions, token, clock, every_s: float) -> float:
    """How long a session lives that is used again and again."""
    started = clock.monotonic()
    while clock.monotonic() - started < 10 * DAY:
        try:
            await sessions.get(token)
        except SessionEnded:
            return clock.monotonic() - started
        clock.advance(every_s)
    return float("inf")


@pytest.mark.asvs("v5.0.0-7.3.1")
async def test_a_session_ends_after_half_an_hour_without_a_request(sessions, store, clock) -> None:
    token = await sessions.start(ALICE, "secret")
    clock.advance(1799)
    await sessions.get(token)
    clock.advance(1799)
    await sessions.get(token)
    clock.advance(1800)
    with pytest.raises(SessionEnded):
        await sessions.get(token)
    assert await store.keys(b"session/") == set()


@pytest.mark.parametrize("used", ["get", "mark_checked", "rotate"])
async def test_the_store_forgets_a_session_by_itself(sessions, store, clock, used) -> None:
    token = await sessions.start(ALICE, "secret")
    clock.advance(1000)
    await getattr(sessions, used)(token, **({"principal": ALICE} if used == "mark_checked" else {}))
    clock.advance(799 if used == "mark_checked" else 1799)
    assert len(await store.keys(b"session/")) == 1
    clock.advance(1)
    assert await store.keys(b"session/") == set()


async def test_the_store_forgets_a_busy_session_at_its_end(sessions, store, clock) -> None:
    token = await sessions.start(ALICE, "secret")
    for _ in range(719):
        clock.advance(60)
        await sessions.get(token)
    clock.advance(59)
    assert len(await store.keys()) == 2
    clock.advance(1)
    assert await store.keys() == set()


@pytest.mark.asvs("v5.0.0-7.3.2")
@pytest.mark.parametrize("every_s", [7, 60, 61, 1799])
async def test_a_session_ends_after_twelve_hours_however_busy_it_is(sessions, clock, every_s) -> None:
    token = await sessions.start(ALICE, "secret")
    lived_s = await use_until_it_ends(sessions, token, clock, every_s)
    assert 43_200 <= lived_s < 43_200 + every_s


async def test_rotation_does_not_lengthen_it(sessions, clock) -> None:
    token = await sessions.start(ALICE, "secret")
    for _ in range(43):
        clock.advance(1000)
        token = await sessions.rotate(token)
    clock.advance(200)
    with pytest.raises(SessionEnded):
        await sessions.rotate(token)


async def test_use_is_recorded_once_a_minute(sessions, store, clock) -> None:
    token = await sessions.start(ALICE, "secret")
    store.calls.clear()
    for _ in range(600):
        clock.advance(1)
        await sessions.get(token)
    assert [name for name, _ in store.calls].count("compare_and_set") == 10
    assert (await sessions.get(token)).seen_at == NOW + 600


async def test_two_processes_see_one_use(sessions, another, store, clock) -> None:
    token = await sessions.start(ALICE, "secret")
    for _ in range(100):
        clock.advance(61)
        await sessions.get(token)
        assert await another.get(token) == await sessions.get(token)
    store.calls.clear()
    await another.get(token)
    assert [name for name, _ in store.calls] == ["get"]


@pytest.mark.parametrize("step_s", [-DAY, DAY])
async def test_the_calendar_of_this_machine_does_not_matter(sessions, clock, step_s) -> None:
    token = await sessions.start(ALICE, "secret")
    clock.set_now(NOW + step_s)
    await sessions.get(token)
    lived_s = await use_until_it_ends(sessions, token, clock, 600)
    assert 43_200 <= lived_s < 43_200 + 600


@pytest.mark.parametrize("step_s", [-DAY, -3600, DAY])
@pytest.mark.parametrize("process", ["the same", "another"])
async def test_a_step_of_the_clock_of_the_server_ends_sessions_and_lengthens_none(
    sessions, another, clock, step_s, process
) -> None:
    """A server that measures time by its calendar, and an administrator who sets it."""
    store = sessions._time._store
    token = await sessions.start(ALICE, "secret")
    store.calendar_s = step_s
    used = sessions if process == "the same" else another
    assert await use_until_it_ends(used, token, clock, 600) <= 43_200
    later = await used.start(ALICE, "secret")
    clock.advance(600)
    await used.get(later)
    store.calendar_s = 0
    assert await use_until_it_ends(used, later, clock, 600) <= 43_200


async def test_a_session_that_a_step_has_ended_does_not_come_back(sessions, store, clock) -> None:
    token = await sessions.start(ALICE, "secret")
    store.calendar_s = -DAY
    clock.advance(61)
    with pytest.raises(SessionEnded):
        await sessions.get(token)
    store.calendar_s = 0
    with pytest.raises(SessionEnded):
        await sessions.get(token)


async def test_a_request_that_reached_the_store_late_lengthens_nothing(store, key_ring, clock, monkeypatch) -> None:
    """The process stood still between asking for the time and writing the record."""
    sessions = Sessions(store, key_ring, clock=clock)
    add = store.inner.add

    async def late(key, value, *, ttl_s):
        clock.advance(10_000)
        return await add(key, value, ttl_s=ttl_s)

    monkeypatch.setattr(store.inner, "add", late)
    policy = SessionPolicy(absolute_s=20_000, idle_s=3600)
    token = await Sessions(store, key_ring, policy=policy, clock=clock).start(ALICE, "secret")
    with pytest.raises(SessionEnded):
        await sessions.get(token)


async def test_a_store_that_forgets_nothing_lets_nobody_in_either(sessions, store, clock, monkeypatch) -> None:
    """Both ends are checked here as well."""
    monkeypatch.setattr(store.inner, "_monotonic", lambda: 0.0)

    async def now() -> float:
        return NOW + clock.monotonic()

    monkeypatch.setattr(store.inner, "now", now)
    token = await sessions.start(ALICE, "secret")
    clock.advance(1800)
    for call in (sessions.get, sessions.credential, sessions.rotate):
        with pytest.raises(SessionEnded):
            await call(token)
    busy = await sessions.start(ALICE, "secret")
    assert await use_until_it_ends(sessions, busy, clock, 7) == 43_204


async def test_time_limits_follow_the_policy(store, key_ring, clock) -> None:
    sessions = Sessions(store, key_ring, policy=SessionPolicy(idle_s=30, absolute_s=100), clock=clock)
    assert await use_until_it_ends(sessions, await sessions.start(ALICE, "secret"), clock, 1) == 100
    token = await sessions.start(ALICE, "secret")
    clock.advance(30)
    with pytest.raises(SessionEnded):
        await sessions.get(token)

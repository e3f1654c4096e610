"""Values, counters and quotas: what the store itself does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faults.world import ATTEMPTS, LIMIT
from scripted_odoo import DATABASE
from zenoo_security.stores import Backoff, Counter

if TYPE_CHECKING:
    from faults.world import Run, World


async def a_value_is_put(run: Run) -> None:
    """It is there when the store says so, and never another."""
    key = run.ann.login.encode()
    await run.steady.store.put(key, b"old", ttl_s=600)
    outcome = await run.faulted(lambda shaky: shaky.store.put(key, b"new", ttl_s=600))
    assert await run.steady.store.get(key) in ({b"new"} if outcome.is_answer else {b"old", b"new"})


async def a_value_is_read(run: Run) -> None:
    """It is the one that was asked for."""
    key = run.ann.login.encode()
    await run.steady.store.put(key, b"mine", ttl_s=600)
    for question, answer in ((key, b"mine"), (key + b"x", None), (key, b"mine")):
        outcome = await run.faulted(lambda shaky, question=question: shaky.store.get(question))
        assert not outcome.is_answer or outcome.value == answer


async def a_connection_is_made(run: Run) -> None:
    """A new store answers truly or not at all, and whatever it began is done once."""
    store, key = run.open_shaky(), run.ann.login.encode()
    outcome = await run.faulted(lambda _: store.add(key, b"v", ttl_s=600))
    assert not outcome.is_answer or outcome.value is True
    if not outcome.is_answer:
        await run.steady.store.add(key, b"v", ttl_s=600)
    assert await run.steady.store.get(key) == b"v"


async def a_value_is_added_once(run: Run) -> None:
    """Of several who add it one is told that it is theirs, or nobody."""
    key = run.ann.login.encode()
    outcomes = [
        await run.faulted(lambda shaky, value=value: shaky.store.add(key, value, ttl_s=600)) for value in (b"1", b"2")
    ]
    assert sum(outcome.value is True for outcome in outcomes) in run.once
    assert await run.steady.store.add(key, b"3", ttl_s=600) is False
    for outcome, value in zip(outcomes, (b"1", b"2"), strict=True):
        assert outcome.value is not True or await run.steady.store.get(key) == value


async def a_value_is_deleted(run: Run) -> None:
    """It is gone when the store says so."""
    key = run.ann.login.encode()
    await run.steady.store.put(key, b"v", ttl_s=600)
    outcome = await run.faulted(lambda shaky: shaky.store.delete(key))
    assert not outcome.is_answer or (outcome.value is True and await run.steady.store.get(key) is None)


async def a_value_is_replaced(run: Run) -> None:
    """By one of two who have seen the same."""
    key = run.ann.login.encode()
    await run.steady.store.put(key, b"old", ttl_s=600)
    outcomes = [
        await run.faulted(lambda shaky, new=new: shaky.store.compare_and_set(key, b"old", new, ttl_s=600))
        for new in (b"1", b"2")
    ]
    assert sum(outcome.value is True for outcome in outcomes) in run.once
    stored = await run.steady.store.get(key)
    assert stored in ({b"1", b"2"} if all(outcome.is_answer for outcome in outcomes) else {b"old", b"1", b"2"})
    for outcome, value in zip(outcomes, (b"1", b"2"), strict=True):
        assert outcome.value is not True or stored == value


async def values_are_scanned(run: Run) -> None:
    """All of them are seen, once, or it is said that they are not."""
    keys = [run.ann.login.encode() + b"/%d" % number for number in range(40)]
    for key in keys:
        await run.steady.store.put(key, key, ttl_s=600)

    async def scanned(shaky: World) -> list[tuple[bytes, bytes]]:
        return [pair async for pair in shaky.store.scan(run.ann.login.encode())]

    outcome = await run.faulted(scanned)
    assert not outcome.is_answer or sorted(outcome.value) == sorted((key, key) for key in keys)


async def attempts_are_reserved(run: Run) -> None:
    """There are never more than the limit, and no more of them are lost than one exchange can lose."""
    first = [await run.faulted(lambda shaky: shaky.lockout.reserve(DATABASE, run.ann.login, run.ip)) for _ in range(2)]
    steady = [await run.steady.lockout.reserve(DATABASE, run.ann.login, run.ip) for _ in range(ATTEMPTS)]
    last = await run.faulted(lambda shaky: shaky.lockout.reserve(DATABASE, run.ann.login, run.ip))
    assert last.value is None
    granted = sum(outcome.value is not None for outcome in first) + sum(attempt is not None for attempt in steady)
    assert ATTEMPTS - sum(not outcome.is_answer for outcome in first) <= granted <= ATTEMPTS


async def a_failure_is_settled(run: Run) -> None:
    """The attempt counts once, whether that was answered or not."""
    attempt = await run.faulted(lambda shaky: shaky.lockout.reserve(DATABASE, run.ann.login, run.ip))
    if attempt.value is not None:
        await run.faulted(lambda _: attempt.value.failed())
    steady = [await run.steady.lockout.reserve(DATABASE, run.ann.login, run.ip) for _ in range(ATTEMPTS + 1)]
    left = sum(attempt is not None for attempt in steady)
    assert left in ({ATTEMPTS - 1} if attempt.is_answer else {ATTEMPTS - 1, ATTEMPTS})


async def an_attempt_is_given_back(run: Run) -> None:
    """It is there again when the store says so, and never two."""
    attempt = await run.faulted(lambda shaky: shaky.lockout.reserve(DATABASE, run.ann.login, run.ip))
    if attempt.value is not None:
        back = await run.faulted(lambda _: attempt.value.give_back())
        left = ATTEMPTS - 1 + back.is_answer
        steady = [await run.steady.lockout.reserve(DATABASE, run.ann.login, run.ip) for _ in range(ATTEMPTS + 1)]
        assert left <= sum(attempt is not None for attempt in steady) <= ATTEMPTS


async def failures_are_forgotten(run: Run) -> None:
    """When the store says so, and the lockout stands until then."""
    for _ in range(ATTEMPTS):
        assert await run.steady.lockout.reserve(DATABASE, run.ann.login, run.ip)
    assert (await run.steady.lockout.status(DATABASE, run.ann.login, run.ip)).locked
    outcome = await run.faulted(lambda shaky: shaky.lockout.unlock(DATABASE, run.ann.login, run.ip))
    assert not outcome.is_answer or not (await run.steady.lockout.status(DATABASE, run.ann.login, run.ip)).locked


async def a_lockout_is_looked_at(run: Run) -> None:
    """The answer is true, and asking for it costs no attempt."""
    first = await run.faulted(lambda shaky: shaky.lockout.status(DATABASE, run.ann.login, run.ip))
    assert not first.is_answer or not first.value.locked
    for _ in range(ATTEMPTS):
        assert await run.steady.lockout.reserve(DATABASE, run.ann.login, run.ip)
    second = await run.faulted(lambda shaky: shaky.lockout.status(DATABASE, run.ann.login, run.ip))
    assert not second.is_answer or second.value.locked


async def counters_are_taken_together(run: Run) -> None:
    """All of them or none."""
    counters = [Counter(f"{run.ann.login}/{number}".encode(), Backoff((3600.0,), None, 7200.0)) for number in (1, 2)]
    outcome = await run.faulted(lambda shaky: shaky.store.reserve(counters))
    counted = [await run.steady.store.reserve([counter]) > 0 for counter in counters]
    assert counted in ([[True, True]] if outcome.is_answer else [[False, False], [True, True]])


async def requests_are_limited(run: Run) -> None:
    """In both algorithms there are never more than the limit, and no more are lost than one exchange can lose."""
    for name in ("window", "gcra"):
        first = [await run.faulted(lambda shaky, name=name: getattr(shaky, name).ahit(run.ann.login)) for _ in range(2)]
        steady = [await getattr(run.steady, name).ahit(run.ann.login) for _ in range(LIMIT)]
        last = await run.faulted(lambda shaky, name=name: getattr(shaky, name).ahit(run.ann.login))
        assert not last.value
        granted = sum(bool(outcome.value) for outcome in first) + sum(decision.allowed for decision in steady)
        assert LIMIT - sum(not outcome.is_answer for outcome in first) <= granted <= LIMIT


async def a_limit_is_reset(run: Run) -> None:
    """When the store says so."""
    for _ in range(LIMIT):
        assert await run.steady.window.ahit(run.ann.login)
    outcome = await run.faulted(lambda shaky: shaky.window.areset(run.ann.login))
    assert not outcome.is_answer or (await run.steady.window.ahit(run.ann.login)).allowed

"""What is kept in a store: under which keys, for whom apart, and what happens when it does not answer."""

from __future__ import annotations

import asyncio
import hashlib
import threading

import pytest

from audit.conftest import Heard
from zenoo_security import RateLimiter
from zenoo_security.audit import AuditLog, configured
from zenoo_security.clock import FakeClock
from zenoo_security.errors import ParameterError, StoreUnavailable
from zenoo_security.keyring import KeyRing
from zenoo_security.limits import RateLimits
from zenoo_security.stores.memory import MemoryStore


class Kept(MemoryStore):
    """Remembers the keys, and is down when told to be."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[bytes] = []
        self.down = False

    async def take(self, quotas, *, cost=1):
        if self.down:
            raise StoreUnavailable("down")
        self.keys += [quota.key for quota in quotas]
        return await super().take(quotas, cost=cost)

    async def peek(self, quotas, *, cost=1):
        if self.down:
            raise StoreUnavailable("down")
        return await super().peek(quotas, cost=cost)

    async def forget(self, quotas):
        if self.down:
            raise StoreUnavailable("down")
        return await super().forget(quotas)


@pytest.mark.asvs("v5.0.0-1.3.9")
def test_a_key_is_a_hash_of_the_name_the_policy_and_the_identifier():
    """As documented, so that an operator can find one; and no address is there in the clear."""
    store = Kept()
    RateLimiter(5, 60, algorithm="gcra", store=store, name="login").hit("192.0.2.1")
    assert store.keys == [b"limit/" + hashlib.sha256(b"login\0gcra\x005\x0060.0\x00192.0.2.1").digest()]


def test_with_a_key_ring_the_hash_is_keyed():
    """Another ring gives another key, and the same one the same after it was rotated."""
    ring = KeyRing.generate()
    stores = [Kept() for _ in range(3)]
    RateLimiter(5, 60, store=stores[0], key_ring=ring).hit("192.0.2.1")
    RateLimiter(5, 60, store=stores[1], key_ring=ring.rotate()).hit("192.0.2.1")
    RateLimiter(5, 60, store=stores[2], key_ring=KeyRing.generate()).hit("192.0.2.1")
    keys = [store.keys[0] for store in stores]
    assert keys[0] == keys[1] != keys[2]
    assert keys[0].startswith(b"limit/zi1.")


def test_limiters_of_one_name_and_quota_count_together_and_others_apart():
    store = MemoryStore()
    for limiter in (
        RateLimiter(5, 60, store=store),
        RateLimiter(5, 60, store=store, algorithm="gcra"),
        RateLimiter(6, 60, store=store),
        RateLimiter(5, 61, store=store),
        RateLimiter(5, 60, store=store, name="other"),
        RateLimits("5/min", store=store, name="third"),
        RateLimiter(5, 60, store=MemoryStore()),
    ):
        assert limiter.hit("alice").remaining == limiter.policies[0].limit - 1
    assert RateLimiter(5, 60.0, store=store).hit("alice").remaining == 3


def test_a_store_is_a_store():
    for store in ("redis://localhost", object(), {}):
        with pytest.raises(ParameterError, match="open_store"):
            RateLimiter(5, 60, store=store)
    with pytest.raises(ParameterError, match="on_store_failure"):
        RateLimiter(5, 60, store=MemoryStore(), on_store_failure="ignore")


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_a_call_that_would_hold_up_the_event_loop_is_refused(store):
    limiter = RateLimiter(5, 60, store=store)
    for call in (limiter.hit, limiter.peek, limiter.reset, limiter.allow, limiter.require):
        with pytest.raises(ParameterError, match="await"):
            call("alice")
    assert await asyncio.to_thread(limiter.allow, "alice")


@pytest.fixture
def heard():
    heard = Heard()
    with configured(AuditLog(heard)):
        yield heard


def limiters(store, **options):
    yield RateLimiter(5, 60, store=store, name="login", **options)
    yield RateLimits("5/min and 9/h", store=store, name="login", **options)


@pytest.mark.asvs("v5.0.0-16.5.3")
async def test_a_store_that_is_down_refuses_and_is_told_once(heard):
    for limiter in limiters(store := Kept(), clock=FakeClock()):
        store.down = True
        for _ in range(100):
            with pytest.raises(StoreUnavailable):
                await limiter.ahit("alice")
            with pytest.raises(StoreUnavailable):
                limiter.require("bob")
        for call in (limiter.peek, limiter.reset):
            with pytest.raises(StoreUnavailable):
                call("alice")
        store.down = False
        assert limiter.hit("alice")
    assert heard.events == ["limit.uncounted"] * 2
    assert heard.fields[0]["details"] == {"limiter": "login", "let_through": False, "count": 1}


@pytest.mark.asvs("v5.0.0-16.5.3")
async def test_by_choice_what_cannot_be_counted_is_let_through_and_told(heard):
    clock = FakeClock()
    for limiter in limiters(store := Kept(), on_store_failure="allow", clock=clock):
        store.down = True
        for _ in range(100):
            decision = await limiter.ahit("alice")
            assert (decision.allowed, decision.limit, decision.remaining) == (True, 5, 0)
            assert len(decision.decisions) == len(limiter.policies)
            assert limiter.peek("alice")
        with pytest.raises(StoreUnavailable):
            limiter.reset("alice")
        clock.advance(60)
        limiter.hit("alice")
        store.down = False
    assert heard.events == ["limit.uncounted"] * 4
    assert [fields["details"]["count"] for fields in heard.fields] == [1, 100] * 2
    assert heard.fields[0]["details"]["let_through"] is True


@pytest.mark.asvs("v5.0.0-16.3.3")
async def test_a_refusal_in_a_store_is_told_at_once_and_then_with_a_count(heard):
    clock, store = FakeClock(), MemoryStore()
    limiter = RateLimiter(2, 60, store=store, name="login", clock=clock)
    limits = RateLimits("2/min and 9/h", store=store, clock=clock)
    for each in (limiter, limits):
        while await each.ahit("hunter2"):
            pass
        for _ in range(1000):
            assert not await each.ahit("hunter2")
    assert [fields["details"] for fields in heard.fields] == [
        {"what": "requests", "limiter": "login", "limit": 2, "window_s": 60, "count": 1},
        {"what": "requests", "limiter": "2/min and 9/h", "limit": 2, "window_s": 60, "count": 1},
    ]
    clock.advance(60)
    assert not await limiter.ahit("hunter2")
    assert heard.fields[2]["details"]["count"] == 1001
    assert b"hunter2" not in b"".join(entry.line for entry in heard)


@pytest.mark.asvs("v5.0.0-16.3.3")
@pytest.mark.parametrize("store", [None, MemoryStore()], ids=["process", "store"])
def test_however_many_names_are_refused_the_log_is_not_flooded(heard, store):
    limits = RateLimits("1/min and 5/h", store=store, max_keys=100_000, clock=FakeClock())
    for number in range(5000):
        limits.hit(f"name {number}")
        assert not limits.hit(f"name {number}")
    assert 200 < len(heard) <= 256


def test_threads_that_are_refused_at_once_are_told_once(heard):
    limits = RateLimits("1/h and 5/day", clock=FakeClock())
    limits.hit("a")
    threads = [threading.Thread(target=lambda: [limits.allow("a") for _ in range(500)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heard) == 1

"""Defect 70: six violations blocked an address for ever, in one process, unseen, with everybody behind it."""

from __future__ import annotations

import asyncio

from zenoo_security import SecurityMiddleware
from zenoo_security.clock import FakeClock
from zenoo_security.errors import ClientBlocked, RateLimitExceeded
from zenoo_security.limits import RateLimiter
from zenoo_security.stores.memory import MemoryStore
from zenoo_security.web import BlockPolicy, Blocks

INFO = {"client_ip": "203.0.113.9", "user_agent": "Mozilla/5.0"}
POLICY = BlockPolicy(violations=5, window_s=60, durations_s=(300, 1800))


async def attack(middleware: SecurityMiddleware) -> str:
    """Ask until something else than the limit refuses."""
    for _ in range(20):
        try:
            await middleware.process_request(INFO)
        except RateLimitExceeded:
            continue
        except ClientBlocked:
            return "blocked"
    return "limited"


async def test_a_block_ends_and_the_next_one_is_longer():
    clock = FakeClock()
    store = MemoryStore(clock=clock)
    blocks = Blocks(store, policy=POLICY, clock=clock)
    middleware = SecurityMiddleware(limits=RateLimiter(1, 60, clock=clock), blocks=blocks)
    for lasts_s in (300, 1800, 1800):
        assert await attack(middleware) == "blocked"
        clock.advance(lasts_s - 1)
        assert await blocks.find(INFO["client_ip"])
        clock.advance(1.1)
        assert await middleware.process_request(INFO)


async def test_a_block_is_seen_and_lifted_by_whoever_has_the_store():
    """Another process, such as the command line."""
    store = MemoryStore()
    blocks = Blocks(store, policy=POLICY, cache_s=0)
    middleware = SecurityMiddleware(limits=RateLimiter(1, 60), blocks=blocks)
    await attack(middleware)
    operator = Blocks(store)
    assert [block.network for block in await operator.list()] == ["203.0.113.9"]
    assert await operator.unblock("203.0.113.9", by="alice")
    assert await attack(middleware) == "blocked"  # of its own doing again, not of the first time
    assert (await operator.find("203.0.113.9")).times == 1


async def test_all_workers_block_together():
    store = MemoryStore()
    workers = [SecurityMiddleware(limits=RateLimiter(1, 60), blocks=Blocks(store, policy=POLICY)) for _ in range(4)]
    assert "blocked" in await asyncio.gather(*map(attack, workers))
    assert [block.times for block in await Blocks(store).list()] == [1]


async def test_an_office_on_the_list_is_limited_and_never_blocked():
    blocks = Blocks(MemoryStore(), policy=POLICY, never=["203.0.113.0/24"])
    assert await attack(SecurityMiddleware(limits=RateLimiter(1, 60), blocks=blocks)) == "limited"


async def test_six_refusals_block_nobody_by_default():
    """Behind one address there may be a whole office whose pages ask a little too often."""
    middleware = SecurityMiddleware()
    refused = 0
    for _ in range(250):
        try:
            await middleware.process_request(INFO)
        except RateLimitExceeded:
            refused += 1
    assert refused == 150

"""Blocks: they end, they grow, they can be lifted, and all workers share them."""

from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zenoo_security.audit import AuditLog, configured
from zenoo_security.clock import FakeClock
from zenoo_security.errors import AuditUnavailable, InvalidInput, ParameterError, StoreIncompatible, StoreUnavailable
from zenoo_security.limits import RateLimiter
from zenoo_security.stores.memory import MemoryStore
from zenoo_security.web.blocks import Block, BlockPolicy, Blocks
from zenoo_security.web.request_limits import RequestLimits

from .driving import Sent, through

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.audit import Entry

KINDS = ("asgi", "wsgi")
CLIENT = "203.0.113.9"
POLICY = BlockPolicy(violations=3, window_s=60, durations_s=(10, 100, 1000), forget_s=5000)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(1_800_000_000.0)


class Counting(MemoryStore):
    """Counts how often it is asked."""

    asked = 0
    down = False

    async def get(self, key):
        self.asked += 1
        if self.down:
            raise StoreUnavailable("it is down")
        return await super().get(key)

    async def take(self, quotas, *, cost=1):
        if self.down:
            raise StoreUnavailable("it is down")
        return await super().take(quotas, cost=cost)


@pytest.fixture
def store(clock) -> Counting:
    return Counting(clock=clock)


@pytest.fixture
def blocks(store, clock) -> Blocks:
    return Blocks(store, policy=POLICY, clock=clock, cache_s=5)


@contextmanager
def told() -> Iterator[list[Entry]]:
    """The events of the block."""
    entries: list[Entry] = []
    with configured(AuditLog(entries.append)):
        yield entries


@pytest.mark.parametrize("kind", KINDS)
def test_a_blocked_network_is_refused_until_the_block_ends(kind, blocks, clock):
    asyncio.run(blocks.block(CLIENT, reason="scraping", by="alice"))
    got = through(kind, [blocks], Sent(peer=CLIENT))
    assert (got.status, got.values("retry-after"), json.loads(got.body)["code"]) == (403, [b"10"], "blocked")
    assert got.values("cache-control") == [b"no-store"]
    assert through(kind, [blocks], Sent(peer="203.0.113.10")).status == 200
    clock.advance(9.5)
    assert through(kind, [blocks], Sent(peer=CLIENT)).values("retry-after") == [b"1"]
    clock.advance(0.6)
    assert through(kind, [blocks], Sent(peer=CLIENT)).status == 200


@pytest.mark.parametrize("kind", KINDS)
def test_who_goes_on_beyond_the_limit_is_blocked(kind, blocks, clock):
    """Three violations are forgiven, the fourth blocks."""
    controls = [blocks, RequestLimits(RateLimiter(2, 60, clock=clock), blocks=blocks)]
    assert [through(kind, controls, Sent()).status for _ in range(8)] == [200, 200, 429, 429, 429, 429, 403, 403]


async def test_each_further_block_is_longer_up_to_the_last(blocks, clock):
    lasts = []
    for _ in range(5):
        block = await blocks.block(CLIENT, reason="scraping", by="alice")
        lasts.append(block.until - block.since)
        clock.advance(lasts[-1] + 1)
    assert lasts == [10, 100, 1000, 1000, 1000]


async def test_who_behaves_for_long_enough_begins_anew(blocks, clock):
    await blocks.block(CLIENT, reason="scraping", by="alice")
    clock.advance(10 + 5000)
    block = await blocks.block(CLIENT, reason="scraping", by="alice")
    assert (block.times, block.until - block.since) == (1, 10)


class Slow(MemoryStore):
    """Lets others in between a look and a change, as a server does."""

    async def get(self, key):
        value = await super().get(key)
        await asyncio.sleep(0)
        return value


async def test_of_many_that_find_a_network_out_at_once_one_blocks_it(clock):
    """Four workers, a hundred requests in flight: one block, one event, and it counts once."""
    store = Slow(clock=clock)
    workers = [Blocks(store, policy=POLICY, clock=clock) for _ in range(4)]
    with told() as events:
        await asyncio.gather(*(worker.count(CLIENT) for worker in workers for _ in range(25)))
    assert [(block.times, block.by) for block in await workers[0].list()] == [(1, "violations")]
    assert [entry.event for entry in events] == ["client_blocked"]


async def test_violations_of_all_workers_count_together(store, clock):
    workers = [Blocks(store, policy=POLICY, clock=clock) for _ in range(4)]
    assert [await worker.count(CLIENT) is not None for worker in workers] == [False, False, False, True]


async def test_violations_come_back_evenly(blocks, clock):
    """One in twenty seconds, for as long as one likes, is nobody's attack."""
    for _ in range(20):
        assert await blocks.count(CLIENT) is None
        clock.advance(20)


async def test_a_whole_ipv6_network_is_blocked_and_no_more(blocks):
    await blocks.block("2001:db8::1", reason="scraping", by="alice")
    assert (await blocks.find("2001:db8::ffff:2")).network == "2001:db8::/64"
    assert await blocks.find("2001:db8:0:1::1") is None


@pytest.mark.parametrize("kind", KINDS)
def test_an_ipv6_client_cannot_change_its_address_to_get_out(kind, blocks):
    asyncio.run(blocks.block("2001:db8::1", reason="scraping", by="alice"))
    assert through(kind, [blocks], Sent(peer="2001:db8::2")).status == 403


@pytest.mark.parametrize("exempt", ["198.51.100.7", "2001:db8:7:1::5", "127.0.0.1", "::1"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_network_of_the_list_is_never_blocked(kind, exempt, store, clock):
    """Neither by violations nor by hand, and the store is not even asked. This machine needs no list."""
    blocks = Blocks(store, policy=POLICY, never=["198.51.100.0/24", "2001:db8:7::/48"], clock=clock)
    for _ in range(10):
        assert asyncio.run(blocks.count(exempt)) is None
    with pytest.raises(ParameterError):
        asyncio.run(blocks.block(exempt, reason="scraping", by="alice"))
    assert through(kind, [blocks], Sent(peer=exempt)).status == 200
    assert store.asked == 0


async def test_a_single_exempt_address_keeps_its_ipv6_network_open(store):
    """To block the network would block the address."""
    blocks = Blocks(store, never=["2001:db8::5/128"])
    with pytest.raises(ParameterError):
        await blocks.block("2001:db8::9", reason="scraping", by="alice")


async def test_a_block_is_lifted_and_forgotten(blocks):
    await blocks.block(CLIENT, reason="scraping", by="alice")
    assert await blocks.unblock(CLIENT, by="bob")
    assert (await blocks.find(CLIENT), await blocks.list()) == (None, [])
    assert not await blocks.unblock(CLIENT, by="bob")
    assert (await blocks.block(CLIENT, reason="scraping", by="alice")).times == 1


async def test_where_the_log_is_required_and_fails_no_block_is_lifted(blocks):
    def broken(entry):
        raise OSError

    await blocks.block(CLIENT, reason="scraping", by="alice")
    with configured(AuditLog(broken, required=True)), pytest.raises(AuditUnavailable):
        await blocks.unblock(CLIENT, by="bob")
    assert await blocks.find(CLIENT) is not None


async def test_a_block_that_may_be_lifted_is_told_as_unknown(blocks, store, monkeypatch):
    async def down(*_):
        raise StoreUnavailable("it is down")

    await blocks.block(CLIENT, reason="scraping", by="alice")
    monkeypatch.setattr(store, "forget", down)
    told: list[Entry] = []
    with configured(AuditLog(told.append)), pytest.raises(StoreUnavailable):
        await blocks.unblock(CLIENT, by="bob")
    lines = [json.loads(entry.line) for entry in told]
    assert [(line["event.action"], line["event.outcome"]) for line in lines] == [
        ("client_unblocked", "success"),
        ("client_unblocked", "unknown"),
    ]


async def test_the_list_has_what_has_not_ended_the_last_to_end_first(blocks, clock):
    await blocks.block("203.0.113.1", reason="scraping", by="alice", seconds=5)
    await blocks.block("203.0.113.2", reason="scraping", by="alice", seconds=50)
    await blocks.block("203.0.113.3", reason="scraping", by="alice", seconds=500)
    clock.advance(6)
    assert [block.network for block in await blocks.list()] == ["203.0.113.3", "203.0.113.2"]


async def test_a_shorter_block_does_not_end_a_longer_one(blocks):
    first = await blocks.block(CLIENT, reason="scraping", by="alice", seconds=500)
    assert await blocks.block(CLIENT, reason="scraping", by="bob", seconds=50) == first
    assert (await blocks.block(CLIENT, reason="fraud", by="bob", seconds=5000)).reason == "fraud"


@pytest.mark.parametrize("is_blocked", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_the_store_is_asked_once_in_a_while(kind, is_blocked, blocks, store, clock):
    """And a block that another process lifts or makes is minded then."""
    other = Blocks(store, policy=POLICY, clock=clock)
    if is_blocked:
        asyncio.run(other.block(CLIENT, reason="scraping", by="alice", seconds=1000))
    store.asked = 0
    before = [through(kind, [blocks], Sent(peer=CLIENT)).status for _ in range(20)]
    assert (set(before), store.asked) == ({403 if is_blocked else 200}, 1)
    change = other.unblock(CLIENT, by="b") if is_blocked else other.block(CLIENT, reason="a", by="b", seconds=1000)
    asyncio.run(change)
    clock.advance(4.9)
    assert through(kind, [blocks], Sent(peer=CLIENT)).status == before[0]
    clock.advance(0.2)
    assert through(kind, [blocks], Sent(peer=CLIENT)).status == (200 if is_blocked else 403)


def test_this_process_minds_its_own_changes_at_once(blocks):
    assert through("asgi", [blocks], Sent(peer=CLIENT)).status == 200
    asyncio.run(blocks.block(CLIENT, reason="scraping", by="alice"))
    assert through("asgi", [blocks], Sent(peer=CLIENT)).status == 403
    asyncio.run(blocks.unblock(CLIENT, by="alice"))
    assert through("asgi", [blocks], Sent(peer=CLIENT)).status == 200


def test_what_is_remembered_of_the_store_is_bounded(blocks):
    for number in range(10_050):
        through("asgi", [blocks], Sent(peer=f"198.18.{number >> 8}.{number & 255}"))
    assert len(blocks._cache._known) == 10_000


async def test_a_day_has_so_many_blocks_and_no_more(store, clock):
    """Who has a million networks fills no store; a block by hand is not counted."""
    blocks = Blocks(store, policy=BlockPolicy(violations=1, window_s=60, most_a_day=5), clock=clock)
    for number in range(20):
        for _ in range(2):
            await blocks.count(f"203.0.113.{number}")
    assert len(await blocks.list()) == 5
    await blocks.block("198.51.100.1", reason="scraping", by="alice")
    assert len(await blocks.list()) == 6


@pytest.mark.parametrize("kind", KINDS)
def test_a_store_that_is_down_lets_nobody_in_unless_one_says_so(kind, store, clock):
    store.down = True
    got = through(kind, [Blocks(store, clock=clock)], Sent())
    assert (got.status, got.values("retry-after")) == (503, [b"1"])
    assert through(kind, [Blocks(store, when_unavailable="pass", clock=clock)], Sent()).status == 200


@pytest.mark.parametrize("kind", KINDS)
def test_a_violation_that_cannot_be_counted_is_a_refusal_all_the_same(kind, blocks, store, clock):
    control = RequestLimits(RateLimiter(1, 60, clock=clock), blocks=blocks)
    through(kind, [control], Sent())
    store.down = True
    assert through(kind, [control], Sent()).status == 429


@pytest.mark.parametrize("kind", KINDS)
def test_a_client_without_an_address_is_nobody_to_block(kind, blocks, store):
    assert asyncio.run(blocks.count(None)) is None
    assert (through(kind, [blocks], Sent(peer=None)).status, store.asked) == (200, 0)


@pytest.mark.asvs("v5.0.0-16.2.1")
async def test_making_and_lifting_are_told_with_who_and_why(blocks):
    with told() as events:
        await blocks.block("2001:db8::9", reason="scraping", by="alice", seconds=60)
        await blocks.unblock("2001:db8::9", by="bob")
    assert [entry.event for entry in events] == ["client_blocked", "client_unblocked"]
    line = json.loads(events[0].line)
    assert line["source.address"] == "2001:db8::/64"
    assert all(part in events[0].line for part in (b'"alice"', b'"scraping"', b'"expires_in_s":60'))


async def test_what_else_is_in_the_store_is_no_block(blocks, store):
    """Written by a newer version, or by somebody else: nobody is let in on a guess."""
    await store.put(b"block/" + CLIENT.encode(), b'{"v": 2}', ttl_s=60)
    with pytest.raises(StoreIncompatible):
        await blocks.find(CLIENT)
    got = await asyncio.to_thread(through, "asgi", [blocks], Sent(peer=CLIENT))
    assert got.status == 503


@given(st.binary(max_size=60))
@example(b"[" * 50_000)
def test_bytes_that_are_no_record_are_refused(raw):
    with pytest.raises(StoreIncompatible):
        Block.decode(CLIENT, raw)


@given(
    st.sampled_from(["v", "since", "until", "times", "reason", "by"]),
    st.none() | st.booleans() | st.text() | st.floats() | st.integers() | st.lists(st.integers()),
)
def test_a_record_with_another_type_in_it_is_refused(name, value):
    """Or is a record, when the value happens to be of the type."""
    fields = {"v": 1, "since": 1.5, "until": 2.5, "times": 3, "reason": "scraping", "by": "alice"}
    raw = json.dumps({**fields, name: value}).encode()
    try:
        block = Block.decode(CLIENT, raw)
    except StoreIncompatible:
        return
    assert name == "v" or type(getattr(block, name)) in {
        type(fields[name]),
        *([int] if name in {"since", "until"} else []),
    }


def test_a_record_is_read_as_it_was_written():
    block = Block(CLIENT, 1.5, 2.5, 3, "scraping", "alice")
    assert Block.decode(CLIENT, block.encode()) == block


@pytest.mark.parametrize("address", ["", "somebody", "203.0.113.0/24", "2001:db8::/48", "203.0.113.9\n", "1" * 100])
async def test_what_is_no_address_is_refused(blocks, address):
    with pytest.raises(InvalidInput):
        await blocks.block(address, reason="scraping", by="alice")
    with pytest.raises(InvalidInput):
        await blocks.find(address)


@pytest.mark.parametrize(
    "arguments", [{"reason": ""}, {"reason": "a\nb"}, {"by": "x" * 65}, {"seconds": 0}, {"seconds": float("inf")}]
)
async def test_a_block_that_cannot_be_meant_is_refused(blocks, arguments):
    with pytest.raises(ParameterError):
        await blocks.block(CLIENT, **{"reason": "scraping", "by": "alice", **arguments})


@pytest.mark.parametrize(
    "arguments",
    [
        {"violations": 0},
        {"window_s": 0},
        {"durations_s": ()},
        {"durations_s": (10, 5)},
        {"durations_s": (0,)},
        {"forget_s": -1},
        {"most_a_day": 0},
    ],
    ids=str,
)
def test_a_policy_out_of_its_range_is_refused(arguments):
    with pytest.raises(ParameterError):
        BlockPolicy(**arguments)


@pytest.mark.parametrize("arguments", [{"when_unavailable": "x"}, {"cache_s": 61}, {"never": ["10.0.0.1/8"]}, {"never": [7]}], ids=str)  # fmt: skip
def test_an_argument_out_of_its_range_is_refused(arguments):
    with pytest.raises(ParameterError):
        Blocks(MemoryStore(), **arguments)


def test_a_block_that_was_lifted_is_not_back_with_the_next_violation(store, clock):
    """The violations that led to it are forgotten with it."""

    async def work() -> None:
        blocks = Blocks(store, policy=POLICY, clock=clock)
        for _ in range(4):
            await blocks.count(CLIENT)
        assert await blocks.unblock(CLIENT, by="alice")
        assert [await blocks.count(CLIENT) for _ in range(3)] == [None] * 3
        assert await blocks.count(CLIENT) is not None

    asyncio.run(work())


def test_a_reason_of_other_characters_is_refused_before_it_matters(store, clock):
    """Not first when it is the violation too many, and nobody is blocked."""
    with pytest.raises(ParameterError, match="reason"):
        asyncio.run(Blocks(store, policy=POLICY, clock=clock).count(CLIENT, reason="too\x1b[2Jmany"))


@pytest.mark.parametrize(
    "change",
    [{"reason": "\x1b[2Jrate"}, {"by": "a\nb"}, {"by": ""}, {"until": 253_402_300_800}, {"since": 10**400}],
    ids=["escape", "line", "nobody", "year 10000", "huge"],
)
def test_a_record_that_a_terminal_or_a_calendar_cannot_show_is_none(change):
    """Whoever wrote it, it was not this package."""
    fields = {"v": 1, "since": 1.0, "until": 2.0, "times": 1, "reason": "rate_limit", "by": "violations"}
    Block.decode(CLIENT, json.dumps(fields).encode())
    with pytest.raises(StoreIncompatible):
        Block.decode(CLIENT, json.dumps(fields | change).encode())


def test_the_networks_that_are_never_blocked_are_a_list(store):
    with pytest.raises(ParameterError, match="list"):
        Blocks(store, never="198.51.100.7")

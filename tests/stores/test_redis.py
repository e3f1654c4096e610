"""The store on Redis: what all stores promise, and what only this one has to prove."""

from __future__ import annotations

import asyncio
import binascii
import datetime as dt
import hashlib
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from stores.concurrency import ConcurrencySuite, SharedSuite
from stores.conformance import Fixtures, StoreSuite, scanned
from stores.faults import ServerSuite, VersionSuite, answers, reads, unavailable, writes
from stores.hammer import FIVE
from stores.loops import AnyLoopSuite
from stores.quotas import ExactQuotaSuite, take
from stores.redis_server import VERSION_KEY, Proxy, RedisBackend, speaking
from zenoo_security.errors import (
    ConfigurationError,
    InsecureTransport,
    ParameterError,
    StoreIncompatible,
    StoreUnavailable,
)
from zenoo_security.stores import Backoff, Counter, Outcome, Quota, Taken, open_store
from zenoo_security.stores.redis import RedisStore
from zenoo_security.stores.redis import store as redis_store
from zenoo_security.stores.redis.scripts import TAKE, Script
from zenoo_security.testing.postgres import free_port
from zenoo_security.testing.redis import running_redis

if TYPE_CHECKING:
    from pathlib import Path

EIGHT = [Counter(b"%d" % number, Backoff((0.0,), 100, 60.0)) for number in range(8)]
# What a server says to the password, to INFO, and to the question for the version.
GREETING = (b"+OK\r\n", b"$40\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n", b"*1\r\n$1\r\n1\r\n")
ALGORITHMS = ("sliding_window", "gcra")
# What a user of the server needs.
ACL = (
    *("+get", "+set", "+del", "+mget", "+scan", "+time", "+eval", "+evalsha", "+select"),
    *("+llen", "+lindex", "+rpush", "+ltrim", "+pexpire"),
)


@pytest.fixture(scope="module")
def server():
    with running_redis() as server:
        yield server


@pytest.fixture
def backend(server):
    return RedisBackend(server)


class TestRedis(StoreSuite, ConcurrencySuite, SharedSuite, AnyLoopSuite, VersionSuite):
    @pytest.fixture
    def backend(self, backend):
        return backend


class HastyBackend(RedisBackend):
    """For tests in which the server does not answer."""

    timeout_s = 1.0


class TestFaults(ServerSuite):
    @pytest.fixture
    def backend(self, server):
        return HastyBackend(server)


class SteppedBackend(RedisBackend):
    """The script that takes reads the time from a key, where it stands still; what expires does so by the real one."""

    now_us = 1_700_000_000_000_000

    def open(self, **options):
        self.set_clock()
        return super().open(**options)

    async def pass_time(self, seconds: float) -> None:
        self.now_us += round(seconds * 1_000_000)
        self.set_clock()

    def set_clock(self) -> None:
        self.say("SET", "clock", "[{}, {}]".format(*divmod(self.now_us, 1_000_000)))


class TestQuotasOnASteppedClock(ExactQuotaSuite, Fixtures):
    @pytest.fixture
    def backend(self, server, monkeypatch):
        asks, reads = b"redis.call('TIME')", b"cjson.decode(redis.call('GET', 'clock'))"
        assert asks in TAKE.text
        text = TAKE.text.replace(asks, reads)
        monkeypatch.setattr(redis_store, "TAKE", Script(text, hashlib.sha1(text, usedforsecurity=False).hexdigest()))
        return SteppedBackend(server)


@pytest.fixture
async def store(backend):
    store = backend.open()
    yield store
    await store.aclose()


async def use(store) -> None:
    """One operation of each kind, on keys of its own."""
    await store.put(b"v", b"1", ttl_s=60)
    assert await store.get(b"v") == b"1"
    assert await store.compare_and_set(b"v", b"1", b"2", ttl_s=60)
    quotas = [Quota(b"q", 5, 60), Quota(b"q", 5, 60, "sliding_window")]
    assert [taken.allowed for taken in await store.take(quotas) + await store.peek(quotas)] == [True] * 4
    assert await store.forget(quotas) == 2
    assert await store.reserve(EIGHT) == 0.0
    await store.settle(EIGHT, [Outcome.CLEARED] * 8)
    assert [entry async for entry in store.scan(b"")] == [(b"v", b"2")]
    assert await store.delete(b"v")


# Round trips.


async def test_every_operation_is_one_command(store, backend):
    """A session is looked up with one round trip; nothing but a scan takes more."""
    await use(store)
    calls = {
        "GET": lambda: store.get(b"v"),
        "SET": lambda: store.put(b"v", b"1", ttl_s=60),
        "DEL": lambda: store.delete(b"v"),
        "TIME": store.now,
    }
    scripts = [
        lambda: store.compare_and_set(b"v", b"1", b"2", ttl_s=60),
        lambda: take(store, b"q", limit=5, window_s=60),
        lambda: store.take([Quota(b"%d" % number, 5, 60, "sliding_window") for number in range(8)]),
        lambda: store.peek([Quota(b"q", 5, 60), Quota(b"q", 5, 60, "sliding_window")]),
        lambda: store.reserve(EIGHT),
        lambda: store.settle(EIGHT, [Outcome.FAILED] * 8),
    ]
    for expected, call in [*calls.items(), *(("EVALSHA", call) for call in scripts)]:
        with backend.counting() as asked:
            await call()
        assert asked == [expected]


async def test_a_server_that_forgot_the_scripts_is_told_again(store, backend):
    await use(store)
    backend.say("SCRIPT", "FLUSH")
    await use(store)


# Connections.


async def test_a_cancelled_operation_leaves_no_answer_for_the_next(backend):
    """Cancelled after the question was sent: the answer that comes later is nobody's (compare CVE-2023-28858)."""
    store = backend.open(timeout_s=30.0, connections=3)
    keys = [b"%d" % number for number in range(30)]
    for key in keys:
        await store.put(key, key, ttl_s=60)
    backend.hang()
    calls = [asyncio.ensure_future(store.get(key)) for key in keys]
    await asyncio.sleep(0.2)
    for call in calls:
        call.cancel()
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(result, asyncio.CancelledError) for result in results)
    later = [asyncio.ensure_future(store.get(key)) for key in keys[::-1]]
    await asyncio.sleep(0.2)
    backend.resume()
    assert await asyncio.gather(*later) == keys[::-1]
    for _ in range(3):
        assert await asyncio.gather(*map(store.get, keys)) == keys
    await store.aclose()


@pytest.mark.parametrize("connections", [1, 2])
async def test_operations_that_are_cancelled_anywhere_neither_mix_answers_nor_use_up_the_pool(backend, connections):
    """At every point at which the event loop could stop them, connecting and greeting included."""
    store = backend.open(connections=connections)
    keys = [b"%d" % number for number in range(8)]
    for key in keys:
        await store.put(key, key, ttl_s=60)
    for steps in range(60):
        if steps % 10 == 0:
            await store.aclose()
        calls = [asyncio.ensure_future(store.get(key)) for key in keys]
        for _ in range(steps):
            await asyncio.sleep(0)
        for call in calls[::2]:
            call.cancel()
        for key, result in zip(keys, await asyncio.gather(*calls, return_exceptions=True), strict=True):
            assert result == key or isinstance(result, asyncio.CancelledError)
    assert await asyncio.gather(*map(store.get, keys * 5)) == keys * 5
    assert connected(backend, connections) <= connections
    await store.aclose()


async def test_a_cancellation_that_comes_together_with_the_answer_is_not_lost(backend):
    """A task that was told to end ends, at whatever point; `asyncio.wait_for` did not see to that before Python 3.12."""
    store = backend.open(connections=1)
    await store.put(b"k", b"v", ttl_s=60)

    async def answer():
        await answered.wait()
        return b"v"

    for steps in range(8):
        answered = asyncio.Event()
        call = asyncio.ensure_future(store._client._in_time(answer()))
        for _ in range(5):
            await asyncio.sleep(0)
        answered.set()
        for _ in range(steps):
            await asyncio.sleep(0)
        told = call.cancel()
        await asyncio.wait({call})
        assert call.cancelled() is told
    await store.aclose()


@pytest.mark.parametrize("steps", range(12))
async def test_a_scan_that_is_cancelled_gives_its_connection_back(backend, steps):
    """Also at the moment in which it gets one."""
    store = backend.open(connections=1)
    await store.put(b"k", b"v", ttl_s=60)
    for _ in range(3):
        call = asyncio.ensure_future(scanned(store, b"k"))
        for _ in range(steps):
            await asyncio.sleep(0)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
    assert await scanned(store, b"k") == [(b"k", b"v")]
    await store.aclose()


async def test_after_a_time_out_a_late_answer_is_nobodys(backend):
    store = backend.open(timeout_s=1.0, connections=1)
    await answers(lambda: store.put(b"one", b"1", ttl_s=60))
    await answers(lambda: store.put(b"two", b"2", ttl_s=60))
    backend.hang()
    with pytest.raises(StoreUnavailable):
        await store.get(b"one")
    backend.resume()
    assert await answers(lambda: store.get(b"two")) == b"2"
    await store.aclose()


async def test_no_more_connections_than_allowed(backend):
    store = backend.open(connections=3)
    await asyncio.gather(*(store.reserve(EIGHT) for _ in range(100)))
    assert connected(backend, 3) == 3
    await store.aclose()
    assert connected(backend, 0) == 0


def test_the_connections_of_an_event_loop_end_with_it(backend):
    """Without `aclose`: an application may run each call in a loop of its own."""
    store = backend.open()
    for _ in range(3):
        asyncio.run(use(store))
        assert connected(backend, 0) == 0


FORK = """
import asyncio, os, sys
from zenoo_security.stores.redis import RedisStore

async def mine(store, name):
    for _ in range(200):
        await store.put(name, name, ttl_s=60)
        assert await store.get(name) == name
    return 0

store = RedisStore(sys.argv[1])
loop = asyncio.new_event_loop()
loop.run_until_complete(store.put(b"before", b"", ttl_s=60))
child = os.fork()
if not child:
    os._exit(asyncio.run(mine(store, b"child")))
loop.run_until_complete(mine(store, b"parent"))
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
loop.run_until_complete(store.aclose())
loop.close()
"""


def test_a_forked_process_has_connections_of_its_own(backend):
    """Both use the store that was connected before the fork, at the same time."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FORK, backend.url], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def connected(backend, at_most: int) -> int:
    """How many connections the server has, without the one that asks; it may see late that one was closed."""
    for _ in range(600):
        found: int = backend.say("CLIENT", "LIST").count(b"\n") - 1
        if found <= at_most:
            break
        time.sleep(0.05)
    return found


# Repetition.


async def test_what_reads_is_asked_again_when_the_answer_is_lost(backend):
    async with Proxy(backend.server.port) as proxy:
        store = RedisStore(proxy.url(backend.server))
        await store.put(b"k", b"v", ttl_s=60)
        for call, expected in [(lambda: store.get(b"k"), b"v"), (lambda: scanned(store, b"k"), [(b"k", b"v")])]:
            proxy.losing = 1
            assert await call() == expected
        proxy.losing = 1
        assert await store.now() > 0
        await store.aclose()


async def test_what_writes_is_never_done_twice(backend):
    """Its answer is lost, which is told; what it did is done once."""
    async with Proxy(backend.server.port) as proxy:
        store = RedisStore(proxy.url(backend.server))
        await store.put(b"gone", b"v", ttl_s=60)
        await store.reserve([Counter(b"r", FIVE)])
        await store.settle([Counter(b"r", FIVE)], [Outcome.CLEARED])
        await take(store, b"warm", limit=5, window_s=3600)
        calls = {
            "SET": lambda: store.add(b"k", b"v", ttl_s=60),
            "DEL": lambda: store.delete(b"gone"),
            "EVALSHA": lambda: store.reserve([Counter(b"r", FIVE)]),
        }
        for command, call in [*calls.items(), ("EVALSHA", lambda: take(store, b"q", limit=5, window_s=3600))]:
            proxy.losing = 1
            with backend.counting() as asked:
                await unavailable(call, 20)
            assert asked.count(command) == 1
            # Makes a new connection, which no answer is lost on.
            await store.now()
        assert (await take(store, b"q", limit=5, window_s=3600)).remaining == 3
        await store.aclose()


# Failures.


NONSENSE = [
    None,
    b"",
    b"\r\n",
    b"HTTP/1.1 400 Bad Request\r\n\r\n",
    b"\x15\x03\x03\x00\x02\x02\x28",
    b"-LOADING Redis is loading the dataset in memory\r\n",
    b"-NOAUTH Authentication required.\r\n",
    b"-MASTERDOWN Link with MASTER is down\r\n",
    b"-MOVED 1 secret.example:6379\r\n",
    b"-ASK nonsense\r\n",
    b"-ERR hunter2 \xff\r\n",
    b"-NOSCRIPT No matching script.\r\n",
    b":x\r\n",
    b"$-5\r\nabc\r\n",
    b"$99999999999\r\nabc\r\n",
    b"*3\r\n:1\r\n:2\r\n$1\r\nx\r\n",
    b"*1\r\n" * 5000 + b":1\r\n",
    b"*99999999\r\n",
    b"!\xff\xfe\r\n",
]
# What means something to one question or another.
OUT_OF_PLACE = [b":7\r\n", b"$-1\r\n", b"*2\r\n$1\r\n0\r\n:5\r\n"]


@pytest.mark.parametrize(
    ("polite", "answer"),
    [
        *(pytest.param((), answer, id=f"at once-{answer!r:.40}") for answer in [*NONSENSE, *OUT_OF_PLACE]),
        *(pytest.param(GREETING, answer, id=f"later-{answer!r:.40}") for answer in NONSENSE),
    ],
)
async def test_a_server_that_talks_nonsense_is_unavailable(polite, answer):
    """From the first word on, or after it was greeted as usual; and its words are in no message."""
    async with speaking(answer, polite) as port:
        store = RedisStore(f"redis://:hunter2@127.0.0.1:{port}", timeout_s=0.1)
        for error in await asyncio.gather(*map(refusal, [*writes(store), *reads(store)])):
            assert_silent(error)
        await store.aclose()


async def test_a_greeting_whose_answer_comes_twice_is_unavailable():
    """And not the data of another program, for which one would take a new namespace."""
    async with speaking(GREETING[2], (GREETING[1] * 2,)) as port:
        store = RedisStore(f"redis://127.0.0.1:{port}", timeout_s=5)
        assert_silent(await refusal(lambda: store.get(b"k")))
        await store.aclose()


@pytest.mark.parametrize(
    "answer", [b":7\r\n", b"$-1\r\n", b"+\r\n", b"+1 2 3\r\n", b"+1 2 3 x\r\n", b"+1 2 3 4 1 2 3 4\r\n", b"*0\r\n"]
)
async def test_a_decision_that_means_nothing_is_unavailable(answer):
    async with speaking(answer, GREETING[1:]) as port:
        store = RedisStore(f"redis://127.0.0.1:{port}", timeout_s=5)
        assert_silent(await refusal(lambda: store.take([Quota(b"k", 5, 60)])))
        await store.aclose()


async def test_nobody_listens():
    store = RedisStore(f"redis://:hunter2@127.0.0.1:{free_port()}")
    assert_silent(await refusal(lambda: store.get(b"k")))


@pytest.mark.parametrize(
    "url", ["redis://:hunter2@127.0.0.1:{}", "redis://x:hunter2@127.0.0.1:{}", "redis://127.0.0.1:{}"]
)
async def test_a_wrong_password_is_unavailable(server, url):
    store = RedisStore(url.format(server.port))
    assert_silent(await refusal(lambda: store.get(b"k")))


async def test_a_full_memory_refuses_what_it_cannot_keep_and_answers_what_it_can(store, backend):
    await store.put(b"k", b"v", ttl_s=60)
    backend.say("CONFIG", "SET", "maxmemory", "1")
    try:
        for call in (lambda: store.put(b"k2", b"", ttl_s=60), lambda: store.reserve(EIGHT)):
            assert_silent(await refusal(call))
        assert await store.get(b"k") == b"v"
    finally:
        backend.say("CONFIG", "SET", "maxmemory", "0")
    assert await store.reserve(EIGHT) == 0.0


async def test_a_replica_refuses_even_to_be_read(store, backend):
    """It lags behind. A server that becomes one is read on by connections that it had, until they find out by a write."""
    await store.put(b"k", b"v", ttl_s=60)
    backend.say("REPLICAOF", "127.0.0.1", "1")
    try:
        for call in (lambda: store.put(b"k", b"", ttl_s=60), lambda: store.reserve(EIGHT), lambda: store.get(b"k")):
            assert_silent(await refusal(call))
        other = backend.open()
        for call in (lambda: other.get(b"k"), other.now, lambda: scanned(other, b"")):
            assert_silent(await refusal(call))
        await other.aclose()
    finally:
        backend.say("REPLICAOF", "NO", "ONE")
    assert await store.reserve(EIGHT) == 0.0


async def test_a_new_connection_to_a_server_whose_memory_is_full_reads(store, backend):
    await store.put(b"k", b"v", ttl_s=60)
    backend.say("CONFIG", "SET", "maxmemory", "1")
    try:
        other = backend.open()
        assert await other.get(b"k") == b"v"
        assert await other.delete(b"k") is True
        await other.aclose()
    finally:
        backend.say("CONFIG", "SET", "maxmemory", "0")


async def test_what_something_else_wrote_below_our_keys_is_unavailable(store, backend):
    await store.now()
    for key in (b"v:k", b"q:gk", b"c:k"):
        backend.say("RPUSH", b"{zenoo-security}:" + key, "x")
    for call in (
        lambda: store.get(b"k"),
        lambda: take(store, b"k", limit=1, window_s=1),
        lambda: store.reserve([Counter(b"k", FIVE)]),
    ):
        assert_silent(await refusal(call))
    for key in (b"q:gk", b"c:k"):
        backend.say("SET", b"{zenoo-security}:" + key, "x")
    for call in (lambda: take(store, b"k", limit=1, window_s=1), lambda: store.reserve([Counter(b"k", FIVE)])):
        assert_silent(await refusal(call))


async def refusal(call) -> StoreUnavailable:
    with pytest.raises(StoreUnavailable) as refused:
        await asyncio.wait_for(call(), 20)
    return refused.value


def assert_silent(error: StoreUnavailable) -> None:
    """Neither the text nor what hangs on the error names the server, the password, or what the server said."""
    assert error.__cause__ is None
    assert error.__context__ is None
    assert not re.search(r"hunter2|127\.0\.0\.1|\d{4}|secret|user_script", str(error))


# Clusters and TLS.


async def test_a_cluster_node_takes_operations_on_many_keys():
    """All keys lie in one slot; a cluster refuses others with CROSSSLOT."""
    with running_redis({"cluster-enabled": "yes", "cluster-port": str(free_port())}) as server:
        backend = RedisBackend(server)
        backend.say("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
        await asyncio.to_thread(backend.wait_for_cluster)
        store = backend.open()
        await use(store)
        await store.aclose()


def key_slot(key: bytes) -> int:
    """Where a cluster keeps a key: CRC-16 (XMODEM) of its hash tag, or of all of it (Redis cluster specification)."""
    tag = re.match(rb"[^{]*\{([^}]+)\}", key)
    return binascii.crc_hqx(tag[1] if tag else key, 0) % 16384


async def test_all_keys_of_the_store_lie_in_one_slot(store, backend):
    """Whatever they hold: braces in a key of ours are no hash tag."""
    assert key_slot(b"123456789") == 0x31C3 % 16384
    await store.take([Quota(key, 5, 60, algorithm) for key in (b"{a}", b"}b{", b"c") for algorithm in ALGORITHMS])
    await store.put(b"{v}", b"", ttl_s=60)
    await store.reserve([Counter(b"{r}", FIVE)])
    keys = backend.say("KEYS", "*")
    assert len(keys) == 6 + 3
    assert {key_slot(key) for key in keys} == {key_slot(VERSION_KEY)}


async def test_a_rested_quota_leaves_no_key(store, backend):
    """Each expires as it is whole again; what was refused is not kept longer."""
    for _ in range(5):
        await store.take([Quota(b"long", 2, 60.0, algorithm) for algorithm in ALGORITHMS])
        await store.take([Quota(b"short", 2, 0.2, algorithm) for algorithm in ALGORITHMS])
    assert all(0 < backend.say("PTTL", key) <= 60_001 for key in backend.say("KEYS", "*q:*long"))
    await asyncio.sleep(0.3)
    assert backend.say("KEYS", "*q:*short") == []


# Decisions that come at the same time.


async def test_what_comes_together_goes_in_few_writes_over_one_connection(store, backend):
    results = await asyncio.gather(*(store.take([Quota(b"%d" % number, 5, 60)]) for number in range(300)))
    assert [taken.remaining for [taken] in results] == [4] * 300
    assert connected(backend, 1) == 1


@pytest.mark.parametrize("steps", range(12))
async def test_who_is_cancelled_among_others_leaves_their_answers_alone(store, steps):
    """At every point at which the event loop could stop them; and each of the others was counted once."""
    await store.now()
    calls = [asyncio.ensure_future(store.take([Quota(b"%d" % number, number, 3600)])) for number in range(1, 41)]
    for _ in range(steps):
        await asyncio.sleep(0)
    for call in calls[::2]:
        call.cancel()
    results = await asyncio.gather(*calls, return_exceptions=True)
    for number, result in zip(range(1, 41), results, strict=True):
        assert isinstance(result, asyncio.CancelledError) or result[0][:2] == (True, number - 1)
    assert all(not isinstance(result, BaseException) for result in results[1::2])
    again = await asyncio.gather(*(store.peek([Quota(b"%d" % number, number, 3600)]) for number in range(1, 41)))
    assert [taken.remaining for [taken] in again[1::2]] == list(range(1, 40, 2))


async def test_what_waits_when_the_store_is_closed_is_refused(backend):
    store = backend.open()
    await store.now()
    backend.hang()
    calls = [asyncio.ensure_future(store.take([Quota(b"k", 5, 60)])) for _ in range(100)]
    await asyncio.sleep(0.01)
    await store.aclose()
    backend.resume()
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(result) for result in results} == {StoreUnavailable}


@pytest.mark.parametrize("steps", range(6))
async def test_a_store_that_is_closed_at_any_moment_is_used_again(backend, steps):
    """Also when nothing of what was asked has been sent yet."""
    store = backend.open(timeout_s=20.0)
    await store.now()
    call = asyncio.ensure_future(store.take([Quota(b"k", 5, 60)]))
    for _ in range(steps):
        await asyncio.sleep(0)
    await store.aclose()
    assert await asyncio.wait_for(store.take([Quota(b"other", 5, 60)]), 60)
    [result] = await asyncio.wait_for(asyncio.gather(call, return_exceptions=True), 60)
    assert isinstance(result, StoreUnavailable) or result[0].allowed
    await store.aclose()


async def test_an_error_among_many_answers_is_that_of_one(store, backend):
    await store.now()
    backend.say("SET", b"{zenoo-security}:q:wbroken", "x")
    quotas = [Quota(b"broken" if number == 50 else b"%d" % number, 5, 60, "sliding_window") for number in range(100)]
    results = await asyncio.gather(*(store.take([quota]) for quota in quotas), return_exceptions=True)
    assert_silent(results.pop(50))
    assert [taken.remaining for [taken] in results] == [4] * 99


async def test_never_more_than_the_quota_though_the_server_dies_and_comes_back(backend):
    """Under load. It keeps what it has acknowledged, so what was let through is within the quota; refusals are typed."""
    store = backend.open(timeout_s=0.5)
    backend.say("CONFIG", "SET", "appendfsync", "always")
    backend.say("CONFIG", "SET", "appendonly", "yes")
    quota, allowed = Quota(b"k", 1000, 3600, "sliding_window"), 0
    ends = time.monotonic() + 2

    async def take_on() -> None:
        nonlocal allowed
        while time.monotonic() < ends or not allowed:
            try:
                [taken] = await store.take([quota])
                allowed += taken.allowed
            except StoreUnavailable:
                await asyncio.sleep(0.01)

    takers = [asyncio.ensure_future(take_on()) for _ in range(20)]
    await asyncio.sleep(0.05)
    backend.kill()
    await asyncio.to_thread(backend.start)
    await asyncio.gather(*takers)
    assert 0 < allowed <= 1000
    await store.aclose()


async def test_tls(tmp_path):
    """Verified against the authority that the URL names; without one that signed it, unavailable."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    write_certificate(certificate, key)
    port = free_port()
    tls = {"tls-port": port, "tls-cert-file": certificate, "tls-key-file": key, "tls-auth-clients": "no"}
    with running_redis({name: str(value) for name, value in tls.items()}) as server:
        url = f"rediss://:{server.password}@localhost:{port}"
        store = open_store(f"{url}?ssl_ca_certs={certificate}")
        await use(store)
        await store.aclose()
        store = open_store(url)
        assert_silent(await refusal(lambda: store.get(b"k")))
        await store.aclose()


def write_certificate(certificate: Path, key: Path) -> None:
    """For localhost, signed by itself."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.timezone.utc)
    signed = (
        x509.CertificateBuilder(
            name, name, private.public_key(), x509.random_serial_number(), now, now + dt.timedelta(1)
        )
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    certificate.write_bytes(signed.public_bytes(Encoding.PEM))
    key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


# Memory, version, names.


@pytest.mark.parametrize("policy", ["allkeys-lru", "volatile-ttl", "volatile-random"])
async def test_a_server_that_drops_values_is_refused(backend, policy):
    """Who fills the memory with made-up names would lift lockouts."""
    backend.say("CONFIG", "SET", "maxmemory", "1gb", "maxmemory-policy", policy)
    try:
        store = backend.open()
        with pytest.raises(ConfigurationError, match="maxmemory-policy"):
            await store.get(b"k")
        assert backend.contents() == {}
        await store.aclose()
        store = backend.open(allow_eviction=True)
        await use(store)
        await store.aclose()
    finally:
        backend.say("CONFIG", "SET", "maxmemory", "0", "maxmemory-policy", "noeviction")


@pytest.mark.parametrize("settings", [("1gb", "noeviction"), ("0", "allkeys-lru")])
async def test_a_server_that_drops_nothing_is_used(backend, settings, caplog):
    backend.say("CONFIG", "SET", "maxmemory", settings[0], "maxmemory-policy", settings[1])
    try:
        store = backend.open()
        await use(store)
        await store.aclose()
    finally:
        backend.say("CONFIG", "SET", "maxmemory", "0", "maxmemory-policy", "noeviction")
    assert not caplog.records


async def test_where_the_policy_is_not_told_a_warning_is(backend, caplog):
    """As the least of users: our keys, and the commands that the guide names."""
    backend.say("ACL", "SETUSER", "app", "on", ">pw", "~{zenoo-security}:*", *ACL)
    try:
        store = RedisStore(f"redis://app:pw@127.0.0.1:{backend.server.port}")
        await use(store)
        await store.aclose()
        await use(store)
        await store.aclose()
    finally:
        backend.say("ACL", "DELUSER", "app")
    assert [record.name for record in caplog.records] == ["zenoo_security.stores"]
    assert "noeviction" in caplog.text


@pytest.mark.parametrize(
    "command", [("RPUSH", VERSION_KEY, "x"), ("SET", VERSION_KEY, "x"), ("SET", VERSION_KEY, "-1")]
)
async def test_what_something_else_left_is_refused_and_unchanged(backend, command):
    backend.say(*command)
    before = backend.contents()
    store = backend.open()
    with pytest.raises(StoreIncompatible, match="something else"):
        await store.put(b"k", b"v", ttl_s=60)
    assert backend.contents() == before
    await store.aclose()


async def test_a_newer_version_that_comes_meanwhile_is_refused(store, backend):
    """Every new connection asks: a server may be restored from what a newer version kept."""
    await store.put(b"k", b"v", ttl_s=60)
    backend.make_newer()
    backend.server.restart()
    with pytest.raises(StoreIncompatible):
        await store.get(b"k")


async def test_everything_but_a_stop_and_the_version_expires(store, backend):
    """A process that dies in the middle of a login leaves nothing for good."""
    await use(store)
    await store.put(b"v", b"1", ttl_s=0.001)
    await store.put(b"v", b"1", ttl_s=60)
    for _ in range(2):
        await store.reserve(EIGHT)
    await store.settle(EIGHT, [Outcome.FAILED, Outcome.GIVEN_BACK] * 4)
    stopped = [Counter(b"stopped", Backoff((0.0,), 1, 60.0))]
    await store.reserve(stopped)
    await store.settle(stopped, [Outcome.FAILED])
    lasting = {key for key in backend.say("KEYS", "*") if backend.say("PTTL", key) == -1}
    assert lasting == {VERSION_KEY, b"{zenoo-security}:c:stopped"}


async def test_namespaces_are_apart(backend):
    """Also when one is the beginning of the other."""
    stores = [backend.open(namespace=name) for name in ("a", "a.b")]
    for number, store in enumerate(stores):
        await store.put(b"k", b"%d" % number, ttl_s=60)
        await store.reserve([Counter(b"r", Backoff((60.0,), None, 60.0))])
    for number, store in enumerate(stores):
        assert await scanned(store, b"") == [(b"k", b"%d" % number)]
        assert await store.reserve([Counter(b"r", Backoff((60.0,), None, 60.0))]) > 0
        await store.aclose()


@pytest.mark.parametrize("namespace", ["", "a:b", "a*", "{a}", "é", "a" * 65, "a\n"])
def test_a_namespace_is_plain(namespace):
    with pytest.raises(ParameterError, match="namespace"):
        RedisStore("redis://127.0.0.1", namespace=namespace)


@pytest.mark.parametrize(
    "options", [{"timeout_s": 0}, {"timeout_s": -1}, {"timeout_s": float("inf")}, {"connections": 0}]
)
def test_options_are_in_their_ranges(options):
    with pytest.raises(ParameterError):
        RedisStore("redis://127.0.0.1", **options)


# URLs.


@pytest.mark.parametrize(
    "query",
    [
        "decode_responses=true",
        "protocol=3",
        "protocol=2",
        "retry_on_timeout=yes&socket_timeout=9&max_connections=1",
        "db=3",
        "health_check_interval=1&client_name=app",
    ],
)
async def test_options_of_a_url_break_nothing(backend, query):
    store = open_store(f"{backend.url}?{query}")
    assert isinstance(store, RedisStore)
    await store.put(b"\xff", b"\xff\x00", ttl_s=60)
    assert await store.get(b"\xff") == b"\xff\x00"
    assert await take(store, b"k", limit=1, window_s=60) == Taken(True, 0, 0.0, 60.0)
    await store.aclose()


async def test_a_unix_socket(backend, store):
    other = open_store(backend.server.socket_url)
    await other.put(b"k", b"v", ttl_s=60)
    assert await store.get(b"k") == b"v"
    await other.aclose()


@pytest.mark.parametrize(
    "url",
    [
        "redis://:hunter2@h:port",
        "http://:hunter2@h",
        "redis://:hunter2@h?no_such=1",
        "redis://:hunter2@h?protocol=x",
        "redis://:hunter2@localhost?retry=5",
        "redis://:hunter2@localhost?maint_notifications_config=on",
        "rediss://:hunter2@h?ssl_cert_reqs=hunter2",
        "redis://:hunter2@[h",
        "hunter2",
        "",
    ],
)
def test_a_url_that_is_none_is_told_without_its_password(url):
    with pytest.raises(ConfigurationError) as refused:
        RedisStore(url)
    error = refused.value
    assert (error.__cause__, error.__context__) == (None, None)
    assert "hunter2" not in str(error)


def test_no_secret_in_the_repr(backend):
    store = backend.open()
    assert backend.server.password not in repr(store) + repr(vars(store))


@pytest.mark.asvs("v5.0.0-12.3.2")
@pytest.mark.parametrize(
    "url",
    [
        "redis://cache.example.com",
        "redis://10.0.0.7:6379/0",
        "redis://?host=cache.example.com",
        "rediss://cache.example.com?ssl_cert_reqs=none",
        "rediss://cache.example.com?ssl_cert_reqs=optional",
        "rediss://cache.example.com?ssl_check_hostname=false",
    ],
)
def test_another_machine_is_reached_over_verified_tls_or_not_at_all(url):
    with pytest.raises(InsecureTransport):
        open_store(url)
    open_store(url, allow_insecure=True)


@pytest.mark.parametrize(
    "url", ["rediss://cache.example.com", "redis://localhost", "redis://[::1]:6400", "unix:///run/redis"]
)
def test_this_machine_and_verified_tls_are_private(url):
    open_store(url)

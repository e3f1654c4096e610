"""The store on PostgreSQL: the suite, and what only this server can do."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import math
import subprocess
import sys
import time
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from stores.backend import Backend
from stores.concurrency import ConcurrencySuite, SharedSuite
from stores.conformance import StoreSuite
from stores.crew import Worker
from stores.exact import ExactTimeSuite
from stores.faults import ServerSuite, VersionSuite
from stores.hammer import FIVE
from stores.loops import AnyLoopSuite
from stores.postgres_server import PostgresCluster, running
from stores.quotas import take
from zenoo_security.errors import ConfigurationError, ParameterError, StoreIncompatible, StoreUnavailable
from zenoo_security.stores import Backoff, Counter, Outcome, Quota, open_store
from zenoo_security.stores.postgres import PostgresStore, schema
from zenoo_security.stores.postgres.schema import VERSION, check, create

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

TABLES = ("version", "entries", "quotas", "counters")


class PostgresBackend(Backend):
    """A database of its own on the server that all tests share."""

    def __init__(self, cluster: PostgresCluster) -> None:
        self.cluster = cluster
        self.database = cluster.create_database()
        self.url = cluster.url(self.database)

    def open(self) -> PostgresStore:
        return PostgresStore.from_url(self.url, timeout_s=self.timeout_s)

    def kill(self) -> None:
        self.cluster.kill()

    def start(self) -> None:
        self.cluster.start()

    def hang(self) -> None:
        self.cluster.hang()

    def resume(self) -> None:
        self.cluster.resume()

    def make_newer(self) -> None:
        self.sql("UPDATE zenoo_security.version SET version = version + 1")

    def make_older(self) -> None:
        self.sql("UPDATE zenoo_security.version SET version = version - 1")

    def contents(self) -> object:
        return [self.sql(f"SELECT * FROM zenoo_security.{table} ORDER BY 1") for table in TABLES]

    def sql(self, query: str, *parameters: object) -> list:
        return self.cluster.sql(self.database, query, *parameters)


class HastyBackend(PostgresBackend):
    """For tests in which the server does not answer."""

    timeout_s = 1.0


class SteppedBackend(PostgresBackend):
    """The same with a clock in the server that stands still."""

    url = None

    def __init__(self, cluster: PostgresCluster, hand: psycopg.Connection) -> None:
        self.cluster = cluster
        self._hand = hand
        self.database = hand.info.dbname
        self.address = cluster.url(self.database)

    def open(self) -> PostgresStore:
        return PostgresStore.from_url(self.address)

    async def pass_time(self, seconds: float) -> None:
        self._hand.execute("UPDATE hand SET at = at + %s", [seconds])


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresCluster]:
    with running({}) as cluster:
        yield cluster


@pytest.fixture
def backend(cluster):
    return PostgresBackend(cluster)


@pytest.fixture
async def store(backend):
    store = backend.open()
    yield store
    await store.aclose()


class TestPostgres(StoreSuite, ConcurrencySuite, SharedSuite, VersionSuite, AnyLoopSuite):
    @pytest.fixture
    def backend(self, cluster):
        return PostgresBackend(cluster)


class TestFaults(ServerSuite):
    @pytest.fixture
    def backend(self, cluster):
        return HastyBackend(cluster)


class TestExactTime(ExactTimeSuite):
    @pytest.fixture
    async def backend(self, cluster):
        database = cluster.create_database()
        with cluster.connect(database) as connection:
            store = PostgresStore.from_url(cluster.url(database))
            await store.now()
            await store.aclose()
            connection.execute("CREATE TABLE hand AS SELECT 1.7e9::float8 AS at; GRANT SELECT ON hand TO odoo")
            connection.execute(
                "CREATE OR REPLACE FUNCTION zenoo_security.clock() RETURNS float8 LANGUAGE sql"
                " AS 'SELECT at FROM public.hand'"
            )
            yield SteppedBackend(cluster, connection)


# Making the schema.


def test_ten_processes_that_come_at_once_make_the_schema_once(backend):
    workers = [Worker() for _ in range(10)]
    try:
        for worker in workers:
            worker.run("memory://", "add", range(1))
        for worker in workers:
            worker.prepare(backend.url, "add", range(1))
        assert [worker.is_ready() for worker in workers] == [True] * 10
        for worker in workers:
            worker.go()
        assert sorted(worker.result()[0] for worker in workers) == [False] * 9 + [True]
    finally:
        for worker in workers:
            worker.close()
    assert backend.sql("SELECT version FROM zenoo_security.version") == [(VERSION,)]


async def test_fifty_that_come_at_once_in_one_process_make_the_schema_once(backend, monkeypatch):
    """Or everybody would wait for as many transactions that find it made."""
    made = []

    async def counted(connection, name):
        made.append(name)
        await create(connection, name)

    monkeypatch.setattr(schema, "create", counted)
    store = PostgresStore.from_url(backend.url, connections=1)
    added = await asyncio.gather(*(store.add(b"k", b"", ttl_s=None) for _ in range(50)))
    assert sorted(added) == [False] * 49 + [True]
    assert made == ["zenoo_security"]
    await store.aclose()


async def test_a_server_that_does_not_say_whose_the_schema_is_is_no_foreign_schema():
    class Silent:
        async def execute(self, *_):
            return self

        async def fetchone(self):
            return None

    with pytest.raises(StoreUnavailable, match="nonsense"):
        await check(Silent(), "zenoo_security")


async def test_a_role_without_rights_is_told_what_to_run(cluster):
    """And after that was run it works."""
    database = cluster.create_database(owner="postgres")
    store = PostgresStore.from_url(cluster.url(database))
    with pytest.raises(ConfigurationError, match="CREATE SCHEMA zenoo_security AUTHORIZATION the_role") as raised:
        await store.get(b"k")
    assert_tells_nothing(raised.value, cluster)
    cluster.sql(database, "CREATE SCHEMA zenoo_security AUTHORIZATION odoo")
    await store.put(b"k", b"v", ttl_s=None)
    assert await store.get(b"k") == b"v"
    await store.aclose()


@pytest.mark.parametrize(
    "other",
    ["CREATE TABLE other.things (key bytea)", "CREATE TABLE other.version (version text)"],
)
async def test_a_schema_that_holds_something_else_is_refused_and_unchanged(backend, other):
    backend.sql("CREATE SCHEMA other AUTHORIZATION odoo")
    backend.sql(other)
    backend.sql("GRANT ALL ON ALL TABLES IN SCHEMA other TO odoo")
    store = PostgresStore.from_url(backend.url, schema="other")
    with pytest.raises(StoreIncompatible, match="something else"):
        await store.put(b"k", b"v", ttl_s=None)
    assert backend.sql("SELECT count(*) FROM pg_class WHERE relnamespace = 'other'::regnamespace") == [(1,)]
    await store.aclose()


@pytest.mark.parametrize("role", ["stranger", "postgres"])
async def test_a_schema_that_belongs_to_another_role_is_refused_unless_it_is_a_superusers(backend, cluster, role):
    """Odoo's role owns its database, and could have made there, before us, functions that never refuse an attempt."""
    store = backend.open()
    await store.put(b"k", b"v", ttl_s=60)
    await store.aclose()
    if not cluster.sql("postgres", "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
        cluster.sql("postgres", f"CREATE ROLE {role}")
    backend.sql(f"ALTER SCHEMA zenoo_security OWNER TO {role}")
    backend.sql("GRANT ALL ON SCHEMA zenoo_security TO odoo")
    store = backend.open()
    if role == "postgres":
        assert await store.get(b"k") == b"v"
    else:
        with pytest.raises(StoreIncompatible, match="another role") as raised:
            await store.reserve([Counter(b"c", FIVE)])
        assert_tells_nothing(raised.value, cluster)
    await store.aclose()


async def test_a_standby_answers_nothing_not_even_what_only_reads(backend, store):
    """It lags behind, and would still have a session that has ended. A database that only reads looks the same."""
    await store.put(b"k", b"v", ttl_s=60)
    backend.sql(f"ALTER DATABASE {backend.database} SET default_transaction_read_only = on")
    other = backend.open()
    for call in (lambda: other.get(b"k"), other.now):
        with pytest.raises(StoreUnavailable):
            await call()
    await other.aclose()


async def test_who_waits_for_another_to_make_the_schema_can_be_cancelled(backend):
    """At once, although the server does not answer."""
    lock = int.from_bytes(hashlib.sha256(b"zenoo-security schema zenoo_security").digest()[:8], "big", signed=True)
    with session(backend) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
        store = backend.open()
        waiting = asyncio.ensure_future(store.get(b"k"))
        while backend.sql("SELECT count(*) FROM pg_locks WHERE NOT granted") == [(0,)]:  # noqa: ASYNC110 (the server's)
            await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.wait({waiting}, timeout=10)
        assert waiting.cancelled()
    assert await store.get(b"k") is None
    await store.aclose()


async def test_stores_in_two_schemas_of_one_database_are_apart(backend, store):
    other = PostgresStore.from_url(backend.url, schema="other")
    await store.put(b"k", b"ours", ttl_s=None)
    assert await other.add(b"k", b"theirs", ttl_s=None) is True
    assert await store.get(b"k") == b"ours"
    await other.aclose()


async def test_a_schema_that_was_dropped_is_made_again(backend, store):
    """The call that finds it gone is refused."""
    await store.put(b"k", b"v", ttl_s=None)
    backend.sql("DROP SCHEMA zenoo_security CASCADE")
    with pytest.raises(StoreUnavailable):
        await store.get(b"k")
    assert await store.get(b"k") is None


async def test_objects_of_other_schemas_are_not_taken_for_its_own(backend):
    backend.sql("CREATE SCHEMA evil")
    backend.sql("GRANT USAGE ON SCHEMA evil TO odoo")
    backend.sql("CREATE TABLE evil.entries (key bytea, value bytea, expires_at float8)")
    for function in ("clock_timestamp() RETURNS timestamptz", "now() RETURNS timestamptz"):
        backend.sql(f"CREATE FUNCTION evil.{function} LANGUAGE sql AS $$ SELECT '1970-01-01'::timestamptz $$")
    backend.sql(f"ALTER ROLE odoo IN DATABASE {backend.database} SET search_path = evil, pg_catalog")
    store = backend.open()
    await store.put(b"k", b"v", ttl_s=60)
    assert await store.get(b"k") == b"v"
    assert await store.now() == pytest.approx(time.time(), abs=60)
    assert backend.sql("SELECT * FROM evil.entries") == []
    await store.aclose()


@pytest.mark.parametrize("isolation", ["serializable", "repeatable read"])
async def test_the_isolation_that_the_database_prefers_does_not_matter(backend, isolation):
    backend.sql(f"ALTER DATABASE {backend.database} SET default_transaction_isolation = '{isolation}'")
    store = backend.open()
    results = await asyncio.gather(*(take(store, b"k", limit=10, window_s=3600) for _ in range(40)))
    assert sum(taken.allowed for taken in results) == 10
    await store.aclose()


# Statements.


async def test_each_operation_is_one_statement(backend, cluster):
    backend.sql(f"ALTER DATABASE {backend.database} SET log_statement = 'all'")
    store = backend.open()
    await store.now()
    start = len(cluster.log())
    counters = [Counter(b"%d" % number, FIVE) for number in range(8)]
    for call in (
        lambda: store.get(b"k"),
        lambda: store.put(b"k", b"v", ttl_s=60),
        lambda: store.add(b"k", b"v", ttl_s=None),
        lambda: store.compare_and_set(b"k", b"v", b"w", ttl_s=60),
        lambda: store.compare_and_set(b"k", b"w", None, ttl_s=60),
        lambda: store.delete(b"k"),
        lambda: take(store, b"k", limit=5, window_s=60),
        lambda: store.reserve(counters),
        lambda: store.settle(counters, [Outcome.FAILED] * 8),
        store.now,
        lambda: everything(store),
    ):
        before = cluster.log().count("execute <unnamed>")
        await call()
        assert cluster.log().count("execute <unnamed>") == before + 1
    assert "LOG:  statement:" not in cluster.log()[start:]
    await store.aclose()


async def test_a_scan_reads_bounded_batches(backend, store, cluster):
    """Ten values of a megabyte are three statements, not one of ten megabytes."""
    values = {b"large/%d" % number: bytes([number]) * 1024 * 1024 for number in range(10)}
    for key, value in values.items():
        await store.put(key, value, ttl_s=60)
    backend.sql(f"ALTER DATABASE {backend.database} SET log_statement = 'all'")
    other = backend.open()
    before = cluster.log().count('zenoo_security".scan')
    assert await everything(other) == values
    assert cluster.log().count('zenoo_security".scan') == before + 3
    await other.aclose()


async def everything(store) -> dict[bytes, bytes]:
    return dict([item async for item in store.scan(b"")])


async def test_what_has_expired_is_removed_by_later_writes(backend, store):
    await store.now()
    backend.sql(
        "INSERT INTO zenoo_security.entries SELECT convert_to('old/' || n, 'UTF8'), '', 1 FROM generate_series(1, 2000) n"
    )
    backend.sql(
        "INSERT INTO zenoo_security.quotas SELECT convert_to('old/' || n, 'UTF8'), 1, '{}' FROM generate_series(1, 500) n"
    )
    backend.sql(
        "INSERT INTO zenoo_security.counters"
        " SELECT convert_to('old/' || n, 'UTF8'), 1, 1, 1, 1 FROM generate_series(1, 500) n"
    )
    await store.put(b"kept", b"", ttl_s=60)
    await store.put(b"for good", b"", ttl_s=None)
    stopped = [Counter(b"stopped", Backoff((0.0,), 1, 60.0))]
    await store.reserve(stopped)
    await store.settle(stopped, [Outcome.FAILED])
    backend.sql("SELECT zenoo_security.purge()")
    assert backend.sql("SELECT count(*) FROM zenoo_security.entries WHERE expires_at = 1")[0][0] >= 2000 - 2 * 256
    for _ in range(20):
        await asyncio.gather(*(store.put(b"kept", b"", ttl_s=60) for _ in range(100)))
        if counts(backend) == (2, 0, 1):
            break
    assert counts(backend) == (2, 0, 1)
    assert await store.reserve(stopped) == math.inf


def counts(backend) -> tuple[int, ...]:
    return tuple(backend.sql(f"SELECT count(*) FROM zenoo_security.{table}")[0][0] for table in TABLES[1:])


async def test_a_refused_attempt_leaves_no_counter(backend, store):
    await store.reserve([Counter(b"waits", Backoff((60.0,), None, 60.0))])
    names = [Counter(b"waits", Backoff((60.0,), None, 60.0)), Counter(b"made up", FIVE)]
    assert await store.reserve(names) > 0
    assert backend.sql("SELECT key FROM zenoo_security.counters") == [(b"waits",)]


# Time is read after the wait for a lock.


@contextmanager
def session(backend):
    """A transaction of somebody else."""
    with backend.cluster.connect(backend.database) as connection:
        connection.autocommit = False
        yield connection


@contextmanager
def held(backend, table: str, key: bytes):
    """A row that another holds."""
    with session(backend) as connection:
        connection.execute(f"SELECT FROM zenoo_security.{table} WHERE key = %s FOR UPDATE", [key])
        yield


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        (lambda store: store.delete(b"k"), False),
        (lambda store: store.add(b"k", b"new", ttl_s=60), True),
        (lambda store: store.compare_and_set(b"k", b"old", b"new", ttl_s=60), False),
        (lambda store: store.compare_and_set(b"k", None, b"new", ttl_s=60), True),
        (lambda store: store.compare_and_set(b"k", None, None, ttl_s=60), True),
    ],
)
async def test_a_value_that_expires_during_the_wait_for_it_is_not_there(backend, store, call, answer):
    await store.put(b"k", b"old", ttl_s=0.4)
    with held(backend, "entries", b"k"):
        waiting = asyncio.ensure_future(call(store))
        await asyncio.sleep(0.6)
        assert not waiting.done()
    assert await waiting is answer


async def test_a_delay_that_ends_during_the_wait_for_its_counter_has_ended(backend, store):
    counters = [Counter(b"k", Backoff((0.4,), None, 60.0))]
    assert await store.reserve(counters) == 0.0
    with held(backend, "counters", b"k"):
        waiting = asyncio.ensure_future(store.reserve(counters))
        await asyncio.sleep(0.6)
        assert not waiting.done()
    assert await waiting == 0.0


# Locks and dead connections.


async def test_counters_in_opposite_orders_do_not_deadlock(store, cluster):
    """Reserved, settled and cleared, while some of them are new."""
    names = [Counter(b"%d" % number, Backoff((0.0,), None, 60.0)) for number in range(4)]
    outcomes = [Outcome.FAILED, Outcome.GIVEN_BACK, Outcome.CLEARED]

    async def attempt(number: int) -> None:
        counters = names[number % 4 :] + names[: number % 4]
        counters = counters if number % 2 else counters[::-1]
        assert await store.reserve(counters) == 0.0
        await store.settle(counters, [outcomes[(number + place) % 3] for place in range(4)])

    await asyncio.gather(*(attempt(number) for number in range(100)))
    assert "deadlock detected" not in cluster.log()


async def test_a_lock_that_is_never_released_is_unavailable_in_time(backend, store):
    """And the statement does not go on waiting in the server."""
    hasty = PostgresStore.from_url(backend.url, timeout_s=1.0)
    await store.put(b"k", b"old", ttl_s=60)
    with held(backend, "entries", b"k"):
        with pytest.raises(StoreUnavailable):
            await hasty.put(b"k", b"new", ttl_s=60)
        while backend.sql("SELECT count(*) FROM pg_locks WHERE NOT granted") != [(0,)]:  # noqa: ASYNC110 (the server's)
            await asyncio.sleep(0.05)
    assert await store.get(b"k") == b"old"
    await hasty.aclose()


@pytest.mark.parametrize("algorithm", ["gcra", "sliding_window"])
async def test_who_is_refused_waits_for_nobody_and_writes_nothing(backend, store, algorithm):
    """Whoever asks far too often would else hold the row, the connections and the disk that others need."""
    used, rested = Quota(b"k", 1, 3600.0, algorithm), Quota(b"new", 5, 3600.0, algorithm)
    await store.take([used])
    with held(backend, "quotas", used.place):
        [(before,)] = backend.sql("SELECT pg_current_wal_insert_lsn()")
        assert [one.allowed for one in await store.take([rested, used])] == [True, False]
        assert backend.sql("SELECT pg_current_wal_insert_lsn()") == [(before,)]
    assert (await store.peek([rested]))[0].remaining == 5


async def test_a_quota_that_is_used_up_during_the_wait_for_it_is_refused(backend, store):
    quota = Quota(b"k", 2, 3600.0)
    await store.take([quota])
    with session(backend) as other:
        other.execute("UPDATE zenoo_security.quotas SET whole_at = whole_at + 1800")
        waiting = asyncio.ensure_future(store.take([quota]))
        await asyncio.sleep(0.2)
        assert not waiting.done()
    assert (await waiting)[0].allowed is False


async def test_connections_that_the_server_has_closed_are_not_used_again(backend, store):
    """Not even the first write afterwards fails."""
    await asyncio.gather(*(store.get(b"k") for _ in range(20)))
    backend.sql("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'odoo'")
    await asyncio.sleep(0.05)
    assert await store.add(b"k", b"v", ttl_s=60) is True


async def test_a_connection_that_takes_too_long_to_make_is_closed():
    """At once, whoever keeps the error: the server would hold its place."""
    left = asyncio.Event()

    async def never_answers(reader, writer):
        await reader.read()
        left.set()
        writer.close()

    async with await asyncio.start_server(never_answers, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        store = open_store(f"postgresql://user@127.0.0.1:{port}/none?sslmode=disable", timeout_s=0.2)
        with pytest.raises(StoreUnavailable, match="within") as kept:
            await store.now()
        await asyncio.wait_for(left.wait(), 30)
    assert kept.value


async def test_there_are_no_more_connections_than_asked_for(backend):
    store = PostgresStore.from_url(backend.url, connections=3)
    await asyncio.gather(*(store.put(b"k%d" % number, b"v", ttl_s=60) for number in range(100)))
    seen = backend.sql(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND usename = 'odoo'", backend.database
    )
    assert seen == [(3,)]
    await store.aclose()


def test_event_loops_that_have_ended_are_let_go(backend):
    """Those too in which somebody had to wait for a connection."""
    store = PostgresStore.from_url(backend.url, connections=1, timeout_s=20)

    async def crowd():
        await asyncio.gather(*(store.get(b"k") for _ in range(3)))
        return weakref.ref(asyncio.get_running_loop())

    loops = [asyncio.run(crowd()) for _ in range(20)]
    gc.collect()
    # The last of them is let go when the next one comes.
    assert sum(loop() is not None for loop in loops) <= 1
    asyncio.run(store.aclose())


def test_after_a_fork_parent_and_child_have_connections_of_their_own(backend):
    program = """
import asyncio, os, sys
from zenoo_security.stores import open_store

store = open_store(sys.argv[1])
asyncio.run(store.put(b"k", b"parent", ttl_s=60))
[connection] = store._calls._pool._idle
child = os.fork()
if child == 0:
    asyncio.run(store.put(b"child", b"child", ttl_s=60))
    asyncio.run(store.aclose())
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
assert asyncio.run(store.get(b"k")) == b"parent"
assert asyncio.run(store.get(b"child")) == b"child"
assert list(store._calls._pool._idle) == [connection]
asyncio.run(store.aclose())
"""
    before = backend.cluster.log().count("unexpected EOF")
    subprocess.run([sys.executable, "-W", "error", "-c", program, backend.url], check=True)
    assert backend.cluster.log().count("unexpected EOF") == before


async def test_a_store_that_is_closed_refuses(backend):
    store = backend.open()
    await store.put(b"k", b"v", ttl_s=60)
    await store.aclose()
    with pytest.raises(StoreUnavailable, match="closed"):
        await store.get(b"k")


async def test_nothing_acknowledged_is_lost_when_the_server_is_killed_in_the_middle():
    """With the settings of production: everything is on disk."""
    with running({"fsync": "on", "full_page_writes": "on"}) as cluster:
        backend = PostgresBackend(cluster)
        store = PostgresStore.from_url(backend.url)
        acknowledged: list[bytes] = []

        async def write(writer: int) -> None:
            for number in range(10_000):
                key = b"%d/%d" % (writer, number)
                try:
                    assert await store.add(key, key, ttl_s=600)
                except StoreUnavailable:
                    return
                acknowledged.append(key)

        await store.now()
        writers = [asyncio.ensure_future(write(writer)) for writer in range(8)]
        await asyncio.sleep(0.5)
        cluster.kill()
        await asyncio.gather(*writers)
        cluster.start()
        kept = await everything(store)
        assert len(acknowledged) > 8
        assert all(kept.get(key) == key for key in acknowledged)
        # Each writer had one more under way, of which nobody was told.
        assert len(kept) <= len(acknowledged) + 8
        await store.aclose()


# What is told.


def assert_tells_nothing(error: BaseException, cluster: PostgresCluster) -> None:
    """Neither the exception nor those that it came from name the server, the role, the password or a value."""
    secrets = (cluster.server.password, str(cluster.server.port), "127.0.0.1", "odoo", "s3cret", "postgresql://")
    seen: BaseException | None = error
    while seen is not None:
        assert not any(secret in f"{seen!r} {seen}" for secret in secrets)
        seen = seen.__cause__ or seen.__context__


async def test_refusals_tell_no_secret(backend, cluster):
    wrong = backend.url.replace(cluster.server.password, "s3cret")
    nobody = backend.url.replace(f":{cluster.server.port}/", ":1/")
    for url in (
        wrong,
        nobody,
        backend.url + "_s3cret",
        backend.url + "?sslmode=s3cret",
        backend.url + "?sslmode=require",
    ):
        store = PostgresStore.from_url(url)
        assert "s3cret" not in repr(store)
        with pytest.raises(StoreUnavailable) as raised:
            await store.put(b"s3cret", b"s3cret", ttl_s=60)
        assert_tells_nothing(raised.value, cluster)
        await store.aclose()


async def test_a_statement_that_fails_tells_no_value_and_ends_its_connection(backend, store, cluster):
    await store.put(b"k", b"v", ttl_s=60)
    backend.sql("ALTER TABLE zenoo_security.entries ADD CONSTRAINT refuses CHECK (value <> 's3cret')")
    with pytest.raises(StoreUnavailable, match="23514") as raised:
        await store.put(b"k", b"s3cret", ttl_s=60)
    assert not store._calls._pool._idle
    assert_tells_nothing(raised.value, cluster)


@pytest.mark.parametrize(
    "options",
    [
        {"schema": "Bad"},
        {"schema": "pg_bad"},
        {"schema": 'a"; DROP'},
        {"schema": ""},
        {"schema": None},
        {"timeout_s": 0},
        {"timeout_s": 61},
        {"timeout_s": math.nan},
        {"connections": 0},
    ],
    ids=repr,
)
def test_options_out_of_their_range(options):
    with pytest.raises(ParameterError):
        open_store("postgresql://odoo@127.0.0.1/db", **options)

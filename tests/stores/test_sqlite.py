"""The store in one file: the suite, and what only a file has."""

from __future__ import annotations

import asyncio
import gc
import math
import os
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing

import pytest

from stores.backend import Backend
from stores.concurrency import ConcurrencySuite, SharedSuite
from stores.conformance import AttemptSuite, QuotaSuite, StoreSuite, TimeSuite
from stores.exact import ExactTimeSuite
from stores.faults import HangSuite, VersionSuite
from stores.loops import AnyLoopSuite
from stores.quotas import SeveralSuite, WindowSuite, take
from zenoo_security.clock import FakeClock
from zenoo_security.errors import ConfigurationError, ParameterError, StoreIncompatible, StoreUnavailable
from zenoo_security.stores import Backoff, Counter
from zenoo_security.stores.sqlite import SqliteStore
from zenoo_security.stores.sqlite.file import VERSION

NOW = 1_700_000_000.0

HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""
"""A process that holds the lock on writing until its input ends."""


class SqliteBackend(Backend):
    """A file in a folder of the test, on the clock of the machine."""

    def __init__(self, path) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"
        self._holder: subprocess.Popen[str] | None = None

    def open(self) -> SqliteStore:
        return SqliteStore(self.path, timeout_s=self.timeout_s)

    def hang(self) -> None:
        self._holder = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(self.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._holder.stdout
        assert self._holder.stdout.readline() == "held\n"

    def resume(self) -> None:
        assert self._holder
        self._holder.communicate()

    def make_newer(self) -> None:
        self._set_version(VERSION + 1)

    def make_older(self) -> None:
        self._set_version(VERSION - 1)

    def contents(self) -> object:
        with closing(sqlite3.connect(self.path)) as connection:
            return list(connection.iterdump())

    def _set_version(self, version: int) -> None:
        with closing(sqlite3.connect(self.path)) as connection:
            connection.execute(f"PRAGMA user_version = {version}")


class SteppedBackend(SqliteBackend):
    """The same on a clock that stands still."""

    url = None

    def __init__(self, path) -> None:
        super().__init__(path)
        self.clock = FakeClock(now=NOW)

    def open(self) -> SqliteStore:
        return SqliteStore(self.path, clock=self.clock)

    async def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def step_calendar(self, seconds: float) -> None:
        self.clock.set_now(self.clock.now() + seconds)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "store.db"


class HastyBackend(SqliteBackend):
    """For tests in which another process holds the lock."""

    timeout_s = 1.0


class TestSqlite(StoreSuite, ConcurrencySuite, SharedSuite, VersionSuite, AnyLoopSuite):
    @pytest.fixture
    def backend(self, path):
        return SqliteBackend(path)


class TestHang(HangSuite):
    @pytest.fixture
    def backend(self, path):
        return HastyBackend(path)


class TestSqliteOnASteppedClock(TimeSuite, QuotaSuite, WindowSuite, SeveralSuite, AttemptSuite, ExactTimeSuite):
    """To the second, since nothing moves but what the test moves."""

    @pytest.fixture
    def backend(self, path):
        return SteppedBackend(path)


def modes(path) -> dict[str, int]:
    """The modes of the file and of those that SQLite keeps beside it."""
    return {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}


async def test_its_files_are_for_their_owner_alone(path):
    """Whatever the umask; no draft of the file is left."""
    before = os.umask(0)
    try:
        store = SqliteStore(path)
        await store.put(b"k", b"v", ttl_s=60)
        assert modes(path) == {"store.db": 0o600, "store.db-wal": 0o600, "store.db-shm": 0o600}
        await store.aclose()
    finally:
        os.umask(before)


@pytest.mark.parametrize("name", ["store.db", "store.db-wal", "store.db-shm"])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o602])
async def test_files_that_are_open_to_others_are_refused(path, name, mode):
    store = SqliteStore(path)
    await store.put(b"k", b"v", ttl_s=60)
    (path.parent / name).chmod(mode)
    with pytest.raises(ConfigurationError, match=f"{mode:04o}.*chmod 600"):
        SqliteStore(path)
    await store.aclose()


def test_a_file_of_another_user_is_refused(path, monkeypatch):
    asyncio.run(SqliteStore(path).aclose())
    if os.geteuid() == 0:
        os.chown(path, 65_534, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 65_534)
    with pytest.raises(ConfigurationError, match="another user"):
        SqliteStore(path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives folders away")
def test_a_folder_of_another_user_is_refused(path):
    """Who owns it can put another file in the place of ours, or a link."""
    os.chown(path.parent, 65_534, -1)
    with pytest.raises(ConfigurationError, match="another user"):
        SqliteStore(path)
    assert list(path.parent.iterdir()) == []


async def test_a_link_to_a_store_is_refused(path, tmp_path_factory):
    """It may lead to a folder where everybody can write."""
    await SqliteStore(path).aclose()
    link = tmp_path_factory.mktemp("links") / "store.db"
    link.symlink_to(path)
    with pytest.raises(ConfigurationError, match="not a regular file"):
        SqliteStore(link)


def test_a_folder_where_everybody_can_write_is_refused(path):
    """Another user could put a file there before us; /tmp is such a folder."""
    path.parent.chmod(0o1777)
    with pytest.raises(ConfigurationError, match="folder of its own"):
        SqliteStore(path)
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("name", ["", "with\0nul"])
def test_what_is_no_path_is_refused(name):
    with pytest.raises(ConfigurationError):
        SqliteStore(name)


def test_a_folder_that_is_missing_is_refused(path):
    with pytest.raises(ConfigurationError, match="No such file"):
        SqliteStore(path.parent / "missing" / "store.db")


def test_a_folder_or_a_dangling_link_is_no_store(path):
    path.mkdir()
    with pytest.raises(ConfigurationError, match="not a regular file"):
        SqliteStore(path)
    link = path.with_name("link")
    link.symlink_to(path.with_name("nowhere"))
    with pytest.raises(ConfigurationError, match="not a regular file"):
        SqliteStore(link)
    assert not path.with_name("nowhere").exists()


def test_what_something_else_made_is_refused_and_unchanged(path):
    """An empty file, a text, and another program's database."""
    path.touch(0o600)
    for content in (b"", b"not a database, but a text of some length" * 100):
        path.write_bytes(content)
        with pytest.raises(StoreIncompatible, match="not a store"):
            SqliteStore(path)
        assert path.read_bytes() == content
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)")
    path.chmod(0o600)
    before = path.read_bytes()
    with pytest.raises(StoreIncompatible, match="not a store"):
        SqliteStore(path)
    assert path.read_bytes() == before


async def test_every_commit_waits_for_the_disk(path):
    """FULL: a power cut must not bring an ended session or a used code back."""
    store = SqliteStore(path)
    await store.put(b"k", b"v", ttl_s=60)
    assert store._writes.read("PRAGMA synchronous", ()) == [(2,)]
    assert store._writes.read("PRAGMA journal_mode", ()) == [("wal",)]
    await store.aclose()


async def test_calls_that_wait_together_are_committed_together(path):
    store = SqliteStore(path)
    commits = []
    store._writes.write = lambda works, write=store._writes.write: (commits.append(len(works)), write(works))[1]
    await asyncio.gather(*(store.put(b"%d" % number, b"", ttl_s=60) for number in range(100)))
    assert sum(commits) == 100
    assert len(commits) < 20
    await store.aclose()


async def test_after_the_machine_was_started_again_time_goes_on(path, monkeypatch):
    """By the calendar, which went on while the machine was off."""
    clock = FakeClock(now=NOW)
    store = SqliteStore(path, clock=clock)
    await store.put(b"hour", b"v", ttl_s=3600)
    await store.put(b"minute", b"v", ttl_s=60)
    await store.aclose()
    monkeypatch.setattr("zenoo_security.stores.sqlite.store.boot_id", lambda: "another boot")
    store = SqliteStore(path, clock=FakeClock(now=NOW + 600))
    assert await store.now() == NOW + 600
    assert [await store.get(b"hour"), await store.get(b"minute")] == [b"v", None]
    await store.aclose()


async def test_a_calendar_that_is_wrong_after_a_start_does_not_turn_time_back(path, monkeypatch):
    """A clock without a battery begins in 1970: nothing lasts longer than from the last write on."""
    clock = FakeClock(now=NOW)
    store = SqliteStore(path, clock=clock)
    clock.advance(500)
    await store.put(b"hour", b"v", ttl_s=3600)
    await store.aclose()
    monkeypatch.setattr("zenoo_security.stores.sqlite.store.boot_id", lambda: "another boot")
    later = FakeClock(now=0.0)
    store = SqliteStore(path, clock=later)
    assert await store.now() == NOW + 500
    assert await store.get(b"hour") == b"v"
    later.advance(3600)
    assert await store.get(b"hour") is None
    await store.aclose()


async def test_what_has_expired_is_removed_by_those_who_write(path):
    """109 at a time from each table by one write, and never what stands for good."""
    clock = FakeClock(now=NOW)
    store = SqliteStore(path, clock=clock)
    await asyncio.gather(*(store.put(b"%d" % number, b"v", ttl_s=1) for number in range(250)))
    await store.put(b"for good", b"v", ttl_s=None)
    await take(store, b"q", limit=1, window_s=1)
    await store.reserve([Counter(b"c", Backoff((0.0,), None, 1.0))])
    clock.advance(2)
    rows = [len(store._reads.read("SELECT 1 FROM entry", ()))]
    for _ in range(3):
        await store.delete(b"nothing")
        rows.append(len(store._reads.read("SELECT 1 FROM entry", ())))
    assert rows == [251, 142, 33, 1]
    assert store._reads.read("SELECT 1 FROM quota UNION ALL SELECT 1 FROM counter", ()) == []
    await store.aclose()


async def test_a_file_that_is_full_refuses_until_something_has_expired(path):
    """What is there can still be read, replaced and removed."""
    clock = FakeClock(now=NOW)
    store = SqliteStore(path, max_bytes=1024 * 1024, clock=clock)
    puts = [store.put(b"%d" % number, bytes(10_000), ttl_s=60) for number in range(80)]
    assert await asyncio.gather(*puts) == [None] * 80
    puts = [store.put(b"%d" % number, bytes(10_000), ttl_s=60) for number in range(1000)]
    with pytest.raises(StoreUnavailable, match="max_bytes"):
        await asyncio.gather(*puts)
    assert await store.get(b"0") == bytes(10_000)
    for key in (b"0", b"1", b"2"):
        assert await store.delete(key) is True
    await store.put(b"3", bytes(10_000), ttl_s=60)
    clock.advance(61)
    await store.put(b"new", bytes(10_000), ttl_s=60)
    assert await store.get(b"new") == bytes(10_000)
    await store.aclose()
    assert path.stat().st_size <= 1024 * 1024


async def test_a_full_file_is_cleared_also_by_those_who_do_not_find_enough_space(path):
    """A hundred rows at a time, until there is room for what is large."""
    clock = FakeClock(now=NOW)
    store = SqliteStore(path, max_bytes=1024 * 1024, clock=clock)
    await asyncio.gather(*(store.put(b"%d" % number, bytes(1000), ttl_s=60) for number in range(700)))
    clock.advance(61)
    refused = 0
    for _ in range(10):
        try:
            await store.put(b"large", bytes(700_000), ttl_s=60)
            break
        except StoreUnavailable:
            refused += 1
    assert 1 <= refused < 10
    assert await store.get(b"large") == bytes(700_000)
    await store.aclose()


async def test_who_waits_behind_others_is_refused_as_early_as_they(path, monkeypatch):
    """A hundred transactions' worth of calls: not one time-out after the other, which took 50 s."""
    monkeypatch.setattr("zenoo_security.stores.sqlite.writer._MOST_TOGETHER", 5)
    store = SqliteStore(path, timeout_s=0.5)
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        calls = [store.put(b"%d" % number, b"", ttl_s=60) for number in range(500)]
        results = await asyncio.gather(*calls, return_exceptions=True)
        assert time.monotonic() - started < 30
    assert {type(result) for result in results} == {StoreUnavailable}
    await store.aclose()


@pytest.mark.parametrize("replace", [True, False])
async def test_a_file_that_was_removed_or_replaced_is_noticed(path, replace):
    """What is written to a file without a name would be lost, and other processes would not see it."""
    store = SqliteStore(path)
    await store.put(b"k", b"v", ttl_s=60)
    assert await store.get(b"k") == b"v"
    for each in list(path.parent.iterdir()):
        each.unlink()
    if replace:
        await SqliteStore(path).aclose()
    with pytest.raises(StoreUnavailable, match="removed or replaced"):
        await store.put(b"k", b"v", ttl_s=60)
    assert await store.get(b"k") is None
    await store.put(b"k", b"new", ttl_s=60)
    other = SqliteStore(path)
    assert [await store.get(b"k"), await other.get(b"k")] == [b"new", b"new"]
    await store.aclose()
    await other.aclose()


async def test_a_reader_that_finds_the_file_locked_waits_beside_the_event_loop(path):
    """A process that took the whole file for itself: refused in time, and served when it lets go."""
    await SqliteStore(path).aclose()
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("DELETE FROM entry")
        with pytest.raises(StoreUnavailable, match="another process"):
            SqliteStore(path, timeout_s=0.2)
    store = SqliteStore(path, timeout_s=0.2)
    store._writes.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("DELETE FROM entry")
        with pytest.raises(StoreUnavailable, match="another process"):
            await store.get(b"k")
    assert await store.get(b"k") is None
    await store.aclose()


async def test_a_closed_store_answers_nothing(path):
    store = SqliteStore(path)
    await store.put(b"k", b"v", ttl_s=60)
    await store.aclose()
    for call in (lambda: store.get(b"k"), lambda: store.put(b"k", b"v", ttl_s=60), store.now):
        with pytest.raises(StoreUnavailable, match="closed"):
            await call()


async def test_a_call_that_fails_fails_alone(path):
    """Those that are committed with it go on, and nothing of it is kept."""
    store = SqliteStore(path)

    def half(connection, now):
        connection.execute("INSERT INTO quota (key, expires_at) VALUES (?, ?)", (b"half", now + 60))
        return 1 / 0

    calls = [store.add(b"1", b"v", ttl_s=60), store._write(half), store.add(b"2", b"v", ttl_s=60)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert [results[0], type(results[1]), results[2]] == [True, ZeroDivisionError, True]
    assert store._reads.read("SELECT * FROM quota", ()) == []
    await store.aclose()


async def test_a_store_that_nobody_closed_leaves_no_thread(path):
    store = SqliteStore(path)
    await store.put(b"k", b"v", ttl_s=60)
    thread = store._writer._thread
    del store
    gc.collect()
    await asyncio.to_thread(thread.join, 5)
    assert not thread.is_alive()


@pytest.mark.parametrize("wrong", [{"timeout_s": 0}, {"timeout_s": 61}, {"timeout_s": math.nan}, {"max_bytes": 1000}])
def test_arguments_out_of_their_range_are_refused(path, wrong):
    with pytest.raises(ParameterError):
        SqliteStore(path, **wrong)
    assert not path.exists()


FORKED = """
import asyncio, ctypes, os, sys
from zenoo_security.errors import StoreUnavailable
from zenoo_security.stores import Backoff, Counter, open_store

async def use(store, name):
    for number in range(50):
        await store.put(b"%s/%d" % (name, number), name, ttl_s=60)
        assert await store.get(b"%s/%d" % (name, number)) == name
    return [await store.reserve([Counter(b"c", Backoff((0.0,) * 9 + (3600.0,), None, 7200.0))]) for _ in range(8)]

async def is_refused(store):
    for call in (store.get(b"k"), store.put(b"k", b"", ttl_s=60)):
        try:
            await call
        except StoreUnavailable:
            continue
        return False
    return True

store = open_store(sys.argv[1])
asyncio.run(store.put(b"k", b"before", ttl_s=60))
if sys.argv[2] == "raw":
    child = ctypes.PyDLL(None).fork()
    if child == 0:
        os._exit(0 if asyncio.run(is_refused(store)) else 1)
    assert os.waitpid(child, 0)[1] == 0
else:
    children = []
    for number in range(4):
        children.append(os.fork())
        if children[-1] == 0:
            assert asyncio.run(store.get(b"k")) == b"before"
            waited = asyncio.run(use(store, b"%d" % number))
            asyncio.run(store.aclose())
            os._exit(waited.count(0.0))
    waited = asyncio.run(use(store, b"parent"))
    got = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert sum(got) + waited.count(0.0) == 10, (got, waited)
    assert len([1 for number in range(4) if asyncio.run(store.get(b"%d/49" % number))]) == 4
asyncio.run(store.put(b"k", b"after", ttl_s=60))
asyncio.run(store.aclose())
"""


@pytest.mark.parametrize("fork", ["python", "raw"])
def test_a_fork_takes_no_connection_along(path, fork):
    """Parent and children go on with connections of their own; a fork that Python was not told of is refused."""
    program = [sys.executable, "-W", "ignore", "-c", FORKED, f"sqlite:///{path}", fork]
    result = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]

"""The store in one file: the suite, and what only a file has."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from stores.backend import Backend
from stores.concurrency import ConcurrencySuite, SharedSuite
from stores.conformance import StoreSuite
from stores.faults import HangSuite, VersionSuite
from stores.loops import AnyLoopSuite
from zenoo_security.clock import FakeClock
from zenoo_security.stores.sqlite import SqliteStore

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
        self._set_version(2)

    def make_older(self) -> None:
        self._set_version(0)

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


class TestSqlite(StoreSuite, ConcurrencySuite, SharedSuite, HangSuite, VersionSuite, AnyLoopSuite):
    @pytest.fixture
    def backend(self, path):
        return SqliteBackend(path)

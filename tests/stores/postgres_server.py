"""A real PostgreSQL for the tests of the store: killed, stopped and started again at their will."""

from __future__ import annotations

import itertools
import os
import signal
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import psycopg

from zenoo_security.testing import postgres
from zenoo_security.testing.cache import Cache
from zenoo_security.testing.progress import QuietProgress
from zenoo_security.testing.runs import Run
from zenoo_security.testing.system import ensure_postgresql

if TYPE_CHECKING:
    from collections.abc import Iterator

_WAIT_S = 20.0
# What was acknowledged survives the death of the server's processes; that of the machine is not tried.
_SETTINGS = {"synchronous_commit": "on"}


class PostgresCluster:
    """A server on a free loopback port. It dies with the test run, however that ends.

    Args:
        settings: of the server.
    """

    def __init__(self, settings: dict[str, str]) -> None:
        self._programs = ensure_postgresql(QuietProgress())
        self._settings = {**_SETTINGS, **settings}
        self._names = itertools.count()
        self._run = Run.create(Cache())
        self._folder = self._run.folder / "postgres"
        postgres.prepare(self._folder)
        postgres.initialize(self._programs, self._folder)
        self.server: postgres.PostgresServer | None = None
        self.start()

    def create_database(self, *, owner: str = postgres.ROLE) -> str:
        """Make an empty database and return its name."""
        name = f"test{next(self._names)}"
        self.sql("postgres", f"CREATE DATABASE {name} OWNER {owner}")
        return name

    def url(self, database: str, **parameters: str) -> str:
        """Where the role `odoo` finds a database."""
        assert self.server
        address = f"postgresql://{postgres.ROLE}:{self.server.password}@127.0.0.1:{self.server.port}/{database}"
        return f"{address}?{urlencode(parameters)}" if parameters else address

    def connect(self, database: str) -> psycopg.Connection:
        """A connection of the server's superuser."""
        assert self.server
        socket = str(self._folder / "socket")
        return psycopg.connect(host=socket, port=self.server.port, dbname=database, user="postgres", autocommit=True)

    def sql(self, database: str, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Run a statement as the server's superuser and return its rows."""
        with self.connect(database) as connection:
            cursor = connection.execute(query, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def log(self) -> str:
        """What the server wrote to its log."""
        return (self._folder / "log").read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Start it; again on the same port."""
        self.server = postgres.start(
            self._programs,
            self._folder,
            Path(sys.executable),
            attached=True,
            again=self.server,
            settings=self._settings,
        )
        self._run.processes["postgres"] = self.server.process
        self._run.save(Cache())

    def kill(self) -> None:
        """End all of its processes with SIGKILL."""
        assert self.server
        pids = self._signal(signal.SIGKILL)
        # Reaps it, too: a server does not start where one of its kind has not been laid to rest.
        self.server.process.stop(signal.SIGKILL)
        deadline = time.monotonic() + _WAIT_S
        while any(map(_runs, pids)):
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def hang(self) -> None:
        """Stop all of its processes."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Undo `hang`."""
        self._signal(signal.SIGCONT)

    def end(self) -> None:
        """End it and remove its data."""
        self.resume()
        self._run.end(Cache())

    def _signal(self, number: signal.Signals) -> list[int]:
        """Send a signal to the postmaster, which starts no more processes then, and to those that it has started."""
        assert self.server
        postmaster = self.server.process.pid
        if not self.server.process.is_alive():
            return []
        pids = [postmaster, *_children(postmaster)]
        for pid in pids:
            if _runs(pid):
                os.kill(pid, number)
        return pids


@contextmanager
def running(settings: dict[str, str]) -> Iterator[PostgresCluster]:
    """A server for as long as the block runs."""
    cluster = PostgresCluster(settings)
    try:
        yield cluster
    finally:
        cluster.end()


def _children(parent: int) -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*") if _stat(path)[1:2] == [str(parent)]]


def _runs(pid: int) -> bool:
    return _stat(Path(f"/proc/{pid}"))[:1] not in ([], ["Z"], ["X"])


def _stat(process: Path) -> list[str]:
    """State, parent and so on, proc_pid_stat(5)."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []

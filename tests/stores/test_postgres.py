"""The store on PostgreSQL: the suite, and what only this server can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stores.backend import Backend
from stores.concurrency import ConcurrencySuite, SharedSuite
from stores.conformance import StoreSuite
from stores.faults import ServerSuite, VersionSuite
from stores.loops import AnyLoopSuite
from stores.postgres_server import PostgresCluster, running
from zenoo_security.stores.postgres import PostgresStore

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        self.sql("UPDATE zenoo_security.version SET version = 2")

    def make_older(self) -> None:
        self.sql("UPDATE zenoo_security.version SET version = 0")

    def contents(self) -> object:
        return [self.sql(f"SELECT * FROM zenoo_security.{table} ORDER BY 1") for table in TABLES]

    def sql(self, query: str, *parameters: object) -> list:
        return self.cluster.sql(self.database, query, *parameters)


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresCluster]:
    with running({}) as cluster:
        yield cluster


@pytest.fixture
def backend(cluster):
    return PostgresBackend(cluster)


class TestPostgres(StoreSuite, ConcurrencySuite, SharedSuite, ServerSuite, VersionSuite, AnyLoopSuite):
    @pytest.fixture
    def backend(self, cluster):
        return PostgresBackend(cluster)

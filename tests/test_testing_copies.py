"""Copies of databases, while PostgreSQL looks after one of them by itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from stores.postgres_server import PostgresCluster, running
from zenoo_security.testing.copies import Copies

if TYPE_CHECKING:
    from collections.abc import Iterator

# A vacuum of a few pages takes until it is ended.
SLOW_VACUUM = {
    "autovacuum_naptime": "1s",
    "autovacuum_vacuum_threshold": "0",
    "autovacuum_vacuum_cost_limit": "1",
    "autovacuum_vacuum_cost_delay": "100ms",
}
VACUUMED = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'autovacuum worker' AND datname = %s AND query <> ''"


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresCluster]:
    with running(SLOW_VACUUM) as cluster:
        yield cluster


@pytest.fixture
def vacuumed(cluster: PostgresCluster) -> str:
    """A database in which a worker of autovacuum is at work, and goes on with it."""
    name = cluster.create_database(owner="odoo")
    with cluster.connect(name) as connection:
        connection.execute("SET ROLE odoo")
        connection.execute(
            "CREATE TABLE ir_config_parameter AS SELECT n::text AS key, repeat('x', 500) AS value"
            " FROM generate_series(1, 20000) AS n"
        )
        connection.execute("UPDATE ir_config_parameter SET value = repeat('y', 500)")
    deadline = time.monotonic() + 60
    while not cluster.sql("postgres", VACUUMED, name):
        assert time.monotonic() < deadline, "no worker came"
        time.sleep(0.1)
    return name


@pytest.fixture
def copies(cluster: PostgresCluster, tmp_path) -> Copies:
    assert cluster.server
    return Copies(cluster.server, tmp_path)


def test_a_database_that_is_vacuumed_is_copied(cluster, copies, vacuumed):
    """The worker belongs to no role, and `odoo` may not end it."""
    copies.create("copy", vacuumed)
    assert cluster.sql("copy", "SELECT count(*) FROM ir_config_parameter") == [(20000,)]


def test_a_database_that_is_vacuumed_is_dropped(cluster, copies, vacuumed):
    copies.drop(vacuumed)
    assert vacuumed not in copies.names()

"""The places where a rate limiter can count: the suites run in all of them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from zenoo_security.limits import SharedTable
from zenoo_security.stores import open_store
from zenoo_security.stores.memory import MemoryStore
from zenoo_security.stores.waiting import result_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stores.postgres_server import PostgresCluster
    from zenoo_security.stores import Store

PLACES = ("process", "shared", "memory", "sqlite", "redis", "postgresql")

_names = itertools.count()


@pytest.fixture(scope="session")
def shared_redis() -> Iterator[str]:
    """The URL of a real Redis; each test has a namespace of its own."""
    from zenoo_security.testing.redis import running_redis  # Most tests need no driver.

    with running_redis() as server:
        yield server.url


@pytest.fixture(scope="session")
def shared_database(shared_postgres: PostgresCluster) -> str:
    """The URL of a real PostgreSQL; each test has a schema of its own."""
    return shared_postgres.url(shared_postgres.create_database())


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest) -> str:
    """Where a limiter counts."""
    return request.param


@pytest.fixture
def store(place: str, request: pytest.FixtureRequest) -> Iterator[Store | SharedTable | None]:
    """An empty store of that place; `None` for the memory of the process."""
    if place == "shared":
        yield SharedTable(request.getfixturevalue("tmp_path") / "limits.table", max_keys=10_000)
        return
    if place in ("process", "memory"):
        yield None if place == "process" else MemoryStore()
        return
    if place == "redis":
        store = open_store(request.getfixturevalue("shared_redis"), namespace=f"test{next(_names)}", timeout_s=10)
    elif place == "postgresql":
        url = request.getfixturevalue("shared_database")
        store = open_store(url, schema=f"test{next(_names)}", timeout_s=10)
    else:
        store = open_store(f"sqlite:///{request.getfixturevalue('tmp_path')}/limits.db")
    yield store
    result_of(store.aclose())

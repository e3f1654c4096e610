"""The store on Redis: what all stores promise, and what only this one has to prove."""

from __future__ import annotations

import pytest

from stores.concurrency import ConcurrencySuite, SharedSuite
from stores.conformance import StoreSuite
from stores.faults import ServerSuite, VersionSuite
from stores.loops import AnyLoopSuite
from stores.redis_server import RedisBackend
from zenoo_security.testing.redis import running_redis


@pytest.fixture(scope="module")
def server():
    with running_redis() as server:
        yield server


@pytest.fixture
def backend(server):
    return RedisBackend(server)


class TestRedis(StoreSuite, ConcurrencySuite, SharedSuite, AnyLoopSuite, ServerSuite, VersionSuite):
    @pytest.fixture
    def backend(self, backend):
        return backend

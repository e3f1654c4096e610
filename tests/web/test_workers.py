"""The proof: four workers of uvicorn under load let exactly the quota in, whatever happens to the store."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from zenoo_security.testing.redis import running_redis

from .load import Load
from .uvicorn_workers import running_workers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from zenoo_security.testing.redis import RedisServer

CONNECTIONS = 64
QUOTA = 500


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


def limited_workers(store: str, folder: Path) -> AbstractContextManager[int]:
    settings = {"LIMITED_STORE": store, "LIMITED_QUOTA": str(QUOTA)}
    return running_workers("web.limited_app:app", folder / "log", **settings)


@pytest.mark.asvs("v5.0.0-2.4.1")
def test_with_redis_exactly_the_quota_is_let_in(redis, tmp_path):
    """20,000 requests over 64 connections to four workers."""
    with limited_workers(redis.url, tmp_path) as port:
        load = Load(port, "/counted", lambda load: load.sent < 20_000)
        asyncio.run(load.run(CONNECTIONS))
    assert load.statuses == {200: QUOTA, 429: 20_000 - QUOTA}
    assert len(load.bodies) > 1

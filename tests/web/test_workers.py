"""The proof: four workers of uvicorn under load let exactly the quota in, whatever happens to the store."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from typing import TYPE_CHECKING

import pytest

from zenoo_security.testing.redis import running_redis

from .load import Load
from .uvicorn_workers import running_workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from zenoo_security.testing.redis import RedisServer

CONNECTIONS = 64
QUOTA = 500


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


def limited_workers(store: str, folder: Path) -> AbstractContextManager[int]:
    settings = {"LIMITED_STORE": store, "LIMITED_QUOTA": str(QUOTA)}
    return running_workers("web.limited_app:app", folder / "log", **settings)


@pytest.fixture
def table() -> Iterator[str]:
    """The path of a table in memory, in a folder that nobody else can reach."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield f"{folder}/limits"


@pytest.mark.asvs("v5.0.0-2.4.1")
def test_with_a_shared_file_exactly_the_quota_is_let_in(table, tmp_path):
    """20,000 requests over 64 connections to four workers, and no server."""
    with limited_workers(table, tmp_path) as port:
        load = Load(port, "/counted", lambda load: load.sent < 20_000)
        asyncio.run(load.run(CONNECTIONS))
    assert load.statuses == {200: QUOTA, 429: 20_000 - QUOTA}
    assert len(load.bodies) > 1


@pytest.mark.parametrize("damage", [os.unlink, lambda path: os.truncate(path, 0)], ids=["removed", "truncated"])
def test_a_file_that_is_damaged_under_load_ends_no_worker(table, tmp_path, damage):
    """It begins anew, with a new quota, or nobody is let in; no worker dies of memory that is gone."""

    async def breaks(load: Load) -> None:
        await reaches(lambda: load.statuses[200] > QUOTA // 10)
        damage(table)
        answered = load.statuses.total()
        await reaches(lambda: load.statuses.total() > answered + 4000)
        load.more = lambda _: False

    async def under_load() -> Load:
        load = Load(port, "/counted", lambda _: True)
        await asyncio.gather(load.run(CONNECTIONS), breaks(load))
        return load

    with limited_workers(table, tmp_path) as port:
        load = asyncio.run(under_load())
    assert set(load.statuses) <= {200, 429, 503}
    assert QUOTA // 10 < load.statuses[200] <= 2 * QUOTA
    assert "died" not in (tmp_path / "log").read_text()


@pytest.mark.asvs("v5.0.0-2.4.1")
def test_with_redis_exactly_the_quota_is_let_in(redis, tmp_path):
    """The same over the network."""
    with limited_workers(redis.url, tmp_path) as port:
        load = Load(port, "/counted", lambda load: load.sent < 20_000)
        asyncio.run(load.run(CONNECTIONS))
    assert load.statuses == {200: QUOTA, 429: 20_000 - QUOTA}
    assert len(load.bodies) > 1


@pytest.mark.asvs("v5.0.0-2.4.1")
def test_redis_that_is_killed_under_load_lets_nobody_in_for_nothing(redis, tmp_path):
    """503 while it is down, by itself again afterwards, and never more than the quota in all."""

    async def rises_and_falls(load: Load) -> None:
        await reaches(lambda: load.statuses[200] > QUOTA // 10)
        redis.kill()
        await reaches(lambda: load.statuses[503] > 100)
        let_in, refused = load.statuses[200], load.statuses[429]
        await asyncio.to_thread(redis.start)
        await reaches(lambda: load.statuses[200] > let_in and load.statuses[429] > refused + 500)
        load.more = lambda _: False

    async def under_load() -> Load:
        load = Load(port, "/counted", lambda _: True)
        await asyncio.gather(load.run(CONNECTIONS), rises_and_falls(load))
        return load

    with limited_workers(redis.url, tmp_path) as port:
        load = asyncio.run(under_load())
    assert set(load.statuses) == {200, 429, 503}
    # What was counted, and whose answer was lost when Redis died, was refused: fewer, never more.
    assert QUOTA - CONNECTIONS <= load.statuses[200] <= QUOTA


async def reaches(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)

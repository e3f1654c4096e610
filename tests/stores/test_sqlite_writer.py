"""The thread that writes to the file, on a bad day: it cannot be started, the disk hangs, or more expires than is written."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from stores.faults import answers
from zenoo_security.clock import FakeClock
from zenoo_security.errors import StoreUnavailable
from zenoo_security.stores import Backoff, Counter
from zenoo_security.stores.sqlite import SqliteStore, operations
from zenoo_security.stores.sqlite import store as module


@pytest.fixture
def path(tmp_path):
    return tmp_path / "store.db"


async def test_a_process_without_room_for_a_thread_refuses_and_writes_when_there_is_room(path, monkeypatch):
    """Neither does the call hang, nor those after it; and what was refused is not done later."""
    store = SqliteStore(path)

    def start(thread):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        for _ in range(2):
            with pytest.raises(StoreUnavailable, match="threads"):
                await asyncio.wait_for(store.put(b"k", b"v", ttl_s=60), 10)
    assert await asyncio.wait_for(store.add(b"k", b"v", ttl_s=60), 10) is True
    await store.aclose()


async def test_a_disk_that_hangs_is_unavailable_in_time(path, monkeypatch):
    """Those that wait behind it are refused too, and not done when it goes on."""
    monkeypatch.setattr(module, "_GRACE_S", 0.1)
    store = SqliteStore(path, timeout_s=0.1)
    begun, going_on = threading.Event(), threading.Event()

    def hang(connection, now):
        begun.set()
        going_on.wait(60)

    hangs = asyncio.ensure_future(store._write(hang))
    while not begun.is_set():  # noqa: ASYNC110 (another thread sets it)
        await asyncio.sleep(0.01)
    try:
        started = time.monotonic()
        results = await asyncio.gather(
            hangs, *(store.add(b"k", b"v", ttl_s=60) for _ in range(3)), return_exceptions=True
        )
        assert [type(result) for result in results] == [StoreUnavailable] * 4
        assert time.monotonic() - started < 20
    finally:
        going_on.set()
    await answers(lambda: store.put(b"after", b"v", ttl_s=60))
    assert await store.get(b"k") is None
    await store.aclose()


async def test_what_has_expired_goes_as_fast_as_a_flood_of_new_names_comes(path):
    """Many calls are one transaction, and it removes more than all of them add."""
    clock = FakeClock(now=1_700_000_000)
    store = SqliteStore(path, clock=clock)

    async def flood(name):
        counters = [
            [Counter(b"%b/%d/%d" % (name, number, each), Backoff((0.0,), None, 60.0)) for each in range(8)]
            for number in range(250)
        ]
        assert set(await asyncio.gather(*map(store.reserve, counters))) == {0.0}
        [(rows,)] = store._reads.read("SELECT count(*) FROM counter", ())
        return rows

    first = await flood(b"first")
    clock.advance(61)
    assert await flood(b"second") <= first + 200
    clock.advance(61)
    assert await flood(b"third") <= first + 400
    await store.aclose()


async def test_a_value_that_expires_while_its_reader_waits_is_not_there(path, monkeypatch):
    """The second try of a read that found the file locked has a time of its own."""
    clock = FakeClock(now=1_700_000_000)
    store = SqliteStore(path, clock=clock)
    await store.put(b"k", b"v", ttl_s=60)

    def locked(query, arguments):
        clock.advance(60)
        raise StoreUnavailable("locked")

    monkeypatch.setattr(store._reads, "read", locked)
    # Which has a limit, so that it may have left this one.
    monkeypatch.setattr(operations, "purge", lambda *_: None)
    assert await store.get(b"k") is None
    await store.aclose()

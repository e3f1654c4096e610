"""Sessions in a store that several processes share: a file, a real Redis, a real PostgreSQL."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from sessions.watched import ALICE
from zenoo_security import keyring
from zenoo_security.errors import SessionEnded
from zenoo_security.sessions import Sessions
from zenoo_security.stores import open_store

ROTATE = """
import asyncio, sys
from zenoo_security import keyring
from zenoo_security.errors import SessionEnded
from zenoo_security.sessions import Sessions
from zenoo_security.stores import open_store

async def main():
    store = open_store(sys.argv[1])
    sessions = Sessions(store, keyring.load(sys.argv[2]))
    tokens = sys.argv[3].split()
    print("ready", flush=True)
    sys.stdin.readline()
    for token in tokens:
        try:
            print(await sessions.rotate(token), flush=True)
        except SessionEnded:
            print("ended", flush=True)
    await store.aclose()

asyncio.run(main())
"""


@pytest.fixture
async def store(store_url):
    store = open_store(store_url)
    yield store
    await store.aclose()


def answers_of_three(*arguments: str) -> list[list[str]]:
    """What three processes print that begin at the same time."""
    command = [sys.executable, "-c", ROTATE, *arguments]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    try:
        assert [process.stdout.readline() for process in processes] == ["ready\n"] * 3
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        return [process.communicate(timeout=60)[0].split() for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.communicate()


async def test_of_three_processes_that_rotate_a_token_one_wins(tmp_path, store_url, store, key_ring) -> None:
    ring = tmp_path / "ring.json"
    keyring.save(key_ring, ring)
    sessions = Sessions(store, key_ring)
    old = [await sessions.start(ALICE, "secret") for _ in range(10)]
    ids = [session.id for session in await sessions.list("shop", "alice")]
    answers = await asyncio.to_thread(answers_of_three, store_url, str(ring), " ".join(old))
    new = [[answer for answer in column if answer != "ended"] for column in zip(*answers, strict=True)]
    assert [len(tokens) for tokens in new] == [1] * 10
    for token in old:
        with pytest.raises(SessionEnded):
            await sessions.rotate(token)
    assert [session.id for session in await sessions.list("shop", "alice")] == ids
    assert [(await sessions.get(token)).id for (token,) in new] == ids


async def test_what_one_process_ends_has_ended_for_the_other(store_url, store, key_ring) -> None:
    other = Sessions(open_store(store_url), key_ring)
    sessions = Sessions(store, key_ring)
    tokens = await asyncio.gather(*(sessions.start(ALICE, "secret") for _ in range(5)))
    for token in tokens:
        assert await other.get(token) == await sessions.get(token)
    assert await other.end_all("shop", "alice") == 5
    for token in tokens:
        with pytest.raises(SessionEnded):
            await sessions.get(token)
    await other._stored._store.aclose()

"""Processes that hammer a store together; threads where the store is of one process."""

from __future__ import annotations

import asyncio
import itertools
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stores.hammer import hammer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stores.backend import Backend

WORKERS = 4
TASKS = 50
PROGRAM = Path(__file__).with_name("hammer.py")


class Worker:
    """One process, for as many jobs as it is given.

    Args:
        calendar_days: how far its calendar is ahead.
    """

    def __init__(self, calendar_days: float = 0) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(PROGRAM), str(calendar_days)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def prepare(self, url: str, job: str, numbers: range) -> None:
        """Give it a job; it opens the store and waits."""
        self._say(json.dumps({"url": url, "job": job, "numbers": [numbers.start, numbers.stop]}))

    def is_ready(self) -> bool:
        """Wait until it has opened the store."""
        return self._hear() == "ready\n"

    def go(self) -> None:
        """Let it begin."""
        self._say("go")

    def result(self) -> list[Any]:
        """Wait for what it got."""
        return json.loads(self._hear())

    def run(self, url: str, job: str, numbers: range) -> list[Any]:
        """Do a job alone."""
        self.prepare(url, job, numbers)
        assert self.is_ready()
        self.go()
        return self.result()

    def close(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.communicate()

    def _say(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def _hear(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline()


class Crew:
    """`WORKERS` processes, started at the first job."""

    def __init__(self) -> None:
        self._workers: list[Worker] = []

    async def run(self, backend: Backend, job: str) -> list[Any]:
        """Let 200 takers do a job at once, and return what each of them got."""
        shares = [range(start, start + TASKS) for start in range(0, WORKERS * TASKS, TASKS)]
        return await asyncio.to_thread(self._in_processes if backend.url else _in_threads, backend, job, shares)

    def close(self) -> None:
        """End the processes."""
        for worker in self._workers:
            worker.close()

    def _in_processes(self, backend: Backend, job: str, shares: Sequence[range]) -> list[Any]:
        assert backend.url
        self._workers = self._workers or [Worker() for _ in range(WORKERS)]
        for worker, share in zip(self._workers, shares, strict=True):
            worker.prepare(backend.url, job, share)
        for worker in self._workers:
            assert worker.is_ready()
        for worker in self._workers:
            worker.go()
        return list(itertools.chain.from_iterable([worker.result() for worker in self._workers]))


def _in_threads(backend: Backend, job: str, shares: Sequence[range]) -> list[Any]:
    """Each thread with an event loop of its own."""
    store = backend.open()
    with ThreadPoolExecutor(WORKERS) as pool:
        results = pool.map(lambda share: asyncio.run(hammer(store, job, share)), shares)
        return list(itertools.chain.from_iterable(results))

"""The same code, presented by two processes at the same time: one wins."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mfa_users import NOW, PRINCIPAL, code_of, enrolled, manager_with
from zenoo_security import KeyRing
from zenoo_security.clock import FakeClock
from zenoo_security.stores import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

RACER = Path(__file__).with_name("mfa_racer.py")


class Racer:
    """A process that presents codes."""

    def __init__(self, url: str, ring: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(RACER), url, str(ring)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def present(self, task: dict[str, Any]) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()

    def result(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def racing(url: str, ring: Path) -> Iterator[list[Racer]]:
    racers = [Racer(url, ring) for _ in range(2)]
    try:
        yield racers
    finally:
        for racer in racers:
            racer.close()


def race(racers: list[Racer], now: float, code: str) -> list[str]:
    task = {"now": now, "code": code, "go": time.monotonic() + 0.001}
    for racer in racers:
        racer.present(task)
    return sorted(racer.result() for racer in racers)


@pytest.mark.asvs("v5.0.0-6.5.1")
async def test_of_two_processes_with_the_same_code_exactly_one_wins_500_times(store_url: str, tmp_path: Path) -> None:
    ring, clock = KeyRing.generate(), FakeClock(now=NOW)
    file = tmp_path / "ring.json"
    file.write_text(ring.to_json(), encoding="utf-8")
    store = open_store(store_url)
    mfa = manager_with(store, ring, clock)
    principal = replace(PRINCIPAL, authenticated_at=clock.now())
    secret, codes = await enrolled(mfa, clock, principal)
    with racing(store_url, file) as racers:
        for _ in range(500):
            clock.advance(30)
            assert race(racers, clock.now(), code_of(secret, clock)) == ["refused", "totp"]
        for code in codes:
            assert race(racers, clock.now(), code) == ["recovery", "refused"]
    await store.aclose()

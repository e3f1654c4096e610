"""Small tables, what can happen to their files, and other processes."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from zenoo_security.limits import SharedTable

if TYPE_CHECKING:
    from collections.abc import Callable

both = pytest.mark.parametrize("algorithm", ["sliding_window", "gcra"])
HEADER = 4096
WORKER = Path(__file__).with_name("worker.py")


def table(path: Path, **arguments: object) -> SharedTable:
    """A small one."""
    return SharedTable(path, **{"max_keys": 1000, **arguments})


def damage(path: Path, at: int, change: bytes) -> None:
    """Write into a file."""
    with path.open("r+b") as file:
        file.seek(at)
        file.write(change)


def old_boot(path: Path) -> None:
    """Make the header that of an earlier start of the machine."""
    signed = path.read_bytes()[:40] + bytes(16)
    damage(path, 0, signed + hashlib.sha256(signed).digest())


def workers(count: int, *arguments: object) -> list[subprocess.Popen[str]]:
    """So many processes of `worker.py`, which do not begin yet."""
    command = [sys.executable, str(WORKER), *map(str, arguments)]
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    return [subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nowhere, text=True) for _ in range(count)]


def go(processes: list[subprocess.Popen[str]]) -> None:
    """Let them begin, when all of them are ready."""
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()


def answers(processes: list[subprocess.Popen[str]]) -> list[list[str]]:
    """Let them go, and collect what they write."""
    go(processes)
    return [process.communicate(timeout=60)[0].split() for process in processes]


def until(condition: Callable[[], bool]) -> None:
    """Wait for it, for a minute at most."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)

"""The rate limiter on a shared file, alone and with a second process, beside a script of Redis.

Run as a program with a path, an algorithm, a key and a duration it prints how many decisions a second it got.
"""

from __future__ import annotations

import atexit
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path

import redis
from harness import Measure, Row

from zenoo_security import RateLimiter
from zenoo_security._native import _empty
from zenoo_security.limits import SharedTable
from zenoo_security.testing.redis import running_redis

KEY = "203.0.113.9"
KEYS = 1_000_000
MEMORY = Path("/dev/shm") if Path("/dev/shm").is_dir() else Path(tempfile.gettempdir())
SECONDS = 1.0
EMPTY = "an empty native call"
SCRIPT = f"one script call of Redis by redis-py {version('redis')}"
# The cheapest decision that Redis can make atomically: count, and expire.
COUNT = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return count <= tonumber(ARGV[1])
"""

open_tables = ExitStack()
atexit.register(open_tables.close)


def path() -> str:
    """A file for a table, which is gone when the process is."""
    folder = open_tables.enter_context(tempfile.TemporaryDirectory(dir=MEMORY))
    return f"{folder}/limits"


def one_key_row(algorithm: str) -> Row:
    """The guide's quota on one client: after a hundred calls, the refusal."""
    allow = RateLimiter(100, 60, algorithm=algorithm, store=SharedTable(path())).allow
    return Row(
        f"rate limit, shared file, one process, one key, {algorithm}",
        lambda: allow(KEY),
        {EMPTY: lambda: _empty(KEY)},
        at_most_ns_more={EMPTY: 60},
    )


def decisions(file: str, algorithm: str, key: str, seconds: float) -> float:
    """How many decisions a second this process gets."""
    allow = RateLimiter(100, 60, algorithm=algorithm, store=SharedTable(file)).allow
    calls, started = 0, time.perf_counter()
    while (spent := time.perf_counter() - started) < seconds:
        for _ in range(1000):
            allow(key)
        calls += 1000
    return calls / spent


def of_two_processes(algorithm: str, keys: tuple[str, str]) -> float:
    """What two processes get together in the same second."""
    file = path()
    SharedTable(file)
    command = [sys.executable, __file__, file, algorithm]
    running = [subprocess.Popen([*command, key, str(SECONDS)], stdout=subprocess.PIPE, text=True) for key in keys]
    return sum(float(process.communicate()[0]) for process in running)


def of_redis() -> float:
    """What one client of Redis gets on loopback."""
    with running_redis() as server, redis.Redis.from_url(server.url) as client:
        call = client.register_script(COUNT)
        calls, started = 0, time.perf_counter()
        while (spent := time.perf_counter() - started) < SECONDS:
            call(keys=[KEY], args=[100, 60_000])
            calls += 1
        return calls / spent


def two_processes(name: str, algorithm: str, keys: tuple[str, str], times: float) -> Measure:
    """The decisions of Redis a thousand of ours: at most 1000 divided by the target."""
    return Measure(
        f"rate limit, shared file, two processes on {name}, {algorithm}: decisions of {SCRIPT} while ours are 1,000",
        "decisions",
        lambda: 1000 * of_redis() / of_two_processes(algorithm, keys),
        at_most=1000 / times,
    )


def size() -> float:
    """The whole file, with all of its blocks; none of a million keys is refused for want of a place."""
    file = path()
    limiter = RateLimiter(100, 3600, algorithm="gcra", store=SharedTable(file, max_keys=KEYS))
    assert all(limiter.allow(f"client-{number}") for number in range(KEYS))
    return Path(file).stat().st_blocks * 512 / 2**20


def rows() -> list[Row | Measure]:
    """All of them."""
    algorithms = ("sliding_window", "gcra")
    return [
        *(one_key_row(algorithm) for algorithm in algorithms),
        *(two_processes("one key", algorithm, (KEY, KEY), 150) for algorithm in algorithms),
        *(two_processes("distinct keys", algorithm, (KEY, "203.0.113.10"), 500) for algorithm in algorithms),
        Measure("rate limit, shared file for 1,000,000 keys, all of them in it", "MiB", size, at_most=32),
    ]


if __name__ == "__main__":
    file, algorithm, key, seconds = sys.argv[1:]
    print(decisions(file, algorithm, key, float(seconds)))
